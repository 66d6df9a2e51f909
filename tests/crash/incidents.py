# SPDX-License-Identifier: MIT
"""What befalls the service. Each is done to a running one, under load, and leaves it to come back by itself: only a server
that has ended is started again."""

import os
import shutil
import signal
import time

from service import send_signal

FREEZE_S = 10
FULL_S = 8


def kill(pid):
    """What is not there can't be killed, and then nothing would be tested."""
    if pid <= 0 or not send_signal(pid, signal.SIGKILL):
        raise RuntimeError("the process to kill is not there")


def kill_server(service, _):
    """Its supervisor stops PostgreSQL, and the next server starts it."""
    kill(service.process.pid)
    service.process.wait()


def kill_server_and_supervisor(service, _):
    """PostgreSQL lives on without either, and the next server takes it over."""
    kill(service.supervisor)
    kill_server(service, None)


def kill_postmaster(service, _):
    """Its sessions end by themselves a little later."""
    kill(service.postmaster())


def kill_backend(service, chance):
    """PostgreSQL then ends all sessions and recovers."""
    backends = service.backends()
    kill(chance.choice(backends) if backends else 0)


def kill_backends_again_and_again(service, chance):
    kill_backend(service, chance)
    for _ in range(4):
        time.sleep(chance.uniform(0.02, 0.4))
        for pid in service.backends()[:1]:  # some of the time there is none
            send_signal(pid, signal.SIGKILL)


def kill_all(service, _):
    """At one moment, as when the machine loses its power, but for what the disk itself holds back."""
    pids = [service.process.pid, service.supervisor, *service.postgres()]
    for pid in pids:
        send_signal(pid, signal.SIGSTOP)
    for pid in pids[:3]:
        kill(pid)
    for pid in pids[3:]:
        send_signal(pid, signal.SIGKILL)
    service.process.wait()


def kill_server_while_it_starts(service, chance):
    kill_all(service, chance)
    service.launch()
    time.sleep(chance.uniform(0.05, 0.5))
    kill_server(service, chance)


def end_sessions(service, _):
    for pid in service.backends():
        send_signal(pid, signal.SIGTERM)


def freeze_postgres(service, _):
    """As when the disk under it hangs."""
    pids = service.postgres()
    for pid in pids:
        send_signal(pid, signal.SIGSTOP)
    time.sleep(FREEZE_S)
    for pid in reversed(pids):
        send_signal(pid, signal.SIGCONT)


def restart(service, _):
    if service.stop() != 0:
        raise RuntimeError("SIGTERM did not end in 0")


INCIDENTS = (
    kill_server,
    kill_postmaster,
    kill_all,
    kill_backend,
    freeze_postgres,
    kill_server_and_supervisor,
    kill_backends_again_and_again,
    kill_server_while_it_starts,
    end_sessions,
    restart,
)


def fill_disk(service, _):
    """To the last byte, and makes room again. Only where the data is on a disk of its own."""
    ballast = os.path.join(service.folder, "ballast")
    try:
        with open(ballast, "wb", buffering=0) as file:
            deadline = time.monotonic() + FULL_S
            while time.monotonic() < deadline:
                try:
                    file.write(bytes(min(1 << 20, max(4096, shutil.disk_usage(service.folder).free))))
                except OSError:
                    time.sleep(0.01)  # PostgreSQL may still give a little back
    finally:
        os.unlink(ballast)
    with open(os.path.join(service.data, "postgres.log"), errors="replace") as log:
        if "No space left on device" not in log.read():
            raise RuntimeError("PostgreSQL did not notice that its disk was full")
