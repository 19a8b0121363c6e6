"""What evidence costs: `dane audit --evidence` beside `dane audit`, and how many bundles
`dane replay` gets through, in the miniature world of audit.py.

A domain here has a zone of its own, and 500 mail hosts serve all of them. Collecting is CPU
time beside that of the same audit without evidence. Every bundle is validated in a context of
its own, and by two validators.
"""

import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import audit

ZONES = 2000       # audited, a domain each
SAMPLE = 1000      # replayed
ROUNDS = 3


def collecting(bench: audit.Bench) -> None:
    """The same audit without evidence, and with evidence in files and in a store."""
    names = audit.domains(ZONES, 1)
    folder, store = bench.scratch / "bundles", bench.scratch / "store.sqlite"
    words = [*audit.NO_LIMITS, *bench.recursion]
    rows = [audit.Row("dane audit", ZONES), audit.Row("dane audit --evidence FOLDER/", ZONES),
            audit.Row("dane audit --evidence FILE.sqlite", ZONES)]
    first = 0
    for number in range(ROUNDS):
        shutil.rmtree(folder, ignore_errors=True)
        rows[0].runs.append(bench.audit(names, words))
        rows[1].runs.append(bench.audit(names, [*words, "--evidence", f"{folder}/"]))
        rows[2].runs.append(bench.audit(names, [*words, "--evidence", str(store)]))
        if number == 0:
            first = store.stat().st_size
    print(f"\n{ZONES} domains in as many zones (ECDSA P-256), {audit.HOSTS} mail hosts, its own "
          f"recursion; {ROUNDS} rounds in turn, medians; ratios to the first row")
    audit.table(rows)
    again = (store.stat().st_size - first) / (ROUNDS - 1)
    files = sum(file.stat().st_size for file in folder.iterdir())
    print(f"octets a domain: {files / ZONES:.0f} in files; in the store {first / ZONES:.0f} in the "
          f"first run, {again / ZONES:.0f} in each after it, where no key and no answer changed")


def replaying(bench: audit.Bench) -> None:
    """Bundles a second, in files that were collected before."""
    files = sorted((bench.scratch / "bundles").iterdir())[:SAMPLE]
    dane = str(bench.world.build / "bin/dane")
    anchor = str(bench.world.home / "root.key")
    listed = bench.scratch / "files"
    listed.write_text("".join(f"{file}\n" for file in files))
    replay = [dane, "replay", "--json", "--trust-anchor", anchor]
    each = ["xargs", "-a", str(listed), "-P", str(os.cpu_count()), "-n", "1", *replay]
    print(f"\n{len(files)} bundles replayed, {os.cpu_count()} processors")
    for name, command in (("a command for each bundle", each),
                          ("one command for all of them", [*replay, *map(str, files)])):
        rates, cpu = [], []
        for _ in range(ROUNDS):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.perf_counter()
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, check=False)
            rates.append(len(files) / (time.perf_counter() - began))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
                       / len(files) * 1e3)
            good = done.stdout.count('"grade":"enforced"')
            if done.returncode != 0 or good != len(files):
                print(f"FAILED: {len(files) - good} do not hold: {done.stderr[:300]}")
        print(f"{name:44} {statistics.median(rates):8.0f}/s {statistics.median(cpu):8.2f} CPU ms "
              "a bundle", flush=True)


def measure(build: Path) -> None:
    """Prints two tables."""
    if os.geteuid() != 0:
        print("\nEvidence: not measured, ports 25 and 53 want root")
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with audit.World(build / "world", build) as world, tempfile.TemporaryDirectory() as scratch:
        bench = audit.Bench(world, Path(scratch))
        collecting(bench)
        replaying(bench)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
