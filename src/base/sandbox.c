/* SPDX-License-Identifier: MIT */
#include "base/sandbox.h"

#include "base/log.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = true };
#else
enum { IS_SANITIZED = false };
#endif

/* Names that an architecture lacks are passed over. */
static const char *const allowed[] = {
    /* memory, without code: see restricted */
    "brk", "munmap", "mremap", "madvise",
    /* threads and time */
    "futex", "futex_waitv", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "getcpu", "gettid", "getpid",
    "clock_gettime", "clock_getres", "gettimeofday", "time", "nanosleep", "clock_nanosleep", "restart_syscall",
    "membarrier",
    /* signals; tgkill is that of raise and abort */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigpending", "sigaltstack", "tgkill",
    "exit", "exit_group",
    /* descriptors */
    "read", "readv", "pread64", "write", "writev", "pwrite64", "close", "close_range", "dup", "dup2", "dup3", "fcntl",
    "lseek", "ioctl", "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "epoll_pwait2", "eventfd2", "pipe2", "sendfile",
    /* files: a resolver's settings, certificates, time zones, locks */
    "open", "openat", "stat", "fstat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink",
    "readlinkat", "getcwd", "getdents64", "flock", "fsync",
    /* connections: clients', and new ones to PostgreSQL; bind is that of a resolver's netlink socket */
    "accept", "accept4", "connect", "bind", "getsockname", "getpeername", "getsockopt", "setsockopt", "sendto",
    "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "shutdown", "socketpair",
    /* who and where we are */
    "getuid", "geteuid", "getgid", "getegid", "getppid", "uname", "sysinfo", "getrlimit", "getrusage", "getrandom",
    /* the end of the private PostgreSQL's supervisor */
    "wait4", "waitid", "kill", "pidfd_open", "pidfd_send_signal"};

/* There is no good reason to try these. */
static const char *const deadly[] = {"execve",
                                     "execveat",
                                     "fork",
                                     "vfork",
                                     "ptrace",
                                     "bpf",
                                     "process_vm_readv",
                                     "mount",
                                     "process_vm_writev",
                                     "umount2",
                                     "pivot_root",
                                     "chroot",
                                     "init_module",
                                     "unshare",
                                     "finit_module",
                                     "setns",
                                     "kexec_load",
                                     "keyctl",
                                     "add_key",
                                     "request_key",
                                     "perf_event_open",
                                     "userfaultfd",
                                     "io_uring_setup",
                                     "setuid",
                                     "setgid",
                                     "setreuid",
                                     "setregid",
                                     "setresuid",
                                     "setresgid",
                                     "setgroups",
                                     "kexec_file_load",
                                     "open_by_handle_at",
                                     "reboot",
                                     "swapon"};

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

enum { COUNT_ALLOWED = sizeof allowed / sizeof *allowed, COUNT_DEADLY = sizeof deadly / sizeof *deadly };

static bool add(scmp_filter_ctx filter, uint32_t action, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);
    return number == __NR_SCMP_ERROR || seccomp_rule_add(filter, action, number, 0) == 0;
}

/* Allowed for some arguments only. */
static bool add_restricted(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    /* prlimit64 reads a limit; it never sets one. */
    bool is_added =
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0)) == 0 &&
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) == 0 &&
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code) == 0 &&
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0)) == 0;
    for (size_t i = 0; is_added && i < sizeof families / sizeof *families; i++)
        is_added = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0)) == 0;
    return is_added;
}

static bool fill(scmp_filter_ctx filter, bool reports)
{
    for (size_t i = 0; i < COUNT_ALLOWED; i++) {
        if (!add(filter, SCMP_ACT_ALLOW, allowed[i]))
            return false;
    }
    for (size_t i = 0; !reports && i < COUNT_DEADLY; i++) {
        if (!add(filter, SCMP_ACT_KILL_PROCESS, deadly[i]))
            return false;
    }
    return add_restricted(filter);
}

static bool load(bool reports)
{
    scmp_filter_ctx filter = seccomp_init(reports ? SCMP_ACT_TRAP : SCMP_ACT_ERRNO(ENOSYS));
    /* All threads get it; a binary tree in place of a list makes a call cost the same wherever it stands. */
    bool is_loaded = filter != NULL && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
                     seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && fill(filter, reports) &&
                     seccomp_load(filter) == 0;
    seccomp_release(filter);
    return is_loaded;
}

/* In a test, of a process that ends here: it may do what a signal handler should not. */
static void report(int number, siginfo_t *info, void *context)
{
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, info->si_syscall);
    (void)number;
    (void)context;
    log_error("system call %s (%d) is not among those that the sandbox allows", name == NULL ? "?" : name,
              info->si_syscall);
    _exit(EXIT_FAILURE);
}

static void catch_violations(void)
{
    struct sigaction action = {.sa_sigaction = report, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
}

/* People's words, and the database's password, are in its memory. */
static void hide_memory(void)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        log_warn("core dumps can't be turned off: %s", strerrordesc_np(errno));
}

bool sandbox_enter(enum sandbox sandbox)
{
    if (sandbox == SANDBOX_OFF || IS_SANITIZED)
        return true;
    hide_memory();
    if (sandbox == SANDBOX_REPORT)
        catch_violations();
    if (load(sandbox == SANDBOX_REPORT))
        return true;
    log_error("the kernel takes no filter of system calls: set HARK_SANDBOX=off where it has none");
    return false;
}
