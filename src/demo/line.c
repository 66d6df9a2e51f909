/* SPDX-License-Identifier: MIT */
#include "line.h"

#include "base/timestamp.h"
#include "comment.h"
#include "demo/demo.h"

#include <inttypes.h>
#include <math.h>

/* Who is angry writes most. */
static const double comments[MOOD_COUNT] = {[MOOD_BAD] = .17, [MOOD_MIXED] = .07, [MOOD_GOOD] = .09};

/* A UUID version 7 (RFC 9562) of that moment: ascending ids are stored fast. */
static void write_id(struct random *random, int64_t at_us, struct buffer *line)
{
    uint64_t ms = (uint64_t)(at_us / 1000);
    uint64_t bits = random_bits(random);
    buffer_format(line, "{\"id\":\"%08" PRIx64 "-%04" PRIx64 "-7%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64 "\"", ms >> 16,
                  ms & 0xffff, bits & 0xfff, (bits >> 12 & 0x3fff) | 0x8000, random_bits(random) >> 16);
}

static void write_string(struct buffer *line, const char *name, const char *value)
{
    if (value != NULL)
        buffer_format(line, ",\"%s\":\"%s\"", name, value);
}

static void write_place(const struct visit *visit, const struct line_options *options, struct buffer *line)
{
    write_string(line, "channel", shop_channels[visit->channel].name);
    write_string(line, "region", shop_regions[visit->customer.region].name);
    write_string(line, "touchpoint", shop_touchpoints[visit->touchpoint].name);
    write_string(line, "product", shop_products[visit->customer.product].name);
    write_string(line, "segment", visit->segment);
    if (options->has_release && visit->release != NULL)
        buffer_format(line, ",\"dimensions\":{\"release\":\"%s\"}", visit->release);
    buffer_format(line, ",\"customer_id\":\"c-%" PRIu32 "\",\"interaction_id\":\"v-%" PRIu32 "-%" PRId64 "\"",
                  visit->customer.number, visit->customer.number, visit->began_us / 1000000);
}

static void write_time(int64_t at_us, struct buffer *line)
{
    char time[TIMESTAMP_TEXT_SIZE];
    write_string(line, "occurred_at", timestamp_format(at_us, time));
    write_string(line, "source", DEMO_SOURCE);
}

static void write_score(struct buffer *line, const char *name, int score, const char **separator)
{
    if (score == OPINION_ABSENT)
        return;
    buffer_format(line, "%s\"%s\":%d", *separator, name, score);
    *separator = ",";
}

static void write_answers(const struct opinion *opinion, struct buffer *line)
{
    const char *separator = ",\"answers\":{";
    write_score(line, "nps", opinion->nps, &separator);
    write_score(line, "csat", opinion->csat, &separator);
    write_score(line, "ces", opinion->ces, &separator);
    buffer_string(line, "}");
}

static void write_comment(struct random *random, const struct visit *visit, struct buffer *line)
{
    enum language language = shop_regions[visit->customer.region].language;
    const struct comment_topic topic = {language, visit->touchpoint, opinion_mood(&visit->opinion),
                                        visit->is_bad_release};
    struct buffer text;
    if (!random_is(random, comments[topic.mood]))
        return;
    buffer_init(&text);
    const char *tag = comment_write(random, &topic, &text);
    buffer_string(line, ",\"comment\":");
    buffer_json_string(line, text.data, text.size);
    buffer_format(line, ",\"tags\":[\"%s\",\"lang:%s\"]", tag, language == LANGUAGE_SPANISH ? "es" : "en");
    line->failed = line->failed || text.failed;
    buffer_clear(&text);
}

size_t line_response(struct random *random, const struct visit *visit, const struct line_options *options,
                     struct buffer *lines)
{
    if (!visit->is_answered || visit->answered_us > options->until_us)
        return 0;
    write_id(random, visit->answered_us, lines);
    write_string(lines, "survey", shop_surveys[shop_touchpoints[visit->touchpoint].survey].name);
    write_place(visit, options, lines);
    write_time(visit->answered_us, lines);
    write_answers(&visit->opinion, lines);
    write_comment(random, visit, lines);
    buffer_string(lines, "}\n");
    return 1;
}

/* What was paid, in the currency of the place. */
static void write_amount(struct random *random, const struct visit *visit, struct buffer *line)
{
    const struct region_row *region = &shop_regions[visit->customer.region];
    double euros = shop_products[visit->customer.product].price * exp(.5 * random_normal(random));
    buffer_format(line, ",\"amount\":%.2f", euros * region->euros);
    write_string(line, "currency", region->currency);
}

static size_t write_event(struct random *random, const struct visit *visit, const struct line_options *options,
                          const char *action, int64_t at_us, struct buffer *lines)
{
    const struct touchpoint_row *touchpoint = &shop_touchpoints[visit->touchpoint];
    bool is_over = at_us > visit->began_us;
    if (at_us > options->until_us)
        return 0;
    write_id(random, at_us, lines);
    write_string(lines, "action", action);
    write_string(lines, "stage", touchpoint->stage);
    write_place(visit, options, lines);
    write_time(at_us, lines);
    if (is_over)
        buffer_format(lines, ",\"duration_ms\":%" PRId64, visit->duration_ms);
    if (is_over && touchpoint->sells && visit->outcome == OUTCOME_COMPLETED)
        write_amount(random, visit, lines);
    buffer_string(lines, "}\n");
    return 1;
}

size_t line_events(struct random *random, const struct visit *visit, const struct line_options *options,
                   struct buffer *lines)
{
    static const char *const outcomes[] = {
        [OUTCOME_COMPLETED] = "completed", [OUTCOME_FAILED] = "failed", [OUTCOME_ABANDONED] = "abandoned"};
    return write_event(random, visit, options, "started", visit->began_us, lines) +
           write_event(random, visit, options, outcomes[visit->outcome],
                       visit->began_us + visit->duration_ms * 1000 + 1000, lines);
}
