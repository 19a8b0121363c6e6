"""What `dane` promises, tried on the real program: offline on files that openssl makes, and
online inside the test internet.

    dane_behaviour.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import email.policy
import gzip
import hashlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from email.message import EmailMessage
from pathlib import Path
from typing import Optional

from harness import HANG_SECONDS, run_cases

PROGRAM = ""
DIRECTORY = Path(".")
COMMANDS = ("lookup", "check", "connect", "make", "verify", "verify-pkix", "match-name", "to-ascii",
            "to-unicode", "zone", "rollover")


def openssl(*words: str) -> bytes:
    """Standard output of an openssl command that must succeed."""
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


def another(record: str) -> str:
    """A record that differs in its last digit."""
    return record[:-1] + ("1" if record.endswith("0") else "0")


class Case(unittest.TestCase):
    """Runs of the program, with a chain for mx.example.org beside them."""

    scratch: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.scratch = Path(tempfile.mkdtemp(prefix="dane."))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        for name, extra in (("ca", []), ("leaf", ["leaf"]), ("next", ["leaf"])):
            words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-days", "30", "-subj", f"/CN={name}", "-keyout",
                     cls.path(f"{name}.key"), "-out", cls.path(f"{name}.pem")]
            if extra:
                words += ["-CA", cls.path("ca.pem"), "-CAkey", cls.path("ca.key"),
                          "-addext", "subjectAltName=DNS:mx.example.org,IP:192.0.2.1,"
                          "otherName:1.3.6.1.5.5.7.8.7;IA5:_smtp.example.org",
                          "-addext", "basicConstraints=critical,CA:false"]
            openssl(*words)
        # A leaf below an intermediate certificate.
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "30", "-subj", "/CN=middle", "-keyout", cls.path("middle.key"), "-out",
                cls.path("middle.pem"), "-CA", cls.path("ca.pem"), "-CAkey", cls.path("ca.key"))
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "30", "-subj", "/CN=deep", "-keyout", cls.path("deep.key"), "-out",
                cls.path("deep.pem"), "-CA", cls.path("middle.pem"), "-CAkey",
                cls.path("middle.key"), "-addext", "subjectAltName=DNS:mx.example.org",
                "-addext", "basicConstraints=critical,CA:false")
        cls.write("deep-chain.pem", cls.read("deep.pem") + cls.read("middle.pem"))
        # The issuer's name, and another key.
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "30", "-subj", "/CN=ca", "-keyout", cls.path("other-ca.key"), "-out",
                cls.path("other-ca.pem"))
        for name in ("leaf", "next"):
            cls.write(f"{name}-chain.pem", cls.read(f"{name}.pem") + cls.read("ca.pem"))
            openssl("req", "-new", "-key", cls.path(f"{name}.key"), "-subj", "/CN=x", "-out",
                    cls.path(f"{name}.csr"))
        cls.write("raw.pem", openssl("pkey", "-in", cls.path("leaf.key"), "-pubout").decode())
        cls.write("encrypted.key", openssl("pkcs8", "-topk8", "-in", cls.path("leaf.key"),
                                           "-passout", "pass:x").decode())
        cls.write("empty", "")
        cls.write("text", "hello\n")
        cls.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        cls.write("cut.pem", cls.read("leaf.pem")[:200])
        (cls.scratch / "certs").mkdir()
        shutil.copy(cls.path("leaf-chain.pem"), cls.scratch / "certs")
        (cls.scratch / "none").mkdir()

    @classmethod
    def path(cls, name: str) -> str:
        """A file of the scratch directory."""
        return str(cls.scratch / name)

    @classmethod
    def read(cls, name: str) -> str:
        """Its text."""
        return (cls.scratch / name).read_text()

    @classmethod
    def write(cls, name: str, text: str) -> str:
        """Writes it; returns its path."""
        (cls.scratch / name).write_text(text)
        return cls.path(name)

    def dane(self, *words: str, status: int = 0, env: Optional[dict] = None) -> str:
        """A run with this status; its standard output. Nothing but one line of a failure is
        ever on standard error."""
        done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=HANG_SECONDS,
                              env={"PATH": os.environ["PATH"],
                                   "DANE_UNBOUND_CONF": str(DIRECTORY / "unbound.conf"),
                                   **(env or {})})
        self.assertEqual(done.returncode, status, (words, done.stdout, done.stderr))
        err = done.stderr.decode()
        if status in (0, 1):
            self.assertEqual(err, "", words)
        elif not done.stdout:
            self.assertRegex(err, r"\Adane: fatal: [^\n]+\n\Z", words)
        return done.stdout.decode()

    def fails(self, *words: str, pattern: str = "") -> None:
        """A run that is bad input: one line, nothing else."""
        done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=HANG_SECONDS)
        err = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout), (2, b""), (words, err))
        self.assertRegex(err, r"\Adane: fatal: [^\n]*" + pattern + r"[^\n]*\n\Z", words)

    def json(self, *words: str, **more) -> dict:
        """The one object that a run writes, of version 1."""
        text = self.dane(*words, "--json", **more)
        (line,) = text.splitlines()
        out = json.loads(line)
        self.assertEqual(out["version"], 1)
        return out

    def record(self, usage: int, selector: int, matching: int) -> str:
        """The record of the leaf or its issuer, by openssl."""
        file = self.path("ca.pem" if usage in (0, 2) else "leaf.pem")
        data = openssl("x509", "-in", file, "-outform", "DER")
        if selector == 1:
            key = openssl("x509", "-in", file, "-noout", "-pubkey")
            data = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key,
                                  check=True, capture_output=True).stdout
        if matching:
            data = (hashlib.sha256 if matching == 1 else hashlib.sha512)(data).digest()
        return f"{usage} {selector} {matching} {data.hex()}"


class Make(Case):
    """dane make."""

    def test_every_combination_is_what_openssl_says(self) -> None:
        for usage in range(4):
            for selector in (0, 1):
                for matching in (0, 1, 2):
                    got = self.dane("make", "--chain", self.path("leaf-chain.pem"), "--usage",
                                    str(usage), "--selector", str(selector), "--matching",
                                    str(matching), "mx.example.org", "25")
                    lines = [line for line in got.splitlines() if not line.startswith("; ")]
                    self.assertEqual(lines, ["_25._tcp.mx.example.org. IN TLSA " +
                                             self.record(usage, selector, matching)])

    def test_words_stand_for_numbers(self) -> None:
        for words, numbers in ((("dane-ee", "spki", "sha2-256"), (3, 1, 1)),
                               (("DANE-TA", "Cert", "Full"), (2, 0, 0)),
                               (("pkix-ta", "1", "SHA2-512"), (0, 1, 2)),
                               (("Pkix-EE", "cert", "1"), (1, 0, 1))):
            usage, selector, matching = words
            got = self.dane("make", "--chain", self.path("leaf-chain.pem"), "--usage", usage,
                            "--selector", selector, "--matching", matching, "mx.example.org",
                            "443")
            self.assertEqual(got.splitlines()[-1],
                             "_443._tcp.mx.example.org. IN TLSA " + self.record(*numbers))

    def unfolded(self, *words: str) -> str:
        """What a run writes, each comment in a line."""
        return self.dane(*words).replace("\n;   ", " ")

    def test_several_ports(self) -> None:
        words = ("make", "--chain", self.path("leaf-chain.pem"), "mx.example.org")
        ports = ("25", "465", "587", "submission")
        uses, *lines = self.dane(*words, *ports).splitlines()
        self.assertEqual(uses, "; 3 1 1 proves the server by its key, 2 1 1 by its issuer when the "
                         "key changes.")
        self.assertEqual(lines, [line for port in ports[:3]
                                 for line in self.dane(*words, port).splitlines()[1:]])
        self.assertEqual(len(lines), 6)
        alone = [self.json(*words, port) for port in ports[:3]]
        for one in alone:
            del one["version"]
        got = self.json(*words, *ports)
        self.assertEqual(got["owners"], alone)
        self.assertEqual(got["owner"], alone[0]["owner"])
        self.assertEqual(got["records"], alone[0]["records"])
        self.assertNotIn("owners", self.json(*words, "25", "smtp"))

    def test_warnings_of_several_ports(self) -> None:
        words = ("make", "--chain", self.path("leaf-chain.pem"), "--usage", "pkix-ee", "--ttl",
                 "2d", "mx.example.org")
        lines = self.unfolded(*words, "443", "25", "8443").splitlines()
        self.assertEqual([line.split("(")[-1] if line.startswith(";") else line.split(".")[0]
                          for line in lines],
                         ["tlsa-ttl-long)", "_443", "record-pkix-usage)", "none-usable)", "_25",
                          "_8443"])

    def test_what_is_missing_is_said(self) -> None:
        chain = ("make", "--chain", self.path("leaf-chain.pem"))
        for words, missing in ((chain, "HOST and PORT are missing: dane make --chain F "
                                "mx.example.org 25"),
                               ((*chain, "mail.example.net"), "PORT is missing: dane make "
                                "--chain F mail.example.net 25"),
                               ((*chain, "465"), "HOST is missing: dane make --chain F "
                                "mx.example.org 465"),
                               (("make", self.path("leaf-chain.pem")), "is needed: dane make "
                                "--chain F mx.example.org 25")):
            self.fails(*words, pattern=missing + "$")
        self.fails(*chain, "192.0.2.1", pattern="is an address")

    def test_the_risk_of_an_intermediate_is_told(self) -> None:
        file = self.path("deep-chain.pem")
        text = self.dane("make", "--chain", file, "mx.example.org", "25", "465")
        comments = [line for line in text.splitlines() if line.startswith("; ")]
        self.assertEqual(text.splitlines()[:len(comments)], comments)
        self.assertLessEqual(max(map(len, comments)), 80)
        told = " ".join(line[2:].strip() for line in comments)
        self.assertIn("key changes. 2 1 1 is of an intermediate certificate, and a CA may change "
                      "its intermediate without notice. ", told)
        self.assertEqual(told.count("intermediate certificate"), 1)
        zone = self.write("zone", "$ORIGIN example.org.\n@ 1 IN SOA a b 1 1 1 1 1\n" + text)
        subprocess.run(["ldns-read-zone", zone], check=True, capture_output=True)
        self.assertIn("; 0 1 1 is of an intermediate", self.dane(
            "make", "--chain", file, "--usage", "0", "mx.example.org", "443"))
        for words in (("--chain", file, "--usage", "3"), ("--cert", file),
                      ("--chain", self.path("leaf-chain.pem"))):
            self.assertNotIn("intermediate", self.dane("make", *words, "mx.example.org", "25"))
        self.assertEqual(self.json("make", "--chain", file, "mx.example.org", "25")["warnings"],
                         [])

    def test_records_are_judged_by_the_rules_of_zone(self) -> None:
        for numbers, port, codes in (
                ((3, 1, 1), "25", []), ((2, 1, 1), "25", []), ((3, 1, 0), "25", ["record-full"]),
                ((3, 0, 1), "25", ["record-certificate"]),
                ((3, 1, 2), "25", ["record-sha512-alone"]),
                ((2, 0, 0), "25", ["record-full"]),
                ((1, 1, 1), "25", ["record-pkix-usage", "none-usable"]),
                ((1, 1, 1), "443", [])):
            usage, selector, matching = map(str, numbers)
            words = ("make", "--chain", self.path("leaf-chain.pem"), "--usage", usage,
                     "--selector", selector, "--matching", matching, "mx.example.org", port)
            got = self.json(*words)["warnings"]
            self.assertEqual([text.rsplit("(", 1)[1][:-1] for text in got], codes, numbers)
            for text in got:
                self.assertIn(f"; {text}\n", self.unfolded(*words))
        words = ("make", "--cert", self.path("leaf.pem"), "mx.example.org", "25", "--ttl")
        self.assertEqual(self.json(*words, "24h")["warnings"], [])
        (long,) = self.json(*words, "86401")["warnings"]
        self.assertIn("(tlsa-ttl-long)", long)

    def test_a_chain_gives_leaf_and_issuer(self) -> None:
        got = self.dane("make", "--chain", self.path("leaf-chain.pem"), "MX.Example.org.", "smtp")
        self.assertEqual([line.split(" IN TLSA ")[1] for line in got.splitlines()[1:]],
                         [self.record(3, 1, 1), self.record(2, 1, 1)])

    def test_key_request_and_public_key_give_the_same(self) -> None:
        for words in (("--key", "leaf.key"), ("--csr", "leaf.csr"), ("--key", "raw.pem"),
                      ("--cert", "leaf.pem")):
            got = self.dane("make", words[0], self.path(words[1]), "mx.example.org", "25")
            self.assertEqual(got.split(" IN TLSA ")[1].strip(), self.record(3, 1, 1), words)

    def test_der_is_read(self) -> None:
        der = self.path("leaf.der")
        openssl("x509", "-in", self.path("leaf.pem"), "-outform", "DER", "-out", der)
        self.assertIn(self.record(3, 0, 2), self.dane(
            "make", "--cert", der, "--selector", "0", "--matching", "2", "x.example", "1"))

    def test_name_servers_read_both_forms(self) -> None:
        for form in ((), ("--generic",)):
            line = self.dane("make", "--cert", self.path("leaf.pem"), "--ttl", "30m", *form,
                             "bücher.example.org", "25")
            zone = self.write("zone", "$ORIGIN example.org.\n@ 1 IN SOA a b 1 1 1 1 1\n" + line)
            read = subprocess.run(["ldns-read-zone", zone], check=True, capture_output=True,
                                  text=True).stdout
            self.assertRegex(read, r"_25\._tcp\.xn--bcher-kva\.example\.org\.\s1800\sIN\sTLSA\s" +
                             self.record(3, 1, 1).replace(" ", r"\s"))

    def test_lines_for_a_screen_are_read_too(self) -> None:
        words = ("make", "--cert", self.path("leaf.pem"), "--matching", "2", "mx.example.org", "25")
        ours, theirs = pty.openpty()
        with open(ours, "rb") as screen:
            subprocess.run([PROGRAM, *words], stdout=theirs, env={"TERM": "dumb"}, check=True)
            os.close(theirs)
            lines = os.read(screen.fileno(), 4096).decode().replace("\r\n", "\n")
        self.assertLessEqual(max(map(len, lines.splitlines())), 80)
        head = "$ORIGIN example.org.\n$TTL 60\n@ 1 IN SOA a b 1 1 1 1 1\n"
        read = [subprocess.run(["ldns-read-zone", self.write("zone", head + text)], check=True,
                               capture_output=True, text=True).stdout
                for text in (lines, self.dane(*words))]
        self.assertEqual(read[0], read[1])
        self.assertIn(self.record(3, 1, 2).split()[-1], read[0])

    def test_json(self) -> None:
        got = self.json("make", "--cert", self.path("leaf.pem"), "mx.example.org", "25")
        self.assertEqual(got["owner"], "_25._tcp.mx.example.org")
        (record,) = got["records"]
        self.assertEqual((record["usage"], record["selector"], record["matching"],
                          record["data"]), (3, 1, 1, self.record(3, 1, 1).split()[3]))
        self.assertIn("TYPE52", record["generic"])

    def test_bad_input(self) -> None:
        good = ("--cert", self.path("leaf.pem"))
        host = ("mx.example.org", "25")
        for words in ((*host,), (*good, "mx.example.org"), (*good, *host, "more"),
                      (*good, "--key", self.path("leaf.key"), *host),
                      (*good, "a..b", "25"), (*good, "mx.example.org", "0"),
                      (*good, "mx.example.org", "99999"), (*good, "mx.example.org", "no-such"),
                      (*good, "--usage", "4", *host), (*good, "--selector", "2", *host),
                      (*good, "--matching", "3", *host), (*good, "--usage", "x", *host),
                      (*good, "--ttl", "x", *host), (*good, "--transport", "quic", *host),
                      (*good, "--nonsense", *host), (*good, *host, "--usage"),
                      (*good, f"{'a.' * 125}example", "25"),
                      ("--key", self.path("leaf.key"), "--selector", "0", *host),
                      ("--csr", self.path("leaf.csr"), "--selector", "0", *host),
                      ("--chain", self.path("leaf.pem"), "--usage", "2", *host),
                      ("--cert", self.path("leaf.pem"), "--usage", "2", *host),
                      ("--key", self.path("ca.key"), "--usage", "2", *host),
                      ("--csr", self.path("leaf.csr"), "--usage", "0", *host)):
            self.fails("make", *words)
        self.fails("make", *good, "--usage", "dane", *host,
                   pattern="not a number from 0 to 3, nor one of pkix-ta, pkix-ee, dane-ta, ")
        for file in ("nothing", "empty", "text", "broken.pem", "cut.pem", "certs"):
            for option in ("--cert", "--key", "--csr", "--chain"):
                self.fails("make", option, self.path(file), *host)
        self.fails("make", "--key", self.path("encrypted.key"), *host, pattern="encrypted")
        self.fails("make", "--csr", self.path("leaf.pem"), *host)
        self.fails("make", "--cert", self.path("leaf.csr"), *host)


    def test_the_issuer_is_the_one_that_signed(self) -> None:
        leaf, issuer = self.read("leaf.pem"), self.read("ca.pem")
        host = ("mx.example.org", "25")
        both = [self.record(3, 1, 1), self.record(2, 1, 1)]
        for number, text in enumerate((leaf + leaf + issuer, leaf + self.read("next.pem") + issuer,
                                       leaf + self.read("other-ca.pem") + issuer)):
            file = self.write(f"order{number}.pem", text)
            got = self.dane("make", "--chain", file, *host)
            self.assertEqual([line.split(" IN TLSA ")[1] for line in got.splitlines()[1:]], both)
        for number, text in enumerate((issuer + leaf, leaf + leaf, leaf + self.read("next.pem"),
                                       leaf + self.read("other-ca.pem"))):
            file = self.write(f"wrong{number}.pem", text)
            for usage in ((), ("--usage", "2"), ("--usage", "0")):
                self.fails("make", "--chain", file, *usage, *host)
        self.assertEqual(self.dane("make", "--chain", file, "--usage", "3", *host)
                         .split(" IN TLSA ")[1].strip(), both[0])

    def test_what_a_peer_would_refuse_is_told(self) -> None:
        words = ("make", "--chain", self.path("leaf-chain.pem"), "other.example.org", "25")
        self.assertRegex(self.dane(*words), r"\A;[^\n]*\n; 2 1 1 would not prove this chain now: ")
        self.assertEqual(len(self.json(*words)["warnings"]), 1)

    def test_hosts_that_are_none(self) -> None:
        good = ("--cert", self.path("leaf.pem"))
        for host in ("192.0.2.1", "::1", "[::1]", "[192.0.2.1]", "::ffff:192.0.2.1", "fe80::1%lo"):
            self.fails("make", *good, host, "25", pattern="is an address")
        for host in ("_25._tcp.mx.example.org", "_25._tcp.mx.example.org."):
            self.fails("make", *good, host, "25", pattern="mx.example.org 25")
        self.fails("make", *good, "_tcp.mx.example.org", "25", pattern="mx.example.org PORT")
        self.fails("make", *good, "1.2.3", "25")
        self.fails("rollover", "--current", self.path("leaf.pem"), "--next",
                   self.path("next.pem"), "192.0.2.1", "25", pattern="is an address")


class Verify(Case):
    """dane verify, verify-pkix and match-name."""

    def verify(self, *words: str, chain: str = "leaf-chain.pem", **more) -> dict:
        """The object of dane verify."""
        return self.json("verify", "--chain", self.path(chain), *words, **more)

    def test_every_combination_is_verified(self) -> None:
        for usage in range(4):
            for selector in (0, 1):
                for matching in (0, 1, 2):
                    got = self.verify("--record", self.record(usage, selector, matching),
                                      "--name", "mx.example.org", "--roots",
                                      self.path("ca.pem"))
                    self.assertEqual((got["status"], got["usage"], got["depth"],
                                      got["reason"]),
                                     ("verified", usage, 0 if usage in (1, 3) else 1, "ok"))
                    self.assertEqual(got["notes"][0]["state"], "matched")

    def test_failures_have_their_reason(self) -> None:
        record, other = self.record(2, 1, 1), another(self.record(3, 1, 1))
        for words, status, reason in (
                (("--record", record, "--name", "x.example"), "failed", "name-mismatch"),
                (("--record", record), "failed", "name-mismatch"),
                (("--record", other, "--name", "x.example"), "failed", "mismatch"),
                (("--record", record, "--name", "mx.example.org", "--at", "2020-01-01"),
                 "failed", "not-yet-valid"),
                (("--record", record, "--name", "mx.example.org", "--at",
                  "2120-01-01T00:00:00Z"), "failed", "expired"),
                (("--record", "9 1 1 00"), "unusable", "no-usable-record"),
                (("--record", "3 1 1 00", "--service", "smtp"), "unusable",
                 "no-usable-record"),
                (("--record", self.record(1, 1, 1), "--service", "smtp", "--roots",
                  self.path("ca.pem")), "unusable", "no-usable-record"),
                (("--record", self.record(1, 1, 1)), "unusable", "no-usable-record")):
            got = self.verify(*words, status=1)
            self.assertEqual((got["status"], got["reason"]), (status, reason), words)
            self.assertEqual(len(got["notes"]), 1)

    def test_lines_of_a_zone_file_are_records(self) -> None:
        words = ("make", "--chain", self.path("leaf-chain.pem"), "mx.example.org", "25")
        for text in (self.dane(*words), self.dane(*words, "--generic"),
                     self.dane(*words, "--ttl", "1h")):
            got = self.verify("--record", text, "--name", "mx.example.org")
            self.assertEqual((got["status"], len(got["notes"])), ("verified", 2), text)
        numbers, data = self.record(3, 1, 1).rsplit(" ", 1)
        for text in (f"_25._tcp.mx.example.org. 3600 IN TLSA {numbers} {data}",
                     f"TLSA {numbers} {data}", f"in tlsa {numbers} {data.upper()}",
                     f"_25._tcp.mx 5m TLSA ( {numbers}\n  {data[:20]} {data[20:]} ) ; key"):
            self.assertEqual(self.verify("--record", text)["status"], "verified", text)
        chain = ("verify", "--chain", self.path("leaf.pem"), "--record")
        self.fails(*chain, f"x. IN TLSA {numbers} {data[1:]}", pattern="odd number")
        self.fails(*chain, "x. CH TLSA 3 1 1 00", pattern="is not a TLSA record")
        self.fails(*chain, "$INCLUDE /dev/null\nx. CH TLSA 3 1 1 00")

    def test_a_record_without_quotes_is_shown_with_them(self) -> None:
        chain = ("verify", "--chain", self.path("leaf.pem"))
        record = self.record(3, 1, 1)
        self.fails(*chain, "--record", *record.split(), pattern=f"--record '{record}'$")
        line = "_25._tcp.mx.example.org. 3600 IN TLSA " + record
        self.fails(*chain, "--record", *line.split(), pattern=f"--record '{re.escape(line)}'$")
        self.fails(*chain, "--record", *record.split(), "--record", *record.split(),
                   pattern="--record 'U S M HEX'$")

    def test_a_name_that_was_not_given_is_missing(self) -> None:
        chain = ("verify", "--chain", self.path("leaf-chain.pem"))
        record = ("--record", self.record(2, 1, 1))
        text = self.dane(*chain, *record, status=1)
        self.assertTrue(text.startswith("NOT VERIFIED: --name NAME is missing: usage 2 compares names, "
                                        "and the certificate is for mx.example.org, "), text)
        self.assertIn("(name-mismatch)\n", text)
        self.assertNotIn("certificate names", text)
        self.assertIn("certificate names", self.dane(*chain, *record, "--name", "x.example",
                                                     status=1))

    def test_a_record_without_data_is_unusable(self) -> None:
        self.assertEqual(self.verify("--record", "3 1 1 ", status=1)["status"], "unusable")

    def test_one_good_record_among_bad_ones(self) -> None:
        got = self.verify("--record", "9 1 1 00", "--record", self.record(3, 1, 1), "--record",
                          another(self.record(3, 1, 1)))
        self.assertEqual((got["status"], got["record"]), ("verified", 1))
        self.assertEqual([note["state"] for note in got["notes"]][:2], ["unusable", "matched"])

    def test_names_of_dane_ee_on_request(self) -> None:
        record = ("--record", self.record(3, 1, 1), "--name", "x.example")
        self.verify(*record)
        self.verify(*record, "--dane-ee-names", status=1)

    def test_a_raw_public_key(self) -> None:
        got = self.verify("--record", self.record(3, 1, 1), chain="raw.pem")
        self.assertEqual(got["status"], "verified")
        self.verify("--record", self.record(3, 0, 1), chain="raw.pem", status=1)

    def test_text_for_people(self) -> None:
        got = self.dane("verify", "--chain", self.path("leaf-chain.pem"), "--record",
                        self.record(3, 1, 1))
        self.assertTrue(got.startswith("VERIFIED: TLSA 3 1 1 "), got)
        self.assertNotIn("\x1b", got)

    def test_pkix(self) -> None:
        words = ("verify-pkix", "--chain", self.path("leaf.pem"), "--roots",
                 self.path("ca.pem"), "--name")
        self.assertEqual(self.json(*words, "mx.example.org")["status"], "verified")
        self.assertEqual(self.json(*words, "192.0.2.1")["status"], "verified")
        self.assertEqual(self.json(*words, "x.example", status=1)["reason"], "name-mismatch")
        got = self.json("verify-pkix", "--chain", self.path("leaf.pem"), "--roots",
                        self.path("next.pem"), "--name", "mx.example.org", status=1)
        self.assertEqual(got["reason"], "no-path")

    def test_names(self) -> None:
        cert = ("match-name", "--cert", self.path("leaf.pem"), "--name")
        for name in ("mx.example.org", "MX.example.org.", "192.0.2.1", "_smtp.example.org"):
            self.assertEqual(self.json(*cert, name)["status"], "matched", name)
        for name in ("example.org", "192.0.2.2", "_imap.example.org", "leaf", "::1"):
            self.assertEqual(self.json(*cert, name, status=1)["status"], "unmatched", name)
        self.assertIn("mx.example.org", self.dane(*cert, "x.example", status=1))
        self.json("match-name", "--cert", self.path("ca.pem"), "--name", "ca", status=1)
        self.json("match-name", "--cert", self.path("ca.pem"), "--name", "ca",
                  "--common-name")

    def test_bad_input(self) -> None:
        chain, record = ("--chain", self.path("leaf-chain.pem")), ("--record", "3 1 1 00")
        for words in ((*record,), (*chain,), (*chain, *record, "word"),
                      (*chain, "mx.example.org"), (*chain, "mx.example.org", "no-such"),
                      (*chain, "192.0.2.1", "25"), (*chain, "mx.example.org", "25", "465"),
                      (*chain, *record, "mx.example.org", "25"), ("mx.example.org", "25"),
                      (*chain, "--service", "http", "mx.example.org", "25"),
                      (*chain, "--dns-timeout", "0", "mx.example.org", "25"),
                      (*chain, "--record", ""), (*chain, "--record", "3 1 1"),
                      (*chain, "--record", "3 1 1 0"), (*chain, "--record", "3 1 1 zz"),
                      (*chain, "--record", "256 1 1 00"), (*chain, "--record", "3,1,1 00"),
                      (*chain, *record, "--name", ""), (*chain, *record, "--name", "a..b"),
                      (*chain, *record, "--at", "yesterday"),
                      (*chain, *record, "--at", "2026-13-01"),
                      (*chain, *record, "--at", "2026-01-01T25:00:00Z"),
                      (*chain, *record, "--service", "http"),
                      (*chain, *record, "--roots", self.path("empty")),
                      (*chain, *record, "--roots", self.path("nothing")),
                      (*chain, *record, "--roots", self.path("broken.pem"))):
            self.fails("verify", *words)
        for file in ("nothing", "empty", "text", "broken.pem", "cut.pem", "certs", "leaf.key"):
            if file != "broken.pem":    # which a server may send all the same
                self.fails("verify", "--chain", self.path(file), *record)
                self.fails("verify-pkix", "--chain", self.path(file), "--roots",
                           self.path("ca.pem"), "--name", "x.example")
            self.fails("match-name", "--cert", self.path(file), "--name", "x.example")
        broken = ("--chain", self.path("broken.pem"))
        self.assertIn("(bad-certificate)", self.dane(
            "verify", *broken, "--record", f"3 1 1 {'00' * 32}", status=1))
        self.assertIn("(bad-certificate)", self.dane(
            "verify-pkix", *broken, "--roots", self.path("ca.pem"), "--name", "x.example",
            status=1))
        self.fails("verify", *chain, "mx.example.org",
                   pattern="PORT is missing: dane verify --chain F mx.example.org 25")
        self.fails("verify-pkix", *chain, "--roots", self.path("ca.pem"))
        self.fails("verify-pkix", *chain, "--roots", self.path("ca.pem"), "--name", "x.example",
                   "mx.example.org", "25")
        self.fails("verify-pkix", *chain, "--name", "x.example")
        self.fails("match-name", "--cert", self.path("leaf.pem"))
        self.fails("match-name", "--name", "x.example")


class Names(Case):
    """dane to-ascii and to-unicode."""

    def test_there_and_back(self) -> None:
        self.assertEqual(self.dane("to-ascii", "Bücher.example.", "a.b"),
                         "xn--bcher-kva.example\na.b\n")
        self.assertEqual(self.dane("to-unicode", "XN--bcher-kva.example"), "bücher.example\n")
        got = self.json("to-ascii", "bücher.example")
        self.assertEqual(got["names"], [{"name": "bücher.example", "unicode": "bücher.example",
                                         "ascii": "xn--bcher-kva.example"}])

    def test_bad_input(self) -> None:
        for command in ("to-ascii", "to-unicode"):
            for word in ("", ".", "a..b", "-a.b", "xn--a.example", "a b", "a\nb", "☺.example",
                         "a" * 64, "a." * 127 + "example", "\u202e.example"):
                self.fails(command, word)
            self.fails(command)
            self.fails(command, "--nonsense", "a.b")


class Rollover(Case):
    """dane rollover."""

    def plan(self, *words: str, **more) -> dict:
        """The object for a change from leaf to next."""
        return self.json("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                         self.path("next-chain.pem"), *words, "mx.example.org", "25", **more)

    def test_both_schemes(self) -> None:
        got = self.plan("--at", "2026-01-01T00:00:00Z", "--ttl", "30m", "--signatures", "2d")
        self.assertEqual([plan["scheme"] for plan in got["plans"]],
                         ["3 1 1 + 3 1 1", "3 1 1 + 2 1 1"])
        for plan in got["plans"]:
            steps = plan["steps"]
            self.assertEqual([step["action"] for step in steps],
                             ["publish", "deploy", "publish"])
            self.assertEqual([step["earliest"] for step in steps],
                             ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z",
                              "2026-01-01T01:00:00Z"])
            self.assertEqual(steps[1]["certain"], "2026-01-03T00:00:00Z")

    def test_each_step_is_verified_by_verify(self) -> None:
        for plan in self.plan()["plans"]:
            chains = {"publish": ["leaf"], "deploy": ["leaf", "next"]}
            for number, step in enumerate(plan["steps"]):
                shown = ["next"] if number == 2 else chains[step["action"]]
                records = []
                for line in step["records"]:
                    records += ["--record", line.split(" IN TLSA ")[1]]
                for chain in shown:
                    got = self.json("verify", "--chain", self.path(f"{chain}-chain.pem"),
                                    "--name", "mx.example.org", "--service", "smtp", *records)
                    self.assertEqual(got["status"], "verified", (plan["scheme"], number))

    def test_a_key_that_has_no_certificate_yet(self) -> None:
        got = self.json("rollover", "--current", self.path("leaf.pem"), "--next",
                        self.path("next.csr"), "mx.example.org", "25")
        self.assertEqual([plan["scheme"] for plan in got["plans"]], ["3 1 1 + 3 1 1"])
        self.assertIn("3 1 1", self.dane("rollover", "--current", self.path("leaf.pem"),
                                         "--next", self.path("next.key"), "mx.example.org",
                                         "25"))

    def test_a_next_chain_without_its_issuer(self) -> None:
        wrong = self.write("next-wrong.pem", self.read("next.pem") + self.read("other-ca.pem"))
        words = ("rollover", "--current", self.path("leaf-chain.pem"), "--next", wrong)
        host = ("mx.example.org", "25")
        self.fails(*words, "--scheme", "3-2", *host, pattern="not the key that signed it")
        got = self.json(*words, *host)
        self.assertEqual([plan["scheme"] for plan in got["plans"]], ["3 1 1 + 3 1 1"])
        self.assertIn("not the key that signed it", got["left_out"])
        self.assertIn("No plan with 2 1 1: ", self.dane(*words, *host))
        self.assertNotIn("left_out", self.json(*words, "--scheme", "3-3", *host))
        backwards = self.write("backwards.pem", self.read("ca.pem") + self.read("next.pem"))
        for scheme in ((), ("--scheme", "3-3"), ("--scheme", "3-2")):
            self.fails("rollover", "--current", self.path("leaf-chain.pem"), "--next", backwards,
                       *scheme, *host, pattern="must come first")

    def test_a_next_chain_that_would_be_refused(self) -> None:
        self.fails("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                   self.path("next-chain.pem"), "--scheme", "3-2", "other.example.org", "25",
                   pattern="other.example.org")
        self.fails("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                   self.path("next-chain.pem"), "--scheme", "3-2", "--at", "2050-01-01",
                   "mx.example.org", "25", pattern="expired")

    def test_a_plan_says_what_it_assumes(self) -> None:
        words = ("rollover", "--current", self.path("leaf.pem"), "--next", self.path("next.pem"),
                 "mx.example.org", "25")
        for more, line in (((), "Assumed: TTL 1 hour, signatures 14 days; --ttl and --signatures "
                            "say otherwise.\n"),
                           (("--ttl", "30m"), "Assumed: signatures 14 days; --signatures says "
                            "otherwise.\n"),
                           (("--signatures", "2d"), "Assumed: TTL 1 hour; --ttl says otherwise.\n"),
                           (("--ttl", "30m", "--signatures", "2d"), "")):
            self.assertTrue(self.dane(*words, *more).startswith(
                (line + "\n" if line else "") + "Change of key of mx.example.org, by 3 1 1 + 3 1 1\n"), more)
        for words, missing in ((words[:-1], "PORT is missing: dane rollover --current F --next F "
                                "mx.example.org 25"),
                               (words[:-2], "HOST and PORT are missing")):
            self.fails(*words, pattern=missing)

    def test_a_key_that_stays_below_another_issuer(self) -> None:
        openssl("x509", "-new", "-force_pubkey", self.path("raw.pem"), "-subj", "/CN=again",
                "-days", "30", "-CA", self.path("middle.pem"), "-CAkey", self.path("middle.key"),
                "-extfile", self.write("names", "subjectAltName=DNS:mx.example.org\n"),
                "-out", self.path("again.pem"))
        again = self.write("again-chain.pem", self.read("again.pem") + self.read("middle.pem"))
        words = ("rollover", "--current", self.path("leaf-chain.pem"), "--next", again,
                 "mx.example.org", "25")
        text = self.dane(*words)
        self.assertEqual(len(text.splitlines()), 2, text)
        self.assertIn("nothing need be published", text)
        self.assertIn("--scheme 3-2", text)
        self.assertIn("1. Publish", self.dane(*words, "--scheme", "3-2"))
        for more in ((), ("--scheme", "3-2")):
            self.assertEqual([plan["scheme"] for plan in self.json(*words, *more)["plans"]],
                             ["3 1 1 + 2 1 1"])

    def test_the_same_key_has_no_plan(self) -> None:
        for file in ("leaf-chain.pem", "leaf.pem", "leaf.csr", "leaf.key"):
            words = ("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                     self.path(file), "mx.example.org", "25")
            got = self.json(*words)
            self.assertEqual((got["same_key"], got["plans"]), (True, []), file)
            text = self.dane(*words)
            self.assertIn("nothing need be published", text)
            self.assertNotIn("Publish", text)

    def test_bad_input(self) -> None:
        files = ("--current", self.path("leaf.pem"), "--next", self.path("next.pem"))
        host = ("mx.example.org", "25")
        for words in ((*files,), (*files, "mx.example.org"), host,
                      ("--current", self.path("leaf.pem"), *host),
                      (*files, *host, "--scheme", "1-1"), (*files, *host, "--scheme", "3-2"),
                      (*files, *host, "--ttl", "soon"), (*files, *host, "--signatures", "-1"),
                      (*files, *host, "--at", "x"), (*files, "a..b", "25"),
                      (*files, "mx.example.org", "x y")):
            self.fails("rollover", *words)
        for file in ("nothing", "empty", "text", "broken.pem"):
            self.fails("rollover", "--current", self.path(file), "--next",
                       self.path("next.pem"), *host)


class Zone(Case):
    """dane zone."""

    def zone(self, *lines: str) -> str:
        """A zone file with these lines from line 4 on."""
        return self.write("zone", "$ORIGIN example.org.\n@ 60 IN SOA a b 1 1 1 1 1\n"
                          "mx 60 IN A 192.0.2.1\n" + "\n".join(lines) + "\n")

    def lint(self, *lines: str, **more) -> list[tuple[int, str, str]]:
        """Line, severity and code of the findings, but for the note on a present key alone."""
        got = self.json("zone", self.zone(*lines), "--certs", self.path("certs"), **more)
        return [(finding["line"], finding["severity"], finding["code"])
                for finding in got["findings"] if finding["code"] != "no-spare"]

    def test_good(self) -> None:
        self.assertEqual(self.lint("_25._tcp.mx 60 TLSA " + self.record(3, 1, 1),
                                   "_25._tcp.mx 60 TLSA " + self.record(2, 1, 1)), [])

    def test_findings(self) -> None:
        bad = another(self.record(3, 1, 1))
        self.assertEqual(self.lint("_25._tcp.mx 60 TLSA " + bad, status=1),
                         [(4, "error", "mismatch")])
        self.assertEqual(self.lint("; comment", "_25._tcp.mx 60 TLSA 3 1 1 00", status=1),
                         [(5, "warning", "record-bad-data"), (5, "error", "none-usable")])
        self.assertEqual(self.lint("_25._tcp.mx 60 TLSA " + self.record(3, 1, 1),
                                   "_25._tcp.mx 60 TLSA " + bad), 
                         [(5, "note", "record-unmatched")])

    def test_text_names_file_and_line(self) -> None:
        file = self.zone("_25._tcp.mx 60 TLSA 3 1 1 00")
        got = self.dane("zone", file, "--certs", self.path("certs"), status=1)
        self.assertRegex(got, rf"\A{re.escape(file)}:4: warning: _25\._tcp\.mx\.example\.org: ")

    def test_mail_host_without_records(self) -> None:
        good = "_25._tcp.mx 60 TLSA " + self.record(3, 1, 1)
        mail = ("@ 60 MX 10 mx", "@ 60 MX 20 mx2", "mx2 60 A 192.0.2.2")
        self.assertEqual(self.lint(*mail, good, status=1), [(5, "warning", "mx-without-tlsa")])
        self.assertEqual(self.lint(*mail), [(4, "note", "mail-without-dane")])

    def test_without_certificates(self) -> None:
        zone = self.zone("_25._tcp.mx 60 TLSA " + another(self.record(3, 1, 1)))
        self.assertEqual(self.dane("zone", zone), "1 TLSA record: no findings "
                         "(compared with no certificate: --certs)\n")
        self.assertFalse(self.json("zone", zone)["compared"])

    def test_standard_input(self) -> None:
        with open(self.zone("_25._tcp.mx 60 TLSA 3 1 1 00"), "rb") as zone:
            done = subprocess.run([PROGRAM, "zone", "-"], stdin=zone, capture_output=True,
                                  check=False, timeout=HANG_SECONDS)
        self.assertEqual((done.returncode, done.stderr), (1, b""))
        self.assertTrue(done.stdout.startswith(b"<stdin>:4: warning: "), done.stdout)

    def test_tree_of_certificates(self) -> None:
        root = self.scratch / "letsencrypt"
        for folder in ("archive/mx", "live/mx"):
            (root / folder).mkdir(parents=True)
        for name, text in (("cert", self.read("leaf.pem")), ("chain", self.read("ca.pem")),
                           ("fullchain", self.read("leaf-chain.pem")),
                           ("privkey", self.read("leaf.key"))):
            (root / f"archive/mx/{name}1.pem").write_text(text)
            (root / f"live/mx/{name}.pem").symlink_to(f"../../archive/mx/{name}1.pem")
        for certs in (root / "live", root / "live/mx/fullchain.pem"):
            zone = self.zone("_25._tcp.mx 60 TLSA " + self.record(2, 1, 1))
            self.assertEqual(self.dane("zone", zone, "--certs", str(certs)),
                             "1 TLSA record: no findings\n")
            zone = self.zone("_25._tcp.mx 60 TLSA 3" + self.record(2, 1, 1)[1:])
            self.assertIn("(mismatch)", self.dane("zone", zone, "--certs", str(certs), status=1))

    def test_bad_input(self) -> None:
        certs = ("--certs", self.path("certs"))
        for words in ((), certs, (self.zone(), "more", *certs),
                      (self.zone(), "--certs", self.path("nothing")),
                      (self.zone(), "--certs", self.path("none")),
                      (self.zone(), "--origin", "a..b", *certs),
                      (self.zone(), "--at", "x", *certs), (self.path("nothing"), *certs),
                      (self.path("certs"), *certs)):
            self.fails("zone", *words)
        for line in ("_25._tcp.mx 60 TLSA 3 1 1 zz", "_25._tcp.mx 60 TLSA", "mx IN A 1.2.3.4.5",
                     "\x01\x02\x03", "_25._tcp.mx 60 TLSA 3 1 1 abc",
                     "_25._tcp.mx 60 TLSA 300 1 1 ab"):
            self.fails("zone", self.zone(line), *certs, pattern=":4: ")
        bare = self.write("bare", "@ 60 IN SOA a b 1 1 1 1 1\n")
        self.fails("zone", bare, *certs, pattern=":1: .*--origin")
        self.assertIn("0 TLSA records", self.dane("zone", bare, "--origin", "example.org", *certs))

    def test_aliases_and_wildcards(self) -> None:
        good, bad = self.record(2, 1, 1), another(self.record(2, 1, 1))
        alias = "_25._tcp.mx 60 IN CNAME le._dane"
        self.assertEqual(self.lint(alias, "le._dane 60 TLSA " + good), [])
        self.assertEqual(self.lint(alias, "le._dane 60 TLSA " + bad, status=1),
                         [(5, "error", "mismatch"), (5, "warning", "record-anchor-not-sent")])
        for owner in ("*.mx", "*._tcp.mx"):
            self.assertEqual(self.lint(f"{owner} IN 60 TLSA {good}"), [])
            self.assertEqual(self.lint(f"{owner} IN 60 TLSA {bad}", status=1),
                             [(4, "error", "mismatch"),
                              (4, "warning", "record-anchor-not-sent")])

    def test_zone_and_verify_say_the_same(self) -> None:
        for usage in (2, 3):
            for selector in (0, 1):
                for matching in (0, 1, 2):
                    for record in (self.record(usage, selector, matching),
                                   another(self.record(usage, selector, 1))):
                        for chain in ("leaf", "leaf-chain"):
                            self.compare(record, chain)

    def compare(self, record: str, chain: str) -> None:
        """Holds the errors of dane zone against the verdict of dane verify."""
        directory = self.scratch / "one"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        shutil.copy(self.path(f"{chain}.pem"), directory)
        zone = self.zone("_25._tcp.mx 60 TLSA " + record)
        status = [subprocess.run([PROGRAM, *words], capture_output=True, check=False)
                  for words in (
                      ("verify", "--chain", self.path(f"{chain}.pem"), "--record", record,
                       "--service", "smtp", "--name", "mx.example.org"),
                      ("zone", zone, "--certs", str(directory), "--json"))]
        found = json.loads(status[1].stdout)["findings"]
        errors = [one["code"] for one in found if one["severity"] == "error"]
        self.assertEqual(status[0].returncode == 0, not errors, (record, chain, errors))

    def test_files_of_a_client_for_certificates(self) -> None:
        live = self.scratch / "live"
        live.mkdir()
        for name, text in (("cert.pem", self.read("leaf.pem")), ("chain.pem", self.read("ca.pem")),
                           ("fullchain.pem", self.read("leaf-chain.pem")),
                           ("privkey.pem", self.read("leaf.key"))):
            (live / name).write_text(text)
        zone = self.zone("_25._tcp.mx 60 TLSA 3" + self.record(2, 1, 1)[1:])
        self.assertIn("(mismatch)", self.dane("zone", zone, "--certs", str(live), status=1))
        zone = self.zone("_25._tcp.mx 60 TLSA " + self.record(2, 1, 1))
        self.dane("zone", zone, "--certs", str(live))

    def test_what_is_not_needed_stops_nothing(self) -> None:
        good = "_25._tcp.mx 60 TLSA " + self.record(3, 1, 1)
        self.assertEqual(self.lint("x 60 DSYNC a b c", "y 60 LOC here", "z TYPE65280 \\# zz",
                                   "$GENERATE 1-3 h$ 60 A 192.0.2.$", good),
                         [])
        self.assertEqual(self.lint("$INCLUDE gone", good, status=1), [(4, "error", "include")])


class Received(Case):
    """dane tlsrpt --read: reports that others send."""

    REPORT = {
        "organization-name": "Company-X", "contact-info": "tls@company-x.example",
        "report-id": "1", "date-range": {"start-datetime": "2026-06-01T00:00:00Z",
                                         "end-datetime": "2026-06-01T23:59:59Z"},
        "policies": [{
            "policy": {"policy-type": "tlsa", "policy-string": ["3 1 1 00ff"],
                       "policy-domain": "mx.example.org"},
            "summary": {"total-successful-session-count": 5326,
                        "total-failure-session-count": 3},
            "failure-details": [{
                "result-type": "validation-failure", "sending-mta-ip": "198.51.100.62",
                "receiving-mx-hostname": "mx.example.org", "receiving-ip": "192.0.2.1",
                "failed-session-count": 3}]}]}

    def keep(self, name: str, octets: bytes) -> str:
        """A file of these octets."""
        (self.scratch / name).write_bytes(octets)
        return self.path(name)

    def mail(self, kind: str, octets: bytes) -> bytes:
        """A mail message with them in it, as a mail program saves it."""
        mail = EmailMessage()
        mail["Subject"] = "Report Domain: example.org Submitter: company-x.example"
        mail["TLS-Report-Domain"] = "example.org"
        mail.set_content("This is an aggregate TLS report.\n" * 3)
        mail.add_attachment(octets, maintype="application", subtype=kind, filename="x.json.gz")
        return mail.as_bytes(policy=email.policy.SMTP)

    def test_every_envelope_says_the_same(self) -> None:
        plain = json.dumps(self.REPORT).encode()
        packed = gzip.compress(plain)
        texts = {self.dane("tlsrpt", "--read", self.keep("report", octets), status=1)
                 for octets in (plain, packed, self.mail("tlsrpt+gzip", packed),
                                self.mail("tlsrpt+json", plain),
                                self.mail("octet-stream", packed))}
        (text,) = texts
        self.assertIn("DANE, mx.example.org: 5326 sessions succeeded, 3 failed\n", text)
        self.assertIn("3 at mx.example.org [192.0.2.1], sent from 198.51.100.62\n", text)
        self.assertLessEqual(len(text.splitlines()), 10)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.dane("explain", re.search(r"dane\s+explain\s+(\S+)", text)[1])

    def test_json(self) -> None:
        file = self.keep("report", json.dumps(self.REPORT).encode())
        got = self.json("tlsrpt", "--read", file, status=1)
        self.assertEqual((got["organization"], got["file"]), ("Company-X", file))
        (policy,) = got["policies"]
        self.assertEqual((policy["type"], policy["succeeded"], policy["failed"]),
                         ("tlsa", 5326, 3))
        self.assertEqual(policy["failures"], [{
            "result": "validation-failure", "sessions": 3, "host": "mx.example.org",
            "address": "192.0.2.1", "source": "198.51.100.62"}])

    def test_no_failure(self) -> None:
        good = {**self.REPORT, "policies": [
            {"policy": {"policy-type": "sts", "policy-domain": "example.org"},
             "summary": {"total-successful-session-count": 7,
                         "total-failure-session-count": 0}}]}
        file = self.keep("report", json.dumps(good).encode())
        self.assertIn("none failed", self.dane("tlsrpt", "--read", file))

    def test_hostile_files(self) -> None:
        """One line each."""
        for octets in (b"", b"\x00" * 1000, os.urandom(100_000), b"[" * 1_000_000,
                       gzip.compress(b" " * 50_000_000, 1), gzip.compress(b"{}")[:-9],
                       b'{"policies":' + b"[" * 1000, self.mail("gzip", b"x" * 1000)):
            file = self.keep("hostile", octets)
            done = subprocess.run([PROGRAM, "tlsrpt", "--read", file],
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                  timeout=HANG_SECONDS)
            self.assertEqual((done.returncode, done.stdout), (3, b""), octets[:20])
            self.assertRegex(done.stderr.decode(), r"\Adane: " + re.escape(file) + r": [^\n]+\n\Z")

    def test_bad_input(self) -> None:
        file = self.keep("report", b"{}")
        for words in ((), (file, "--domain", "example.org"), (file, "--from", "2026-06-01")):
            self.fails("tlsrpt", "--read", *words)


class Online(Case):
    """dane lookup and check."""

    def test_lookup(self) -> None:
        for host, state, status in (("www.secure.example", "present", 0),
                                    ("absent.secure.example", "absent", 1),
                                    ("www.plain.example", "insecure-address", 1),
                                    ("www.striptlsa.example", "undecided", 3),
                                    ("www.wrongds.example", "undecided", 3)):
            self.assertEqual(self.json("lookup", host, "443", status=status)["status"], state)
            self.dane("lookup", host, "443", status=status)

    def test_lookup_tells_all(self) -> None:
        got = self.json("lookup", "alias.secure.example", "443")
        self.assertEqual(got["aliases"], ["alias.secure.example"])
        self.assertEqual(got["base_domains"], [got["canonical"], "alias.secure.example"])
        self.assertEqual(got["owner"], f"_443._tcp.{got['canonical']}")
        self.assertGreater(got["ttl"], 0)
        self.assertGreater(got["signed_for"], 0)
        self.assertRegex(got["signed_until"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(len(got["records"]), 1)
        drill = subprocess.run(["drill", "-D", "-o", "CD", "@127.53.0.53", "TLSA", got["owner"]],
                               capture_output=True, text=True, check=True).stdout
        self.assertIn(got["records"][0]["data"], drill.lower())

    def test_lookup_begins_with_what_is_there(self) -> None:
        for host, status, line in (
                ("www.secure.example", 0, "1 TLSA record, signed with DNSSEC"),
                ("absent.secure.example", 1, "no TLSA records; DNSSEC proves that")):
            text = self.dane("lookup", host, "443", status=status)
            self.assertTrue(text.startswith(f"_443._tcp.{host}: {line}\n\n  host  "), text)
            self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_lookup_of_an_alias_of_the_records(self) -> None:
        got = self.json("lookup", "tlsa-alias.secure.example", "443")
        self.assertEqual(got["status"], "present")

    def test_check(self) -> None:
        for host, status, word, reason in (
                ("www.secure.example", 0, "proved", "ok"),
                ("u211.secure.example", 0, "proved", "ok"),
                ("encipher-ee.secure.example", 0, "proved", "ok"),
                ("mismatch.secure.example", 1, "not-proved", "mismatch"),
                ("absent.secure.example", 1, "not-proved", "no-tlsa"),
                ("www.striptlsa.example", 3, "undecided", "bogus"),
                ("closed.secure.example", 3, "undecided", "connect")):
            got = self.json("check", host, status=status)
            self.assertEqual((got["status"], got["peers"][0]["reason"]), (word, reason), host)
            self.dane("check", host, status=status)

    def test_check_of_an_address(self) -> None:
        for address in ("127.60.0.1", "::1"):
            text = self.dane("check", address, status=1)
            self.assertTrue(text.startswith(
                f"{address} port 443 (TLS): NO DANE: an address has no TLSA records\n"
                "They stand at names: give that of the host"), text)

    def live(self, leaf: str, host: str, port: str, *words: str, **more) -> dict:
        """The object of dane verify for what a server of the zones shows."""
        chain = self.write(f"{leaf}-live.pem", "".join(
            (DIRECTORY / "certs" / f"{name}.pem").read_text() for name in (leaf, "ca")))
        words = ("verify", "--chain", chain, host, port, *words)
        if more.get("status") != 3:
            self.dane(*words, **more)
        return self.json(*words, **more)

    def test_verify_by_records_of_the_dns(self) -> None:
        for leaf, host, port, status, word, reason in (
                ("good", "www.secure.example", "443", 0, "verified", "ok"),
                ("good", "u211.secure.example", "https", 0, "verified", "ok"),
                ("good", "alias.secure.example", "443", 0, "verified", "ok"),
                ("mail", "mx1.mail.example", "25", 0, "verified", "ok"),
                ("good", "mismatch.secure.example", "443", 1, "failed", "mismatch"),
                ("good", "absent.secure.example", "443", 1, "failed", "no-tlsa"),
                ("good", "www.plain.example", "443", 1, "failed", "no-tlsa"),
                ("good", "www.striptlsa.example", "443", 3, "undecided", "bogus"),
                ("good", "nothing.secure.example", "443", 3, "undecided", "no-address")):
            got = self.live(leaf, host, port, status=status)
            self.assertEqual((got["status"], got["reason"], got["host"]), (word, reason, host))
            self.assertEqual([note["state"] for note in got["notes"]],
                             [record["state"] for record in got["dns"]["records"]])
            looked_up = self.json("lookup", host, port, status=0 if got["notes"] else status)
            self.assertEqual(len(looked_up.get("records", [])), len(got["notes"]), host)

    def test_verify_says_where_records_are_from(self) -> None:
        chain = ("verify", "--chain", str(DIRECTORY / "certs" / "good.pem"))
        text = self.dane(*chain, "www.secure.example", "443")
        self.assertRegex(text, r"\AVERIFIED: [^\n]*\n"
                         r"  source   _443\._tcp\.www\.secure\.example in the DNS\n"
                         r"           signed, TTL [^\n]*, signature good for [^\n]*\n"
                         r"  record   3 1 1 ")
        text = self.dane(*chain, "absent.secure.example", "443", status=1)
        self.assertEqual(text, "NOT VERIFIED: DNSSEC proves that there are no TLSA records at "
                         "_443._tcp.absent.secure.example (no-tlsa)\n")

    def test_verify_holds_a_chain_to_the_names_of_the_host(self) -> None:
        host = ("u211.secure.example", "443")
        self.assertEqual(self.live("wrong-name", *host, status=1)["reason"], "name-mismatch")
        got = self.live("good", *host, "--name", "no.example", status=1)
        self.assertEqual(got["reason"], "name-mismatch")
        self.live("good", "www.secure.example", "443", "--name", "no.example")
        self.live("good", "www.secure.example", "443", "--name", "no.example", "--dane-ee-names",
                  status=1)

    def test_verify_on_port_25_is_for_mail(self) -> None:
        roots = ("--roots", str(DIRECTORY / "certs" / "ca.pem"))
        host = "pkix.mail.example"
        self.assertEqual(self.live("mail", host, "25", *roots, status=1)["status"], "unusable")
        self.assertEqual(self.live("mail", host, "25", "--service", "tls", *roots)["usage"], 1)

    def test_check_shows_everything(self) -> None:
        (peer,) = self.json("check", "u211.secure.example", "443")["peers"]
        self.assertEqual(peer["tls"]["protocol"], "TLSv1.3")
        self.assertEqual(len(peer["chain"]), 2)
        self.assertEqual(peer["chain"][1]["spki_sha256"], peer["dns"]["records"][0]["data"])
        self.assertEqual(peer["dns"]["records"][0]["state"], "matched")
        text = self.dane("check", "u211.secure.example", "443")
        self.assertTrue(text.startswith("u211.secure.example port 443 (TLS): VERIFIED by DANE\n"))
        for word in ("TLSv1.3", "X25519", "TTL", "matches its issuer", "ECDSA P-256",
                     "days left"):
            self.assertIn(word, text)
        self.assertIn("  matched\n", self.dane("check", "-v", "u211.secure.example"))

    def test_check_tells_what_to_publish(self) -> None:
        for host, verdict, why in (
                ("mismatch.secure.example", "NOT VERIFIED", "is not the one published in DNS"),
                ("absent.secure.example", "NO DANE: no TLSA records", "DNSSEC proves that")):
            text = self.dane("check", host, status=1)
            self.assertIn(f"{host} port 443 (TLS): {verdict}\n", text)
            self.assertIn(why, " ".join(text.split()))
            shown = self.dane("make", host, "443", "--cert",
                              str(DIRECTORY / "certs" / "good.pem")).split()[-1]
            self.assertIn(shown, text)
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertIn("not signed with DNSSEC", self.dane("check", "www.plain.example", status=1))

    def test_check_of_what_is_no_host(self) -> None:
        for word, hint in (("me@mail.example", "dane audit mail.example"),
                           ("mail.example", "dane audit mail.example")):
            done = subprocess.run([PROGRAM, "check", "--unbound-conf",
                                   str(DIRECTORY / "unbound.conf"), word], capture_output=True, text=True,
                                  check=False, timeout=HANG_SECONDS)
            self.assertIn(done.returncode, (2, 3))
            self.assertIn(hint, done.stderr)
        self.assertEqual(self.json("check", "mx1.mail.example:25")["port"], 25)
        self.assertEqual(self.json("check", "https://www.secure.example/x")["port"], 443)

    def test_check_by_starttls(self) -> None:
        got = self.json("check", "mx1.mail.example", "--starttls", "smtp")
        self.assertEqual((got["port"], got["status"]), (25, "proved"))
        self.assertEqual(self.json("check", "mx1.mail.example", "25")["status"], "proved")
        self.json("check", "mx1.mail.example", "25", "--starttls", "none", status=1)
        got = self.json("check", "smtp-refused.secure.example", "--starttls", "smtp", status=1)
        self.assertEqual(got["peers"][0]["reason"], "starttls-refused")

    def test_all_addresses(self) -> None:
        got = self.json("check", "several.secure.example", "--all-addresses", status=3)
        self.assertEqual(sorted(peer["reason"] for peer in got["peers"]),
                         ["connect", "connect", "ok"])
        self.assertEqual(len(self.json("check", "several.secure.example")["peers"]), 3)
        self.assertEqual(len(self.json("check", "several.secure.example", "--first")["peers"]), 1)

    def test_other_policies(self) -> None:
        roots = ("--roots", str(DIRECTORY / "certs" / "ca.pem"))
        got = self.json("check", "absent.secure.example", *roots)
        self.assertEqual(got["peers"][0]["status"], "pkix")
        self.json("check", "mismatch.secure.example", "--policy", "pkix", *roots)
        self.json("check", "www.secure.example", "--policy", "dane+pkix", *roots)
        self.json("check", "www.secure.example", "--dane-ee-names", "--name", "no.example",
                  status=1)

    def test_a_resolver_by_option(self) -> None:
        conf = ("--unbound-conf", str(DIRECTORY / "forward.conf"))
        self.assertEqual(self.json("lookup", *conf, "www.secure.example", "443")["status"],
                         "present")

    def test_who_was_asked_when_nobody_answers(self) -> None:
        words = ("lookup", "--forward", "127.62.9.9", "--dns-timeout", "2",
                 "www.secure.example", "443")
        found = self.json(*words, status=3)
        self.assertRegex(found["advice"], r"\AAsked: 127\.62\.9\.9, as --forward has it")
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False,
                              timeout=HANG_SECONDS)
        self.assertRegex(done.stderr, r"\Adane: fatal: [^\n]*\. Asked: 127\.62\.9\.9[^\n]*\n\Z")
        self.assertNotIn("advice", self.json("lookup", "www.striptlsa.example", "443", status=3))

    def test_explain(self) -> None:
        text = self.dane("explain", "MISMATCH", "starttls_refused", "partial")
        for word in ("mismatch, a reason", "starttls-refused, a reason in reports and a finding",
                     "partial, a grade"):
            self.assertIn(word, text)
        self.assertIn("name-mismatch", self.dane("explain"))
        self.assertEqual(self.dane("help", "zone"), self.dane("zone", "--help"))

    def test_mistyped_words(self) -> None:
        for words, meant in ((("chekc",), "check"), (("explain", "mismach"), "mismatch"),
                             (("check", "--timout", "3", "a.example"), "--timeout")):
            done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"did you mean {meant}?", done.stderr)

    def test_a_reader_that_has_enough(self) -> None:
        done = subprocess.run(["bash", "-c", f"{PROGRAM} audit --catalogue | head -1; "
                               'echo "${PIPESTATUS[0]}"'],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        self.assertIn(done.stdout.splitlines()[-1], ("0", str(128 + signal.SIGPIPE)))

    def test_bad_input(self) -> None:
        for words in (("lookup",), ("lookup", "www.secure.example"),
                      ("lookup", "www.secure.example", "0"), ("lookup", "a..b", "443"),
                      ("lookup", "www.secure.example", "443", "more"),
                      ("lookup", "--dns-timeout", "0", "www.secure.example", "443"),
                      ("lookup", "--forward", "x", "www.secure.example", "443"),
                      ("lookup", "--unbound-conf", "/nonexistent", "www.secure.example", "443"),
                      ("lookup", "--trust-anchor", "/nonexistent", "www.secure.example", "443"),
                      ("check",), ("check", "a..b"), ("check", "www.secure.example", "x y"),
                      ("check", "www.secure.example", "1", "2"),
                      ("check", "--starttls", "http", "www.secure.example"),
                      ("check", "--policy", "dne", "www.secure.example"),
                      ("check", "--policy", "pkix", "www.secure.example"),
                      ("check", "--roots", "/nonexistent", "www.secure.example"),
                      ("check", "--timeout", "0", "www.secure.example"),
                      ("check", "--name", "", "www.secure.example")):
            self.fails(*words)


class Everywhere(Case):
    """What all subcommands have in common."""

    def test_help(self) -> None:
        self.assertIn("usage: dane", self.dane("--help"))
        for command in COMMANDS:
            self.assertTrue(self.dane(command, "--help").startswith(f"usage: dane {command}"))
            self.assertIn(f"  {command} ", self.dane("--help"))
        self.assertIn("dane (ucspi-dane)", self.dane("--version"))

    def test_help_fits_a_terminal(self) -> None:
        for command in ("make", "verify", "verify-pkix", "match-name", "to-ascii", "zone",
                        "rollover", "check", "connect", "lookup"):
            self.assertLessEqual(max(map(len, self.dane(command, "--help").splitlines())), 80)

    def test_bad_commands(self) -> None:
        for words in ((), ("nonsense",), ("--nonsense",), ("",), ("a\nb",)):
            self.fails(*words)

    def test_colours_only_on_a_terminal(self) -> None:
        words = [PROGRAM, "match-name", "--cert", self.path("leaf.pem"), "--name",
                 "mx.example.org"]
        for env, coloured in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                              ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
            ours, theirs = pty.openpty()
            subprocess.run(words, stdout=theirs, env=env, check=True)
            os.close(theirs)
            self.assertEqual(b"\x1b[" in os.read(ours, 4096), coloured, env)
            os.close(ours)

    def test_output_that_cannot_be_written_is_a_failure(self) -> None:
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "to-ascii", "a.b"], stdout=full, check=False)
        self.assertEqual(done.returncode, 3)


def main(words: list[str]) -> int:
    """The command line."""
    global PROGRAM, DIRECTORY
    if len(words) < 3:
        print(__doc__, file=sys.stderr)
        return 100
    PROGRAM, DIRECTORY = os.path.abspath(words[1]), Path(words[2]).resolve()
    return run_cases(sys.modules[__name__], words[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
