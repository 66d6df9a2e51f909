/* SPDX-License-Identifier: MIT */
#include "quick.h"

#include "base/timestamp.h"
#include "draft_value.h"
#include "parse.h"

#include <assert.h>
#include <string.h>

enum { KEY_CHARACTERS = 64, ANSWERS_MAX = 16, FIELDS_MAX = 32 };

/* Each reader takes one value, or returns false: then the whole text goes the long way, whatever was taken so far. */
struct scanner {
    const char *at;
    const char *end;
    struct draft *draft;
    struct faults *faults;
};

/* What comes next; NUL at the end. */
static char skip_space(struct scanner *scanner)
{
    while (scanner->at < scanner->end &&
           (*scanner->at == ' ' || *scanner->at == '\n' || *scanner->at == '\t' || *scanner->at == '\r'))
        scanner->at++;
    if (scanner->at == scanner->end)
        return '\0';
    return *scanner->at;
}

static bool take(struct scanner *scanner, char wanted)
{
    if (skip_space(scanner) != wanted)
        return false;
    scanner->at++;
    return true;
}

/* A string without escapes; it points into the text. is_plain: of printable ASCII alone. */
static bool take_string(struct scanner *scanner, struct text *string, bool *is_plain)
{
    unsigned char most = 0;
    const char *start;
    if (!take(scanner, '"'))
        return false;
    start = scanner->at;
    for (; scanner->at < scanner->end && *scanner->at != '"'; scanner->at++) {
        unsigned char c = (unsigned char)*scanner->at;
        if (c < 0x20 || c == '\\')
            return false;
        most = c > most ? c : most;
    }
    if (scanner->at == scanner->end)
        return false;
    *string = (struct text){start, (size_t)(scanner->at - start)};
    *is_plain = most < 0x7F;
    scanner->at++;
    return true;
}

/* A string of 1 to max characters, as check_string in draft_value.c takes it, copied. */
static bool take_checked(struct scanner *scanner, size_t max, bool takes_control, struct text *kept)
{
    struct text string;
    bool is_plain;
    size_t characters;
    if (!take_string(scanner, &string, &is_plain))
        return false;
    characters = string.size;
    if (!is_plain && (!text_is_utf8(string, &characters) || (!takes_control && text_has_control(string))))
        return false;
    if (characters < 1 || characters > max)
        return false;
    *kept = (struct text){arena_copy(scanner->faults->arena, string.bytes, string.size), string.size};
    return kept->bytes != NULL;
}

typedef bool quick_fn(struct scanner *scanner, const struct field *field);

static bool quick_text(struct scanner *scanner, const struct field *field)
{
    return take_checked(scanner, field->max, false, &scanner->draft->texts[field->target]);
}

static bool quick_comment(struct scanner *scanner, const struct field *field)
{
    scanner->draft->flags |= DRAFT_HAS_COMMENT;
    return take_checked(scanner, field->max, true, &scanner->draft->texts[field->target]);
}

static bool quick_word(struct scanner *scanner, const struct field *field)
{
    struct text *word = &scanner->draft->texts[field->target];
    if (!take_checked(scanner, field->max, false, word))
        return false;
    for (size_t i = 0; i < word->size; i++) {
        char c = word->bytes[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
            return false;
    }
    return true;
}

static bool quick_dimension(struct scanner *scanner, const struct field *field)
{
    struct text *value = &scanner->draft->dimensions[field->target];
    if (!take_checked(scanner, DIMENSION_VALUE_CHARACTERS, false, value))
        return false;
    if (field->target == DIMENSION_REGION)
        draft_raise_region(*value);
    return true;
}

static bool quick_id(struct scanner *scanner, const struct field *field)
{
    struct text string;
    bool is_plain;
    (void)field;
    scanner->draft->flags |= DRAFT_HAS_ID;
    return take_string(scanner, &string, &is_plain) && id_parse(string.bytes, string.size, &scanner->draft->id);
}

static bool take_time(struct scanner *scanner, unsigned flag, int64_t *us)
{
    struct text string;
    bool is_plain;
    scanner->draft->flags |= flag;
    return take_string(scanner, &string, &is_plain) && timestamp_parse(string.bytes, string.size, us);
}

static bool quick_occurred(struct scanner *scanner, const struct field *field)
{
    (void)field;
    return take_time(scanner, DRAFT_HAS_OCCURRED, &scanner->draft->occurred_us);
}

static bool quick_sent(struct scanner *scanner, const struct field *field)
{
    (void)field;
    return take_time(scanner, DRAFT_HAS_SENT, &scanner->draft->sent_us);
}

/* 0 to 99, with nothing behind that would make it another number. */
static bool take_score(struct scanner *scanner, int16_t *score)
{
    int value = 0;
    int digits = 0;
    skip_space(scanner);
    for (; scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9' && digits < 3; digits++)
        value = value * 10 + (*scanner->at++ - '0');
    *score = (int16_t)value;
    return digits == 1 || (digits == 2 && value >= 10);
}

static bool take_answer(struct scanner *scanner)
{
    static const char base[] = "#/answers";
    struct draft *draft = scanner->draft;
    struct draft_answer *answer = &draft->answers[draft->answer_count];
    /* An empty key is one, too, but a rare one. */
    if (!take_checked(scanner, KEY_CHARACTERS, false, &answer->key) || !take(scanner, ':') ||
        !take_score(scanner, &answer->score))
        return false;
    for (size_t i = 0; i < draft->answer_count; i++)
        if (text_equal(draft->answers[i].key, answer->key))
            return false;
    answer->is_score = true;
    answer->is_null = false;
    answer->pointer = faults_child(scanner->faults, base, answer->key.bytes);
    draft->answer_count++;
    return true;
}

static bool quick_answers(struct scanner *scanner, const struct field *field)
{
    struct draft *draft = scanner->draft;
    (void)field;
    draft->answers = arena_array(scanner->faults->arena, ANSWERS_MAX, sizeof *draft->answers);
    if (draft->answers == NULL || !take(scanner, '{'))
        return false;
    do {
        if (draft->answer_count == ANSWERS_MAX || !take_answer(scanner))
            return false;
    } while (take(scanner, ','));
    draft_sort_answers(draft);
    return take(scanner, '}');
}

static bool quick_tags(struct scanner *scanner, const struct field *field)
{
    struct draft *draft = scanner->draft;
    (void)field;
    draft->flags |= DRAFT_HAS_TAGS;
    draft->tags = arena_array(scanner->faults->arena, DRAFT_TAGS_MAX, sizeof *draft->tags);
    if (draft->tags == NULL || !take(scanner, '['))
        return false;
    do {
        if (draft->tag_count == DRAFT_TAGS_MAX ||
            !take_checked(scanner, DRAFT_TAG_CHARACTERS, false, &draft->tags[draft->tag_count]) ||
            draft_has_tag(draft, draft->tags[draft->tag_count]))
            return false;
        draft->tag_count++;
    } while (take(scanner, ','));
    return take(scanner, ']');
}

static const struct {
    decode_fn *decode;
    quick_fn *quick;
} readers[] = {
    {decode_dimension, quick_dimension},
    {decode_answers, quick_answers},
    {decode_comment, quick_comment},
    {decode_text, quick_text},
    {decode_id, quick_id},
    {decode_tags, quick_tags},
    {decode_word, quick_word},
    {decode_occurred, quick_occurred},
    {decode_sent, quick_sent},
};

static bool take_value(struct scanner *scanner, const struct field *field)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (readers[i].decode == field->decode)
            return readers[i].quick(scanner, field);
    return false;
}

static const struct field *find_field(const struct field *fields, struct text name)
{
    for (; fields->name; fields++)
        if (strncmp(fields->name, name.bytes, name.size) == 0 && fields->name[name.size] == '\0')
            return fields;
    return NULL;
}

/* One of the fields: each once. */
static bool take_member(struct scanner *scanner, const struct field *fields, uint32_t *seen)
{
    struct text name;
    bool is_plain;
    const struct field *field;
    uint32_t bit;
    if (!take_string(scanner, &name, &is_plain) || (field = find_field(fields, name)) == NULL || !take(scanner, ':'))
        return false;
    assert(field - fields < FIELDS_MAX);
    bit = UINT32_C(1) << (field - fields);
    if (*seen & bit)
        return false;
    *seen |= bit;
    return take_value(scanner, field);
}

bool quick_decode(struct draft *draft, struct text text, const struct field *fields, struct faults *faults)
{
    struct scanner scanner = {text.bytes, text.bytes + text.size, draft, faults};
    uint32_t seen = 0;
    memset(draft, 0, sizeof *draft);
    if (text.size > PARSE_OBJECT_BYTES || !take(&scanner, '{'))
        return false;
    do {
        if (!take_member(&scanner, fields, &seen))
            return false;
    } while (take(&scanner, ','));
    return take(&scanner, '}') && skip_space(&scanner) == '\0' && scanner.at == scanner.end;
}
