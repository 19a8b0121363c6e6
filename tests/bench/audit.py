"""Audits of many domains: `dane audit` beside posttls-finger(1), in a miniature world.

10,000 signed zones below one top-level domain, ten domains each, 500 mail hosts on addresses
of their own with TLSA 3 1 1, one NSD, one unbound, one SMTP server; all of them on the same
machine and not counted, except where it says so. What is signed stays in BUILD_DIR/world.

Where the resolver is `unbound`, it has been asked all of it before the clock starts, and
`dane audit` still checks every signature itself unless it is told to believe the AD bit
(--trust-ad), as posttls-finger does. A mail
host is connected to once a run by `dane audit`, whatever number of domains it has, and once
a domain by posttls-finger, which is a process a domain.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "programs"))
import own_internet  # noqa: E402
import nameservers  # noqa: E402  own_internet knows the way
import zonefiles  # noqa: E402

NS, RESOLVER = "127.71.0.1", "127.71.0.53"
ZONES, NAMES, HOSTS = 10_000, 10, 500
SAMPLE = 1000    # domains that posttls-finger is given; its time is linear
AT_ONCE = 20     # processes of it
ROUNDS = 3
NO_LIMITS = ("--rate", "1000000", "--per-address", "1000", "--per-network", "100000")
TIME = "%e %U %S %M"


def domains(zones: int, names: int) -> list[str]:
    """So many domains of so many zones, whole zones one after the other."""
    return [f"z{zone}.bench" if name == 0 else f"d{name}.z{zone}.bench"
            for zone in range(zones) for name in range(names)]


def mx_address(host: int) -> str:
    return f"127.70.{(host + 1) // 256}.{(host + 1) % 256}"


def zone_texts(tlsa: str) -> dict[str, str]:
    """Origins and records."""
    out = {"bench": "", "mail.bench": "\n".join(
        f"mx{host} A {mx_address(host)}\n_25._tcp.mx{host} TLSA {tlsa}"
        for host in range(HOSTS))}
    for zone in range(ZONES):
        out[f"z{zone}.bench"] = "\n".join(
            f"{'@' if name == 0 else f'd{name}'} MX 10 mx{(zone * 7 + name) % HOSTS}.mail.bench."
            for name in range(NAMES))
    return out


class World(ExitStack):
    """All servers, up; a context manager."""

    def __init__(self, home: Path, build: Path) -> None:
        super().__init__()
        self.home, self.build = home, build
        self.internet = own_internet.Internet(home, NS, lasting=True)

    def __enter__(self) -> "World":
        super().__enter__()
        began = time.monotonic()
        self._start_mail()
        self.enter_context(self.internet)
        self.internet.publish(zone_texts(zonefiles.association("3 1 1", "mx", self.home)))
        self._start_resolver()
        print(f"{ZONES} zones, {HOSTS} mail hosts: up after {time.monotonic() - began:.0f} s")
        return self

    def _serve(self, command: list[str], **more) -> subprocess.Popen:
        server = subprocess.Popen(command, **{"stdin": subprocess.DEVNULL, **more})
        self.callback(server.wait)
        self.callback(server.kill)
        return server

    def _start_mail(self) -> None:
        chain, key = self.home / "mx.pem", self.home / "mx.key"
        if not chain.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj",
                            "/CN=mx", "-addext", "subjectAltName=DNS:*.mail.bench",
                            "-keyout", str(key), "-out", str(chain)],
                           check=True, capture_output=True)
        server = self._serve([str(self.build / "bench/smtp_peer"), str(chain), str(key),
                              mx_address(0), str(HOSTS)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not server.stdout or server.stdout.readline() != b"ready\n":
            raise RuntimeError("smtp_peer does not listen")

    def _start_resolver(self) -> None:
        conf = self.home / "resolver.conf"
        conf.write_text(
            self.internet.conf.read_text() + f"  interface: {RESOLVER}\n  port: 53\n"
            '  access-control: 127.0.0.0/8 allow\n  username: ""\n  chroot: ""\n'
            f'  directory: "{self.home}"\n  pidfile: "{self.home}/unbound.pid"\n'
            "  do-daemonize: no\n  num-threads: 1\n  msg-cache-size: 256m\n"
            "  rrset-cache-size: 512m\n  key-cache-size: 64m\n  neg-cache-size: 16m\n"
            "  outgoing-range: 2048\n  num-queries-per-thread: 2048\n"
            "  cache-min-ttl: 86400\n  prefetch: no\n  so-rcvbuf: 4m\n"
            "remote-control:\n  control-enable: no\n")
        self._serve(["unbound", "-d", "-c", str(conf)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not nameservers.answers(RESOLVER, "."):
            if time.monotonic() > deadline:
                raise RuntimeError("unbound does not answer")
            time.sleep(0.05)


@dataclass(frozen=True)
class Run:
    """One run: wall and CPU seconds, peak KiB of the largest process, domains that came out
    as proved."""

    wall: float
    cpu: float
    memory: int
    proved: int


@dataclass
class Row:
    """A line of the table: a command on so many domains."""

    name: str
    count: int
    runs: list[Run] = field(default_factory=list)

    def median(self, what: str) -> float:
        return statistics.median(getattr(run, what) for run in self.runs)


class Bench:
    """Runs in the world."""

    def __init__(self, world: World, scratch: Path) -> None:
        self.world, self.scratch = world, scratch
        self.dane = [str(world.build / "bin/dane"), "audit", "--no-progress"]
        self.forward = ["--forward", RESOLVER, "--trust-anchor",
                        str(world.home / "root.key")]
        self.trusting = ["--forward", RESOLVER, "--trust-ad"]
        self.recursion = ["--unbound-conf", str(world.internet.conf)]

    def _write(self, names: list[str]) -> str:
        file = self.scratch / "domains"
        file.write_text("".join(f"{name}\n" for name in names))
        return str(file)

    def audit(self, names: list[str], words: list[str]) -> Run:
        """dane audit, its JSON lines into a file."""
        out = self.scratch / "out"
        out.unlink(missing_ok=True)
        figures = self._timed([*self.dane, *words, "-o", str(out), "-f", self._write(names)])
        # Without a look at the keys nobody is proved.
        grade = '"grade":' if "none" in words else '"grade":"enforced"'
        return Run(*figures, out.read_text().count(grade))

    def finger(self, names: list[str]) -> Run:
        """posttls-finger for each domain, AT_ONCE at once, with the resolver of the world in
        /etc/resolv.conf. CPU is that of all the processes."""
        resolv, out = self.scratch / "resolv.conf", self.scratch / "out"
        resolv.write_text(f"nameserver {RESOLVER}\noptions trust-ad\n")
        script = ('mount --make-rprivate / && mount --bind "$1" "$(readlink -f '
                  '/etc/resolv.conf)" && exec xargs -a "$2" -P "$3" -n 1 posttls-finger -l '
                  'dane -c -o inet_protocols=ipv4 >"$4" 2>&1')
        figures = self._timed(["unshare", "-m", "sh", "-c", script, "sh", str(resolv),
                               self._write(names), str(AT_ONCE), str(out)])
        return Run(*figures, out.read_text(errors="replace").count("Verified TLS connection"))

    def _timed(self, command: list[str]) -> tuple[float, float, int]:
        done = subprocess.run(["/usr/bin/time", "-q", "-f", TIME, *command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        wall, user, system, memory = done.stderr.splitlines()[-1].split()
        return float(wall), float(user) + float(system), int(memory)


def table(rows: list[Row]) -> None:
    """Prints medians, and each as a ratio to the first row's."""
    base = rows[0]
    print(f"{'':44} {'domains':>8} {'seconds':>8} {'/s':>8} {'ratio':>7} {'CPU ms':>7} "
          f"{'ratio':>7} {'peak MB':>8}")
    for row in rows:
        rate, cpu = row.count / row.median("wall"), row.median("cpu") / row.count
        base_rate = base.count / base.median("wall")
        base_cpu = base.median("cpu") / base.count
        proved = min(run.proved for run in row.runs)
        note = "" if proved == row.count else f"   FAILED: {row.count - proved} not proved"
        print(f"{row.name:44} {row.count:8} {row.median('wall'):8.2f} {rate:8.0f} "
              f"{rate / base_rate:7.2f} {cpu * 1e3:7.3f} {cpu / base_cpu:7.3f} "
              f"{row.median('memory') / 1024:8.1f}{note}", flush=True)


def beside_posttls_finger(bench: Bench) -> None:
    """The same domains, the same resolver."""
    names = domains(ZONES, 1)
    sample = names[::ZONES // SAMPLE]
    forward, trusting, recursion = bench.forward, bench.trusting, bench.recursion
    bench.audit(names, [*NO_LIMITS, *forward])    # unbound knows all now
    bench.finger(sample)
    rows = [Row(f"posttls-finger, {AT_ONCE} at once, unbound", SAMPLE),
            Row("dane audit, unbound", ZONES),
            Row("dane audit --quick, unbound", ZONES),
            Row("dane audit --quick --probe none, unbound", ZONES),
            Row("dane audit --trust-ad, unbound", ZONES),
            Row("dane audit --quick --trust-ad, unbound", ZONES),
            Row("dane audit, its own recursion", ZONES),
            Row("dane audit --quick, its own recursion", ZONES),
            Row("dane audit, polite as it is, unbound", ZONES)]
    for _ in range(ROUNDS):
        rows[0].runs.append(bench.finger(sample))
        for row, words in zip(rows[1:], (
                [*NO_LIMITS, *forward], [*NO_LIMITS, "--quick", *forward],
                ["--quick", "--probe", "none", *forward], [*NO_LIMITS, *trusting],
                [*NO_LIMITS, "--quick", *trusting], [*NO_LIMITS, *recursion],
                [*NO_LIMITS, "--quick", *recursion], forward)):
            row.runs.append(bench.audit(names, words))
    print(f"\n{ZONES} domains in as many signed zones, {HOSTS} mail hosts; posttls-finger on "
          f"every {ZONES // SAMPLE}th of them, for its time is linear\n{ROUNDS} rounds in turn, "
          "medians; ratios to the first row (domains/s: more is better, else less)")
    table(rows)


def growth(bench: Bench) -> None:
    """More and more domains, ten a zone."""
    ways = (("its own recursion", bench.recursion), ("--trust-ad, unbound", bench.trusting))
    for name, words in ways:
        rows = []
        for zones in (100, 1000, 10_000):
            rows.append(Row(f"dane audit --quick, {name}", zones * NAMES))
            names = domains(zones, NAMES)
            if words is bench.trusting:
                bench.audit(names, [*NO_LIMITS, "--quick", *words])    # unbound knows them now
            for _ in range(ROUNDS if zones < 10_000 else 1):
                rows[-1].runs.append(bench.audit(names, [*NO_LIMITS, "--quick", *words]))
        print(f"\nTen domains a zone, {HOSTS} mail hosts; ratios to the first row")
        table(rows)


def measure(build: Path) -> None:
    if os.geteuid() != 0:
        print("\nAudits: not measured, ports 25 and 53 want root")
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with World(build / "world", build) as world, tempfile.TemporaryDirectory() as scratch:
        bench = Bench(world, Path(scratch))
        beside_posttls_finger(bench)
        growth(bench)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
