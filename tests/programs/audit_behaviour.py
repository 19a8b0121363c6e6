"""What `dane audit` promises, tried on the real program inside the test internet and in one
of its own, with servers that no real one would be.

    audit_behaviour.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import csv
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Callable, Optional, Sequence

import sslclient_behaviour_support as support
from harness import HANG_SECONDS, SOON_SECONDS, run_cases, wait_until_handled
from own_internet import Internet
from sslclient_behaviour_support import Server, context, drain

import zonefiles  # noqa: E402  own_internet knows the way

GRADES = ("enforced", "not-deployed", "partial", "undecided", "broken", "bad-input")
GRADED = {"good.mail.example": "enforced", "first-mismatch.mail.example": "partial",
          "mismatch.mail.example": "broken", "opportunistic.mail.example": "not-deployed",
          "only-later.mail.example": "undecided"}
TOP_MEMBERS = {"version", "number", "grade", "input", "domain", "time", "milliseconds",
               "findings", "hosts"}
SUMMARY = re.compile(r"dane: (interrupted; )?(\d+) domains?(?: \(\d+ before\))? in \d+\.\d s: (.+)")


def many(count: int) -> list[str]:
    """So many domains of the zones, all decided, most of them in order."""
    steady = [name for name, grade in GRADED.items() if grade != "undecided"]
    return [steady[i // 10 % len(steady)] if i % 10 == 0 else f"n{i}.wildcard.mail.example"
            for i in range(count)]


class Done:
    """A finished run."""

    def __init__(self, status: int, out: bytes, err: bytes, seconds: float) -> None:
        self.status, self.seconds = status, seconds
        self.out, self.err = out.decode(), err.decode()

    @property
    def objects(self) -> list[dict]:
        """Standard output as JSON lines."""
        return objects_of(self.out)


def objects_of(text: str) -> list[dict]:
    """Whole JSON lines, and nothing else."""
    assert not text or text.endswith("\n"), text[-80:]
    return [json.loads(line) for line in text.splitlines()]


class Case(unittest.TestCase):
    """Runs of the program."""

    scratch: Path

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="audit."))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)

    def path(self, name: str) -> str:
        """A file of the scratch directory."""
        return str(self.scratch / name)

    def write(self, name: str, text: str | bytes) -> str:
        """Writes it; returns its path."""
        file = self.scratch / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(file)

    def domains(self, words: Sequence[str], name: str = "domains") -> str:
        """A file of domains."""
        return self.write(name, "".join(f"{word}\n" for word in words))

    def start(self, *words: str, conf: Optional[Path] = None, stdin: int | None = None,
              **more) -> subprocess.Popen:
        """A run that goes on."""
        env = {"PATH": os.environ["PATH"],
               "DANE_UNBOUND_CONF": str(conf or support.DIRECTORY / "unbound.conf")}
        return subprocess.Popen(
            [support.PROGRAM, "audit", *words], env=more.pop("env", env),
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more})

    def finish(self, running: subprocess.Popen, limit: float = HANG_SECONDS) -> Done:
        """Its end, which must come."""
        began = time.monotonic()
        try:
            out, err = running.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            running.kill()
            self.fail(f"still running after {limit} s: {running.communicate()}")
        return Done(running.returncode, out or b"", err or b"", time.monotonic() - began)

    def audit(self, *words: str, status: Optional[int] = None,
              given: Optional[bytes] = None, limit: float = HANG_SECONDS, **more) -> Done:
        """A whole run with this status, `given` on its standard input."""
        if given is not None:
            read, write = os.pipe()
            os.write(write, given)
            os.close(write)
            more["stdin"] = read
        running = self.start(*words, **more)
        if given is not None:
            os.close(read)
        done = self.finish(running, limit)
        if status is not None:
            self.assertEqual(done.status, status, (words, done.out[:500], done.err))
        return done

    def fails(self, *words: str, pattern: str = "", status: int = 2) -> None:
        """A run that cannot be: one line, nothing else."""
        done = self.audit(*words, status=status)
        self.assertEqual(done.out, "", words)
        self.assertRegex(done.err, r"\Adane: fatal: [^\n]*" + pattern + r"[^\n]*\n\Z", words)


class Input(Case):
    """Where domains come from."""

    def inputs(self, text: bytes, **more) -> list[str]:
        """What a file of them is taken for, in its order."""
        by_file = self.audit("--quick", "--json", "-f", self.write("in", text), **more)
        by_pipe = self.audit("--quick", "--json", "-f", "-", given=text, **more)
        got = sorted(by_file.objects, key=lambda one: one["number"])
        self.assertEqual([one["number"] for one in got], list(range(1, len(got) + 1)))
        self.assertEqual({(one["number"], one["input"], one["grade"]) for one in got},
                         {(one["number"], one["input"], one["grade"])
                          for one in by_pipe.objects})
        self.assertEqual(by_file.status, by_pipe.status)
        return [one["input"] for one in got]

    def test_lines(self) -> None:
        self.assertEqual(
            self.inputs(b"# all\n\ngood.mail.example\r\n  \t mismatch.mail.example \t# bad\r\n"
                        b"#good.mail.example\n\r\nGOOD.mail.example.\nopportunistic.mail.example",
                        status=1),
            ["good.mail.example", "mismatch.mail.example", "GOOD.mail.example.",
             "opportunistic.mail.example"])

    def test_arguments(self) -> None:
        done = self.audit("--quick", "--json", "good.mail.example", "good.mail.example",
                          status=0)
        self.assertEqual([one["input"] for one in done.objects], ["good.mail.example"] * 2)

    def test_names_beyond_ascii(self) -> None:
        (one,) = self.audit("--quick", "--json", "bücher.example").objects
        self.assertEqual((one["domain"], one["unicode"]),
                         ("xn--bcher-kva.example", "bücher.example"))

    def test_what_is_no_name(self) -> None:
        lines = [b"x" * 2048, b"a\0b.example", b"\xff\xfe.example", b"a..b", b"x" * 64 + b".a",
                 b"<script>alert(1)</script>", b"\x1b[31mred", b"a b", b"-", b"--json", b".",
                 b'"quoted"', b"\\", b"good.mail.example"]
        done = self.audit("--quick", "--json", "-f", self.write("in", b"\n".join(lines)))
        self.assertEqual(len(done.objects), len(lines))
        for one in done.objects:
            good = one["input"] == "good.mail.example"
            self.assertEqual(one["grade"], "enforced" if good else "bad-input", one)
            if not good:
                self.assertEqual(one["findings"][0]["code"], "bad-input")
                self.assertLess(len(one["input"]), 1100)
        self.assertEqual(done.status, 0, "one domain is fine, the rest is counted apart")
        self.assertIn(f"1 protected, {len(lines) - 1} not a domain", done.err)
        text = self.audit("--quick", "-f", self.path("in")).out
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\0", text)

    def test_nothing_but_bad_input(self) -> None:
        for words in (("1,example.org",), ("https://example.org/", "you@example.org"),
                      ("example.org:25", "192.0.2.1", "[2001:db8::1]")):
            done = self.audit("--json", *words, status=2)
            self.assertEqual([one["grade"] for one in done.objects],
                             ["bad-input"] * len(words))
        self.audit("--nagios", "1,example.org", status=3)
        done = self.audit("--nagios", "1,example.org", "good.mail.example", status=3)
        self.assertIn("; not a domain: 1,example.org (bad-input) |", done.out)
        self.audit("--json", "1,example.org", "mismatch.mail.example", status=1)

    def test_columns(self) -> None:
        text = (b'1,good.mail.example\r\n2,mismatch.mail.example\n"3","bad.plain.example"\n'
                b'4, GOOD.mail.example , x\n5\n# 6,x.example\n7,\n')
        done = self.audit("--quick", "--json", "--column", "2", "-f", self.write("in", text))
        got = sorted(done.objects, key=lambda one: one["number"])
        self.assertEqual([(one["input"], one["grade"]) for one in got],
                         [("good.mail.example", "enforced"),
                          ("mismatch.mail.example", "broken"),
                          ("bad.plain.example", "broken"), ("GOOD.mail.example", "enforced"),
                          ("5", "bad-input"), ("", "bad-input")])
        self.fails("--column", "0", "-f", self.path("in"))
        self.fails("--column", "2", "good.mail.example")

    def test_nothing(self) -> None:
        for text in (b"", b"\n\n", b"# nothing\n", b"\r\n"):
            self.fails("--json", "-f", self.write("in", text), pattern="no domain")

    def test_bad_input(self) -> None:
        file = self.domains(["good.mail.example"])
        for words in ((), ("-f", self.path("none")), ("-f", file, "good.mail.example"),
                      ("--probe", "some", "x.example"), ("--parallel", "0", "x.example"),
                      ("--rate", "x", "x.example"), ("--retries", "101", "x.example"),
                      ("--source", "x", "x.example"), ("--timeout", "0", "x.example"),
                      ("--resume", "x.example"), ("--resume", "-o", "-", "x.example"),
                      ("--exec", "true", "x.example"), ("--watch", "0", "x.example"),
                      ("--watch", "1s", "--json", "x.example"), ("--nonsense", "x.example"),
                      ("-o", self.path("no/such"), "x.example"),
                      ("--sqlite", self.path("no/such"), "x.example"),
                      ("--sqlite", file, "x.example"),
                      ("--unbound-conf", self.path("none"), "x.example")):
            self.fails(*words)
        self.fails("-f", str(self.scratch), pattern="irectory")

    def test_addresses_of_one_kind(self) -> None:
        for option, grade, codes in (("-4", "enforced", set()), ("--ipv6", "undecided", {"no-route"}),
                                     ("-46", "enforced", set())):
            done = self.audit("--quick", "--json", option, "good.mail.example")
            (one,) = done.objects
            self.assertEqual(one["grade"], grade, option)
            self.assertEqual({finding["code"] for finding in one["findings"]} & {"no-route"},
                             codes, option)

    def test_what_this_machine_lacks(self) -> None:
        """It is no fault of any domain."""
        name = "good.mail.example"
        self.fails("--source", "192.0.2.1", name, pattern="192.0.2.1 is no address of this")
        for bad in ("", "a b", "me\r\nX", "[me]", "bücher.example", "[IPv6:127.0.0.1x]"):
            self.fails("--helo", bad, name, pattern="--helo is no host name")
        for good in ("me", "me.example", "[127.0.0.1]", "[IPv6:::1]"):
            self.audit("--helo", good, "--quick", name, status=0)
        anchor = self.write("anchor", ". IN DS 1 13 2 " + "00" * 32 + "\n")
        for words, why in ((("--trust-anchor", anchor), "bogus"),
                           (("--forward", "127.0.0.1@1", "--dns-timeout", "1"), "time")):
            done = self.audit("--forward", "127.53.0.53", *words, name, status=3,
                              env={"PATH": os.environ["PATH"]})
            self.assertEqual(done.out, "")
            self.assertRegex(done.err, r"\Adane: fatal: nothing can be looked up and validated "
                                       rf"here: the keys of the root: [^\n]*{why}[^\n]*\n\Z")

    def test_files_that_cannot_be_replaced(self) -> None:
        for option in ("--html", "--prometheus"):
            done = self.audit(option, self.path("no/such"), "good.mail.example")
            self.assertNotIn(done.status, (0, 1))
            self.assertRegex(done.err, r"\Adane: fatal: [^\n]+\n\Z")


class Reports(Case):
    """What is written."""

    def test_exit_status(self) -> None:
        self.audit("good.mail.example", status=0)
        self.audit("good.mail.example", "mismatch.mail.example", status=1)
        self.audit("first-mismatch.mail.example", status=1)
        self.audit("opportunistic.mail.example", status=1)
        self.audit("only-later.mail.example", "good.mail.example", "--retries", "0", status=3)
        self.audit("only-later.mail.example", "mismatch.mail.example", "--retries", "0",
                   status=1)

    def test_grades(self) -> None:
        for domain, grade in GRADED.items():
            (one,) = self.audit("--json", "--retries", "0", domain).objects
            self.assertEqual(one["grade"], grade, one)

    def test_quick(self) -> None:
        """It leaves out what no delivery asks for, and the grade is the same."""
        for domain, beyond in (("by-name.zoo.example", {"mta-sts-absent", "tlsrpt-absent",
                                                        "name-demanded"}),
                               ("short.example", {"mta-sts-absent", "tlsrpt-absent",
                                                  "dnssec-short-key"})):
            (whole,) = self.audit("--json", domain).objects
            (quick,) = self.audit("--json", "--quick", domain).objects
            codes = [{finding["code"] for finding in one["findings"]}
                     for one in (whole, quick)]
            self.assertEqual(codes[0] - codes[1], beyond)
            self.assertLessEqual(codes[1], codes[0])
            self.assertEqual(quick["grade"], whole["grade"])

    def test_json(self) -> None:
        done = self.audit("--json", "--retries", "0", *GRADED, "nope.example", "a..b",
                          "null.mail.example", "bogus-tlsa.mail.example", "t301.mail.example",
                          "exim.mail.example",
                          status=1)
        self.assertEqual(sorted(one["number"] for one in done.objects),
                         list(range(1, len(done.objects) + 1)))
        for one in done.objects:
            cause = one.get("cause")
            self.assertEqual(cause is None, one["grade"] == "enforced")
            if cause:
                self.assertEqual(one["findings"][0]["code"], cause)
            self.assertLessEqual(TOP_MEMBERS, set(one))
            self.assertEqual(one["version"], 1)
            self.assertIn(one["grade"], GRADES)
            self.assertRegex(one["time"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
            for finding in one["findings"]:
                self.assertEqual(set(finding), {"code", "severity", "subject", "detail"})
            for host in one["hosts"]:
                self.assertLessEqual({"name", "preference", "access"}, set(host))
                if "error" not in host:
                    self.assertLessEqual({"dnssec", "tlsa", "addresses"}, set(host))
                    self.assertLessEqual({"state", "records"}, set(host["tlsa"]))
        good = next(one for one in done.objects if one["input"] == "good.mail.example")
        self.assertEqual(good["mx"], {"dnssec": "secure", "implicit": False})
        (address,) = good["hosts"][0]["addresses"]
        self.assertLessEqual({"address", "access", "protocol", "cipher", "group", "chain",
                              "outcome", "reason", "detail"}, set(address))
        self.assertEqual(address["chain"][0]["spki_sha256"],
                         good["hosts"][0]["tlsa"]["records"][0]["data"])

    def test_output_has_the_lines_alone(self) -> None:
        """What goes into a file does not run over the screen too."""
        file, out = self.domains(many(50)), Path(self.path("out"))
        done = self.audit("--json", "-o", str(out), "-f", file, status=1)
        self.assertEqual(done.out, "")
        self.assertEqual(len(objects_of(out.read_text())), 50)
        self.assertRegex(done.err, rf"\A{SUMMARY.pattern}\n\Z")
        self.fails("-o", str(out), "good.mail.example", pattern="is not empty")
        self.assertEqual(len(objects_of(out.read_text())), 50)
        again = self.audit("-o", str(out), "--overwrite", "good.mail.example", status=0)
        self.assertEqual((again.out, again.err), ("", ""))
        self.assertEqual(len(objects_of(out.read_text())), 1)
        dash = self.audit("-o", "-", "good.mail.example", status=0)
        self.assertEqual(len(dash.objects), 1)

    def test_text_of_one_and_of_several(self) -> None:
        """One in full, verdict first; several a line each in their order, and a summary."""
        one = self.audit("--retries", "0", "mismatch.mail.example", status=1).out
        self.assertRegex(one, r"\Amismatch\.mail\.example: BROKEN\n")
        self.assertIn("To fix (1)", one)
        several = self.audit("--retries", "0", "mismatch.mail.example", "good.mail.example",
                             "nothing.mail.example", "a..b", status=1).out
        lines = several.splitlines()
        self.assertEqual([line.split()[1] for line in lines[:4]],
                         ["broken", "protected", "takes", "not"])
        self.assertRegex(several, r"\n\n4 domains in \d+\.\d s, \d{4}-\d\d-\d\d \d\d:\d\d UTC\n")
        self.assertIn("\n  broken                    1       33 %  ", several)
        for line in (one + several).splitlines():
            self.assertLessEqual(len(line), 80, line)
        only = self.audit("--retries", "0", "--only", "broken", "mismatch.mail.example",
                          "good.mail.example", status=1).out
        self.assertEqual([line[:2] for line in only.split("\n\n")[0].splitlines()], ["✗ "])
        one = self.audit("--summary", "mismatch.mail.example", status=1).out
        self.assertRegex(one, r"\A1 domain in \d")
        table = self.audit("--retries", "0", "--csv", "mismatch.mail.example",
                           "good.mail.example", status=1).out
        rows = list(csv.DictReader(table.splitlines()))
        self.assertEqual([(row["domain"], row["grade"], row["cause"]) for row in rows],
                         [("mismatch.mail.example", "broken", "mismatch"),
                          ("good.mail.example", "enforced", "")])

    def test_two_runs_compared(self) -> None:
        for name, words in (("old", ("good.mail.example", "mismatch.mail.example")),
                            ("new", ("good.mail.example", "null.mail.example"))):
            self.audit("--retries", "0", "-o", self.path(name), *words)
        done = self.audit("diff", self.path("old"), self.path("new"), status=1)
        self.assertEqual(done.out, "1 domain in both, 0 changed; 1 new, 1 gone\n")
        same = self.audit("diff", self.path("old"), self.path("old"), status=0)
        self.assertEqual(same.out, "2 domains in both, 0 changed; 0 new, 0 gone\n")

    def test_nagios(self) -> None:
        one_line = re.compile(
            r"DANE (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+ \| (time=[\d.]+s;;;0)( \S+=\d+;;;0){6}"
            r"( signature=-?\d+s)?( certificate=-?\d+s)?\n")
        for domain, status, word in (("good.mail.example", 0, "OK"),
                                     ("first-mismatch.mail.example", 1, "WARNING"),
                                     ("mismatch.mail.example", 2, "CRITICAL"),
                                     ("only-later.mail.example", 3, "UNKNOWN"),
                                     ("mistyped.mail.example", 3, "UNKNOWN")):
            done = self.audit("--nagios", "--retries", "0", domain,
                              status=status)
            self.assertEqual(done.err, "")
            self.assertRegex(done.out, rf"\A{one_line.pattern}\Z")
            self.assertEqual(done.out.split()[1], word)
        done = self.audit("--nagios", "good.mail.example", "mismatch.mail.example", status=2)
        self.assertEqual((done.err, done.out.count("\n")), ("", 1))
        self.assertIn("; broken: mismatch.mail.example (mismatch) |", done.out)
        many_broken = [f"mismatch.mail.example{'.' * (i % 2)}" for i in range(5)]
        done = self.audit("--nagios", "a|b..c", *many_broken, status=2)
        self.assertRegex(done.out, r"; not a domain: a/b\.\.c \(bad-input\); broken: (mismatch\.mail\.example\.? \(mismatch\),? ?){3}"
                                   r" ?and 2 more \|")

    def check_prometheus(self, text: str) -> dict[str, float]:
        """Parses the text format; the values by name and labels."""
        values: dict[str, float] = {}
        told: dict[str, set[str]] = {}
        self.assertTrue(text.endswith("\n"))
        for line in text.splitlines():
            if header := re.fullmatch(r"# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)", line):
                kinds = told.setdefault(header[2], set())
                self.assertNotIn(header[1], kinds)
                kinds.add(header[1])
                if header[1] == "TYPE":
                    self.assertEqual(header[3], "gauge")
                continue
            label = r'[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"'
            sample = re.fullmatch(
                rf"([a-zA-Z_:][\w:]*)(\{{{label}(?:,{label})*\}})? (-?[\d.]+)", line)
            self.assertIsNotNone(sample, line)
            self.assertEqual(told.get(sample[1]), {"HELP", "TYPE"}, line)
            self.assertNotIn(line.rsplit(" ", 1)[0], values)
            values[line.rsplit(" ", 1)[0]] = float(sample[3])
        return values

    def test_prometheus(self) -> None:
        file = Path(self.path("dane.prom"))
        self.audit("--prometheus", str(file), "-f", self.domains(many(100)), status=1)
        values = self.check_prometheus(file.read_text())
        self.assertEqual(sum(value for name, value in values.items()
                             if name.startswith("dane_audit_domains")), 100)
        self.assertEqual(values['dane_audit_domains{grade="broken"}'], 2)
        self.assertEqual(values['dane_audit_findings{code="mismatch",severity="error"}'], 5)
        self.assertEqual(
            values['dane_audit_domain{domain="mismatch.mail.example",grade="broken"}'], 1)
        self.assertAlmostEqual(values["dane_audit_timestamp_seconds"], time.time(), delta=60)

    def test_prometheus_is_replaced_at_once(self) -> None:
        """Whoever reads finds a whole file, and never none."""
        file = Path(self.path("dane.prom"))
        self.audit("--prometheus", str(file), "good.mail.example", status=0)
        seen, ended = [], threading.Event()

        def read() -> None:
            while not ended.is_set():
                seen.append(file.read_text())

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(5):
            # The file before is there until it is replaced: its number is not free.
            inode = file.stat().st_ino
            self.audit("--prometheus", str(file), "--quick", "good.mail.example", status=0)
            self.assertNotEqual(file.stat().st_ino, inode)
        ended.set()
        reader.join()
        for text in set(seen):
            self.assertIn("dane_audit_duration_seconds", self.check_prometheus(text))
        self.assertEqual([path.name for path in self.scratch.glob("dane.prom*")], ["dane.prom"])

    def test_sqlite(self) -> None:
        file, names = self.path("db"), [*many(60), "a..b", "exim-ta.mail.example"]
        done = self.audit("--json", "--sqlite", file, "-f", self.domains(names), status=1)
        with sqlite3.connect(file) as database:
            self.compare(database, done.objects)
        done = self.audit("--json", "--sqlite", file, "-f", self.domains(names), status=1)
        with sqlite3.connect(file) as database:
            self.compare(database, done.objects)
            tables = {name for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'")}
            self.assertEqual(tables, {"domain", "finding", "mx", "host", "record", "address",
                                      "run", "rejected"})
            self.assertEqual(
                database.execute("SELECT number, whole, domains, options FROM run").fetchall(),
                [(number, 1, len(names), f"--file={self.path('domains')} --json --sqlite={file}")
                 for number in (1, 2)])
            ((began, ended, moment),) = database.execute(
                "SELECT began, ended, time FROM run, domain WHERE number = 2 LIMIT 1")
            self.assertLessEqual(began, moment)
            self.assertLessEqual(moment, ended)
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(database.execute("PRAGMA user_version").fetchall(), [(1,)])

    def compare(self, database: sqlite3.Connection, objects: list[dict]) -> None:
        """The database says what the JSON lines say."""
        self.assertEqual(
            database.execute("SELECT input, detail FROM rejected").fetchall(),
            [(one["input"], one["findings"][0]["detail"]) for one in objects
             if one["grade"] == "bad-input"])
        last = {one["domain"]: one for one in objects if one["grade"] != "bad-input"}
        rows = dict(database.execute("SELECT domain, grade FROM domain"))
        self.assertEqual(rows, {name: one["grade"] for name, one in last.items()})
        self.assertEqual(
            Counter(database.execute("SELECT domain, code, severity, subject, detail "
                                     "FROM finding")),
            Counter((name, f["code"], f["severity"], f["subject"], f["detail"])
                    for name, one in last.items() for f in one["findings"]))
        self.assertEqual(
            Counter(database.execute("SELECT domain, preference, host, access FROM mx")),
            Counter((name, h["preference"], h["name"], h["access"])
                    for name, one in last.items() for h in one["hosts"]))
        hosts = {h["name"]: h for one in last.values() for h in one["hosts"]}
        self.assertEqual(
            dict(database.execute("SELECT host, tlsa FROM host")),
            {name: h["tlsa"]["state"] if "tlsa" in h else "absent"
             for name, h in hosts.items()})
        self.assertEqual(
            Counter(database.execute("SELECT host, usage, selector, matching, data FROM record")),
            Counter((name, r["usage"], r["selector"], r["matching"], r["data"])
                    for name, h in hosts.items()
                    for r in h.get("tlsa", {}).get("records", [])))
        self.assertEqual(
            Counter(database.execute("SELECT host, address, protocol, cipher, spki_sha256 "
                                     "FROM address")),
            Counter((name, a["address"], a.get("protocol"), a.get("cipher"),
                     (a.get("chain") or [{}])[0].get("spki_sha256"))
                    for name, h in hosts.items() for a in h.get("addresses", [])))

    def test_output_that_cannot_be_written(self) -> None:
        file = self.domains(many(300))
        for words in (("-f", file), ("--json", "-f", file), ("good.mail.example",),
                      ("--json", "good.mail.example"), ("--nagios", "good.mail.example"),
                      ("-o", "-", "-f", file)):
            with open("/dev/full", "wb") as full:
                done = self.audit(*words, stdout=full)
            self.assertNotIn(done.status, (0, 1), words)
            self.assertRegex(done.err, r"\Adane: fatal: [^\n]+\n\Z", words)
        for option in ("-o", "--html", "--prometheus"):
            done = self.audit(option, "/dev/full", "-f", file)
            self.assertNotIn(done.status, (0, 1), option)
            self.assertRegex(done.err, r"\Adane: fatal: [^\n]+\n\Z", option)

    def test_a_reader_that_goes(self) -> None:
        read, write = os.pipe()
        running = self.start("--json", "-f", self.domains(many(2000)), stdout=write)
        os.close(write)
        os.read(read, 100)
        os.close(read)
        done = self.finish(running)
        self.assertEqual((done.status, done.err), (-signal.SIGPIPE, ""))

    def test_no_colours_but_on_a_terminal(self) -> None:
        for words in ((), ("--json",), ("-v",), ("--nagios",)):
            done = self.audit(*words, *GRADED, "--retries", "0")
            self.assertNotIn("\x1b", done.out + done.err, words)
            self.assertNotIn("\r", done.out + done.err, words)

    def on_terminal(self, *words: str) -> bytes:
        """Standard error of a run that has a terminal there."""
        ours, theirs = pty.openpty()
        running = self.start(*words, stderr=theirs)
        os.close(theirs)
        seen = b""
        running.stdout.read()
        running.wait(HANG_SECONDS)
        while select.select([ours], [], [], 0.2)[0]:
            try:
                seen += os.read(ours, 65536)
            except OSError:
                break
        os.close(ours)
        return seen

    def test_progress_on_a_terminal_only(self) -> None:
        file = self.domains([*many(50), "smtp-silent.secure.example"])
        words = ("--json", "--timeout", "2", "--retries", "0", "-f", file)
        seen = self.on_terminal(*words)
        self.assertRegex(seen, rb"\r\x1b\[K50 of 51 domains, \d+/s, 1 in flight, [^:]+ "
                               rb"left: \d+ ")
        self.assertRegex(seen.rsplit(b"\x1b[K", 1)[1], rb"\Adane: 51 domains in ")
        self.assertNotIn(b"\x1b", self.on_terminal("--no-progress", *words))
        self.assertNotIn("\x1b", self.audit(*words).err)


class Page(HTMLParser):
    """A page, taken apart as a browser does."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.islands: dict[str, str] = {}
        self._island: Optional[str] = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        named = dict(attrs)
        self.tags[tag] += 1
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag == "script" and named.get("type") == "application/json":
            self._island = named["id"]
            self.islands[named["id"]] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._island = None

    def handle_data(self, data: str) -> None:
        if self._island:
            self.islands[self._island] += data


class Html(Case):
    """The page."""

    def page(self, *words: str) -> Page:
        """The page of a run."""
        self.audit("--html", self.path("page.html"), "--retries", "0", *words)
        text = Path(self.path("page.html")).read_text()
        self.assertNotRegex(text, r"https?://")
        page = Page(text)
        self.assertEqual(page.links, [])
        self.assertEqual(set(page.islands), {"catalogue", "summary", "domains"})
        return page

    def test_page(self) -> None:
        page = self.page(*GRADED)
        domains = json.loads(page.islands["domains"])
        self.assertEqual({one["input"] for one in domains}, set(GRADED))
        summary = json.loads(page.islands["summary"])
        self.assertEqual(sum(summary["grades"].values()), len(GRADED))
        self.assertLessEqual(set(summary["findings"]), set(json.loads(page.islands["catalogue"])))
        self.assertEqual([one.name for one in self.scratch.glob("page.html*")], ["page.html"])

    def test_nothing_breaks_out(self) -> None:
        usual = self.page("good.mail.example").tags
        hostile = ["</script><img src=x onerror=alert(1)>", "<!--<script>", "]]>",
                   "{{summary}}", "{{domains}}", "</SCRIPT ><b>", "\u2028'\"`${x}"]
        page = self.page("--", *hostile, "good.mail.example")
        self.assertEqual(page.tags, usual)
        self.assertEqual({one["input"] for one in json.loads(page.islands["domains"])},
                         {*hostile, "good.mail.example"})


class Interrupted(Case):
    """Runs that end early, and runs that go on behind them."""

    def lines(self, name: str = "out") -> list[dict]:
        """The file of results."""
        return objects_of(Path(self.path(name)).read_text())

    def test_resume_after_kill(self) -> None:
        names = [*many(6000), "a..b", "null.mail.example", "bücher.example"]
        file, dice, out = self.domains(names), random.Random(7), Path(self.path("out"))
        self.audit("-o", self.path("whole"), "-f", file, status=1)
        for _ in range(10):
            size = out.stat().st_size if out.exists() else 0
            running = self.start("-o", str(out), "--resume", "--parallel", "2", "-f", file)
            while not (out.exists() and out.stat().st_size > size) and running.poll() is None:
                time.sleep(0.001)
            time.sleep(dice.uniform(0, 0.05))
            running.kill()
            running.communicate()
        before = Path(self.path("out")).read_text().count("\n")
        self.assertTrue(0 < before < len(names), before)
        done = self.audit("-o", self.path("out"), "--resume", "-f", file, status=1)
        got = self.lines()
        self.assertEqual(sorted(one["number"] for one in got), list(range(1, len(names) + 1)))
        self.assertEqual([one["input"] for one in sorted(got, key=lambda one: one["number"])],
                         names)
        self.assertEqual({one["number"]: one["grade"] for one in got},
                         {one["number"]: one["grade"] for one in self.lines("whole")})
        self.assertEqual(int(SUMMARY.match(done.err)[2]), len(names))
        text = Path(self.path("out")).read_text()
        again = self.audit("-o", self.path("out"), "--resume", "-f", file, status=1)
        self.assertEqual(Path(self.path("out")).read_text(), text)
        self.assertEqual(SUMMARY.match(again.err)[3], SUMMARY.match(done.err)[3])

    def test_a_torn_line_is_cut(self) -> None:
        names = many(40)
        file, out = self.domains(names), Path(self.path("out"))
        self.audit("-o", str(out), "-f", file, status=1)
        whole = out.read_bytes()
        lines = whole.splitlines(keepends=True)
        for kept in (0, 1, 20, 39):
            for octets in (1, 12, 30, 80, len(lines[kept]) - 1):
                out.write_bytes(b"".join(lines[:kept]) + lines[kept][:octets])
                self.audit("-o", str(out), "--resume", "--quick", "-f", file, status=1)
                self.assertEqual(out.read_bytes()[:sum(map(len, lines[:kept]))],
                                 b"".join(lines[:kept]))
                self.assertEqual(sorted(one["number"] for one in self.lines()),
                                 list(range(1, 41)), (kept, octets))

    def test_another_input(self) -> None:
        names = many(300)
        out = Path(self.path("out"))
        self.audit("-o", str(out), "-f", self.domains(names), status=1)
        lines = out.read_text().splitlines(keepends=True)
        out.write_text("".join(lines[:-1]) + lines[-1][:50])
        before = out.read_bytes()
        turned = names[::-1]
        shifted = ["another.mail.example", *names]
        shorter = names[:100]
        changed = [*names[:299], "another.mail.example"] if (
            300 in [json.loads(line)["number"] for line in lines[:-1]]) else shifted
        for other in (turned, shifted, shorter, changed, []):
            self.fails("-o", str(out), "--resume", "-f", self.domains(other, "other"),
                       pattern="input")
            self.assertEqual(out.read_bytes(), before)
        longer = [*names, "good.mail.example"]
        self.audit("-o", str(out), "--resume", "-f", self.domains(longer), status=1)
        self.assertEqual(len(self.lines()), 301)

    def test_something_else(self) -> None:
        file = self.domains(many(10))
        for text in (b"hello\n", b"hello", b"\0" * 100, b'{"version":2,"number":1}\n',
                     b'{"version":1,"number":1,"grade":"good","input":"x"}\n', b"\n", b"{}",
                     b'{"version":1}', b'{"version":1,"number":0,"grade":"broken","input":"x"}\n',
                     Path(shutil.which("true") or "/bin/true").read_bytes()):
            self.write("out", text)
            self.fails("-o", self.path("out"), "--resume", "-f", file, pattern="dane audit")
            self.assertEqual(Path(self.path("out")).read_bytes(), text)
        self.fails("-o", str(self.scratch), "--resume", "-f", file)

    def test_signals(self) -> None:
        file = self.domains(many(20_000))
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            for words in (("--json",), ("--json", "--parallel", "2"),
                          ("-o", self.path("out")), ("--json", "--probe", "all", "--quick")):
                out = Path(self.path("out" if words[0] == "-o" else "stdout"))
                out.unlink(missing_ok=True)
                with open(self.path("stdout"), "wb") as stdout:
                    running = self.start(*words, "-f", file, stdout=stdout)
                while not (out.exists() and out.stat().st_size) and running.poll() is None:
                    time.sleep(0.01)
                running.send_signal(number)
                done = self.finish(running, SOON_SECONDS)
                self.assertEqual(done.status, status, (words, done.err))
                self.assertRegex(done.err, rf"\A{SUMMARY.pattern}\n\Z")
                got = objects_of(out.read_text())
                self.assertTrue(0 < len(got) < 20_000, (words, len(got)))
                self.assertEqual(int(SUMMARY.match(done.err)[2]), len(got))
                self.assertIsNotNone(SUMMARY.match(done.err)[1])

    def test_a_part_is_not_summed_up(self) -> None:
        names = many(20_000)
        out, prom = Path(self.path("out")), self.write("dane.prom", "old\n")
        running = self.start("-o", str(out), "--prometheus", prom, "--nagios", "--html",
                             self.path("page.html"), "-f", self.domains(names))
        while not (out.exists() and out.stat().st_size):
            time.sleep(0.01)
        running.terminate()
        done = self.finish(running, SOON_SECONDS)
        self.assertEqual((done.status, done.out), (3, "DANE UNKNOWN - interrupted\n"))
        self.assertEqual(Path(prom).read_text(), "old\n")
        self.assertIn("</html>", Path(self.path("page.html")).read_text())

    def test_database_and_lines_agree_after_kill(self) -> None:
        names = [f"n{i}.wildcard.mail.example" for i in range(5000)]
        file, out, database = self.domains(names), Path(self.path("out")), self.path("db")
        words = ("-o", str(out), "--sqlite", database, "--resume", "-f", file)
        for _ in range(3):
            size = out.stat().st_size if out.exists() else 0
            running = self.start(*words)
            while not (out.exists() and out.stat().st_size > size) and running.poll() is None:
                time.sleep(0.001)
            running.kill()
            running.communicate()
        self.audit(*words, status=0)
        self.assertEqual(len(self.lines()), 5000)
        with sqlite3.connect(database) as rows:
            self.assertEqual(rows.execute("SELECT count(*) FROM domain").fetchall(), [(5000,)])
            runs = rows.execute("SELECT whole FROM run ORDER BY number").fetchall()
            self.assertEqual(runs[-1], (1,))
            self.assertEqual(set(runs[:-1]), {(None,)}, "killed")

    def test_signals_while_all_wait(self) -> None:
        """For an address, for a server that is silent, and for input."""
        with Server(drain, port=25, address="127.62.9.1"):
            names = ["only-closed.mail.example", "closed.mail.example"]
            words = ("--probe", "all", "--json", "--per-address", "1")
            for extra in ((*words, *names), ("--json", "-f", "-")):
                read, write = os.pipe()
                running = self.start(*extra, stdin=read)
                wait_until_handled(running.pid)
                time.sleep(0.5)
                running.send_signal(signal.SIGTERM)
                self.assertEqual(self.finish(running, SOON_SECONDS).status, 143)
                os.close(read)
                os.close(write)


def scripted(tls: Callable[[], ssl.SSLContext], greeting: bytes = b"220 mx ESMTP\r\n"
             ) -> Callable[[socket.socket], None]:
    """An SMTP server with STARTTLS; its chain is asked for anew each time."""

    def converse(peer: socket.socket, offers: bytes) -> bool:
        lines = peer.makefile("rb")
        while line := lines.readline():
            verb = line.split()[0].upper()
            if verb == b"EHLO":
                peer.sendall(offers)
            elif verb == b"STARTTLS":
                peer.sendall(b"220 go\r\n")
                return True
            else:
                peer.sendall(b"221 bye\r\n")
                return False
        return False

    def serve(peer: socket.socket) -> None:
        peer.sendall(greeting)
        if converse(peer, b"250-mx\r\n250 STARTTLS\r\n"):
            with tls().wrap_socket(peer, server_side=True) as secure:
                converse(secure, b"250 mx\r\n")

    return serve


class Own(Case):
    """A small internet of its own: domains `x.d.own` with the records of the test."""

    NS = "127.53.2.1"
    MX = "127.62.20.1"

    def setUp(self) -> None:
        super().setUp()
        self.internet = Internet(Path(tempfile.mkdtemp(dir=self.scratch)), self.NS)
        self.enterContext(self.internet)

    def tlsa(self, certificate: str, parameters: str = "3 1 1") -> str:
        """Data of a record."""
        return zonefiles.association(parameters, certificate, support.certs())

    def publish(self, records: str) -> None:
        """Replaces the zone of the test."""
        self.internet.publish({"own": "", "d.own": records})

    def here(self, *words: str, **more) -> Done:
        """A whole run in it."""
        return self.audit("--retries", "0", *words, conf=self.internet.conf, **more)


class Watch(Own):
    """Changes."""

    leaf = "good"

    def records(self, *certificates: str) -> str:
        """A domain whose host has these keys in the DNS."""
        return f"@ MX 10 mx\nmx A {self.MX}\n" + "".join(
            f"_25._tcp.mx TLSA {self.tlsa(name)}\n" for name in certificates)

    def watch(self, *words: str) -> subprocess.Popen:
        """A watch that has had its first rounds."""
        self.rounds = 0
        with open(self.path("changes"), "wb") as changes:
            running = self.start("--watch", "1s", "--quick", *words, "d.own",
                                 conf=self.internet.conf, stdout=changes)
        wait_until_handled(running.pid)
        self.until(lambda: self.rounds >= 2)
        return running

    def until(self, is_so: Callable[[], bool]) -> None:
        """Waits for what must come, however busy the machine is."""
        deadline = time.monotonic() + HANG_SECONDS
        while not is_so():
            self.assertLess(time.monotonic(), deadline, "it did not come")
            time.sleep(0.02)

    def changes(self) -> str:
        """The lines of the watch so far."""
        return Path(self.path("changes")).read_text()

    def end(self, running: subprocess.Popen, changes: int, more_rounds: int = 2) -> Done:
        """Ends it when so many changes were told, and rounds behind them were made."""
        self.until(lambda: self.changes().count("\n") >= changes)
        rounds = self.rounds
        self.until(lambda: self.rounds >= rounds + more_rounds)
        self.assertIsNone(running.poll())
        running.terminate()
        done = self.finish(running, SOON_SECONDS)
        return Done(done.status, self.changes().encode(), done.err.encode(), done.seconds)

    def server(self) -> Server:
        """The mail host, with the chain of the moment; it counts the rounds."""
        def chain() -> ssl.SSLContext:
            self.rounds += 1
            return context(self.leaf)
        return Server(scripted(chain), port=25, address=self.MX)

    def test_a_key_that_changes(self) -> None:
        self.leaf = "good"
        self.publish(self.records("good"))
        with self.server():
            running = self.watch()
            self.leaf = "rsa"
            done = self.end(running, 1)
        (one,) = done.objects
        self.assertEqual((one["version"], one["domain"], one["was"], one["grade"]),
                         (1, "d.own", "enforced", "broken"))
        self.assertEqual([word.split()[0] for word in one["findings_new"]],
                         ["mismatch"])
        self.assertEqual(one["keys_gone"], ["mx.d.own " + self.tlsa("good").split()[3]])
        self.assertEqual(one["keys_new"], ["mx.d.own " + self.tlsa("rsa").split()[3]])
        self.assertNotIn("records_new", one)

    def test_records_that_change(self) -> None:
        self.publish(self.records("good"))
        with self.server():
            running = self.watch("--exec", f"cat >>{self.path('told')}")
            self.publish(self.records("good", "other"))
            done = self.end(running, 1)
        (one,) = done.objects
        self.assertEqual(one["records_new"], ["mx.d.own " + self.tlsa("other")])
        self.assertEqual(one["grade"], "enforced")
        self.assertNotIn("records_gone", one)
        self.assertEqual(Path(self.path("told")).read_text(), done.out)

    def test_commands(self) -> None:
        """One that fails, one that reads nothing, one that does not end."""
        self.publish(self.records("good"))
        for command, warns, more_rounds in (("exit 3", True, 2), ("true", False, 2),
                                            ("sleep 100", False, 0)):
            self.leaf = "good"
            with self.server():
                running = self.watch("--exec", command)
                self.leaf = "rsa"
                done = self.end(running, 1, more_rounds)
            self.assertEqual(len(done.objects), 1, command)
            self.assertEqual("warning" in done.err, warns, (command, done.err))

    def test_a_host_that_is_away_for_a_while(self) -> None:
        """What cannot be looked at has neither gone nor come."""
        self.publish(self.records("good"))
        with self.server():
            running = self.watch()
        self.until(lambda: self.changes().count("\n") >= 1)
        with self.server():
            done = self.end(running, 2)
        self.assertEqual([(one["was"], one["grade"]) for one in done.objects],
                         [("enforced", "undecided"), ("undecided", "enforced")])
        for one in done.objects:
            self.assertFalse(set(one) & {"records_new", "records_gone", "keys_new",
                                         "keys_gone"}, one)

    def test_nothing_changes(self) -> None:
        self.publish(self.records("good"))
        with self.server():
            done = self.end(self.watch(), 0)
        self.assertEqual(done.out, "")
        self.assertRegex(done.err, r"\Adane: watching 1 domain, next round (\S+ )?\d\d:\d\d\n\Z")


def main(words: list[str]) -> int:
    """The command line of whatever file of tests was started."""
    tests = sys.modules["__main__"]
    if len(words) < 3:
        print(tests.__doc__, file=sys.stderr)
        return 100
    support.PROGRAM, support.DIRECTORY = os.path.abspath(words[1]), Path(words[2]).resolve()
    return run_cases(tests, words[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
