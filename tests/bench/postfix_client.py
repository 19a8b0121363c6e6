"""Postfix's smtp(8) on the bench: an instance of its own, which delivers what it holds."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "zones"))
import postfix_instance  # noqa: E402

ADDRESS = "127.61.2.1:25"    # where it takes mail for its queue
LIMIT_SECONDS = 120
SPEAKERS = ("smtp", "tlsproxy")

_MAIN = """compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
myhostname = client.mail.example
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_recipient_restrictions = check_recipient_access static:HOLD, permit_mynetworks, reject
smtp_dns_support_level = dnssec
smtp_tls_security_level = dane
smtp_tls_loglevel = 1
default_destination_concurrency_limit = {at_once}
initial_destination_concurrency = {at_once}
max_use = 1000000
max_idle = 1h
"""

_MASTER = """{address} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
tlsproxy unix - - n - 0 tlsproxy
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
smtp unix - - n - - smtp{options}
retry unix - - n - - error
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Account:
    """A process: its program, CPU seconds, peak resident set in KiB."""

    program: str
    cpu: float
    memory: int


def of_the_dead(parent: int) -> float:
    """CPU seconds of the children that a process has waited for."""
    fields = Path(f"/proc/{parent}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def accounts(master: int) -> list[Account]:
    """The master and its children, CPU to the nanosecond, not to the tick; those that have
    ended as one, since here they are all smtp(8)."""
    out = [Account("smtp", of_the_dead(master), 0)]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            seconds = int((folder / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue
        facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        if master in (int(facts["PPid"]), int(facts["Pid"])):
            peak = int(facts.get("VmHWM", "0 kB").split()[0])
            out.append(Account(facts["Name"], seconds, peak))
    return out


def cpu(all_of_it: list[Account], programs: Sequence[str] = ()) -> float:
    """CPU seconds of these programs; without any, of all."""
    return sum(one.cpu for one in all_of_it if not programs or one.program in programs)


def proved(log: str) -> int:
    """Deliveries in a log over a connection that matched a TLSA record."""
    verified: dict[str, bool] = {}
    count = 0
    for pid, text in re.findall(r"postfix/smtp\[(\d+)\]: (.*)", log):
        if " TLS connection " in text:
            verified[pid] = text.startswith("Verified TLS connection ")
        elif " status=sent " in text:
            count += verified.pop(pid, False)
    return count


class Postfix:
    """A running instance."""

    def __init__(self, home: Path, settings: str, options: str, at_once: int) -> None:
        self.home = home
        self.log = home / "postfix.log"
        postfix_instance.reachable(home)
        postfix_instance.make_queue(home)
        (home / "main.cf").write_text(_MAIN.format(home=home, at_once=at_once) + settings)
        (home / "master.cf").write_text(_MASTER.format(address=ADDRESS, options=options))
        command, environment = postfix_instance.master(home)
        self.environment = dict(os.environ, **environment)
        self.master = subprocess.Popen(command, env=self.environment, start_new_session=True,
                                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def tool(self, *command: str) -> None:
        """Runs one of its programs."""
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"bench: {command[0]}: {done.stderr}")

    def hold(self, message: Path, recipient: str, count: int) -> None:
        """Fills the queue with messages that wait to be released."""
        self.tool("smtp-source", "-s", "4", "-m", str(count), "-F", str(message),
                  "-f", "me@client.mail.example", "-t", recipient, ADDRESS)
        self.tool("postsuper", "-H", "ALL")

    def deliver(self, count: int) -> tuple[float, str]:
        """Releases them; returns the seconds until the queue is empty, and the log."""
        before = self.log.stat().st_size
        start = time.perf_counter()
        self.tool("postqueue", "-f")
        removed, seconds = 0, 0.0
        with open(self.log, "rb") as log:
            log.seek(before)
            while removed < count and seconds < LIMIT_SECONDS:
                removed += log.read().count(b": removed\n")
                time.sleep(0.005)
                seconds = time.perf_counter() - start
            log.seek(before)
            return seconds, log.read().decode(errors="replace")

    def stop(self) -> None:
        """Ends all of it."""
        os.killpg(self.master.pid, signal.SIGTERM)
        self.master.wait()


@contextmanager
def running(settings: str, options: str, at_once: int) -> Iterator[Postfix]:
    """An instance with settings of main.cf and options of smtp(8) more, in a home that does
    not stay."""
    with tempfile.TemporaryDirectory(prefix="postfix.") as home:
        postfix = Postfix(Path(home), settings, options, at_once)
        try:
            deadline = time.monotonic() + 10
            while not (postfix.home / "queue/public/qmgr").exists():
                if time.monotonic() > deadline:
                    raise SystemExit("bench: Postfix does not start")
                time.sleep(0.02)
            yield postfix
        finally:
            postfix.stop()
