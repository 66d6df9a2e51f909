/* SPDX-License-Identifier: MIT */
#include "../../src/http/peers.h"
#include "base/digest.h"
#include "support/runner.h"

#include <string.h>

static struct address numbered(int number)
{
    struct address address = {.bytes = {0x20, 0x01}};
    memcpy(address.bytes + 2, &number, sizeof number);
    return address;
}

START_TEST(each_address_may_have_so_many)
{
    ck_assert(digest_start());
    struct peers *peers = peers_new(3);
    struct address a = numbered(1);
    struct address b = numbered(2);
    for (int i = 0; i < 3; i++)
        ck_assert(peers_enter(peers, &a));
    ck_assert(!peers_enter(peers, &a));
    ck_assert(peers_enter(peers, &b));
    peers_leave(peers, &a);
    ck_assert(peers_enter(peers, &a));
    ck_assert(!peers_enter(peers, &a));
    peers_free(peers);
}
END_TEST

START_TEST(thousands_of_addresses_come_and_go)
{
    enum { MANY = 20000 };
    ck_assert(digest_start());
    struct peers *peers = peers_new(1);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            struct address address = numbered(i);
            ck_assert(peers_enter(peers, &address));
            ck_assert(!peers_enter(peers, &address));
        }
        for (int i = 0; i < MANY; i++) {
            struct address address = numbered(i);
            peers_leave(peers, &address);
        }
    }
    peers_free(peers);
}
END_TEST

Suite *peers_suite(void)
{
    return RUNNER_SUITE("peers", each_address_may_have_so_many, thousands_of_addresses_come_and_go);
}
