"""What the tests of evidence share: a program and the test internet, replays where there is no
network, and the reader that has no code of ours.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import ModuleType

from harness import HANG_SECONDS
from harness import run_cases as run_module

PROGRAM = ""            # dane
DIRECTORY = Path(".")   # of the test internet
EVIDENCE = Path(__file__).resolve().parents[1] / "evidence"
READER_PYTHON = "/usr/bin/python3"    # which has dnspython and cryptography, by ./dev
BAD_INPUT = 2
PART = int(os.environ.get("EVIDENCE_PART", "1"))    # under sanitizers all is ten times as slow
A, MX, AAAA, TLSA = 1, 15, 28, 52


def some(rows: list) -> list:
    """As many of the rows of a table as there is time for."""
    return rows[::PART]


def certs() -> Path:
    """The certificates of the zones."""
    return DIRECTORY / "certs"


def run(*words: str | Path, **more) -> subprocess.CompletedProcess:
    """A whole run, here."""
    return subprocess.run([*words], capture_output=True, check=False, text=True,
                          timeout=HANG_SECONDS, **more)


def replay(*words: str | Path, text: str | None = None) -> subprocess.CompletedProcess:
    """A replay, in a network in which there is nothing."""
    return run("unshare", "--net", PROGRAM, "replay", "--trust-anchor", DIRECTORY / "root.key",
               *words, input=text)


def other_verdicts(cases: list[tuple[Path, dict, list[str]]]) -> list[str]:
    """Which of these bundles come to another verdict than is said here, by one command, which is
    quick: a bundle knows its trust store, which is the third of each, among all of them."""
    stores = {path: None for _, _, store in cases for path in store[1:]}
    words = [word for path in stores for word in ("--ca", path)]
    again = replay("--json", *words, *(bundle for bundle, _, _ in cases))
    lines = again.stdout.splitlines()
    out = [f"{verdict} replayed: {line}" for (_, verdict, _), line in zip(cases, lines)
           if verdict != json.loads(line)]
    if len(lines) != len(cases):
        out.append(f"{len(cases)} replayed, {len(lines)} lines: {again.stderr}")
    return out


def read_by_stranger(*words: str | Path) -> subprocess.CompletedProcess:
    """What a reader without code of ours says of bundles (stranger_verdict.py)."""
    return run(READER_PYTHON, EVIDENCE / "stranger_verdict.py", "--anchor",
               DIRECTORY / "root.key", *words)


def stranger(bundles: list[Path]) -> list[str]:
    """What that reader says against them."""
    done = read_by_stranger(*bundles)
    unread = [str(one) for one in bundles if f"{one}: level: " not in done.stdout]
    return done.stderr.splitlines() + [f"{one}: not read to the end" for one in unread]


class Case(unittest.TestCase):
    """A folder for bundles."""

    maxDiff = None    # names what differs

    def assert_asked_again(self, bundle: Path) -> None:
        """An accusation asked for records and addresses before its handshakes and after them."""
        got = json.loads(bundle.read_text())
        before, after = got["dns"]["again"]
        moments = {peer["moment"] for peer in got["peers"]}
        self.assertTrue(moments)
        self.assertLessEqual(before["moment"], min(moments))
        self.assertGreaterEqual(after["moment"], max(moments))
        for one in (before, after):
            self.assertLessEqual({TLSA, A, AAAA}, {answer["type"] for answer in one["answers"]})
        self.assertIn("asked for again before and after each handshake",
                      " ".join(replay("--explain", bundle).stdout.split()))
        self.assertEqual(stranger([bundle]), [])
        # What has changed in between accuses nobody.
        for answer in after["answers"]:
            if answer["type"] == TLSA:
                answer["security"] = "insecure"
        bundle.write_text(json.dumps(got, sort_keys=True, separators=(",", ":")) + "\n")
        self.assertEqual(replay(bundle).returncode, BAD_INPUT)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


def main(module: ModuleType, words: list[str], program: str | None = None) -> int:
    """The command line DANE [PROGRAM] ZONES_DIR [NAME...]: runs the cases of a module, whose
    variable `program` is set to the other program, if it has one."""
    global PROGRAM, DIRECTORY
    at = 2 if program is None else 3
    if len(words) <= at:
        print(module.__doc__, file=sys.stderr)
        return 100
    PROGRAM, DIRECTORY = str(Path(words[1]).resolve()), Path(words[at]).resolve()
    if program is not None:
        setattr(module, program, str(Path(words[2]).resolve()))
    return run_module(module, words[at + 1:])
