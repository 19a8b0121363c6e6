r"""Every domain of audit_zoo.tsv leaves evidence that two readers come to the same verdict by.

    evidence_zoo.py DANE ZONES_DIR [WORD...]    the domains that contain one

Each domain is audited once with `--evidence`. Then the test internet is out of reach:

 - `dane replay --json`, in a network namespace with nothing in it, writes the line of the
   audit, octet for octet, and exits as its grade has it;
 - tests/evidence/stranger_verdict.py, which has no code of ours, finds nothing to say against it.

KNOWN has the differences that we know, with their reasons. One that is gone fails.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import audit_zoo
from evidence_support import EVIDENCE, READER_PYTHON, some
from harness import HANG_SECONDS

STATUS = {"enforced": 0, "partial": 1, "broken": 1, "not-deployed": 1, "bad-input": 2,
          "undecided": 3}
WORKERS = 2
# (who, domain): why what he says is different.
KNOWN: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Audited:
    """A domain of the run: its line, and the bundle that it left."""

    domain: str
    line: str
    bundle: Path


def domains(words: list[str]) -> list[str]:
    """The domains of the table, each in its first spelling."""
    first = {}
    for row in audit_zoo.load():
        labels = row.domain.lower().rstrip(".").split(".")
        name = ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
                        for label in labels)
        first.setdefault(name, row.domain)
    if not words:
        return some(list(first.values()))
    return [domain for domain in first.values() if any(word in domain for word in words)]


def audit(dane: str, directory: Path, scratch: Path, words: list[str]) -> list[Audited]:
    """Audits all domains at once."""
    asked = domains(words)
    (scratch / "list").write_text("".join(f"{domain}\n" for domain in asked))
    done = subprocess.run(
        [dane, "audit", "--unbound-conf", directory / "unbound.conf", "--retry-wait", "1",
         "--evidence", f"{scratch}/bundles/", "-o", scratch / "lines", "-f", scratch / "list"],
        capture_output=True, text=True, check=False, timeout=HANG_SECONDS)
    if done.returncode not in (0, 1, 3):
        raise ValueError(f"dane audit: exit {done.returncode}: {done.stderr[-300:]}")
    lines = {json.loads(line)["input"]: line
             for line in (scratch / "lines").read_text().splitlines(keepends=True)}
    bundles = {json.loads(file.read_text())["verdict"]["input"]: file
               for file in (scratch / "bundles").iterdir()}
    for domain in asked:
        if domain not in lines or domain not in bundles:
            raise ValueError(f"{domain}: no line, or no bundle")
    return [Audited(domain, lines[domain], bundles[domain]) for domain in asked]


def replay_fault(dane: str, anchor: str, one: Audited) -> str:
    """What a replay without a network says instead; nothing if it says the same."""
    as_user = [] if os.geteuid() == 0 else ["--map-root-user"]
    done = subprocess.run(
        ["unshare", "--net", *as_user, "--",
         dane, "replay", "--trust-anchor", anchor, "--json", one.bundle],
        capture_output=True, check=False, timeout=HANG_SECONDS)
    expected = STATUS[json.loads(one.line)["grade"]]
    if done.stdout == one.line.encode() and done.returncode == expected:
        return ""
    said = (done.stderr or done.stdout).decode(errors="replace").strip()
    return f"exit {done.returncode}, expected {expected}: {said[-300:]}"


def reader_faults(anchor: str, every: list[Audited]) -> dict[str, str]:
    """What the stranger says against bundles, by domain."""
    done = subprocess.run([READER_PYTHON, EVIDENCE / "stranger_verdict.py", "--anchor", anchor,
                           *(one.bundle for one in every)],
                          capture_output=True, text=True, check=False, timeout=HANG_SECONDS)
    faults: dict[str, str] = {}
    for one in every:
        said = [line.removeprefix(f"{one.bundle}: ") for line in done.stderr.splitlines()
                if line.startswith(f"{one.bundle}: ")]
        if f"{one.bundle}: level: " not in done.stdout:
            said.append(f"not read to the end: {done.stderr[-300:]}")
        faults[one.domain] = "; ".join(said)
    return faults


def judged(who: str, faults: dict[str, str]) -> list[str]:
    """The faults that are not known, and the known ones that are none any more."""
    out = []
    for domain, fault in faults.items():
        is_known = (who, domain) in KNOWN
        if fault and not is_known:
            out.append(f"{domain}: {who}: {fault}")
        if not fault and is_known:
            out.append(f"{domain}: {who} agrees, although {KNOWN[who, domain]}")
    return out


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 3:
        print(__doc__, file=sys.stderr)
        return 100
    dane, directory = words[1], Path(words[2]).resolve()
    settings = (directory / "unbound.conf").read_text()
    anchor = re.search(r'trust-anchor-file: "?([^"\n]+)', settings)[1]
    with tempfile.TemporaryDirectory(prefix="evidence.") as name, \
            ThreadPoolExecutor(WORKERS) as pool:
        every = audit(dane, directory, Path(name), words[3:])
        read = pool.submit(reader_faults, anchor, every)
        replayed = pool.map(lambda one: replay_fault(dane, anchor, one), every)
        faults = judged("replay", dict(zip((one.domain for one in every), replayed)))
        faults += judged("reader", read.result())
    for fault in faults:
        print(f"FAILED {fault}")
    print(f"{len(every)} domains, {len(faults)} faults")
    return 1 if faults or not every else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
