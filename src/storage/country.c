/* SPDX-License-Identifier: MIT */
#include "country.h"

#include <ctype.h>
#include <string.h>

/* The 249 officially assigned codes of ISO 3166-1 alpha-2, ascending. */
static const char codes[] = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBL"
                            "BMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCV"
                            "CWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGD"
                            "GEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIM"
                            "INIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILK"
                            "LRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMW"
                            "MXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPR"
                            "PSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSS"
                            "STSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUY"
                            "UZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";
_Static_assert(sizeof codes == 2 * 249 + 1, "country codes");

static bool is_assigned(const char *code)
{
    size_t low = 0;
    size_t high = (sizeof codes - 1) / 2;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(codes + 2 * middle, code, 2);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* ISO 3166-2: the country, a hyphen, and one to three letters or digits. */
static bool is_subdivision(const char *bytes, size_t size)
{
    if (size < 2 || size > 4 || bytes[0] != '-')
        return false;
    for (size_t i = 1; i < size; i++)
        if (!isupper((unsigned char)bytes[i]) && !isdigit((unsigned char)bytes[i]))
            return false;
    return true;
}

struct text country_of_region(struct text region)
{
    if (text_is_absent(region) || region.size < 2 || !is_assigned(region.bytes))
        return TEXT_ABSENT;
    if (region.size > 2 && !is_subdivision(region.bytes + 2, region.size - 2))
        return TEXT_ABSENT;
    return (struct text){region.bytes, 2};
}
