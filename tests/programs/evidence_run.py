"""A store of runs: written by audits, witnessed, taken up, exported, and replayed elsewhere.

    evidence_run.py DANE ZONES_DIR [NAME...]

Two runs of the same domains go into a store; tests/evidence/authority.py, which is `openssl ts`
behind HTTP, stamps their checkpoints. Bundles are replayed in a network namespace with nothing in
it, and read by tests/evidence/stranger_verdict.py, which has no code of ours. The last line is
`N passed, N failed`.
"""

import base64
import contextlib
import functools
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path

import evidence_support as support
from evidence_support import BAD_INPUT, EVIDENCE, READER_PYTHON, read_by_stranger, replay, run
from harness import HANG_SECONDS

DOMAINS = ("mail.example", "good.mail.example", "agility.mail.example", "mixture.mail.example",
           "plain.example", "host", "192.0.2.25")
LATER = 3
HANDSHAKES = ("mail.example", "good.mail.example")    # proved by who signed


def audit(*words: str | Path) -> list[str | Path]:
    """The words of an audit."""
    return [support.PROGRAM, "audit", "--unbound-conf", support.DIRECTORY / "unbound.conf",
            "--retry-wait", "1", *words]


def evidence(*words: str | Path) -> subprocess.CompletedProcess:
    """dane evidence."""
    return run(support.PROGRAM, "evidence", *words)


def read_chain(file: Path, owner: str) -> subprocess.CompletedProcess:
    """What another verifier makes of a chain (tests/evidence/read_chain.py)."""
    return run(READER_PYTHON, EVIDENCE / "read_chain.py", support.DIRECTORY / "root.key", file,
               owner)


def hash_of(checkpoint: str) -> str:
    """As the next checkpoint names it."""
    return base64.b64encode(hashlib.sha256(checkpoint.encode()).digest()).decode()


class Authority:
    """A time-stamp authority, while this is open."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, EVIDENCE / "authority.py", "openssl"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        lines = list(iter(self.process.stdout.readline, "\n"))
        self.port, self.root = int(lines[0]), "".join(lines[1:])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Where it answers in a way."""
        return f"http://{host}:{self.port}/{path}"

    def close(self) -> None:
        """Ends it."""
        self.process.communicate()


class Made:
    """Two runs in a store, the second one witnessed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="run."))
        self.authority = Authority()
        self.root = self.folder / "witness.pem"
        self.root.write_text(self.authority.root)
        self.store = self.folder / "runs.sqlite"
        self.list = self.folder / "list"
        self.list.write_text("".join(f"{domain}\n" for domain in DOMAINS))
        self.first = self.audit("first")
        # by a name, which our resolver looks up; the second one is by nobody's witness
        self.second = self.audit("second", *(
            word for path, host in (("good", "here.mail.example"), ("stranger", "127.0.0.1"))
            for word in ("--evidence-stamp", self.authority.url(path, host))))

    def audit(self, name: str, *words: str) -> subprocess.CompletedProcess:
        """One run."""
        return run(*audit("--evidence", self.store, "-f", self.list, "-o",
                          self.folder / f"{name}.jsonl", *words))

    def lines(self, name: str) -> dict[str, str]:
        """The lines of a run, by domain."""
        text = (self.folder / f"{name}.jsonl").read_text()
        return {json.loads(line)["input"]: line for line in text.splitlines(keepends=True)}

    def checkpoint(self, number: int) -> str:
        """Of a run."""
        return evidence("checkpoint", "--run", str(number), self.store).stdout

    def close(self) -> None:
        """Nothing is left."""
        self.authority.close()
        shutil.rmtree(self.folder)


@functools.cache
def made() -> Made:
    """What all tests read."""
    out = Made()
    unittest.addModuleCleanup(out.close)
    return out


class Case(support.Case):
    """A folder, and bundles of the two runs."""

    def exported(self, domain: str, number: int = 2) -> Path:
        """A bundle of a run."""
        file = self.folder / f"{domain}-{number}.json"
        done = evidence("export", "--run", str(number), "-o", file, made().store, domain)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), domain)
        return file


class Runs(Case):
    """What two runs leave."""

    def test_each_run_says_its_checkpoint(self) -> None:
        for number, done in enumerate((made().first, made().second), 1):
            checkpoint = made().checkpoint(number)
            self.assertIn(f"dane: run {number} in {made().store} is finished, with "
                          f"{len(DOMAINS)} bundles. Publish its checkpoint:\n{checkpoint}",
                          done.stderr)
            self.assertNotIn("warning", done.stderr)
            self.assertEqual(checkpoint.splitlines()[:2],
                             ["ucspi-dane evidence v1", str(len(DOMAINS))])

    def test_runs_are_a_chain(self) -> None:
        first, second = made().checkpoint(1), made().checkpoint(2)
        self.assertEqual(first.splitlines()[3], base64.b64encode(bytes(32)).decode())
        self.assertEqual(second.splitlines()[3], hash_of(first))
        for number, previous in ((1, base64.b64encode(bytes(32)).decode()), (2, hash_of(first))):
            bundle = json.loads(self.exported("mail.example", number).read_text())
            self.assertTrue(bundle["peers"])
            self.assertEqual({peer["previous"] for peer in bundle["peers"]}, {previous})

    def test_runs_are_listed(self) -> None:
        done = evidence("runs", made().store)
        rows = [line.split() for line in done.stdout.splitlines()[1:]]
        count = str(len(DOMAINS))
        self.assertEqual([[row[0], *row[2:]] for row in rows],
                         [["1", count, "whole", "0", hash_of(made().checkpoint(1))],
                          ["2", count, "whole", "2", hash_of(made().checkpoint(2))]])

        lines = [json.loads(line)
                 for line in evidence("runs", "--json", made().store).stdout.splitlines()]
        began = [row[1] for row in rows]
        self.assertEqual(lines, [
            {"run": 1, "began": began[0], "bundles": len(DOMAINS), "state": "whole", "stamps": 0,
             "checkpoint": hash_of(made().checkpoint(1))},
            {"run": 2, "began": began[1], "bundles": len(DOMAINS), "state": "whole", "stamps": 2,
             "checkpoint": hash_of(made().checkpoint(2))}])

    def test_every_bundle_replays_to_its_line(self) -> None:
        for number, name in ((1, "first"), (2, "second")):
            for domain, line in made().lines(name).items():
                witness = ["--witness", made().root] if number == 2 else []
                done = replay("--json", *witness, self.exported(domain, number))
                self.assertEqual((done.stdout, done.stderr), (line, ""), domain)

    def test_a_whole_run_replays_from_its_store(self) -> None:
        for words, name in ((["--run", "1"], "first"), (["--witness", made().root], "second")):
            done = replay("--json", *words, made().store)
            self.assertEqual(done.stdout.splitlines(keepends=True),
                             list(made().lines(name).values()))
            self.assertEqual(done.stderr, f"dane: {len(DOMAINS)} bundles: all hold\n")
        done = replay("--witness", made().root, "--run", "1", made().store)
        self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
        self.assertIn(f"fatal: {made().store}: bundle 1 of run 1: no witness", done.stderr)
        self.assertIn(f"dane: 0 of {len(DOMAINS)} bundles hold", done.stderr)

    def test_a_run_is_of_a_store_and_finished(self) -> None:
        for words, why in ((["--run", "9", made().store], "there is no run 9"),
                           (["--run", "1", self.exported("mail.example")], "is of a store"),
                           ([self.folder / "no.sqlite"], "no.sqlite"),
                           ([self.folder / "no.sqlite", self.folder / "no"], "no: ")):
            done = replay(*words)
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
            self.assertIn(why, done.stderr)

    def test_the_last_finished_run_is_exported(self) -> None:
        done = evidence("export", made().store, "MAIL.example.")
        self.assertEqual(done.stdout, self.exported("mail.example").read_text())
        again = replay("-", text=done.stdout)
        self.assertEqual((again.returncode, again.stderr), (0, ""))
        self.assertIn("mail.example: PROTECTED", again.stdout)

    def test_standard_input_is_read_once(self) -> None:
        twice = replay("-", "-", text="")
        self.assertEqual((twice.returncode, twice.stdout, twice.stderr.splitlines()[0]),
                         (BAD_INPUT, "", "dane: fatal: standard input can be read once: - is "
                                         "given twice"))
        empty = replay("-", text="")
        self.assertEqual((empty.returncode, empty.stdout, empty.stderr),
                         (BAD_INPUT, "", "dane: fatal: <stdin>: nothing is in it\n"))

    def test_a_stranger_agrees(self) -> None:
        files = [self.exported(domain) for domain in DOMAINS]
        done = read_by_stranger("--witness", made().root, *files)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for domain, file in zip(DOMAINS, files):
            self.assertIn(f"{file}: run: bundle ", done.stdout)
            self.assertIn(f"{file}: run: a stamp that does not count\n",
                          done.stdout)
            level = re.search(rf"^{re.escape(str(file))}: level: (P\d)$", done.stdout, re.M)[1]
            ours = re.search(r"^  Proof +(P\d|none)", replay("--witness", made().root,
                                                             file).stdout, re.M)[1]
            self.assertEqual(ours.replace("none", "P0"), level, domain)
            if domain in HANDSHAKES:
                self.assertEqual(level, "P2", domain)


class Strength(Case):
    """What a replay says about proof."""

    def rows(self, *words: str | Path) -> list[str]:
        """The last three rows, each in one line."""
        text = replay(*words).stdout.split("\n\n")[-1]
        return re.sub(r"\n {5,}", " ", text).splitlines()

    def test_levels(self) -> None:
        alone = json.loads(self.exported("mail.example").read_text())
        del alone["run"]
        file = self.folder / "alone.json"
        write(file, alone)
        witnessed, told = "a witness says that it was there before 20", "nobody has verified"
        for words, level, says in (
                ([file], "P1", None), ([self.exported("mail.example", 1)], "P1", None),
                ([self.exported("mail.example")], "P1", told),
                (["--witness", made().root, self.exported("mail.example")], "P2", witnessed),
                ([self.exported("plain.example", 1)], "P0", None)):
            rows = self.rows(*words)
            self.assertEqual([row.split()[0] for row in rows], ["Proof", "Dates", "Keys"])
            self.assertIn(f" {level}: ", rows[0])
            for text in (witnessed, told):
                self.assertEqual(text in rows[0], text == says, words)
            self.assertRegex(rows[1], r"20\S+Z to 20\S+Z; .* ends first$")
            self.assertRegex(rows[2], r"RSA")

    def test_a_word_that_is_no_domain_proves_nothing(self) -> None:
        self.assertEqual(self.rows(self.exported("192.0.2.25"))[0].split()[:2],
                         ["Proof", "none:"])

    def test_the_verdict_stands_first(self) -> None:
        told = run(*audit("good.mail.example")).stdout
        self.assertTrue(replay(self.exported("good.mail.example")).stdout.startswith(told))

    def test_stamps_are_explained(self) -> None:
        text = replay("--explain", "--witness", made().root, self.exported("mail.example")).stdout
        self.assertRegex(text, r"(?m)^  20\S+Z  by CN=good, verified; its certificate ends 2099")
        self.assertRegex(text, r"(?m)^  20\S+Z  by CN=stranger, which nobody has verified")


def write(file: Path, bundle: dict) -> None:
    """A bundle in its one form."""
    file.write_text(json.dumps(bundle, sort_keys=True, ensure_ascii=False,
                               separators=(",", ":")) + "\n")


class Altered(Case):
    """What was changed in `run` is found, and why."""

    def refused(self, change: Callable[[dict], None], why: str, *words: str | Path) -> None:
        """A changed copy fails with this reason."""
        bundle = json.loads(self.exported("mail.example").read_text())
        change(bundle)
        bad = self.folder / "bad.json"
        write(bad, bundle)
        done = replay(*words, bad)
        self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), why)
        self.assertRegex(done.stderr, f"^dane: fatal: {bad}: {why}.*\n$")

    def test_the_place(self) -> None:
        other = json.loads(self.exported("good.mail.example").read_text())
        before = json.loads(self.exported("mail.example", 1).read_text())

        def flipped(octets: str) -> str:
            raw = bytearray(base64.b64decode(octets))
            raw[0] ^= 1
            return base64.b64encode(raw).decode()

        def path(bundle: dict) -> None:
            bundle["run"]["path"][0] = flipped(bundle["run"]["path"][0])

        def line(number: int, text: str) -> Callable[[dict], None]:
            def change(bundle: dict) -> None:
                lines = bundle["run"]["checkpoint"].splitlines(keepends=True)
                lines[number] = text + "\n"
                bundle["run"]["checkpoint"] = "".join(lines)
                bundle["run"]["stamps"] = []
            return change

        def place(value: dict) -> Callable[[dict], None]:
            return lambda bundle: bundle.update(run=value["run"])

        def index(number: int) -> Callable[[dict], None]:
            return lambda bundle: bundle["run"].update(index=number)

        root = "run: the path does not lead to the checkpoint's root"
        length = "run: the path has not the length for its place"
        for change, why in (
                (path, root), (place(other), root), (place(before), root),
                (index(json.loads(self.exported("good.mail.example").read_text())["run"]["index"]),
                 f"({root}|{length})"),
                (index(len(DOMAINS)), f"run: it has {len(DOMAINS)} bundles, and none at place"),
                (lambda bundle: bundle["run"]["path"].pop(), length),
                (line(1, "1000"), length),
                (line(0, "ucspi-dane evidence v2"), "run: this is no checkpoint of a run"),
                (line(2, base64.b64encode(bytes(32)).decode()), root),
                (line(3, base64.b64encode(bytes(32)).decode()),
                 "run: a handshake names another run before this one"),
                (lambda bundle: bundle.update(maker="somebody"), root),
                (lambda bundle: bundle["verdict"].update(grade="broken"), root)):
            self.refused(change, why)

    def test_the_stamps(self) -> None:
        def drop(*which: int) -> Callable[[dict], None]:
            def change(bundle: dict) -> None:
                stamps = bundle["run"]["stamps"]
                bundle["run"]["stamps"] = [one for i, one in enumerate(stamps)
                                           if i not in which]
            return change

        def alter(bundle: dict) -> None:
            raw = bytearray(base64.b64decode(bundle["run"]["stamps"][0]))
            raw[-1] ^= 1
            bundle["run"]["stamps"][0] = base64.b64encode(raw).decode()

        def of_other_run(bundle: dict) -> None:
            place = json.loads(self.exported("mail.example", 1).read_text())
            stamps = bundle["run"]["stamps"]
            bundle.clear()
            bundle.update(place)
            bundle["run"]["stamps"] = stamps

        def nowhere(bundle: dict) -> None:
            del bundle["run"]

        witness = ("--witness", made().root)
        lack = "no witness of --witness has stamped it: "
        self.refused(drop(0, 1), lack + "its run has no time-stamp", *witness)
        self.refused(drop(0), lack + "its time-stamps are by others, CN=stranger", *witness)
        self.refused(nowhere, lack + "it stands in no run", *witness)
        self.refused(alter, lack + r"its time-stamps do not count: CN=good \(the time-stamp is "
                                   r"not proved: .*\) and CN=stranger", *witness)
        self.refused(of_other_run, "run: the time-stamp is for something else", *witness)
        self.refused(of_other_run, "run: the time-stamp is for something else")

    def test_a_bad_stamp_takes_nothing_away(self) -> None:
        """Anybody on the way can add one."""
        bundle = json.loads(self.exported("mail.example").read_text())
        good, stranger = bundle["run"]["stamps"]
        raw = bytearray(base64.b64decode(good))
        raw[-1] ^= 1
        bundle["run"]["stamps"] = [base64.b64encode(raw).decode(), good, stranger]
        file = self.folder / "more.json"
        write(file, bundle)
        done = replay("--explain", "--witness", made().root, file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("  Proof    P2: ", done.stdout)
        self.assertRegex(done.stdout, r"(?m)by CN=good, which does not count: the time-stamp ")
        self.assertRegex(done.stdout, r"(?m)by CN=good, verified; its certificate ends 2099")

    def test_no_witness_in_a_file(self) -> None:
        bundle = self.exported("mail.example")
        for file, why in ((made().list, "there is no certificate of a time-stamp authority"),
                          (self.folder / "none", "No such file")):
            done = replay("--witness", file, bundle)
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
            self.assertIn(why, done.stderr)


class Interrupted(Case):
    """A run that was killed, and what becomes of it."""

    def setUp(self) -> None:
        super().setUp()
        self.store, self.out = self.folder / "runs.sqlite", self.folder / "lines.jsonl"
        self.list = self.folder / "list"
        self.list.write_text("".join(f"{domain}\n" for domain in DOMAINS))

    def words(self, *more: str | Path) -> list[str | Path]:
        """An audit into the store, one domain after the other."""
        return audit("--evidence", self.store, "-o", self.out, "--parallel", "1", "--threads", "1",
                     *more)

    def kill_in_the_middle(self) -> set[str]:
        """Kills a run once lines are there, while it waits for the next domain; what it has."""
        read, write_end = os.pipe()
        running = subprocess.Popen(self.words("-f", "-"), stdin=read, stderr=subprocess.PIPE)
        os.close(read)
        with os.fdopen(write_end, "w") as pipe, contextlib.closing(running.stderr):
            for domain in DOMAINS[:3]:
                pipe.write(f"{domain}\n")
            pipe.flush()
            deadline = time.monotonic() + HANG_SECONDS
            while not self.out.exists() or self.out.read_text().count("\n") < 2:
                self.assertLess(time.monotonic(), deadline, "no line came")
                time.sleep(0.05)
            running.send_signal(signal.SIGKILL)
            running.wait()
        return {json.loads(line)["input"] for line in self.out.read_text().splitlines()}

    def test_it_is_taken_up(self) -> None:
        done = self.kill_in_the_middle()
        self.assertRegex(evidence("runs", self.store).stdout, r"(?m)^ +1 .* unfinished")
        again = run(*self.words("-f", self.list, "--resume"))
        self.assertIn("is finished", again.stderr)
        checkpoint = evidence("checkpoint", self.store).stdout
        self.assertIn(checkpoint, again.stderr)
        self.assertGreaterEqual(int(checkpoint.splitlines()[1]), len(DOMAINS))
        self.assertLessEqual(int(checkpoint.splitlines()[1]), len(DOMAINS) + 3 - len(done))
        lines = {json.loads(line)["input"]: line
                 for line in self.out.read_text().splitlines(keepends=True)}
        self.assertEqual(set(lines), set(DOMAINS))
        for domain in DOMAINS:
            file = self.folder / "bundle.json"
            self.assertEqual(evidence("export", "-o", file, self.store, domain).returncode, 0)
            self.assertEqual(replay("--json", file).stdout, lines[domain], domain)

    def test_nothing_else_begins_before(self) -> None:
        self.kill_in_the_middle()
        refused = run(*self.words("--overwrite", "mail.example"))
        self.assertEqual((refused.returncode, refused.stdout), (BAD_INPUT, ""))
        self.assertEqual(refused.stderr, f"dane: fatal: run 1 in {self.store} was interrupted: "
                         "--resume with its --output takes it up, and dane evidence close "
                         f"{self.store} ends it as it is\n")
        for verb, words in (("export", [self.store, "mail.example"]),
                            ("checkpoint", [self.store])):
            done = evidence(verb, *words)
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), verb)

    def test_a_page_that_is_not_written_hides_no_checkpoint(self) -> None:
        done = run(*audit("--evidence", self.store, "--html", "/dev/full", "mail.example"))
        self.assertEqual(done.returncode, LATER, done.stderr)
        self.assertIn(evidence("checkpoint", self.store).stdout, done.stderr)
        self.assertIn("dane: fatal: ", done.stderr.splitlines()[-1])
        self.assertIn("/dev/full", done.stderr.splitlines()[-1])

    def test_bundles_of_another_folder(self) -> None:
        folder, out = f"{self.folder}/bundles/", self.folder / "some.jsonl"
        words = ("-o", out, "mail.example", "good.mail.example")
        self.assertLess(run(*audit("--evidence", folder, *words)).returncode, BAD_INPUT)
        again = run(*audit("--evidence", folder, "--resume", *words))
        self.assertLess(again.returncode, BAD_INPUT, again.stderr)
        other = run(*audit("--evidence", f"{self.folder}/others/", "--resume", *words))
        self.assertEqual((other.returncode, other.stdout), (BAD_INPUT, ""))
        self.assertRegex(other.stderr, r"^dane: fatal: the interrupted run has its evidence "
                         r"somewhere else: there is no .*/others/*mail\.example\.json\n$")

    def test_it_is_closed(self) -> None:
        self.kill_in_the_middle()
        closed = evidence("close", self.store)
        self.assertEqual((closed.returncode, closed.stdout), (0, ""))
        self.assertIn(evidence("checkpoint", self.store).stdout, closed.stderr)
        self.assertRegex(evidence("runs", self.store).stdout, r"(?m)^ +1 .* ended early ")
        again = evidence("close", self.store)
        self.assertEqual((again.returncode, again.stderr),
                         (BAD_INPUT, f"dane: fatal: {self.store} has no run that was "
                                     "interrupted\n"))
        late = run(*self.words("-f", self.list, "--resume"))
        self.assertEqual((late.returncode, late.stdout), (BAD_INPUT, ""))
        self.assertIn("has no run that was interrupted", late.stderr)
        self.assertIn("run 2", run(*self.words("--overwrite", "good.mail.example")).stderr)

    def test_another_output_is_not_its_own(self) -> None:
        self.kill_in_the_middle()
        other = self.folder / "other.jsonl"
        run(*audit("-o", other, "perfect.zoo.example"))
        refused = run(*self.words("-o", other, "--resume", "perfect.zoo.example"))
        self.assertEqual((refused.returncode, refused.stdout), (BAD_INPUT, ""))
        self.assertIn("is another one: it has no bundle of domain 1 of the output",
                      refused.stderr)

    def test_an_output_without_a_line_is_nobodys(self) -> None:
        self.kill_in_the_middle()
        refused = run(*self.words("-o", self.folder / "new.jsonl", "--resume", "mail.example"))
        self.assertEqual((refused.returncode, refused.stdout), (BAD_INPUT, ""))
        self.assertIn("was interrupted: --resume with its --output takes it up", refused.stderr)
        self.assertRegex(evidence("runs", self.store).stdout, r"(?m)^ +1 .* unfinished")

    def test_a_store_that_is_not_there_is_not_made(self) -> None:
        self.kill_in_the_middle()
        other = self.folder / "other.sqlite"
        late = run(*audit("--evidence", other, "-o", self.out, "--resume", "mail.example"))
        self.assertEqual((late.returncode, late.stdout), (BAD_INPUT, ""))
        self.assertIn(f"{other} has no run that was interrupted", late.stderr)
        self.assertFalse(other.exists())

    def test_a_link_leads_to_the_log_of_a_store(self) -> None:
        self.kill_in_the_middle()
        self.assertTrue(Path(f"{self.store}-wal").exists())
        (self.folder / "links").mkdir()
        link = self.folder / "links" / "current.sqlite"
        link.symlink_to(self.store)
        self.assertRegex(evidence("runs", link).stdout, r"(?m)^ +1 .* unfinished")
        self.assertEqual(evidence("close", link).returncode, 0)
        self.assertRegex(evidence("runs", link).stdout, r"(?m)^ +1 .* ended early ")

    def test_one_run_at_a_time(self) -> None:
        read, write_end = os.pipe()
        running = subprocess.Popen(self.words("-f", "-"), stdin=read, stderr=subprocess.PIPE)
        os.close(read)
        with os.fdopen(write_end, "w") as pipe, contextlib.closing(running.stderr):
            pipe.write("mail.example\n")
            pipe.flush()
            deadline = time.monotonic() + HANG_SECONDS
            while not self.out.exists() or not self.out.read_text():
                self.assertLess(time.monotonic(), deadline, "no line came")
                time.sleep(0.05)
            for words in (audit("--evidence", self.store, "good.mail.example"),
                          [support.PROGRAM, "evidence", "close", self.store]):
                done = run(*words)
                self.assertEqual((done.returncode, done.stdout, done.stderr),
                                 (BAD_INPUT, "", f"dane: fatal: {self.store}: another run "
                                                 "writes to it\n"))
            self.assertIn("unfinished", evidence("runs", self.store).stdout)
            pipe.close()
            self.assertIn(b"is finished, with 1 bundle.", running.stderr.read())
            running.wait()

    def test_where_nothing_can_be_looked_up_no_run_is_left(self) -> None:
        nowhere = [support.PROGRAM, "audit", "--forward", "127.0.0.99", "--dns-timeout", "1",
                   "--evidence", self.store, "mail.example"]
        self.assertEqual(run(*nowhere).returncode, 3)
        self.assertIn("run 1", run(*audit("--evidence", self.store, "good.mail.example")).stderr)


class Stamps(Case):
    """Witnesses, at once and later."""

    def test_later(self) -> None:
        store = self.folder / "runs.sqlite"
        done = run(*audit("--evidence", store, "--evidence-stamp", made().authority.url("refused"),
                          "--evidence-stamp", made().authority.url("other-hash"),
                          "good.mail.example"))
        self.assertEqual(done.returncode, 0)
        warnings = [line for line in done.stderr.splitlines() if "warning" in line]
        self.assertRegex(warnings[0], "no time-stamp by http.*refused: .*refuses .rejection.*; to "
                                      "try again: dane evidence stamp --run 1 ")
        self.assertRegex(warnings[1], "the time-stamp is for something else")
        again = re.search(r"dane evidence (stamp.*)/refused$", warnings[0])[1] + "/good"
        for _ in range(16):
            done = evidence(*again.split())
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        done = evidence(*again.split())
        self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
        self.assertIn("has 16 time-stamps, and a bundle takes no more", done.stderr)
        bundle = self.folder / "bundle.json"
        evidence("export", "-o", bundle, store, "good.mail.example")
        done = replay("--witness", made().root, bundle)
        self.assertEqual(done.returncode, 0)
        self.assertIn("  Proof    P2: ", done.stdout)

    def test_what_nobody_could_verify_is_not_kept(self) -> None:
        store, bundle = self.folder / "runs.sqlite", self.folder / "bundle.json"
        self.assertEqual(run(*audit("--evidence", store, "good.mail.example")).returncode, 0)
        for path in ("altered", "expired", "small", "no-purpose", "other-hash"):
            done = evidence("stamp", store, made().authority.url(path))
            self.assertEqual((done.returncode, done.stdout), (LATER, ""), path)
            self.assertRegex(done.stderr, r"^dane: [^\n]*the time-stamp [^\n]*\n$")
        self.assertEqual(json.loads(evidence("runs", "--json", store).stdout)["stamps"], 0)
        # It is signed well, and says that the verdict is older than it says of itself.
        self.assertEqual(evidence("stamp", store, made().authority.url("in-2020")).returncode, 0)
        evidence("export", "-o", bundle, store, "good.mail.example")
        done = replay("--witness", made().root, bundle)
        self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
        self.assertRegex(done.stderr, r"do not count: CN=of-2020 \(the time-stamp is older than "
                                      r"the verdict, of 20\S+Z\)\n$")
        evidence("stamp", store, made().authority.url("good"))
        evidence("export", "-o", bundle, store, "good.mail.example")
        rows = replay("--witness", made().root, bundle).stdout
        self.assertRegex(rows, r"P2: [^\0]* a\s+witness\s+says[^\0]* before\s+20(2[1-9]|[3-9]\d)")

    def test_what_cannot_be(self) -> None:
        store, url = self.folder / "runs.sqlite", made().authority.url("good")
        for words, why in (
                (["--evidence-stamp", url], "--evidence-stamp goes with --evidence"),
                (["--evidence", self.folder, "--evidence-stamp", url],
                 "--evidence-stamp goes with --evidence"),
                (["--evidence", store, "--evidence-stamp", "https://stamps.example"],
                 "begins with http://"),
                (["--evidence", store, *["--evidence-stamp", url] * 17], "at most 16"),
                (["--evidence", store, "--sqlite", store], "is asked for twice")):
            done = run(*audit(*words, "good.mail.example"))
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), words)
            self.assertIn(why, done.stderr)
            self.assertFalse(store.exists(), words)


class Files(Case):
    """Files that are something else, or broken."""

    def test_no_store(self) -> None:
        text, other = self.folder / "text.sqlite", self.folder / "other.db"
        text.write_text("hello\n" * 100)
        with contextlib.closing(sqlite3.connect(other)) as database:
            database.execute("CREATE TABLE t (x)")
        before = other.read_bytes()
        for file in (text, other):
            for words in (audit("--evidence", file, "good.mail.example"),
                          [support.PROGRAM, "evidence", "runs", file],
                          [support.PROGRAM, "evidence", "close", file],
                          [support.PROGRAM, "evidence", "export", file, "good.mail.example"]):
                done = run(*words)
                self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), words)
                self.assertRegex(done.stderr, r"^dane: fatal: [^\n]*\n$")
        self.assertEqual((text.read_text(), other.read_bytes()), ("hello\n" * 100, before))
        for verb in ("runs", "close", "checkpoint"):
            absent = self.folder / "absent.sqlite"
            self.assertEqual(evidence(verb, absent).returncode, BAD_INPUT)
            self.assertFalse(absent.exists())

    def test_a_store_that_was_tampered_with(self) -> None:
        store = self.folder / "bad.sqlite"
        for sql in ("UPDATE bundles SET packed = x'00'",
                    "UPDATE bundles SET number = number + 1000",
                    "UPDATE runs SET checkpoint = x'00'", "UPDATE runs SET previous = x'01'",
                    "UPDATE sets SET octets = x'00'",
                    "UPDATE blocks SET leaves = zeroblob(length(leaves))"):
            shutil.copy(made().store, store)
            with contextlib.closing(sqlite3.connect(store)) as database:
                database.execute(sql)
                database.commit()
            for done in (evidence("export", store, "mail.example"),
                         replay("--run", "2", store)):
                self.assertEqual(done.returncode, BAD_INPUT, sql)
                self.assertNotIn("\n  DNSSEC ", done.stdout, f"{sql}: of a domain")
                for line in done.stderr.splitlines():
                    if not line.endswith(f" of {len(DOMAINS)} bundles hold"):
                        self.assertRegex(line, rf"^dane: fatal: {store}: ", sql)
                        self.assertEqual(line.count(str(store)), 1, line)

    def test_a_store_that_is_broken_off(self) -> None:
        whole, store = made().store.read_bytes(), self.folder / "bad.sqlite"
        for octets in (whole[:-4096], whole[:len(whole) // 2], whole[:5000], whole[:4096],
                       whole[:50], b"", whole[:4096] + bytes(len(whole) - 4096)):
            store.write_bytes(octets)
            for verb, *more in (("runs",), ("checkpoint",), ("export", "mail.example"),
                                ("close",)):
                done = evidence(verb, store, *more)
                self.assertIn(done.returncode, (0, BAD_INPUT), done.stderr)
                if done.returncode == BAD_INPUT:
                    self.assertEqual(done.stdout, "")
                    self.assertRegex(done.stderr, rf"^dane: fatal: {store}[^\n]*\n$")
                    self.assertEqual(done.stderr.count(str(store)), 1, done.stderr)
            done = replay(store)
            self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
            self.assertIn(f"dane: fatal: {store}: ", done.stderr.splitlines()[0])

    def test_one_bundle_that_is_damaged_spoils_no_other(self) -> None:
        store = self.folder / "bad.sqlite"
        shutil.copy(made().store, store)
        with contextlib.closing(sqlite3.connect(store)) as database:
            database.execute("UPDATE bundles SET packed = x'00' WHERE number = 2 * 4294967296 + 1")
            database.commit()
        done = replay("--json", store)
        lines = list(made().lines("second").values())
        self.assertEqual((done.returncode, done.stdout.splitlines(keepends=True)),
                         (BAD_INPUT, lines[:1] + lines[2:]))
        self.assertEqual(done.stderr.splitlines(), [
            f"dane: fatal: {store}: bundle 2 of run 2: damaged: it is not what was compressed",
            f"dane: {len(DOMAINS) - 1} of {len(DOMAINS)} bundles hold"])

    def test_what_nobody_can_write_to(self) -> None:
        """A pipe would be waited for, and no name is none."""
        for name in ("pipe", "pipe.sqlite"):
            os.mkfifo(self.folder / name)
        for path in (self.folder / "pipe", self.folder / "pipe.sqlite", ""):
            for command in ("audit", "check"):
                done = run(support.PROGRAM, command, "--unbound-conf",
                           support.DIRECTORY / "unbound.conf", "--evidence", path,
                           "mail.example")
                self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), done.stderr)
                self.assertRegex(done.stderr, r"^dane: fatal: [^\n]+\n$")
        for path in (self.folder / "pipe.sqlite", self.folder, ""):
            done = evidence("runs", path)
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
            self.assertRegex(done.stderr, r"no file\n$")

    def test_a_word_that_is_no_domain_changes_no_status(self) -> None:
        store, alone = self.folder / "words.sqlite", self.folder / "alone.sqlite"
        self.assertEqual(run(*audit("--evidence", store, "a b", "good.mail.example")).returncode,
                         0)
        done = replay(store)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 bundles: all hold", done.stderr)
        self.assertEqual(run(*audit("--evidence", alone, "a b")).returncode, BAD_INPUT)
        self.assertEqual(replay(alone).returncode, BAD_INPUT)

    def test_a_full_disk(self) -> None:
        done = run(*audit("--evidence", "/dev/full/runs.sqlite", "good.mail.example"))
        self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
        store = self.folder / "runs.sqlite"
        # 12 KiB are less than an empty store takes, 100 KiB less than a run.
        for blocks in (24, 200):
            done = run("sh", "-c", f"trap '' 25; ulimit -f {blocks}; exec \"$@\"", "sh",
                       *audit("--evidence", store, "-f", made().list))
            self.assertEqual(done.returncode, LATER, done.stderr)
            self.assertRegex(done.stderr, r"dane: fatal: [^\n]*: disk I/O error\n$")
            store.unlink()


class Shown(Case):
    """Bundles for people, and with less in them."""

    def test_show(self) -> None:
        text = evidence("show", self.exported("mail.example")).stdout
        for pattern in (r"^; about \{.*\"command\":\"audit\"", r"^mail\.example\. \d+ IN MX 10 ",
                        r"^mail\.example\. \d+ IN RRSIG MX ", r"^_25\._tcp\.\S+ \d+ IN TLSA 3 1 1 ",
                        r"^;; handshake with mx1\.mail\.example \[.*\] port 25, usual$",
                        r"^; TLSv1\.3, .*everything is signed", r"^; certificate for .*, by ",
                        r"SPKI SHA-256 [0-9a-f]{64}$", r"^;; place in a run: bundle \d+, 2 time-",
                        r"^; ucspi-dane evidence v1$", r'^  "grade": "enforced",$'):
            self.assertRegex(text, re.compile(pattern, re.M))
        for domain in DOMAINS:
            file = self.exported(domain)
            done = evidence("show", file)
            self.assertEqual((done.returncode, done.stderr), (0, ""), domain)
            self.assertLess(len(done.stdout), 4 * file.stat().st_size + 1000)

    def test_what_is_redacted_still_holds(self) -> None:
        for domain in DOMAINS:
            less = self.folder / "less.json"
            whole = self.exported(domain)
            done = run("unshare", "--net", support.PROGRAM, "evidence", "redact", "--trust-anchor",
                       support.DIRECTORY / "root.key", "-o", less, whole)
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
            said = re.search(r"^dane: the NSEC and NSEC3 records of (\d+) answers? were taken out",
                             done.stderr)
            before, after = (json.loads(file.read_text()) for file in (whole, less))
            if said[1] == "0":
                self.assertEqual(before, after)
            else:
                self.assertNotIn("run", after)
            self.assertEqual(after["verdict"], before["verdict"])
            self.assertEqual(after["peers"] == [], before["peers"] == [])
            self.assertEqual(replay("--json", less).stdout, replay("--json", whole).stdout)

    def test_a_chain_for_others(self) -> None:
        bundle, file = self.exported("mail.example"), self.folder / "chain"
        words = ("unshare", "--net", support.PROGRAM, "evidence", "chain", "--trust-anchor",
                 support.DIRECTORY / "root.key")
        done = run(*words, "-o", file, bundle, "mx1.mail.example", "25")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        read = read_chain(file, "_25._tcp.mx1.mail.example.")
        self.assertEqual((read.returncode, read.stderr), (0, ""))
        self.assertRegex(read.stdout, r"^TLSA 3 1 1 [0-9a-f]{64}\n")
        octets = file.read_bytes()
        for at in range(len(octets) // 2, len(octets), len(octets) // 9):
            file.write_bytes(octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1:])
            read = read_chain(file, "_25._tcp.mx1.mail.example.")
            self.assertNotEqual(read.returncode, 0, at)
        for port, why in (("26", "the bundle has no answer to TLSA _26._tcp.mx1.mail.example."),
                          ("0", "port")):
            done = run(*words, bundle, "mx1.mail.example", port)
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
            self.assertIn(why, done.stderr)

    def test_export_redacts_and_makes_chains(self) -> None:
        """It writes what the verbs make of its bundle, and needs no file in between."""
        anchor = ("--trust-anchor", support.DIRECTORY / "root.key")
        domain, alone, file = "mail.example", "good.mail.example", self.folder / "chain"
        for given, verb, of, *host in (
                ("--redact", "redact", domain),
                ("--rfc9102=mx2.mail.example:25", "chain", domain, "mx2.mail.example", "25"),
                ("--rfc9102=MX2.mail.example.:25", "chain", domain, "mx2.mail.example", "25"),
                ("--rfc9102", "chain", alone, "mx1.mail.example", "25")):
            subprocess.run([support.PROGRAM, "evidence", verb, "-o", file, *anchor,
                            self.exported(of), *host], check=True, capture_output=True)
            expected = file.read_bytes()
            file.write_text("old")
            done = run(support.PROGRAM, "evidence", "export", given, *anchor, "-o", file,
                       made().store, of)
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
            self.assertEqual(file.read_bytes(), expected, given)
        for words, why in (
                (("--rfc9102", domain), "one of mx1.mail.example:25, mx2.mail.example:25\n"),
                (("--rfc9102=mx1.mail.example:26", domain),
                 "mail.example: the bundle has no answer to TLSA _26._tcp.mx1.mail.example."),
                (("--rfc9102=mx1.mail.example", domain), "lacks a port: --rfc9102=HOST:PORT"),
                (("--rfc9102=mx1.mail.example:", domain), "port"),
                (("--rfc9102", "--redact", domain), "do not go together"),
                (("--rfc9102", "plain.example"), "the bundle tells no TLSA records")):
            done = run(support.PROGRAM, "evidence", "export", *anchor, "-o", file, made().store,
                       *words)
            self.assertEqual(done.returncode, BAD_INPUT, words)
            self.assertIn(why, done.stderr)

    def test_nothing_is_written_over_a_store(self) -> None:
        store, bundle = self.folder / "store.sqlite", self.exported("mail.example")
        shutil.copy(made().store, store)
        before = store.read_bytes()
        for words in (["evidence", "export", "-o", store, store, "mail.example"],
                      ["evidence", "redact", "-o", store, bundle],
                      ["evidence", "redact", "-o", bundle, bundle],
                      ["evidence", "chain", "-o", bundle, bundle, "mx1.mail.example", "25"]):
            done = run(support.PROGRAM, *words, *(("--trust-anchor", support.DIRECTORY / "root.key")
                                          if words[1] != "export" else ()))
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), words)
            self.assertIn("that is a store, or what it comes out of", done.stderr)
        for verb in (["show"], ["redact"], ["chain", "mx1.mail.example", "25"]):
            done = run(support.PROGRAM, "evidence", verb[0], store, *verb[1:])
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), verb)
            self.assertIn("is a store and no bundle: dane evidence export", done.stderr)
        done = run(support.PROGRAM, "check", "--unbound-conf",
                   support.DIRECTORY / "unbound.conf", "--evidence", store, "mx1.mail.example",
                   "25")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("is a store of runs, which dane audit alone writes to", done.stderr)
        self.assertEqual(store.read_bytes(), before)

    def test_verbs(self) -> None:
        for words, why in (([], "too few words: dane evidence VERB"),
                           (["rnus"], "dane evidence rnus is no command"),
                           (["runs"], "too few words: dane evidence runs STORE"),
                           (["runs", "a", "b"], "too many words: dane evidence runs STORE"),
                           (["runs", "--run", "1", "a"],
                            "--run does not go with dane evidence runs"),
                           (["export", "--run", "0", made().store, "mail.example"], "--run"),
                           (["export", "--run", "7", made().store, "mail.example"],
                            f"{made().store}: there is no run 7"),
                           (["checkpoint", "--run", "7", made().store], "there is no run 7"),
                           (["export", made().store, "absent.example"],
                            "there is no bundle of absent.example")):
            done = evidence(*words)
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), words)
            self.assertIn(why, done.stderr)


class Accusations(support.Case):
    """What accuses a host was asked for again, and so was what leads a domain there."""

    def bundle(self, domain: str) -> Path:
        """That of an audit which finds a domain broken."""
        out = self.folder / f"{domain}.json"
        done = run(*audit("--json", "--evidence", out, domain))
        self.assertEqual(json.loads(done.stdout)["grade"], "broken", done.stderr)
        return out

    def test_all_of_it_is_asked_again(self) -> None:
        for domain, told in (("mismatch.mail.example", "So were the MX or SRV records"),
                             ("strip.mail.example", "No server has signed anything")):
            file = self.bundle(domain)
            asked = [{answer["type"] for answer in again["answers"]}
                     for again in json.loads(file.read_text())["dns"]["again"]]
            hosts = {support.A, support.AAAA, support.TLSA}
            self.assertEqual(asked, [hosts, hosts, {support.MX}], domain)
            self.assertIn(told, " ".join(replay("--explain", file).stdout.split()))
            self.assertEqual(support.stranger([file]), [])

    def test_however_many_hosts_are_accused(self) -> None:
        file = self.bundle("crowd.mail.example")
        again = json.loads(file.read_text())["dns"]["again"]
        owners = [f"_25._tcp.{letter}.crowd.mail.example." for letter in "abcdefghij"]
        asked = [answer["name"] for one in again for answer in one["answers"]
                 if answer["type"] == support.TLSA]
        self.assertEqual(sorted(asked), sorted(owners * 2))
        self.assertEqual([answer["type"] for answer in again[-1]["answers"]], [support.MX])
        said = " ".join(replay("--explain", file).stdout.split())
        self.assertIn("asked for again before and after each handshake", said)
        self.assertIn("So were the MX or SRV records", said)
        self.assertEqual(support.stranger([file]), [])

    def test_mx_records_that_changed_accuse_nobody(self) -> None:
        file = self.bundle("mismatch.mail.example")
        value = json.loads(file.read_text())
        value["dns"]["again"][-1]["answers"][0]["answer"] = []
        file.write_text(json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n")
        done = replay(file)
        self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""), done.stderr)


if __name__ == "__main__":
    sys.exit(support.main(sys.modules[__name__], sys.argv))
