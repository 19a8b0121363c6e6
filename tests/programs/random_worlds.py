"""Of name spaces that nobody has written by hand, three readers of evidence say the same.

    random_worlds.py DANE [--online] [--seeds FIRST COUNT] [--keep DIR]

For each seed a world is drawn (random_world.py), signed and served in a network of its own
(random_zones.py); with `--online` two of the three servers sign when they are asked
(online_signers.py). `dane audit --evidence` looks at its domains and `dane check --evidence` at some
hosts; then:

 - `dane replay --json`, in a network in which there is nothing, writes the line of the
   command, octet for octet, and exits as that did;
 - tests/evidence/stranger_verdict.py, which has no code of ours, finds nothing to say against it.

Without `--seeds`: SEEDS of either kind. A fault is told with its seed: `--seeds SEED 1 --keep DIR`
runs that one again, and leaves its zones and bundles in DIR.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import random_zones
import with_zones
from evidence_support import EVIDENCE, READER_PYTHON, some
from evidence_zoo import STATUS
from harness import HANG_SECONDS
from random_world import World, draw, text

# docs/dev/testing.md says what other worlds are known to show.
SEEDS = [2, 3, 4, 5, 301, 400, 416, 1007, 1009, 1017]
ONLINE_SEEDS = [4008, 4011, 4013, 4036, 4114]
HOSTS = 5    # that `dane check` looks at
MOST_OCTETS = 1 << 24


@dataclass(frozen=True)
class Case:
    """A bundle, and the line and the status of the command that left it."""

    bundle: Path
    line: str
    status: int


def run(*words: object) -> subprocess.CompletedProcess:
    """A whole run."""
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False,
                          timeout=HANG_SECONDS)


def audit(dane: str, world: World, directory: Path) -> list[Case]:
    """Audits all domains at once."""
    asked = [text(name) for name in world.domains]
    (directory / "list").write_text("".join(f"{name}\n" for name in asked))
    done = run(dane, "audit", "--unbound-conf", directory / "unbound.conf", "--probe", "none",
               "--retries", 0, "--dns-timeout", 5, *(["--quick"] if world.seed % 3 else []),
               "--evidence", f"{directory}/bundles/", "-o", directory / "lines",
               "-f", directory / "list")
    if done.returncode not in (0, 1, 3):
        raise ValueError(f"dane audit: exit {done.returncode}: {done.stderr[-300:]}"
                         f"{done.stdout[-300:]}")
    lines = (directory / "lines").read_text().splitlines(keepends=True)
    bundles = {json.loads(file.read_text())["verdict"]["input"]: file
               for file in (directory / "bundles").iterdir()}
    by_input = {json.loads(line)["input"]: line for line in lines}
    if set(bundles) != set(by_input):
        raise ValueError(f"no bundle of {set(by_input) ^ set(bundles)}")
    return [Case(bundles[name], line, STATUS[json.loads(line)["grade"]])
            for name, line in by_input.items()]


def check(dane: str, world: World, directory: Path) -> list[Case]:
    """Checks some hosts, at whose addresses nobody answers."""
    cases = []
    for number, host in enumerate(world.hosts[:: max(1, len(world.hosts) // HOSTS)]):
        bundle = directory / f"check.{number}.json"
        done = run(dane, "check", "--unbound-conf", directory / "unbound.conf", "--json",
                   "--timeout", 5, "--evidence", bundle, text(host).rstrip("."), 25)
        if bundle.exists():
            cases.append(Case(bundle, done.stdout, done.returncode))
    return cases


def replay_faults(dane: str, anchor: Path, cases: list[Case]) -> list[str]:
    """What a replay without a network says instead of what the commands said."""
    faults = []
    done = run("unshare", "--net", dane, "replay", "--trust-anchor", anchor, "--json",
               *(case.bundle for case in cases))
    lines = done.stdout.splitlines(keepends=True)
    if lines == [case.line for case in cases]:
        return faults
    # Which one it is, one by one.
    for case in cases:
        done = run("unshare", "--net", dane, "replay", "--trust-anchor", anchor, "--json",
                   case.bundle)
        if done.stdout != case.line or done.returncode != case.status:
            faults.append(f"{case.bundle.name}: replay: exit {done.returncode}, not {case.status}: "
                          f"{(done.stderr or done.stdout).strip()[-400:]}")
    return faults or [f"replay of all: exit {done.returncode}: {done.stderr[-300:]}"]


def reader_faults(anchor: Path, cases: list[Case]) -> list[str]:
    """What the stranger says against the bundles."""
    done = run(READER_PYTHON, EVIDENCE / "stranger_verdict.py", "--anchor", anchor,
               *(case.bundle for case in cases))
    faults = []
    for case in cases:
        said = [line.removeprefix(f"{case.bundle}: ") for line in done.stderr.splitlines()
                if line.startswith(f"{case.bundle}: ")]
        if f"{case.bundle}: level: " not in done.stdout:
            said.append(f"not read to the end {done.stderr[-300:]}")
        faults += [f"{case.bundle.name}: reader: {line}" for line in said]
    return faults


def world_faults(dane: str, world: World, signer: random_zones.Signer, directory: Path,
                 is_online: bool) -> tuple[list[str], int]:
    """The faults of one world, and how many bundles it left."""
    directory.mkdir(parents=True)
    software = random_zones.ONLINE if is_online else random_zones.OFFLINE
    with random_zones.up(world, signer, directory, software):
        cases = audit(dane, world, directory) + check(dane, world, directory)
    anchor = directory / "root.key"
    faults = replay_faults(dane, anchor, cases) + reader_faults(anchor, cases)
    for case in cases:
        if case.bundle.stat().st_size > MOST_OCTETS:
            faults.append(f"{case.bundle.name}: larger than 16 MiB")
    return faults, len(cases)


def run_seed(dane: str, seed: int, is_online: bool, signer: random_zones.Signer,
             home: Path) -> tuple[int, int]:
    """Tells of the world of one seed; how many bundles and faults it had."""
    began = time.monotonic()
    try:
        faults, bundles = world_faults(dane, draw(seed), signer, home, is_online)
    except (ValueError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        faults, bundles = [repr(error)], 0
    kind = "online seed" if is_online else "seed"
    for fault in faults:
        print(f"FAILED {kind} {seed}: {fault}")
    print(f"{kind} {seed}: {bundles} bundles, {len(faults)} faults, "
          f"{time.monotonic() - began:.1f} s", flush=True)
    return bundles, len(faults)


def run_seeds(dane: str, seeds: Sequence[tuple[int, bool]], keep: Path | None) -> int:
    """All of them, each with whether it is online; the exit status. Worlds with faults stay where
    that was asked for."""
    scratch = keep or Path(tempfile.mkdtemp(prefix="worlds."))
    bundles = failed = 0
    try:
        signer = random_zones.Signer(scratch / "keys")
        for seed, is_online in seeds:
            home = scratch / f"{seed}{'.online' * is_online}"
            left, faults = run_seed(dane, seed, is_online, signer, home)
            bundles, failed = bundles + left, failed + bool(faults)
            if not keep or not faults:
                shutil.rmtree(home, ignore_errors=True)
    finally:
        if not keep:
            shutil.rmtree(scratch, ignore_errors=True)
    print(f"{len(seeds)} worlds, {bundles} bundles, {failed} with faults")
    return 1 if failed or not bundles else 0


def main(words: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dane", type=Path)
    parser.add_argument("--online", action="store_true")
    parser.add_argument("--seeds", nargs=2, type=int, metavar=("FIRST", "COUNT"))
    parser.add_argument("--keep", type=Path, metavar="DIR")
    options = parser.parse_args(words[1:])
    if os.environ.get(with_zones.INSIDE) == "yes":
        run("ip", "link", "set", "lo", "up")
        turn = nullcontext()
    else:
        with_zones.enter(words)
        turn = with_zones.wait_for_turn()
    first, count = options.seeds or (0, 0)
    seeds = [(seed, options.online) for seed in range(first, first + count)] or some(
        [(seed, False) for seed in SEEDS] + [(seed, True) for seed in ONLINE_SEEDS])
    with turn:
        return run_seeds(str(options.dane.resolve()), seeds,
                         options.keep and options.keep.resolve())


if __name__ == "__main__":
    sys.exit(main(sys.argv))
