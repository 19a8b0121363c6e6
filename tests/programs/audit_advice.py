"""Whoever follows the advice of a finding must not be worse off: audit_advice.tsv.

    audit_advice.py DANE

A row: `code | words of its advice | before | after`. `before` is a domain of audit_zoo.tsv with
the finding, `-` where the zoo has none; `after` is the same with what the words say done to it.
That both are as their rows have it is what audit_zoo.py sees, and that mail gets through. Here
each is held against the other:

- the finding is gone, but where the words say that nothing is wrong (the same row twice);
- the grade is not worse, nor are there more errors, or as many and more warnings;
- a warning or error that was not there comes only with a better grade.

A code without a row fails, and so do words that its advice does not have: who changes a sentence
of the catalogue carries it out anew.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import audit_zoo

TABLE = Path(__file__).resolve().parent / "audit_advice.tsv"
BEST_FIRST = ["enforced", "partial", "not-deployed", "undecided", "broken", "bad-input"]


@dataclass(frozen=True)
class Kind:
    """A line of the catalogue."""

    severity: str
    advice: str


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    code: str
    words: str
    before: str
    after: str


def catalogue(program: str) -> dict[str, Kind]:
    """All kinds of findings, by their codes."""
    page = subprocess.run([program, "audit", "--catalogue"], capture_output=True, text=True,
                          check=True).stdout
    found = re.findall(r"^## (\S+)\n\n(\w+): .*? \((?:RFC [^)]*|practice)\)\. (.+)$", page, re.M)
    return {code: Kind(severity, advice) for code, severity, advice in found}


def load() -> list[Step]:
    """All steps."""
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return [Step(*(cell.strip() for cell in line.split(" | "))) for line in lines]


def weight(row: audit_zoo.Row, kinds: dict[str, Kind]) -> tuple[int, int, int]:
    """How bad it is: grade, errors, warnings."""
    severities = [kinds[code].severity for code in row.codes]
    return BEST_FIRST.index(row.grade), severities.count("error"), severities.count("warning")


def faults_of(step: Step, zoo: dict[str, audit_zoo.Row], kinds: dict[str, Kind]) -> list[str]:
    """Where a step leads astray."""
    if step.code not in kinds:
        return ["no such code"]
    out = []
    if step.words not in kinds[step.code].advice:
        out.append(f"its advice has no words {step.words!r}")
    for domain in (step.before, step.after):
        if domain != "-" and domain not in zoo:
            return [*out, f"{domain} is not in the zoo"]
    after = zoo[step.after]
    if step.before == "-":
        bad = [code for code in after.codes if kinds[code].severity != "note"]
        return out + [f"{step.after} has {code}" for code in [*bad, step.code]
                      if code in after.codes]
    before = zoo[step.before]
    if step.code not in before.codes:
        out.append(f"{step.before} does not have it")
    if step.code in after.codes and step.before != step.after:
        out.append(f"{step.after} still has it")
    was, is_now = weight(before, kinds), weight(after, kinds)
    if is_now > was:
        out.append(f"{step.after} is worse than {step.before}: {is_now} after {was}")
    new = [code for code in after.codes - before.codes if kinds[code].severity != "note"]
    if is_now[0] >= was[0] and len(new) > len(before.codes - after.codes):
        out.append(f"{step.after} has {' '.join(sorted(new))}, which was not there")
    return out


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) != 2:
        print(__doc__, file=sys.stderr)
        return 100
    kinds = catalogue(words[1])
    zoo = {row.domain: row for row in audit_zoo.load()}
    steps = load()
    told = {step.code for step in steps}
    faults = [f"{code}: nobody follows its advice" for code in kinds if code not in told]
    for step in steps:
        faults += [f"{step.code}, {step.words!r}: {fault}"
                   for fault in faults_of(step, zoo, kinds)]
    if len(kinds) != len(audit_zoo.catalogue(words[1])):
        faults.append("the catalogue cannot be read")
    for fault in faults:
        print(f"FAILED {fault}")
    print(f"{len(steps)} steps for {len(kinds)} codes, {len(faults)} faults")
    return 1 if faults or not steps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
