/* SPDX-License-Identifier: MIT */
/* The yardstick of the benchmark: how many rows a second COPY in its binary format puts into Hark's own response table, with
 * all its indexes, on one connection, each batch a transaction of its own. The rows look like those that the posts leave.
 *   copy_rows CONNINFO PROJECT_ID CELLS BATCH SECONDS      prints rows a second */
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t EPOCH_2000_US = INT64_C(946684800000000);
static const char COPY[] =
    "COPY response (project_id, id, occurred_at, received_at, updated_at, quarter, cell_id, key_id, nps, "
    "csat, ces, is_test, content_hash, comment) FROM STDIN (FORMAT binary)";
enum { COLUMNS = 14, ROW_MAX = 256, HASH_SIZE = 16, ID_SIZE = 16 };

struct batch {
    char *bytes;
    size_t size;
};

static int64_t now_us(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void put(struct batch *batch, const void *bytes, size_t size)
{
    memcpy(batch->bytes + batch->size, bytes, size);
    batch->size += size;
}

static void put_field(struct batch *batch, const void *bytes, uint32_t size)
{
    uint32_t big = htonl(size);
    put(batch, &big, sizeof big);
    put(batch, bytes, size);
}

static void put_int2(struct batch *batch, int value)
{
    uint16_t big = htons((uint16_t)value);
    put_field(batch, &big, sizeof big);
}

static void put_int4(struct batch *batch, int32_t value)
{
    uint32_t big = htonl((uint32_t)value);
    put_field(batch, &big, sizeof big);
}

static void put_time(struct batch *batch, int64_t us)
{
    uint64_t big = htobe64((uint64_t)(us - EPOCH_2000_US));
    put_field(batch, &big, sizeof big);
}

/* Ascending, as Hark's own: version 7. */
static void put_id(struct batch *batch, int64_t us, uint64_t number)
{
    uint8_t id[ID_SIZE];
    uint64_t time = htobe64((uint64_t)(us / 1000) << 16);
    uint64_t rest = htobe64(number);
    memcpy(id, &time, 6);
    id[6] = 0x70;
    id[7] = 0;
    memcpy(id + 8, &rest, sizeof rest);
    id[8] = 0x80;
    put_field(batch, id, sizeof id);
}

static void put_row(struct batch *batch, int project, int cells, uint64_t number)
{
    static const char comment[] = "Easy and quick";
    int64_t us = now_us(CLOCK_REALTIME);
    uint16_t columns = htons(COLUMNS);
    uint8_t hash[HASH_SIZE] = {0};
    memcpy(hash, &number, sizeof number);
    put(batch, &columns, sizeof columns);
    put_int4(batch, project);
    put_id(batch, us, number);
    put_time(batch, us);
    put_time(batch, us);
    put_time(batch, us);
    put_int4(batch, (int32_t)(us / 1000000 / 900));
    put_int4(batch, 1 + (int32_t)(number % (unsigned)cells));
    put_int4(batch, 1);
    put_int2(batch, (int)(number % 11));
    put_int2(batch, 1 + (int)(number % 5));
    put_int2(batch, 1 + (int)(number % 7));
    put_field(batch, &(char){0}, 1);
    put_field(batch, hash, sizeof hash);
    put_field(batch, comment, sizeof comment - 1);
}

static void fill(struct batch *batch, int project, int cells, int rows, uint64_t *number)
{
    static const char head[19] = "PGCOPY\n\377\r\n\0";
    uint16_t end = 0xFFFF;
    batch->size = 0;
    put(batch, head, sizeof head);
    for (int i = 0; i < rows; i++)
        put_row(batch, project, cells, (*number)++);
    put(batch, &end, sizeof end);
}

static void fail(PGconn *pg)
{
    fprintf(stderr, "copy_rows: %s", PQerrorMessage(pg));
    exit(EXIT_FAILURE);
}

static void copy(PGconn *pg, const struct batch *batch)
{
    PGresult *result = PQexec(pg, COPY);
    if (PQresultStatus(result) != PGRES_COPY_IN)
        fail(pg);
    PQclear(result);
    if (PQputCopyData(pg, batch->bytes, (int)batch->size) != 1 || PQputCopyEnd(pg, NULL) != 1)
        fail(pg);
    while ((result = PQgetResult(pg)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            fail(pg);
        PQclear(result);
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: copy_rows CONNINFO PROJECT_ID CELLS BATCH SECONDS\n", stderr);
        return EXIT_FAILURE;
    }
    int project = atoi(argv[2]);
    int cells = atoi(argv[3]);
    int rows = atoi(argv[4]);
    int64_t end_us = now_us(CLOCK_MONOTONIC) + atoi(argv[5]) * INT64_C(1000000);
    int64_t start_us = now_us(CLOCK_MONOTONIC);
    uint64_t first = (uint64_t)start_us << 20; /* another run's ids are others */
    uint64_t number = first;
    PGconn *pg = PQconnectdb(argv[1]);
    struct batch batch = {malloc((size_t)rows * ROW_MAX + 64), 0};
    if (PQstatus(pg) != CONNECTION_OK || batch.bytes == NULL)
        fail(pg);
    while (now_us(CLOCK_MONOTONIC) < end_us) {
        fill(&batch, project, cells, rows, &number);
        copy(pg, &batch);
    }
    printf("%.1f\n", (double)(number - first) * 1e6 / (double)(now_us(CLOCK_MONOTONIC) - start_us));
    free(batch.bytes);
    PQfinish(pg);
    return EXIT_SUCCESS;
}
