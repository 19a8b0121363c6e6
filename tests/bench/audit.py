"""dane audit on many domains, beside Postfix's posttls-finger on some of them."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass

import bulk

ZONES = 10_000
SAMPLE = 400        # domains for posttls-finger, which takes its time
AT_ONCE = 16        # of its processes


@dataclass(frozen=True)
class Figure:
    """A run over so many domains: wall and CPU seconds, peak resident set in MiB, and how
    many were found in order."""

    domains: int
    wall: float
    cpu: float
    memory: float
    good: int

    @property
    def rate(self) -> float:
        return self.domains / self.wall


def timed(command: list[str], text: str) -> tuple[subprocess.CompletedProcess, list[str]]:
    """A command under GNU time, with `text` on its standard input."""
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%e %U %S %M", *command], input=text,
                          capture_output=True, text=True, check=False)
    return done, done.stderr.splitlines()[-1].split()


def audit(dane: pathlib.Path, world: bulk.World, names: list[str], *options: str) -> Figure:
    """One run of dane audit."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "results"
        _, figures = timed(
            [str(dane), "audit", "--forward", bulk.RESOLVER, "--trust-anchor",
             str(world.anchor), "--helo", "bench.example", "--rate", "100000",
             "--per-network", "1000", "--per-address", "10", *options, "-o", str(output),
             "-f", "-"], "\n".join(names))
        good = sum(json.loads(line)["grade"] == "enforced" for line in output.open())
    wall, user, system, memory = map(float, figures)
    return Figure(len(names), wall, user + system, memory / 1024, good)


def posttls_finger(names: list[str]) -> Figure:
    """One process of Postfix's for each domain; its CPU is that of all of them."""
    before = os.times()
    start = time.perf_counter()
    done = subprocess.run(["xargs", "-P", str(AT_ONCE), "-n", "1", "posttls-finger", "-c", "-l",
                           "dane", "-L", "summary"], input="\n".join(names), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    wall = time.perf_counter() - start
    after = os.times()
    cpu = (after.children_user - before.children_user +
           after.children_system - before.children_system)
    good = len(re.findall("Verified TLS connection established", done.stdout))
    return Figure(len(names), wall, cpu, 0, good)


def line(name: str, figure: Figure, base: Figure) -> str:
    """A row: domains a second, CPU a domain, memory, each but the last as a ratio too."""
    cpu, base_cpu = figure.cpu / figure.domains, base.cpu / base.domains
    bad = figure.domains - figure.good
    memory = f"{figure.memory:8.0f}" if figure.memory else "       -"
    return (f"{name:44} {figure.domains:7} {figure.wall:7.1f} {figure.rate:9.1f} "
            f"{figure.rate / base.rate:7.1f} {cpu * 1e3:8.3f} {cpu / base_cpu:7.4f} {memory}"
            + (f"   {bad} NOT FOUND IN ORDER" if bad else ""))


def measure(build: pathlib.Path, zones: pathlib.Path) -> None:
    dane = build / "bin/dane"
    resolv = zones / "resolv.conf"    # bound over /etc/resolv.conf: posttls-finger's resolver
    usual = resolv.read_text()
    folder = build / "bulk"
    folder.mkdir(exist_ok=True)
    print(f"\nAudit of domains in {ZONES} signed zones over {bulk.HOSTS} mail hosts; ratios to "
          "posttls-finger\n(domains/s: more is better, CPU: less). posttls-finger has "
          f"{SAMPLE} of the domains, {AT_ONCE} processes at\nonce, and a warm resolver; "
          "dane audit has a cold one first.")
    with bulk.World(folder, ZONES) as world:
        names = bulk.domains(ZONES)
        rows = [("dane audit --quick, cold resolver",
                 audit(dane, world, names[:ZONES], "--quick"))]
        rows.append(("dane audit --quick, warm resolver",
                     audit(dane, world, names[:ZONES], "--quick")))
        rows.append(("dane audit, warm resolver", audit(dane, world, names[:ZONES])))
        resolv.write_text(f"nameserver {bulk.RESOLVER}\noptions trust-ad edns0\n")
        base = posttls_finger(names[:SAMPLE])
        resolv.write_text(usual)
        for count in (ZONES // 10, ZONES, 10 * ZONES):
            rows.append((f"dane audit --quick, warm, {count} domains",
                         audit(dane, world, names[:count], "--quick")))
    print(f"{'':44} {'domains':>7} {'wall s':>7} {'domains/s':>9} {'ratio':>7} {'CPU ms':>8} "
          f"{'ratio':>7} {'peak MB':>8}")
    print(line("posttls-finger", base, base))
    for name, figure in rows:
        print(line(name, figure, base))
