"""dane audit on many domains, beside Postfix's posttls-finger on some of them.

posttls-finger is a process a domain, believes the AD bit of the resolver, and connects to the
first mail host of each domain; its time is linear, and a sample is enough. dane audit checks
every signature itself and connects to all mail hosts, to each once a run. Neither is held
back by politeness, except in the row that says so. Only the client's CPU is counted.
"""

import json
import pathlib
import re
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import bulk

ZONES = 10_000
SAMPLE = 400        # domains for posttls-finger, which takes its time
AT_ONCE = 16        # of its processes
ROUNDS = 3
IMPOLITE = ("--rate", "100000", "--per-network", "1000", "--per-address", "10")


@dataclass(frozen=True)
class Figure:
    """A run over so many domains: wall and CPU seconds, peak resident set of the largest
    process in MiB, and how many were found in order."""

    domains: int
    wall: float
    cpu: float
    memory: float
    good: int

    @property
    def rate(self) -> float:
        return self.domains / self.wall


def timed(command: list[str], names: list[str]) -> tuple[str, float, float, float]:
    """A command under GNU time, with the names on its standard input: standard output and
    error, wall and CPU seconds, MiB."""
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%e %U %S %M", *command],
                          input="\n".join(names), capture_output=True, text=True, check=False)
    *err, last = done.stderr.splitlines()
    wall, user, system, memory = map(float, last.split())
    return done.stdout + "\n".join(err), wall, user + system, memory / 1024


def audit(dane: pathlib.Path, world: bulk.World, names: list[str], *options: str) -> Figure:
    """One run of dane audit, by the resolver unless it is told of another way."""
    way = ["--forward", bulk.RESOLVER, "--trust-anchor", str(world.anchor)]
    if "--unbound-conf" in options:
        way = []
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "results"
        _, wall, cpu, memory = timed([str(dane), "audit", "--helo", "bench.example", *way,
                                      *options, "-o", str(output), "-f", "-"], names)
        good = sum(json.loads(line)["grade"] == "enforced" for line in output.open())
    return Figure(len(names), wall, cpu, memory, good)


def posttls_finger(names: list[str]) -> Figure:
    """One process of Postfix's for each domain; its CPU is that of all of them."""
    out, wall, cpu, memory = timed(["xargs", "-P", str(AT_ONCE), "-n", "1", "posttls-finger",
                                    "-c", "-l", "dane", "-L", "summary"], names)
    good = len(re.findall("Verified TLS connection established", out))
    return Figure(len(names), wall, cpu, memory, good)


def median(figures: list[Figure]) -> Figure:
    """Of each figure for itself; of what was found in order the least."""
    def of(what: str) -> float:
        return statistics.median(getattr(figure, what) for figure in figures)

    return Figure(figures[0].domains, of("wall"), of("cpu"), of("memory"),
                  min(figure.good for figure in figures))


def line(name: str, figure: Figure, base: Figure) -> str:
    """A row: domains a second, CPU a domain, memory, each but the last as a ratio too."""
    cpu, base_cpu = figure.cpu / figure.domains, base.cpu / base.domains
    bad = figure.domains - figure.good
    return (f"{name:40} {figure.domains:7} {figure.wall:7.1f} {figure.rate:9.1f} "
            f"{figure.rate / base.rate:7.2f} {cpu * 1e3:8.3f} {cpu / base_cpu:7.3f} "
            f"{figure.memory:8.0f}" + (f"   {bad} NOT FOUND IN ORDER" if bad else ""))


def measure(build: pathlib.Path, zones: pathlib.Path) -> None:
    """Prints both tables."""
    dane = build / "bin/dane"
    resolv = zones / "resolv.conf"    # bound over /etc/resolv.conf: posttls-finger's resolver
    usual = resolv.read_text()
    folder = build / "bulk"
    folder.mkdir(exist_ok=True)
    header = (f"{'':40} {'domains':>7} {'wall s':>7} {'domains/s':>9} {'ratio':>7} "
              f"{'CPU ms':>8} {'ratio':>7} {'peak MB':>8}")
    with bulk.World(folder, build / "bench/smtp_peer", ZONES) as world:
        names = bulk.domains(ZONES)
        own = ("--unbound-conf", str(world.recursion))

        def run(count: int, *options: str) -> Callable[[], Figure]:
            return lambda: audit(dane, world, names[:count], *options)

        quick = (*IMPOLITE, "--quick")
        cold = run(ZONES, *quick)()
        warm = {f"posttls-finger, {AT_ONCE} at once": lambda: posttls_finger(names[:SAMPLE]),
                "dane audit --quick": run(ZONES, *quick),
                "dane audit": run(ZONES, *IMPOLITE),
                "dane audit, polite": run(ZONES),
                "dane audit --quick, its own recursion": run(ZONES, *quick, *own)}
        resolv.write_text(f"nameserver {bulk.RESOLVER}\noptions trust-ad edns0\n")
        runs = [{name: one() for name, one in warm.items()} for _ in range(ROUNDS)]
        resolv.write_text(usual)
        rows = {name: median([one[name] for one in runs]) for name in warm}
        base = next(iter(rows.values()))
        print(f"\nAudit of domains in {ZONES} signed zones, two of {bulk.HOSTS} mail hosts each; "
              f"ratios to the first row\n(domains/s: more is better, CPU: less); {SAMPLE} of the "
              f"domains for posttls-finger;\n{ROUNDS} rounds in turn, medians, a resolver that "
              f"knows all\n{header}")
        for name, figure in rows.items():
            print(line(name, figure, base))
        print(line("dane audit --quick, cold resolver", cold, base), flush=True)
        print(f"\nMore and more domains, up to ten in a zone; --quick, its own recursion\n{header}")
        first = None
        for count in (ZONES // 10, ZONES, 10 * ZONES):
            figure = run(count, *quick, *own)()
            first = first or figure
            print(line(f"{count} domains", figure, first), flush=True)
