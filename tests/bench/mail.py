"""Deliveries of mail: qmail-remote beside Postfix's smtp(8), to one server that both prove by
its TLSA records.

The server is the test internet's Postfix behind sink.mail.example; it hands all mail to
smtp-sink(1) and queues none. Only the client's CPU time is counted. Each qmail-remote is a
process of its own, which checks all DNSSEC signatures itself; its parent is not counted.
Postfix believes its resolver's AD bit, and its processes run already when the clock starts
(in the row `a process each`, smtp(8) does not). `CPU` is that of smtp(8) and tlsproxy(8),
`all CPU` that of the whole instance: queue manager, TLS manager, logger, master and so on.
"""

import os
import re
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import postfix_client
from figures import peak_memory

DOMAIN = "sink.mail.example"
RECIPIENT = f"you@{DOMAIN}"
SINK = "127.61.0.14:10025"
MESSAGES = 1000
AT_ONCE = 20
ROUNDS = 3
PROVED = re.compile(rb"\0K[^\0]*\nVerified: TLSA [^\0]*\0")


@dataclass(frozen=True)
class Run:
    """All messages once: seconds, CPU seconds of what speaks SMTP and of the whole client,
    peak KiB of the largest process that speaks SMTP, deliveries that DANE proved. What is
    not known is 0."""

    wall: float
    cpu: float
    whole: float
    memory: int
    proved: int


@dataclass
class Client:
    """A client on the bench."""

    name: str
    run: Callable[[Path], Run]
    runs: list[Run] = field(default_factory=list)

    def median(self, what: str) -> float:
        return statistics.median(getattr(run, what) for run in self.runs)


def write_message(file: Path) -> None:
    lines = "".join(f"This is line {number:3} of a message.\n" for number in range(100))
    file.write_text("Received: (qmail 1 invoked by uid 1000); 1 Jan 2024 00:00:00 -0000\n"
                    f"From: me@client.mail.example\nTo: {RECIPIENT}\nSubject: x\n\n{lines}")


def write_home(home: Path, zones: Path) -> None:
    """qmail's home directory."""
    (home / "control").mkdir()
    (home / "queue/lock").mkdir(parents=True)
    (home / "queue/lock/deadhosts").touch()
    (home / "control/me").write_text("client.mail.example\n")
    (home / "control/notipme").write_text("127.0.0.0/8\n")
    (home / "control/dnsforward").write_text("127.53.0.53\n")
    (home / "control/dnsanchor").write_bytes((zones / "root.key").read_bytes())


class Rspawn:
    """The parent: AT_ONCE at a time, a process each, a pipe for its report."""

    def __init__(self, program: Path, home: Path) -> None:
        self.command = [str(program), DOMAIN, "me@client.mail.example", RECIPIENT]
        self.home = home
        self.reports: dict[int, int] = {}

    def start(self, message: Path) -> None:
        reading, writing = os.pipe()
        pid = os.posix_spawn(self.command[0], self.command, {"QMAILHOME": str(self.home)},
                             file_actions=[(os.POSIX_SPAWN_OPEN, 0, str(message), os.O_RDONLY, 0),
                                           (os.POSIX_SPAWN_DUP2, writing, 1)],
                             setsigdef=[signal.SIGPIPE])
        os.close(writing)
        self.reports[pid] = reading

    def reap(self) -> tuple[bytes, float]:
        """The next report, and the CPU seconds that it cost."""
        while True:
            pid, status, usage = os.wait4(-1, 0)
            if pid in self.reports:
                break
        with open(self.reports.pop(pid), "rb") as pipe:
            report = pipe.read()
        return report if status == 0 else b"", usage.ru_utime + usage.ru_stime

    def run(self, message: Path) -> Run:
        cpu, proved, start = 0.0, 0, time.perf_counter()
        for number in range(MESSAGES + AT_ONCE):
            if number >= AT_ONCE:
                report, seconds = self.reap()
                cpu += seconds
                proved += PROVED.search(report) is not None
            if number < MESSAGES:
                self.start(message)
        wall = time.perf_counter() - start
        memory = peak_memory(["env", f"QMAILHOME={self.home}", "sh", "-c",
                              'exec <"$1" && shift && exec "$@"', "sh", str(message),
                              *self.command])
        return Run(wall, cpu, 0, memory, proved)


def postfix(settings: str, options: str = "") -> Callable[[Path], Run]:
    """Postfix with these settings of main.cf, and options of smtp(8) in master.cf."""

    def run(message: Path) -> Run:
        with postfix_client.running(settings, options, AT_ONCE) as client:
            for count in (2 * AT_ONCE, MESSAGES):    # the first ones start its processes
                client.hold(message, RECIPIENT, count)
                before = postfix_client.accounts(client.master.pid)
                wall, log = client.deliver(count)
            after = postfix_client.accounts(client.master.pid)
        speaks = postfix_client.SPEAKERS
        return Run(wall, postfix_client.cpu(after, speaks) - postfix_client.cpu(before, speaks),
                   postfix_client.cpu(after) - postfix_client.cpu(before),
                   max(one.memory for one in after if one.program in speaks),
                   postfix_client.proved(log))

    return run


def clients(program: Path, home: Path) -> list[Client]:
    sessions = "smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n"
    return [
        Client("Postfix, nothing cached", postfix("smtp_connection_cache_on_demand = no\n")),
        Client("Postfix, its defaults", postfix("")),
        Client("Postfix, TLS sessions resumed", postfix(sessions)),
        Client("Postfix, TLS connections reused", postfix("smtp_tls_connection_reuse = yes\n")),
        Client("Postfix, a process each", postfix("", " -o max_use=1")),
        Client("qmail-remote", Rspawn(program, home).run),
    ]


def table(rows: list[Client]) -> None:
    """Prints medians, and each as a ratio to the first client's."""
    base = rows[0]
    print(f"{'':32} {'mails/s':>8} {'ratio':>6} {'CPU ms':>8} {'ratio':>6} "
          f"{'all CPU':>8} {'ratio':>6} {'peak MB':>8} {'ratio':>6}")
    for row in rows:
        cells = ""
        for what, scale in (("cpu", 1e3 / MESSAGES), ("whole", 1e3 / MESSAGES),
                            ("memory", 1 / 1024)):
            figure = row.median(what)
            cells += (f" {figure * scale:8.2f} {figure / base.median(what):6.2f}"
                      if figure else f" {'-':>8} {'-':>6}")
        failed = sum(MESSAGES - run.proved for run in row.runs)
        note = f"   FAILED: {failed} deliveries not proved" if failed else ""
        print(f"{row.name:32} {MESSAGES / row.median('wall'):8.1f} "
              f"{base.median('wall') / row.median('wall'):6.2f}{cells}{note}")


def measure(program: Path, zones: Path) -> None:
    if not (zones / "pids/postfix").exists():
        print("\nDeliveries of mail: not measured, Postfix wants root")
        return
    print(f"\n{MESSAGES} mails, {AT_ONCE} at once, {ROUNDS} rounds in turn, medians; "
          "ratios to the first row (mails/s: more is better, else less)")
    with tempfile.TemporaryDirectory(prefix="qmail.") as folder:
        home = Path(folder)
        write_home(home, zones)
        message = home / "message"
        write_message(message)
        sink = subprocess.Popen(["smtp-sink", "-u", "postfix", SINK, "100"],
                                stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            rows = clients(program, home)
            for _ in range(ROUNDS):
                for row in rows:
                    row.runs.append(row.run(message))
        finally:
            sink.kill()
            sink.wait()
    table(rows)
