/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "base/timestamp.h"

/* A time; what was read is written and read again. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t us;
    int64_t again;
    char text[TIMESTAMP_TEXT_SIZE];
    if (!timestamp_parse((const char *)data, size, &us))
        return 0;
    timestamp_format(us, text);
    MUST(timestamp_parse(text, strlen(text), &again) && again == us);
    int32_t quarter = timestamp_quarter(us);
    MUST(quarter_start_us(quarter) <= us && us < quarter_start_us(quarter + 1));
    return 0;
}
