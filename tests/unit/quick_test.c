/* SPDX-License-Identifier: MIT */
#include "../../src/api/quick.h"

#include "../../src/api/parse.h"
#include "support/runner.h"

#include <stdio.h>
#include <string.h>

/* The two ways from a text to a draft must not be told apart: each text is decoded both ways, and where the quick one says that it
 * could, the other finds no fault and makes the same. */

static const struct project project = {.id = 1, .declared = {"release"}};

/* --- both ways ------------------------------------------------------------------------------------------------------ */

static bool same_text(struct text a, struct text b)
{
    return text_equal(a, b) && a.size == b.size;
}

static bool same_answers(const struct draft *a, const struct draft *b)
{
    if (a->answer_count != b->answer_count)
        return false;
    for (size_t i = 0; i < a->answer_count; i++) {
        const struct draft_answer *x = &a->answers[i];
        const struct draft_answer *y = &b->answers[i];
        if (!same_text(x->key, y->key) || strcmp(x->pointer, y->pointer) != 0 || x->score != y->score ||
            x->is_score != y->is_score || x->is_null != y->is_null)
            return false;
    }
    return true;
}

static bool same_draft(const struct draft *a, const struct draft *b)
{
    bool same = a->flags == b->flags && id_compare(&a->id, &b->id) == 0 &&
                id_compare(&a->response_id, &b->response_id) == 0 && a->occurred_us == b->occurred_us &&
                a->sent_us == b->sent_us && a->duration_ms == b->duration_ms &&
                a->survey_version == b->survey_version && a->excluded == b->excluded && a->tag_count == b->tag_count &&
                same_answers(a, b);
    for (int i = 0; i < DIMENSION_SENT; i++)
        same = same && same_text(a->dimensions[i], b->dimensions[i]);
    for (int i = 0; i < DRAFT_TEXT_COUNT; i++)
        same = same && same_text(a->texts[i], b->texts[i]);
    for (size_t i = 0; same && i < a->tag_count; i++)
        same = same_text(a->tags[i], b->tags[i]);
    return same;
}

/* Whether the quick way took it. */
static bool compare_ways(struct text text, const struct field *fields)
{
    char fault[PARSE_FAULT_SIZE];
    struct arena *arena = arena_new(0);
    struct faults faults;
    struct draft quick;
    struct draft slow;
    bool is_quick;
    faults_init(&faults, arena);
    is_quick = quick_decode(&quick, text, fields, &faults);
    ck_assert_uint_eq(faults.count, 0);
    if (is_quick) {
        json_t *json = parse_object(text, fault);
        ck_assert_msg(json != NULL, "%s: %.*s", fault, (int)text.size, text.bytes);
        draft_decode(&slow, json, fields, &project, &faults);
        json_decref(json);
        ck_assert_msg(faults.count == 0, "%s: %.*s", faults.first ? faults.first->pointer : "", (int)text.size,
                      text.bytes);
        ck_assert_msg(same_draft(&quick, &slow), "%.*s", (int)text.size, text.bytes);
    }
    arena_free(arena);
    return is_quick;
}

static bool is_quick(const char *json)
{
    return compare_ways(text_of(json), draft_response_fields);
}

/* --- the tests ------------------------------------------------------------------------------------------------------ */

static const char *const plain[] = {
    "{\"channel\":\"web\",\"region\":\"es-ct\",\"answers\":{\"nps\":9,\"csat\":5,\"ces\":6},\"comment\":\"Easy and "
    "quick\"}",
    " {\t\"answers\" : { \"nps\" : 0 , \"ces\" : 10 } }\r\n",
    "{\"id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\",\"occurred_at\":\"2026-11-22T10:00:00+01:00\","
    "\"sent_at\":\"2026-11-22T10:00:01.5Z\",\"answers\":{\"nps\":9}}",
    "{\"survey\":\"s\",\"touchpoint\":\"t\",\"product\":\"p\",\"segment\":\"g\",\"customer_id\":\"c\",\"interaction_"
    "id\":\"i\","
    "\"source\":\"x\",\"external_id\":\"e\",\"tags\":[\"a\",\"b\"],\"answers\":{\"zeta\":1,\"alpha\":2}}",
    "{\"comment\":\"caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f\",\"region\":\"\xc3\xa9\xc3\xa9\",\"answers\":{\"a/b~c d\":1}}",
};

START_TEST(plain_answers_are_decoded_quickly_and_alike)
{
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        ck_assert_msg(is_quick(plain[i]), "%s", plain[i]);
    ck_assert(compare_ways(text_of("{\"action\":\"completed\",\"touchpoint\":\"checkout\",\"stage\":\"2\"}"),
                           draft_event_fields));
}
END_TEST

START_TEST(whatever_is_not_plain_goes_the_long_way)
{
    static const char *const others[] = {
        "",
        " ",
        "{",
        "{}",
        "[]",
        "null",
        "{\"answers\":{\"nps\":9}",
        "{\"answers\":{\"nps\":9}}}",
        "{\"answers\":{\"nps\":9}} x",
        "{\"answers\":{\"nps\":9},}",
        "{\"answers\":{\"nps\":9,}}",
        "{\"answers\":{}}",
        "{\"answers\":{\"nps\":09}}",
        "{\"answers\":{\"nps\":9.0}}",
        "{\"answers\":{\"nps\":1e1}}",
        "{\"answers\":{\"nps\":-1}}",
        "{\"answers\":{\"nps\":100}}",
        "{\"answers\":{\"nps\":null}}",
        "{\"answers\":{\"nps\":9,\"nps\":9}}",
        "{\"answers\":null}",
        "{\"channel\":null}",
        "{\"channel\":\"\"}",
        "{\"channel\":\"a\\u0062\"}",
        "{\"channel\":\"a\nb\"}",
        "{\"channel\":\"a\x7f\"}",
        "{\"channel\":\"\xff\"}",
        "{\"channel\":\"\xc2\x85\"}",
        "{\"channel\":\"a\",\"channel\":\"a\"}",
        "{\"colour\":\"red\"}",
        "{\"\":\"a\"}",
        "{\"channel\":\"a\" \"region\":\"b\"}",
        "{\"tags\":[]}",
        "{\"tags\":[\"a\",\"a\"]}",
        "{\"tags\":[\"a\",]}",
        "{\"comment\":\"\"}",
        "{\"properties\":{}}",
        "{\"id\":\"1\"}",
        "{\"id\":\"00000000-0000-0000-0000-000000000000\"}",
        "{\"occurred_at\":\"now\"}",
        "\xef\xbb\xbf{\"answers\":{\"nps\":9}}",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_msg(!is_quick(others[i]), "%s", others[i]);
    ck_assert(!compare_ways((struct text){"{\"channel\":\"a\0b\"}", 17}, draft_response_fields));
    ck_assert(!compare_ways((struct text){"{\"channel\":\"ab\"}\0", 17}, draft_response_fields));
}
END_TEST

START_TEST(what_is_longer_or_more_than_may_be_goes_the_long_way)
{
    static char text[PARSE_OBJECT_BYTES + 64];
    size_t size = 0;
    snprintf(text, sizeof text, "{\"channel\":\"%064d\"}", 0);
    ck_assert(is_quick(text));
    snprintf(text, sizeof text, "{\"channel\":\"%065d\"}", 0);
    ck_assert(!is_quick(text));
    for (int most = 16; most <= 17; most++) {
        size = (size_t)sprintf(text, "{\"answers\":{");
        for (int i = 0; i < most; i++)
            size += (size_t)sprintf(text + size, "%s\"q%d\":1", i ? "," : "", i);
        strcpy(text + size, "}}");
        ck_assert_int_eq(is_quick(text), most == 16);
    }
    for (int most = 20; most <= 21; most++) {
        size = (size_t)sprintf(text, "{\"tags\":[");
        for (int i = 0; i < most; i++)
            size += (size_t)sprintf(text + size, "%s\"t%d\"", i ? "," : "", i);
        strcpy(text + size, "]}");
        ck_assert_int_eq(is_quick(text), most == 20);
    }
    for (size_t most = PARSE_OBJECT_BYTES; most <= PARSE_OBJECT_BYTES + 1; most++) {
        size = (size_t)sprintf(text, "{\"channel\":\"a\"}");
        memset(text + size, ' ', most - size);
        ck_assert_int_eq(compare_ways((struct text){text, most}, draft_response_fields), most == PARSE_OBJECT_BYTES);
    }
}
END_TEST

START_TEST(an_action_is_one_word)
{
    static const char *const good[] = {"a", "z", "0", "9", "_", "-", "checked-out_2"};
    static const char *const others[] = {"",  "A", "Z",           "a b", "`",    "{",       "/",
                                         ":", "[", "caf\xc3\xa9", "a.",  "\xff", "a\\u0062"};
    char text[64];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(text, sizeof text, "{\"action\":\"%s\"}", good[i]);
        ck_assert_msg(compare_ways(text_of(text), draft_event_fields), "%s", text);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(text, sizeof text, "{\"action\":\"%s\"}", others[i]);
        ck_assert_msg(!compare_ways(text_of(text), draft_event_fields), "%s", text);
    }
}
END_TEST

/* --- generated texts -------------------------------------------------------------------------------------------------- */

static uint64_t state;

static unsigned draw(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

/* Of all that JSON is made of, and of what breaks it. */
static const char *const pieces[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\\"",
    "\\u0041",
    "\\u0000",
    " ",
    "\n",
    "\t",
    "\r",
    "\f",
    "0",
    "1",
    "9",
    "10",
    "07",
    "-1",
    "1.0",
    "1e1",
    "99",
    "100",
    "true",
    "false",
    "null",
    "\"answers\":{\"nps\":9}",
    "\"channel\":\"web\"",
    "\"region\":\"es\"",
    "\"comment\":\"x\"",
    "\"tags\":[\"a\",\"b\"]",
    "\"id\":\"0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00\"",
    "\"sent_at\":\"2026-11-22T10:00:00Z\"",
    "\"customer_id\":\"\xc3\xa9\"",
    "\"survey_version\":1",
    "\"dimensions\":{\"release\":\"1\"}",
    "\"properties\":{\"a\":1}",
    "\xc3",
    "\xa9",
    "\xff",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "\xc2\x85",
    "\x7f",
    "\x01",
    "a",
    "aaaaaaaaaaaaaaaa",
};
enum { PIECES = sizeof pieces / sizeof pieces[0], ROUNDS = 60000, TEXT_MAX = 2048 };

static size_t splice(char *text, size_t size, size_t at, size_t cut, const char *piece)
{
    size_t length = strlen(piece);
    cut = at + cut > size ? size - at : cut;
    if (size - cut + length >= TEXT_MAX)
        return size;
    memmove(text + at + length, text + at + cut, size - at - cut);
    memcpy(text + at, piece, length);
    return size - cut + length;
}

/* Members of several plain texts one after the other: valid, mostly, and often with one of them twice. */
static size_t combine(char *text)
{
    size_t size = 1;
    unsigned count = 1 + draw(4);
    text[0] = '{';
    for (unsigned i = 0; i < count; i++) {
        size = splice(text, size, size, 0, i ? "," : "");
        size = splice(text, size, size, 0, pieces[29 + draw(11)]);
    }
    return splice(text, size, size, 0, "}");
}

START_TEST(generated_texts_are_decoded_alike)
{
    int quick = 0;
    state = UINT64_C(0x9E3779B97F4A7C15);
    for (int round = 0; round < ROUNDS; round++) {
        char text[TEXT_MAX];
        const char *base = plain[draw(sizeof plain / sizeof plain[0])];
        size_t size = draw(2) ? combine(text) : splice(text, 0, 0, 0, base);
        for (unsigned changes = draw(4); changes > 0; changes--)
            size = splice(text, size, draw((unsigned)size + 1), draw(4), pieces[draw(PIECES)]);
        quick += compare_ways((struct text){text, size}, draft_response_fields);
    }
    ck_assert_int_gt(quick, ROUNDS / 8);
    ck_assert_int_lt(quick, ROUNDS * 4 / 5);
}
END_TEST

Suite *quick_suite(void)
{
    Suite *suite = suite_create("quick");
    TCase *cases = tcase_create("quick");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, plain_answers_are_decoded_quickly_and_alike);
    tcase_add_test(cases, whatever_is_not_plain_goes_the_long_way);
    tcase_add_test(cases, what_is_longer_or_more_than_may_be_goes_the_long_way);
    tcase_add_test(cases, an_action_is_one_word);
    tcase_add_test(cases, generated_texts_are_decoded_alike);
    suite_add_tcase(suite, cases);
    return suite;
}
