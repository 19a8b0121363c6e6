"""What the tests of `dane` share: a chain that openssl makes, runs of the program, and the
command line."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import ModuleType
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


def main(module: ModuleType, words: list[str]) -> int:
    """The command line of a test."""
    global PROGRAM, DIRECTORY
    if len(words) < 3:
        print(module.__doc__, file=sys.stderr)
        return 100
    PROGRAM, DIRECTORY = os.path.abspath(words[1]), Path(words[2]).resolve()
    return run_cases(module, words[3:])
