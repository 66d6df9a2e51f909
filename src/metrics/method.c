/* SPDX-License-Identifier: MIT */
#include "metrics/method.h"

#include <string.h>

static const char *const names[METHOD_COUNT] = {
    [METHOD_DEFAULT] = "default",
    [METHOD_ADJUSTED_WALD] = "adjusted_wald",
    [METHOD_WALD] = "wald",
    [METHOD_WILSON] = "wilson",
    [METHOD_T] = "t",
    [METHOD_WELCH_T] = "welch_t",
    [METHOD_NEWCOMBE] = "newcombe",
    [METHOD_N1_Z] = "n1_z",
    [METHOD_POOLED_Z] = "pooled_z",
    [METHOD_FISHER] = "fisher",
    [METHOD_CHI_SQUARE] = "chi_square",
    [METHOD_KRUSKAL_WALLIS] = "kruskal_wallis",
    [METHOD_WEIGHTED_BOUNDS] = "weighted_bounds",
};

const char *method_name(enum method method)
{
    return names[method];
}

enum status method_parse(const char *name, enum method *out)
{
    for (int i = METHOD_DEFAULT + 1; i < METHOD_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum method)i;
            return STATUS_OK;
        }
    }
    return STATUS_INVALID;
}
