# SPDX-License-Identifier: MIT
"""The server as a process. See `run` beside this file."""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

from service import Service, is_alive

HIGHEST_EXPOSURE = 1.5
KEYS = {}


def expect(is_true, what):
    if not is_true:
        raise AssertionError(what)


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


# --- the binary


def binary_is_hardened(test):
    """What checksec looks at."""
    header = output_of("readelf", "--file-header", "--program-headers", "--dynamic", "--notes", "--wide", test.hark)
    symbols = output_of("nm", "--dynamic", "--undefined-only", test.hark)
    code = output_of("objdump", "--disassemble", "--section=.text", test.hark)
    flags = " ".join(re.findall(r"\((?:FLAGS|FLAGS_1)\)\s+(.*)", header))
    expect("GNU_RELRO" in header and "BIND_NOW" in flags, "full RELRO")
    expect(re.search(r"Type:\s+DYN", header) and "PIE" in flags, "PIE")
    expect(re.search(r"GNU_STACK.*\sRW\s", header), "no executable stack")
    expect("RPATH" not in header and "RUNPATH" not in header, "no path of libraries")
    expect("__stack_chk_fail" in symbols, "stack protector")
    expect(re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", "")), "fortified functions")
    if "X86-64" in header:
        # The mark itself is missing: the linker drops it for the start files of Debian 12, which were built without.
        expect(code.count("endbr64") > 500, "CET: functions are marked as targets of indirect branches")
        expect(re.search(r"\bor[ql]\s+\$0x0,.*\(%rsp\)", code), "stack clash protection")
    expect(not re.search(r"LOAD.*\sRWE\s", header), "no segment that can be written and run")


# --- units for systemd


def units_are_confined(test):
    score = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={round(HIGHEST_EXPOSURE * 10)}", test.unit],
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"  {score.stdout.strip().splitlines()[-1] if score.stdout else score.stderr}")
    expect(score.returncode == 0, "too exposed")


def units_are_valid(test):
    for name in ("hark.service", "hark.socket"):
        text = open(os.path.join("systemd", name)).read().replace("/usr/bin/hark", test.hark).replace("=hark\n", "=root\n", 2)
        with open(os.path.join(test.folder, name), "w") as file:
            file.write(text)
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", os.path.join(test.folder, "hark.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in result.stderr.splitlines() if "hark" in line]
    expect(result.returncode == 0 and not told, "\n".join(told) or result.stderr)


# --- what it may still do


def status_of(pid, field):
    with open(f"/proc/{pid}/status") as file:
        return re.search(rf"^{field}:\s*(.*)$", file.read(), re.MULTILINE).group(1)


def server_is_confined_and_its_supervisor_is_not(test):
    service = test.start()
    deadline = time.monotonic() + 5  # its first replies may be a moment earlier
    while status_of(service.process.pid, "Seccomp") == "0" and time.monotonic() < deadline:
        time.sleep(0.01)
    pids = [service.process.pid, *(int(task) for task in os.listdir(f"/proc/{service.process.pid}/task"))]
    for pid in pids:
        expect(status_of(pid, "Seccomp") == "2", f"thread {pid} has no filter")
        expect(status_of(pid, "NoNewPrivs") == "1", f"thread {pid} may gain privileges")
        expect("0" not in status_of(pid, "Uid").split(), "it runs as root")
        expect(int(status_of(pid, "CapEff"), 16) == 0, "it has capabilities")
    with open(f"/proc/{service.process.pid}/limits") as file:
        expect(re.search(r"Max core file size\s+0\s+0\s", file.read()), "it may dump core")
    expect(status_of(service.supervisor, "Seccomp") == "0", "the supervisor is confined")
    expect("0" not in status_of(service.postmaster(), "Uid").split(), "PostgreSQL runs as root")
    service.stop()


def sandbox_can_be_turned_off(test):
    service = test.start(settings={"HARK_SANDBOX": "off"})
    expect(status_of(service.process.pid, "Seccomp") == "0", "it is confined all the same")
    service.stop()


# --- what a service manager is told


class Manager:
    """systemd, as far as its two protocols go."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.told.bind(self.path)
        os.chmod(self.path, 0o777)
        self.count = 0  # of what was heard for

    def hears(self, wanted, seconds):
        self.told.settimeout(0.1)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.told.recv(4096).decode() == wanted:
                    self.count += 1
                    return True
            except socket.timeout:
                pass
        return False

    def close(self):
        self.told.close()
        os.unlink(self.path)


def manager_hears_of_ready_watchdog_and_stopping(test):
    manager = Manager(test.folder)
    environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"}
    service = test.launch(variables=environment)
    expect(manager.hears("READY=1", 60), "no READY=1")
    expect(service.is_ready(), "it was not ready")
    for _ in range(5):
        expect(manager.hears("WATCHDOG=1", 2), "no WATCHDOG=1")
    service.process.terminate()
    expect(manager.hears("STOPPING=1", 5), "no STOPPING=1")
    expect(service.process.wait(60) == 0, "exit status")
    manager.close()


PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH, WAIT_FOR_THREADS = 0x4206, 0x4207, 17, 0x40000000


def trace(request, thread):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "can't trace the server, to hold one of its threads")


class HeldThread:
    """One thread of a process that doesn't go on, while the others do: SIGSTOP would hold them all."""

    def __init__(self, thread):
        self.thread = thread
        trace(PTRACE_SEIZE, thread)
        trace(PTRACE_INTERRUPT, thread)
        os.waitpid(thread, WAIT_FOR_THREADS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """In any case: a thread that is held can't be killed to its end."""
        trace(PTRACE_DETACH, self.thread)


def threads_called(pid, name):
    tasks = f"/proc/{pid}/task"
    return [int(task) for task in os.listdir(tasks) if open(f"{tasks}/{task}/comm").read().strip() == name]


def manager_hears_nothing_while_a_loop_is_stuck(test):
    manager = Manager(test.folder)
    environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"}
    service = test.launch(settings={"HARK_HTTP_THREADS": "2", "HARK_SANDBOX": "off"}, variables=environment)
    expect(manager.hears("READY=1", 60), "no READY=1")
    expect(manager.hears("WATCHDOG=1", 5), "no WATCHDOG=1")
    loops = threads_called(service.process.pid, "hark-http")
    expect(len(loops) == 2, f"{len(loops)} loops")
    with HeldThread(loops[1]):
        while manager.hears("WATCHDOG=1", 1):  # what was on its way
            expect(manager.count < 20, "it goes on saying that it is well")
        expect(not manager.hears("WATCHDOG=1", 2), "WATCHDOG=1 for a server with a loop that is stuck")
    expect(manager.hears("WATCHDOG=1", 5), "no WATCHDOG=1 from a loop that goes on")
    service.process.terminate()
    expect(service.process.wait(60) == 0, "exit status")
    manager.close()


# --- a socket that somebody else holds


class Held:
    """A listening socket of the service manager's, handed to one server after the other."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.socket.getsockname()[1]

    def command(self, hark):
        return ["bash", "-c", f'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" serve 3<&{self.socket.fileno()}', hark]


class Visitors:
    """Each request on a new connection, as fast as they get replies."""

    def __init__(self, service, count):
        self.service = service
        self.stops = False
        self.created = self.turned_away = 0
        self.longest = 0.0
        self.failures = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.visit, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def visit(self):
        while not self.stops:
            started = time.monotonic()
            try:
                status = self.post()
            except OSError as fault:
                status = repr(fault)
            with self.lock:
                self.longest = max(self.longest, time.monotonic() - started)
                self.created += status == 201
                self.turned_away += status == 503
                if status not in (201, 503):
                    self.failures.append(status)

    def post(self):
        body = '{"id":"%s","answers":{"nps":9}}' % uuid.uuid4()
        key = self.service.keys["first", "write"]
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=60) as connection:
            connection.sendall(
                f"POST /v1/responses HTTP/1.1\r\nHost: hark\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            reply = b""
            while part := connection.recv(65536):
                reply += part
        return int(reply.split()[1]) if reply else "closed without a reply"

    def stop(self):
        self.stops = True
        for thread in self.threads:
            thread.join(60)


def count_rows(service):
    return int(service.query("COPY (SELECT count(*) FROM response) TO STDOUT (FORMAT csv)")[0][0])


def restart_refuses_no_connection(test):
    held = Held()
    service = test.start(held=held)
    test.make_project(service)
    before = count_rows(service)
    visitors = Visitors(service, 24)
    restarts = 5
    for _ in range(restarts):
        time.sleep(0.5)
        expect(service.stop() == 0, "exit status")
        service.launch()
        service.wait_until_ready()
    time.sleep(0.3)
    visitors.stop()
    stored = count_rows(service)
    print(
        f"  {restarts} restarts, {visitors.created} connections served, {visitors.turned_away} answered with 503,"
        f" {len(visitors.failures)} refused or reset; the longest took {visitors.longest:.1f} s"
    )
    expect(not visitors.failures, f"{visitors.failures[:5]}")
    expect(visitors.turned_away == 0 and visitors.created > 100, "none may be turned away")
    expect(stored - before == visitors.created, f"{stored} are stored")
    service.stop()
    held.socket.close()


def sockets_for_another_process_are_not_taken(test):
    held = Held()
    service = test.launch(variables={"LISTEN_FDS": "1", "LISTEN_PID": "1"})
    service.wait_until_ready()
    expect(service.port != held.port, "port")
    service.stop()
    held.socket.close()


# --- the end


def half_a_request(service):
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=30)
    body = '{"answers":{"nps":9}}'
    key = service.keys["first", "write"]
    connection.sendall(
        f"POST /v1/responses HTTP/1.1\r\nHost: hark\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body[:5]}".encode()
    )
    time.sleep(0.2)
    return connection, body[5:].encode()


def request_under_way_is_answered_after_sigterm(test):
    service = test.start()
    test.make_project(service)
    connection, rest = half_a_request(service)
    service.process.terminate()
    time.sleep(0.5)
    expect(service.process.poll() is None, "it did not wait")
    connection.sendall(rest)
    reply = connection.recv(65536).decode()
    expect(reply.startswith("HTTP/1.1 201") and "connection: close" in reply.lower(), reply)
    expect(connection.recv(1) == b"", "the connection stays open")
    expect(service.process.wait(30) == 0, "exit status")


def drain_has_a_deadline(test):
    service = test.start(settings={"HARK_DRAIN_TIMEOUT": "1s"})
    test.make_project(service)
    connection, _ = half_a_request(service)
    started = time.monotonic()
    status = service.stop()
    seconds = time.monotonic() - started
    expect(status == 0 and 0.9 < seconds < 10, f"status {status} after {seconds:.1f} s")
    connection.close()


def second_signal_ends_it_at_once(test):
    service = test.start()
    test.make_project(service)
    postmaster = service.postmaster()
    connection, _ = half_a_request(service)
    service.process.terminate()
    time.sleep(0.5)
    started = time.monotonic()
    service.process.terminate()
    status = service.process.wait(30)
    expect(status == -signal.SIGTERM and time.monotonic() - started < 1, f"status {status}")
    while is_alive(postmaster) and time.monotonic() - started < 30:
        time.sleep(0.05)
    expect(not is_alive(postmaster), "PostgreSQL was left behind")
    connection.close()


def server_ends_when_its_supervisor_does(test):
    """It can't serve for long: a PostgreSQL that dies stays dead. A service manager starts it again."""
    service = test.start()
    os.kill(service.supervisor, signal.SIGKILL)
    expect(service.process.wait(30) == 1, "exit status")
    expect(not service.postgres(), "PostgreSQL was left behind")


TESTS = (
    binary_is_hardened,
    units_are_confined,
    units_are_valid,
    server_is_confined_and_its_supervisor_is_not,
    sandbox_can_be_turned_off,
    manager_hears_of_ready_watchdog_and_stopping,
    manager_hears_nothing_while_a_loop_is_stuck,
    restart_refuses_no_connection,
    sockets_for_another_process_are_not_taken,
    request_under_way_is_answered_after_sigterm,
    drain_has_a_deadline,
    second_signal_ends_it_at_once,
    server_ends_when_its_supervisor_does,
)


class Managed(Service):
    """Started as a service manager would: with variables of its own, and perhaps a socket."""

    held = None
    variables = {}

    def launch(self):
        command = self.held.command(self.hark) if self.held else [self.hark, "serve"]
        with open(os.path.join(self.folder, "serve.log"), "ab") as log:
            self.process = subprocess.Popen(
                command,
                env={**self.environment(), **self.variables, "HARK_LISTEN": f"127.0.0.1:{0 if self.held else self.port}"},
                pass_fds=[self.held.socket.fileno()] if self.held else [],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )


class Test:
    """The folder is shared, so that PostgreSQL is made once."""

    unit = "systemd/hark.service"

    def __init__(self, hark, folder):
        self.hark = hark
        self.folder = folder
        self.services = []

    def launch(self, settings=(), variables=(), held=None):
        service = Managed(self.hark, self.folder, settings)
        service.held = held
        service.variables = dict(variables)
        service.port = held.port if held else service.port
        self.services.append(service)
        service.launch()
        return service

    def start(self, **how):
        service = self.launch(**how)
        service.wait_until_ready()
        return service

    def make_project(self, service):
        """Once; later tests have its keys."""
        if not KEYS:
            service.make_project("first")
            KEYS.update(service.keys)
        service.keys = KEYS

    def end(self):
        for service in self.services:
            if service.process.poll() is None:
                service.kill_leftovers()
        self.services.clear()


def run(test, body):
    try:
        body(test)
        is_good, why = True, ""
    except (AssertionError, RuntimeError, OSError, subprocess.SubprocessError) as fault:
        is_good, why = False, f": {fault}"
    print(f"{'ok' if is_good else 'FAILED'}: {body.__name__.replace('_', ' ')}{why}", flush=True)
    test.end()
    return is_good


def main():
    folder = tempfile.mkdtemp(prefix="hark-process-")
    os.chmod(folder, 0o755)
    wanted = os.environ.get("PROCESS_TEST", "")
    verdicts = [run(Test(sys.argv[1], folder), body) for body in TESTS if wanted in body.__name__]
    shutil.rmtree(folder, ignore_errors=True)
    failed = verdicts.count(False)
    print(f"{len(verdicts) - failed} passed, {failed} failed")
    return 1 if failed or not verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
