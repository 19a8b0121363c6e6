"""TLS servers: sslserver beside stunnel and hitch, on 127.0.0.1, in one run.

stunnel is there twice: with `exec`, a program for each connection as sslserver has it, and
with `connect`, to a server behind it, which is all that hitch can do. The client is tls_load;
it takes a good part of the two or more processors, the same for all, which dilutes ratios of
speed and leaves those of CPU time alone. TLS 1.3, and what client and server agree on.

A handshake is a connection from connect() to the end of file, where the program behind ends
at once. CPU is user and system time of all processes of the server: with `exec` and in
sslserver the program and its start too, with `connect` not the server behind.

Memory is what a connection more costs: a line has gone through and back, then nothing. It is
the proportional set size of the server's processes, programs left out, and beside it their
page tables, which a process for each connection pays and a thread does not.
"""

import math
import os
import socket
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 3
AT_ONCE = 16
SECONDS = 3.0       # of each run of handshakes
MOST = 20_000       # connections of each run of handshakes
MEGABYTES = 512     # of each relay
IDLE = 50           # connections that wait
IDLE_SECONDS = 3    # for so long before they are looked at
LIMIT_SECONDS = 60  # of whatever the client does
STUNNEL, HITCH = "/usr/bin/stunnel4", "/usr/sbin/hitch"
ECHO = "/bin/cat"
KEYS = {"RSA-2048": ["rsa:2048"], "ECDSA P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}
KINDS = ("full", "resumed")
RELAYS = {"up": ("swallow", "send"), "down": ("send", "receive")}    # server's, client's part


@dataclass(frozen=True)
class Work:
    """What a server is started for: its key, and the word of `tls_load behind` for what it
    does with a connection."""

    home: Path
    build: Path
    key: str
    deed: str

    @property
    def chain(self) -> Path:
        return self.home / f"{self.key}.pem"

    @property
    def secret(self) -> Path:
        return self.home / f"{self.key}.key"

    @property
    def program(self) -> list[str]:
        """The program that does it on descriptors 0 and 1."""
        return {"end": [str((self.build / "bench/nothing").resolve())],
                "echo": [ECHO],
                "send": ["/bin/dd", "if=/dev/zero", "bs=64k", f"count={MEGABYTES * 16}",
                         "status=none"],
                "swallow": ["/bin/sh", str(self.home / "swallow")]}[self.deed]

    def config(self, text: str) -> str:
        """A file with these settings."""
        file = self.home / "config"
        file.write_text(text)
        return str(file)


@dataclass(frozen=True)
class Command:
    """How a server is started."""

    words: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Rival:
    """A server on the bench. `start` is given the work, the port to listen on and that of the
    server behind."""

    name: str
    start: Callable[[Work, int, int], Command]
    figures: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    def median(self, what: str) -> float:
        """Not a number where there is no figure."""
        return statistics.median(self.figures[what] or [math.nan])


def stunnel(behind: Callable[[Work, int], str]) -> Callable[[Work, int, int], Command]:
    def start(work: Work, port: int, port_behind: int) -> Command:
        return Command([STUNNEL, work.config(
            "foreground = quiet\npid =\nsyslog = no\ndebug = err\n"
            f"[bench]\naccept = 127.0.0.1:{port}\ncert = {work.chain}\nkey = {work.secret}\n"
            + behind(work, port_behind))])
    return start


def runs_program(work: Work, _port: int) -> str:
    return f"exec = {work.program[0]}\nexecArgs = {' '.join(work.program)}\n"


def connects(_work: Work, port: int) -> str:
    return f"connect = 127.0.0.1:{port}\n"


def hitch(work: Work, port: int, port_behind: int) -> Command:
    pair = work.home / "pair.pem"
    pair.write_text(work.secret.read_text() + work.chain.read_text())
    pair.chmod(0o644)
    return Command([HITCH, "--config=" + work.config(
        f'frontend = "[127.0.0.1]:{port}"\nbackend = "[127.0.0.1]:{port_behind}"\n'
        f'pem-file = "{pair}"\nworkers = {os.cpu_count()}\nbacklog = 1024\nocsp-dir = ""\n'
        'daemon = off\nuser = "nobody"\n')])


def sslserver(work: Work, port: int, _behind: int) -> Command:
    return Command([str((work.build / "bin/sslserver").resolve()), "-c", "200", "-HRl0",
                    "127.0.0.1", str(port), *work.program],
                   {"CERTFILE": str(work.chain), "KEYFILE": str(work.secret)})


def rivals() -> list[Rival]:
    return [Rival("stunnel, exec", stunnel(runs_program)), Rival("sslserver", sslserver),
            Rival("stunnel, connect", stunnel(connects)), Rival("hitch, connect", hitch)]


@dataclass(frozen=True)
class Process:
    """A process, with the clock ticks of CPU time of itself and of children waited for."""

    pid: int
    parent: int
    session: int
    began: int
    ticks: int


def processes() -> dict[int, Process]:
    out = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = file.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pid = int(file.parent.name)
        out[pid] = Process(pid, int(words[1]), int(words[3]), int(words[19]),
                           sum(map(int, words[11:15])))
    return out


def listens(port: int) -> bool:
    """Whether somebody does; a connection to find out would be work for a server."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(line[1].endswith(f":{port:04X}") and line[3] == "0A" for line in lines)


class Server:
    """A running server, which leads a session."""

    def __init__(self, leader: subprocess.Popen, port: int) -> None:
        self.leader, self.port = leader, port

    def members(self) -> list[Process]:
        """All of its processes."""
        everybody = processes()
        ours = {self.leader.pid}
        grown = True
        while grown:
            more = {one.pid for one in everybody.values()
                    if one.session == self.leader.pid or one.parent in ours}
            grown = not more <= ours
            ours |= more
        return [everybody[pid] for pid in sorted(ours) if pid in everybody]

    def settle(self) -> None:
        """Waits until it does nothing any more, for 5 s at most."""
        seen: list[tuple[int, int]] = []
        for _ in range(100):
            members = self.members()
            seen.append((len(members), sum(one.ticks for one in members)))
            if len(seen) > 3 and len(set(seen[-3:])) == 1:
                return
            time.sleep(0.05)

    def cpu(self) -> float:
        """Seconds until now, once it is idle."""
        self.settle()
        return sum(one.ticks for one in self.members()) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[int, int]:
        """KiB of its processes and of their page tables, without programs that echo."""
        self.settle()
        proportional = tables = 0
        for one in self.members():
            folder = Path(f"/proc/{one.pid}")
            if (folder / "exe").resolve() == Path(ECHO).resolve():
                continue
            proportional += _kilobytes(folder / "smaps_rollup", "Pss:")
            tables += _kilobytes(folder / "status", "VmPTE:")
        return proportional, tables

    def stop(self) -> None:
        """Ends the leader, and whoever of the others is still there after 2 s."""
        left = {one.pid: one.began for one in self.members()}
        self.leader.terminate()
        try:
            self.leader.wait(2)
        except subprocess.TimeoutExpired:
            self.leader.kill()
            self.leader.wait()
        deadline = time.monotonic() + 2
        while left:
            now = processes()
            left = {pid: began for pid, began in left.items()
                    if pid in now and now[pid].began == began}
            if time.monotonic() > deadline:
                for pid in left:
                    os.kill(pid, 9)
                return
            time.sleep(0.02)


def _kilobytes(file: Path, label: str) -> int:
    try:
        lines = file.read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):    # a process that has ended meanwhile
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(label)), 0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(rival: Rival, work: Work) -> Iterator[Server]:
    """The server, and the one behind it."""
    behind = subprocess.Popen(client(work, "behind", work.deed, MEGABYTES),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        port = free_port()
        command = rival.start(work, port, int(behind.stdout.readline()))
        with open(work.home / "log", "w+") as log:
            server = Server(subprocess.Popen(
                command.words, env={"PATH": os.environ["PATH"], **command.environment},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                start_new_session=True), port)
            try:
                deadline = time.monotonic() + 10
                while not listens(port):
                    if server.leader.poll() is not None or time.monotonic() > deadline:
                        log.seek(0)
                        raise SystemExit(f"bench: {rival.name} does not start: {log.read()}")
                    time.sleep(0.02)
                yield server
            finally:
                server.stop()
    finally:
        behind.communicate()


def client(work: Work, *words: object) -> list[str]:
    return [str(work.build / "bench/tls_load"), *map(str, words)]


class Client:
    """A run of tls_load that says `ready` and waits for an order."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(["timeout", str(LIMIT_SECONDS), *command], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.is_ready = self.process.stdout.readline() == "ready\n"

    def finish(self) -> str:
        """Lets it go on; returns what it prints at its end."""
        return self.process.communicate("\n")[0]


def shake(rival: Rival, work: Work, server: Server, kind: str) -> None:
    """Handshakes a second, and CPU seconds for each."""
    load = Client(client(work, "shake", server.port, kind, AT_ONCE, SECONDS, MOST))
    before = server.cpu()
    words = load.finish().split()
    spent = server.cpu() - before
    if len(words) != 4:
        rival.faults.append(f"{kind}, {work.key}: the client ended early")
        return
    good, resumed, failed = (int(word) for word in words[:3])
    if failed or not good:
        rival.faults.append(f"{kind}, {work.key}: {failed} of {good + failed} failed")
    if resumed != (good if kind == "resumed" else 0):
        rival.faults.append(f"{kind}, {work.key}: {resumed} of {good} were resumed")
    elif good:
        rival.figures[f"{kind} {work.key} rate"].append(good / float(words[3]))
        rival.figures[f"{kind} {work.key} CPU"].append(spent / good)


def transfer(rival: Rival, work: Work, server: Server, way: str) -> None:
    """MiB a second, and CPU seconds for a GiB."""
    command = ["timeout", str(LIMIT_SECONDS),
               *client(work, RELAYS[way][1], server.port, MEGABYTES)]
    before = server.cpu()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        rival.faults.append(f"relay {way}: not all arrived")
        return
    rival.figures[f"{way} rate"].append(MEGABYTES / float(done.stdout))
    rival.figures[f"{way} CPU"].append((server.cpu() - before) * 1024 / MEGABYTES)


def hold(rival: Rival, work: Work, server: Server) -> None:
    """KiB for each connection. The first one is not counted: with it comes what is loaded
    once."""
    first = Client(client(work, "hold", server.port, 1))
    before = server.memory()
    more = Client(client(work, "hold", server.port, IDLE))
    time.sleep(IDLE_SECONDS)
    after = server.memory()
    if first.is_ready and more.is_ready:
        for what, old, new in zip(("memory", "page tables"), before, after):
            rival.figures[what].append((new - old) / IDLE)
    else:
        rival.faults.append("idle connections: not all came up")
    more.finish()
    first.finish()


def one_round(rival: Rival, home: Path, build: Path) -> None:
    for key in KEYS:
        work = Work(home, build, key, "end")
        with running(rival, work) as server:
            for kind in KINDS:
                shake(rival, work, server, kind)
    for way, (deed, _) in RELAYS.items():
        work = Work(home, build, "ECDSA P-256", deed)
        with running(rival, work) as server:
            transfer(rival, work, server, way)
    work = Work(home, build, "ECDSA P-256", "echo")
    with running(rival, work) as server:
        hold(rival, work, server)


def prepare(home: Path) -> None:
    """Keys, certificates, and a script."""
    home.chmod(0o755)
    for key, kind in KEYS.items():
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-days", "30", "-newkey", *kind,
                        "-subj", "/CN=server.bench", "-addext",
                        "subjectAltName=DNS:server.bench", "-keyout", str(home / f"{key}.key"),
                        "-out", str(home / f"{key}.pem")], check=True, capture_output=True)
    (home / "swallow").write_text(
        f"dd of=/dev/null bs=64k iflag=fullblock count={MEGABYTES * 16} status=none\n"
        "echo done\n")


def table(rows: list[Rival], columns: list[tuple[str, str, float, int]]) -> None:
    """Columns: figure, head, factor, digits. Each has the ratio to the first row beside it."""
    print(f"{'':16}" + "".join(f" {head:>15} {'ratio':>6}" for _, head, _, _ in columns))
    for row in rows:
        cells = (f" {row.median(what) * factor:15.{digits}f} "
                 f"{row.median(what) / rows[0].median(what):6.2f}"
                 for what, _, factor, digits in columns)
        print(f"{row.name:16}" + "".join(cells).replace("nan", "  -"))


def goals(ours: Rival, base: Rival) -> None:
    def say(what: str, ratio: float, least: float = -math.inf, most: float = math.inf) -> None:
        aim = f"at least {least}" if math.isinf(most) else f"at most {most}"
        met = ("not measured" if math.isnan(ratio) else
               "met" if least <= ratio <= most else "MISSED")
        print(f"  {what}: {ratio:.2f}, goal {aim}: {met}")

    print(f"\n{ours.name}, ratios to {base.name} or to itself:")
    for key in KEYS:
        say(f"full handshakes a second, {key}",
            ours.median(f"full {key} rate") / base.median(f"full {key} rate"), least=1)
    for key, most in zip(KEYS, (0.5, 0.8)):
        say(f"CPU of a resumed handshake to that of a full one, {key}",
            ours.median(f"resumed {key} CPU") / ours.median(f"full {key} CPU"), most=most)
    for way in RELAYS:
        say(f"relay {way}", ours.median(f"{way} rate") / base.median(f"{way} rate"), least=1.2)
    say("memory of a connection", ours.median("memory") / base.median("memory"), most=1)


def report(rows: list[Rival]) -> None:
    for key in KEYS:
        print(f"\nHandshakes, {key}, {AT_ONCE} at once")
        table(rows, [(f"{kind} {key} {what}", kind + head, *form) for kind in KINDS
                     for what, head, *form in (("rate", "/s", 1, 0), ("CPU", " CPU ms", 1e3, 3))])
    print(f"\nRelay of {MEGABYTES} MiB, and CPU for a GiB")
    table(rows, [(f"{way} {what}", way + head, *form) for way in RELAYS
                 for what, head, *form in (("rate", " MiB/s", 1, 0), ("CPU", " CPU s", 1, 2))])
    print(f"\nMemory of a connection, {IDLE} idle ones")
    table(rows, [("memory", "KiB", 1, 0), ("page tables", "page tables KiB", 1, 0)])
    for row in rows:
        for fault in row.faults:
            print(f"FAILED: {row.name}: {fault}")
    for row in rows[1:]:
        if row.name == "sslserver":
            goals(row, rows[0])


def is_root() -> bool:
    """Whether this is root, not only in a user namespace that has no other user: servers want
    to become nobody, and only root may look into processes of other users."""
    return os.geteuid() == 0 and int(Path("/proc/self/uid_map").read_text().split()[2]) > 65534


def measure(build: Path) -> None:
    if not is_root():
        print("\nTLS servers: not measured, they want root")
        return
    rows = rivals()
    if not (build / "bin/sslserver").exists():
        print("\nsslserver is not there: the others alone")
        rows = [row for row in rows if row.name != "sslserver"]
    print(f"\nTLS servers, {ROUNDS} rounds in turn, medians; ratios to the first row; "
          f"load average before it {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory(prefix="server.") as folder:
        home = Path(folder)
        prepare(home)
        for _ in range(ROUNDS):
            for row in rows:
                one_round(row, home, build)
    report(rows)
