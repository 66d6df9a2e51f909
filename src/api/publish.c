/* SPDX-License-Identifier: MIT */
#include "publish.h"

bool publish_is_hidden(int64_t n, int64_t min_n)
{
    return n > 0 && n < min_n;
}

/* count: there is none. */
static size_t smallest_shown(const int64_t *n, size_t count, const bool *hidden)
{
    size_t smallest = count;
    for (size_t i = 0; i < count; i++)
        if (n[i] > 0 && !hidden[i] && (smallest == count || n[i] < n[smallest]))
            smallest = i;
    return smallest;
}

void publish_hide(const int64_t *n, size_t count, int64_t min_n, bool *hidden)
{
    size_t parts = 0;
    int64_t answers = 0;
    for (size_t i = 0; i < count; i++) {
        hidden[i] = publish_is_hidden(n[i], min_n);
        parts += hidden[i];
        answers += hidden[i] ? n[i] : 0;
    }
    while (parts > 0 && (parts < 2 || answers < min_n)) {
        size_t next = smallest_shown(n, count, hidden);
        if (next == count)
            return;
        hidden[next] = true;
        parts++;
        answers += n[next];
    }
}
