"""Runs the rows of cases.tsv with the real sslclient against running zones.

    run_cases.py SSLCLIENT ZONES_DIR [NAME...]     only the cases whose names contain one

A row: `case | arguments | host | port | exit | expect | rules [| child]`. `expect` holds
regular expressions, joined by ` & `, that are all found in what sslclient and its child
print; one that begins with `!` is not found. In arguments `{ca}` is the trust store,
`{certs}` and `{dir}` are directories. `child` is the word for child.sh; without it the
port decides. Cases against Postfix are skipped where it does not run.
"""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness import HANG_SECONDS

HERE = Path(__file__).resolve().parent
CHILD_OF_PORT = {"25": "smtp", "143": "imap", "110": "pop3"}


@dataclass(frozen=True)
class Case:
    """One row."""

    name: str
    arguments: str
    host: str
    port: str
    exit: str
    expect: str
    rules: str
    child: str = ""


def load() -> list[Case]:
    """All rows, names unique."""
    cases = [Case(*(cell.strip() for cell in line.split(" | ")))
             for line in (HERE / "cases.tsv").read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    names = [case.name for case in cases]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"cases.tsv: two cases are called {name}")
    return cases


def command(case: Case, program: str, directory: Path) -> list[str]:
    """The command line of a case."""
    words = [word.format(ca=directory / "certs" / "ca.pem", certs=directory / "certs",
                         dir=directory) for word in case.arguments.split()]
    child = case.child or CHILD_OF_PORT.get(case.port, "line")
    return [program, "--unbound-conf", str(directory / "unbound.conf"), "-RHl0", "-T", "3+3",
            *words, case.host, case.port, str(HERE / "child.sh"), child]


def fault(case: Case, status: str, output: str) -> str:
    """What is wrong with a result; nothing if it is right. `0/111` allows both."""
    if status not in case.exit.split("/"):
        return f"exit {status}, expected {case.exit}"
    for pattern in filter(None, case.expect.split(" & ")):
        wanted = not pattern.startswith("!")
        if bool(re.search(pattern.removeprefix("!"), output, re.M)) != wanted:
            return f"{'no' if wanted else 'unwanted'} match for {pattern}"
    return ""


def run(case: Case, program: str, directory: Path) -> str:
    """Runs one case; returns its line of the report."""
    if case.host.endswith("mail.example") and not (directory / "pids" / "postfix").exists():
        return f"skipped {case.name}: no Postfix"
    began = time.monotonic()
    try:
        done = subprocess.run(command(case, program, directory), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=HANG_SECONDS, check=False)
        status, output = str(done.returncode), done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        status, output = "none", (late.stdout or b"").decode(errors="replace")
    wrong = fault(case, status, output)
    if not wrong:
        return f"ok {case.name} ({(time.monotonic() - began) * 1000:.0f} ms)"
    lines = "".join(f"\n    {line[:200]}" for line in output.splitlines()[:16])
    return f"FAILED {case.name} ({case.host} {case.arguments}): {wrong}{lines}"


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 3:
        print(__doc__, file=sys.stderr)
        return 100
    directory = Path(words[2]).resolve()
    cases = [case for case in load()
             if len(words) == 3 or any(word in case.name for word in words[3:])]
    failed = skipped = 0
    with ThreadPoolExecutor(4) as pool:
        for line in pool.map(lambda case: run(case, words[1], directory), cases):
            print(line, flush=True)
            failed += line.startswith("FAILED")
            skipped += line.startswith("skipped")
    print(f"{len(cases) - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
