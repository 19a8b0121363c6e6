"""Runs the rows of idn_cases.tsv through `dane to-ascii` and back through `to-unicode`.

    idn_cases.py [--every N] DANE [NAME...]

With NAMEs only the cases whose names or notes contain one; with --every, only each Nth row.

A row: `name | A-labels or bad | U-labels | differs | note [| versions]`. `=` for U-labels is the
name itself. With `before` or `since` a version it holds for such a libidn2 alone: 2.3.7 has the
letters of Unicode 14, 2.3.8 the mappings of 15.1. Two others judge each name too: libidn2's own
program, as `idn2 --tr46nt` (with `--tr46t` it falls back to IDNA2003, with `--no-tr46` it maps
nothing, and with
`--usestd3asciirules` version 2.3.3 drops characters instead of refusing them), and
idn_strict.py, which is IDNA2008 without mapping. Where one of them says something else
than the table, `differs` has a word of idn_divergences.tsv, which gives the reason; a
difference that is not listed fails, and so does a listed one that does not occur.

In names `\\u{HEX}` is a code point that is hard to see and `{TEXT*N}` is TEXT N times. The
note begins with the script; that of a refused name has the section by which idn_strict.py
refuses it.
"""

import functools
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import idn_strict
from harness import HANG_SECONDS

HERE = Path(__file__).resolve().parent
BAD = "bad"
TOGETHER = 200  # names that one process is asked for
UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Case:
    """One row, with its names as they are meant."""

    name: str
    ascii: str
    unicode: str
    differs: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Question:
    """A name that the program is to convert, and what that ought to give."""

    command: str
    name: str
    expected: str


@dataclass(frozen=True)
class Opinions:
    """What the other two make of a name: its A-labels or `bad`, and U-labels or why not."""

    idn2: tuple[str, str]
    strict: tuple[str, str]


def number(version: str) -> tuple[int, ...]:
    """A version to compare with another."""
    return tuple(int(part) for part in version.split("."))


@functools.cache
def libidn2() -> tuple[int, ...]:
    """The version of the library that is here."""
    said = subprocess.run(["idn2", "--version"], stdout=subprocess.PIPE, encoding="utf-8",
                          check=True).stdout
    return number(said.split("\n", 1)[0].rsplit(" ", 1)[1])


def holds(versions: str) -> bool:
    """Whether a row with these words holds for it."""
    word, version = versions.split()
    if word not in ("before", "since"):
        raise ValueError(versions)
    return (libidn2() >= number(version)) == (word == "since")


def rows(file: str, cells: int) -> list[list[str]]:
    """The rows of a table for the library that is here, each of so many cells."""
    out = [[cell.strip(" ") for cell in line.split(" | ")]
           for line in (HERE / file).read_text(encoding="utf-8").split("\n")
           if line and not line.startswith("#")]
    for row in out:
        if len(row) not in (cells, cells + 1):
            raise ValueError(f"{file}: not {cells} cells: {row}")
    return [row[:cells] for row in out if len(row) == cells or holds(row[cells])]


def meant(cell: str) -> str:
    """A cell with its code points and repetitions written out."""
    cell = re.sub(r"\\u\{([0-9A-F]+)\}", lambda code: chr(int(code[1], 16)), cell)
    return re.sub(r"\{([^{}*]+)\*(\d+)\}", lambda text: text[1] * int(text[2]), cell)


def load() -> list[Case]:
    """All rows, names unique."""
    cases = []
    for name, ascii_form, unicode_form, differs, note in rows("idn_cases.tsv", 5):
        cases.append(Case(meant(name), meant(ascii_form),
                          meant(name if unicode_form == "=" else unicode_form),
                          () if differs == "-" else tuple(differs.split()), note))
    seen: set[str] = set()
    for case in cases:
        if case.name in seen:
            raise ValueError(f"idn_cases.tsv: {case.name!a} is there twice")
        seen.add(case.name)
    return cases


def idn2(names: Iterable[str], option: str) -> list[str]:
    """What idn2 makes of each name: a line, or `bad`.

    It reads names from its standard input and stops at the first that it refuses; the rest
    is for another run.
    """
    out: list[str] = []
    left = list(names)
    while left:
        done = subprocess.run(["idn2", "--quiet", option], input="\n".join(left) + "\n",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=UTF8,
                              encoding="utf-8", timeout=HANG_SECONDS, check=False)
        lines = done.stdout.splitlines() if done.returncode == 0 else [
            *done.stdout.splitlines(), BAD]
        if not lines or len(lines) > len(left):
            raise RuntimeError(f"idn2 {option}: {len(lines)} lines for {len(left)} names")
        out += lines
        left = left[len(lines):]
    return out


def strict(name: str) -> tuple[str, str]:
    """The opinion of idn_strict.py: A-labels and nothing, or `bad` and the reason."""
    try:
        return idn_strict.to_ascii(name), ""
    except idn_strict.Refused as why:
        return BAD, str(why)


def opinions(cases: list[Case]) -> list[Opinions]:
    """The other two, of each case."""
    forward = idn2((case.name for case in cases), "--tr46nt")
    known = [case.ascii for case in cases if case.ascii != BAD]
    back = dict(zip(known, idn2(known, "--decode")))
    return [Opinions((answer, back.get(case.ascii, "")), strict(case.name))
            for case, answer in zip(cases, forward)]


def dane(program: str, command: str, names: list[str]) -> list[str]:
    """For each name the line that the program prints; `bad` if it refuses as it ought to.

    It refuses all its names for one: then each half is asked for by itself.
    """
    done = subprocess.run([program, command, *names], stdin=subprocess.DEVNULL, env=UTF8,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          timeout=HANG_SECONDS, check=False)
    lines = done.stdout.removesuffix("\n").split("\n")
    if (done.returncode == 0 and not done.stderr and done.stdout.endswith("\n")
            and all(lines) and len(lines) == len(names)):
        return lines
    if len(names) > 1:
        half = len(names) // 2
        return dane(program, command, names[:half]) + dane(program, command, names[half:])
    if (done.returncode == 2 and not done.stdout
            and re.fullmatch(r"dane: fatal: [^\n]+\n", done.stderr)):
        return [BAD]
    return [f"exit {done.returncode}, {done.stdout!a}, {done.stderr!a}"]


def questions(case: Case) -> list[Question]:
    """What the program is asked about a name, and what the table says."""
    if case.ascii == BAD:
        return [Question("to-ascii", case.name, BAD), Question("to-unicode", case.name, BAD)]
    return [Question("to-ascii", case.name, case.ascii),
            Question("to-unicode", case.ascii, case.unicode),
            Question("to-ascii", case.unicode, case.ascii)]


def answers(asked: list[Question], program: str) -> dict[Question, str]:
    """The program's answer to each: names that it ought to refuse are asked for alone."""
    runs: list[list[Question]] = [[question] for question in asked if question.expected == BAD]
    for command in ("to-ascii", "to-unicode"):
        good = [question for question in asked
                if question.command == command and question.expected != BAD]
        runs += [good[first:first + TOGETHER] for first in range(0, len(good), TOGETHER)]

    def ask(run: list[Question]) -> list[str]:
        return dane(program, run[0].command, [question.name for question in run])

    with ThreadPoolExecutor(4) as pool:
        return {question: answer for run, lines in zip(runs, pool.map(ask, runs))
                for question, answer in zip(run, lines)}


def faults_of_table(case: Case, other: Opinions, reasons: dict[str, str]) -> list[str]:
    """Where a divergence is not listed, or listed and not there."""
    out = [f"{word} is not in idn_divergences.tsv"
           for word in case.differs if word not in reasons]
    listed = " ".join(reasons.get(word, "") for word in case.differs).split()
    agrees = {"idn2": other.idn2 == (case.ascii, case.unicode if case.ascii != BAD else ""),
              "strict": other.strict[0] == case.ascii}
    for judge, opinion in (("idn2", other.idn2), ("strict", other.strict)):
        if agrees[judge] and judge in listed:
            out.append(f"{judge} agrees, against {' '.join(case.differs)}")
        if not agrees[judge] and judge not in listed:
            out.append(f"{judge} says {opinion!a}, expected {case.ascii!a}")
    section = other.strict[1].split(":")[0]
    if case.ascii == BAD and section not in case.note:
        out.append(f"the note lacks RFC {section} ({other.strict[1]})")
    return out


def main(words: list[str]) -> int:
    """The command line."""
    step = 1
    if words[1:2] == ["--every"]:
        step, words = int(words[2]), [words[0], *words[3:]]
    if len(words) < 2:
        print(__doc__, file=sys.stderr)
        return 100
    every = load()
    reasons = {word: judges for word, judges, _ in rows("idn_divergences.tsv", 3)}
    unused = set(reasons) - {word for case in every for word in case.differs}
    cases = [case for case in every[::step]
             if len(words) == 2 or any(word in case.name + case.note for word in words[2:])]
    got = answers([question for case in cases for question in questions(case)], words[1])
    failed = 0
    for case, other in zip(cases, opinions(cases)):
        faults = [f"{ask.command} {ask.name!a}: {got[ask]!a}, expected {ask.expected!a}"
                  for ask in questions(case) if got[ask] != ask.expected]
        faults += faults_of_table(case, other, reasons)
        for fault in faults:
            print(f"FAILED {case.name!a} ({case.note}): {fault}", flush=True)
        failed += bool(faults)
    for word in sorted(unused):
        print(f"FAILED idn_divergences.tsv: no case differs by {word}")
    print(f"{len(cases) - failed} passed, {failed + len(unused)} failed")
    return 1 if failed or unused or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
