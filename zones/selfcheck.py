"""Checks a running miniature internet with libunbound against `expected.tsv`, so that a
test of a client never fails for a fault of the zones.

    selfcheck.py DIR [resolver]     `resolver`: by way of the caching resolver in it

The type `TLSA?` asks for `_443._tcp.` in front of the name.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import libunbound
import tlscheck
from libunbound import Answer, Context

ROWS = Path(__file__).resolve().parent / "expected.tsv"


def holds(versions: str) -> bool:
    """Whether the libunbound here is `since` or `before` a version."""
    word, version = versions.split()
    return (number(libunbound.version()) >= number(version)) == (word == "since")


def number(version: str) -> tuple[int, ...]:
    """A version to compare with another."""
    return tuple(int(part) for part in version.split("."))


def rows() -> list[list[str]]:
    """The table for the libunbound that is here."""
    table = [[cell.strip() for cell in line.split("|")]
             for line in ROWS.read_text().splitlines() if line and not line.startswith("#")]
    return [row[:4] for row in table if len(row) == 4 or holds(row[4])]


def check(context: Context, row: list[str], forwarded: bool) -> str:
    """Looks one row up; returns what is wrong, or nothing. Behind a forwarder bogus may
    come as SERVFAIL; errors are not asked for, since libunbound soon takes a forwarder
    that leaves questions open for dead."""
    name, rrtype, state, content = row
    if rrtype == "TLSA?":
        name, rrtype = f"_443._tcp.{name}", "TLSA"
    began = time.monotonic()
    answer: Answer = context.resolve(name, rrtype)
    if forwarded and (state, answer.state) == ("bogus", "error"):
        return ""
    if (answer.state, answer.content) == (state, content):
        return ""
    return (f"{name} {rrtype}: expected {state} {content}, got {answer.state} "
            f"{answer.content} {answer.why} ({time.monotonic() - began:.1f} s)")


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 100
    directory, forwarded = Path(words[1]).resolve(), len(words) == 3
    table = [row for row in rows() if not (forwarded and row[2] == "error")]
    name = "forward.conf" if forwarded else "unbound.conf"
    context = Context(str(directory / name))
    with ThreadPoolExecutor(8) as pool:
        faults = list(pool.map(lambda row: check(context, row, forwarded), table))
        checked, tls_faults = tlscheck.check_all(directory, pool)
    context.close()
    faults = [fault for fault in faults + tls_faults if fault]
    for fault in faults:
        print(f"FAILED {fault}")
    print(f"{len(table) + checked - len(faults)} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
