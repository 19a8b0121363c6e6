"""Figures of whole processes, and how they are printed."""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """One run: wall and CPU seconds (children that were waited for too), and whether it
    ended as it should."""

    wall: float
    cpu: float
    good: bool


def run(command: list[str]) -> Figure:
    """Runs a command to its end and takes the kernel's account of it."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Figure(wall, usage.ru_utime + usage.ru_stime, process.returncode == 0)


def peak_memory(command: list[str]) -> int:
    """The peak resident set, in KiB, of the largest process of a run. GNU time starts the
    command from a process smaller than any: a child of this interpreter would inherit the
    interpreter's own peak."""
    done = subprocess.run(["/usr/bin/time", "-q", "-f", "%M", *command],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    return int(done.stderr.splitlines()[-1])


@dataclass
class Candidate:
    """A command on the bench; `base` is the one that the others are compared with."""

    name: str
    command: list[str]
    figures: list[Figure] = field(default_factory=list)

    def median(self, what: str) -> float:
        return statistics.median(getattr(figure, what) for figure in self.figures)


def race(candidates: list[Candidate], rounds: int) -> None:
    """Runs all in turn, `rounds` times after one round that does not count."""
    for number in range(rounds + 1):
        for candidate in candidates:
            figure = run(candidate.command)
            if number > 0:
                candidate.figures.append(figure)


def table(candidates: list[Candidate]) -> None:
    """Prints medians, and each as a ratio to the first candidate's."""
    base = candidates[0]
    print(f"{'':42} {'wall ms':>9} {'ratio':>6} {'CPU ms':>8} {'ratio':>6} {'peak MB':>8}")
    for candidate in candidates:
        failed = sum(not figure.good for figure in candidate.figures)
        wall, cpu = candidate.median("wall"), candidate.median("cpu")
        note = f"   {failed} of {len(candidate.figures)} runs failed" if failed else ""
        print(f"{candidate.name:42} {wall * 1e3:9.2f} {wall / base.median('wall'):6.2f} "
              f"{cpu * 1e3:8.2f} {cpu / base.median('cpu'):6.2f} "
              f"{peak_memory(candidate.command) / 1024:8.1f}{note}")
