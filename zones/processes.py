"""Processes of one run directory: started here, remembered by pid, ended by pid.

A pid file holds the pid and the kernel's start time of the process, so that a number
which the kernel gave to somebody else after a crash is never signalled.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Mapping, Optional, Sequence


def start_time(pid: int) -> Optional[str]:
    """The kernel's start time of a living process; nothing if it is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rsplit(")", 1)[1].split()
    return None if fields[0] in "ZX" else fields[19]


class Processes:
    """The servers of one run directory."""

    def __init__(self, directory: Path) -> None:
        self.pids = directory / "pids"
        self.logs = directory / "log"

    def start(self, name: str, command: Sequence[str],
              environment: Optional[Mapping[str, str]] = None) -> None:
        """Starts a server in a session of its own, its output in `log/NAME.log`."""
        with open(self.logs / f"{name}.log", "ab") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=log, start_new_session=True,
                                     env=None if environment is None
                                     else {**os.environ, **environment})
        (self.pids / name).write_text(f"{child.pid} {start_time(child.pid)}\n")

    def living(self) -> dict[str, int]:
        """Name and pid of every server that was started here and still runs."""
        found = {}
        for file in sorted(self.pids.glob("*")) if self.pids.is_dir() else []:
            words = file.read_text().split()
            if len(words) == 2 and start_time(int(words[0])) == words[1]:
                found[file.name] = int(words[0])
        return found

    def dead(self) -> list[str]:
        """Names of the servers that were started here and are gone."""
        return sorted({file.name for file in self.pids.glob("*")} - set(self.living()))

    def stop(self) -> int:
        """Ends all, politely and then not; returns how many there were."""
        living = self.living()
        for number, seconds in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0)):
            for pid in self.living().values():
                _signal_session(pid, number)
            deadline = time.monotonic() + seconds
            while any(map(_session_lives, living.values())) and time.monotonic() < deadline:
                time.sleep(0.01)
        for file in self.pids.glob("*"):
            file.unlink()
        return len(living)


def _signal_session(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass


def _session_lives(pid: int) -> bool:
    """Whether the process lives. A child of ours that has ended is reaped on the way."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
    return start_time(pid) is not None


def listening() -> set[tuple[str, int]]:
    """Address and port of every TCP listener that the kernel tells of, without
    connecting to any: a server under test sees no connection that is not a test's."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A":
                address, port = fields[1].split(":")
                found.add((_address(address), int(port, 16)))
    return found


def _address(text: str) -> str:
    words = [bytes.fromhex(text[i:i + 8])[::-1] for i in range(0, len(text), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, b"".join(words))
