"""What a stranger can make the programs compute: keys, groups, certificates, replies and
zones that are made to be slow. Whatever comes, a run ends with its right status and takes
less than a second of CPU, for no deadline interrupts a call into a library.

    costs.py SSLCLIENT DANE COSTLY_PEER ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Optional

import costly_material as costly
import sslclient_behaviour_support as support
from harness import run_cases
from own_internet import Internet
from sslclient_behaviour_support import Server

SSLCLIENT, DANE, PEER = "", "", ""
MOST_CPU_SECONDS = 1.0
PART = int(os.environ.get("COSTS_PART", "1"))    # under sanitizers all is ten times as slow
STARTS = 100   # and so many starts of the program beside, which sanitizers make slow
ADDRESS = "127.62.99.9"
GOOD_SUITES = {"ecdhe": b"\xc0\x2f", "dhe": b"\x00\x9e"}


class Measured:
    """A finished run and the CPU time that it took."""

    def __init__(self, words: list[str], env: Optional[dict[str, str]] = None) -> None:
        began = time.monotonic()
        running = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT,
                                   env={"PATH": os.environ["PATH"], **(env or {})})
        assert running.stdout
        self.text = running.stdout.read().decode(errors="replace")
        _pid, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        self.status = running.returncode
        self.seconds = time.monotonic() - began
        self.cpu = usage.ru_utime + usage.ru_stime


@functools.cache
def start_seconds() -> float:
    """What a run costs that asks nothing of anybody."""
    return Measured([SSLCLIENT, "--version"]).cpu


class Case(unittest.TestCase):
    """Runs that are bounded."""

    scratch: Path

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="costs."))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)

    def file(self, name: str, content: bytes) -> str:
        """Writes it; returns its path."""
        path = self.scratch / name
        path.write_bytes(content)
        return str(path)

    def cheap(self, done: Measured, status: int, *words: str) -> Measured:
        """Its status, its words, and little work."""
        self.assertEqual(done.status, status, done.text)
        for word in words:
            self.assertIn(word, done.text)
        self.assertLess(done.cpu, MOST_CPU_SECONDS + STARTS * start_seconds(), done.text)
        return done

    def connect(self, port: int, *options: str, address: str = ADDRESS) -> Measured:
        """sslclient to a peer that nobody has to prove, so that nothing but the handshake
        itself can refuse it."""
        return Measured([SSLCLIENT, "-RHl0", "-T", "20+20", "-v", "--policy", "encrypt",
                         "--unbound-conf", str(support.DIRECTORY / "unbound.conf"), *options,
                         address, str(port), "true"])

    def peer(self, kind: str, shown: bytes, octets: int, priorities: str) -> None:
        """A server of TLS that shows this, until the test is over."""
        self.start([PEER, kind, self.file("shown.der", shown), str(octets), ADDRESS, "443",
                    priorities])

    def start(self, words: list[str]) -> None:
        """A peer that says when it is ready, until the test is over."""
        running = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert running.stdin and running.stdout
        self.addCleanup(running.wait)
        self.addCleanup(running.stdout.close)
        self.addCleanup(running.stdin.close)
        self.assertEqual(running.stdout.readline(), b"ready\n")


class Handshakes(Case):
    """Keys and groups before anybody is proved."""

    def test_tls_13_keys(self) -> None:
        """CertificateVerify, which a client checks before it judges."""
        for algorithm, modulus, exponent in ((costly.RSA, 6000, 6000), (costly.RSA, 2000, 2000),
                                             (costly.RSA, 30000, 30000),
                                             (costly.RSA_X500, 2000, 2000)):
            with self.subTest(algorithm=algorithm, modulus=modulus):
                leaf = costly.certificate(costly.key(algorithm, modulus, exponent))
                self.peer("x509", leaf, modulus, "NORMAL:-VERS-ALL:+VERS-TLS1.3")
                self.cheap(self.connect(443), 111, "is not used")
                self.doCleanups()
                self.setUp()

    def test_tls_12_keys(self) -> None:
        """ServerKeyExchange, by a server that is nothing but octets."""
        for algorithm, modulus, exponent in ((costly.RSA, 6000, 6000), (costly.RSA, 2000, 2000),
                                             (costly.RSA, 20000, 20000)):
            with self.subTest(algorithm=algorithm, modulus=modulus):
                leaf = costly.certificate(costly.key(algorithm, modulus, exponent))
                flight = costly.handshake_12(leaf, costly.ecdhe(modulus), GOOD_SUITES["ecdhe"])
                with Server(said(flight)) as server:
                    self.cheap(self.connect(443, address=server.address), 111, "is not used")

    def test_tls_12_groups(self) -> None:
        """A Diffie-Hellman prime as long as it may stand there."""
        leaf = costly.certificate(costly.key(costly.RSA, 256, 1))
        for prime in (1025, 2040, 8000, 30000):
            with self.subTest(prime=prime):
                flight = costly.handshake_12(leaf, costly.dhe(prime), GOOD_SUITES["dhe"])
                with Server(said(flight)) as server:
                    self.cheap(self.connect(443, address=server.address), 111,
                               "Diffie-Hellman prime")

    def test_tickets_for_ever(self) -> None:
        """After the handshake, faster than they are read: no data, no end, no deadline."""
        home = support.DIRECTORY
        self.start([str(Path(PEER).with_name("ticket_peer")), str(home / "chains/good.pem"),
                    str(home / "certs/good.key"), ADDRESS, "443"])
        done = Measured([SSLCLIENT, "-RHl0", "-T", "20+20", "--policy", "encrypt",
                         "--unbound-conf", str(support.DIRECTORY / "unbound.conf"),
                         ADDRESS, "443", "sh", "-c", "cat <&6"])
        self.cheap(done, 111, "messages of TLS for ever")

    def test_large_certificates(self) -> None:
        """Names, attributes and numbers in thousands: parsed before the signature is found wrong."""
        small = costly.key(costly.RSA, 256, 1)
        for leaf in (costly.certificate(small, names=7000 // PART),
                     costly.certificate(small, attributes=2000 // PART),
                     costly.certificate(small, serial=b"\x01" * (100_000 // PART))):
            with self.subTest(octets=len(leaf)):
                try:
                    self.peer("x509", leaf, 256, "NORMAL:-VERS-ALL:+VERS-TLS1.3")
                    self.cheap(self.connect(443), 111, "verification has failed")
                finally:
                    self.doCleanups()
                    self.setUp()


def said(octets: bytes):
    """A server that waits for a hello and says this."""
    def serve(peer: socket.socket) -> None:
        peer.recv(65536)
        peer.sendall(octets)
        while peer.recv(65536):
            pass
    return serve


class Zones(Case):
    """Keys and signatures of DNSSEC, which need no connection at all."""

    def look_up(self, owner: str, ready: str, anchor: str, status: int = 3) -> Measured:
        """A look-up in a zone that is served as it is."""
        directory = Path(tempfile.mkdtemp(prefix="costs-dns."))
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        with Internet(directory, "127.62.53.9") as internet:
            internet.publish({"own": ""}, {owner: (ready, anchor)})
            return self.cheap(Measured(
                [DANE, "lookup", "--unbound-conf", str(internet.conf), "--dns-timeout", "20",
                 owner, "25"]), status)

    def zone(self, keys: list[bytes], signatures: int, octets: int) -> Measured:
        """One below `own` of these keys."""
        owner = "slow.own"
        return self.look_up(owner, costly.zone(owner, keys, signatures, octets),
                            costly.ds(owner, keys[0]))

    def test_large_keys(self) -> None:
        """A DNSKEY with large numbers, alone and under many signatures."""
        for modulus, exponent, signatures in ((6000, 6000, 1), (6000, 6000, 20),
                                              (384, 384, 20), (2000, 200, 20)):
            with self.subTest(modulus=modulus, signatures=signatures):
                self.zone([costly.dnskey(modulus, exponent)], signatures, modulus)

    def test_many_keys(self) -> None:
        """Ordinary keys that all have one tag, each with many signatures (KeyTrap)."""
        first = costly.dnskey(256, 3)
        keys = [first] + [costly.with_tag(costly.dnskey(256, 3), costly.key_tag(first))
                          for _ in range(60)]
        self.zone(keys, 60, 256)

    def test_nsec3_iterations(self) -> None:
        """A denial that wants thousands of hashes for each label."""
        home = self.scratch / "n3"
        with Internet(home, "127.62.53.9") as internet:
            internet.publish({"own": "", "deep.own": "@ A 127.62.99.1\na.b.c A 127.62.99.2\n"},
                             nsec3={"deep.own": 65535})
            name = ".".join("abcdefghijklmnopqrstuvwxyz"[:20]) + ".deep.own"
            self.cheap(Measured([DANE, "lookup", "--unbound-conf", str(internet.conf),
                                 "--dns-timeout", "20", name, "25"]), 3, "no IP address")


def main(words: list[str]) -> int:
    """The command line."""
    global SSLCLIENT, DANE, PEER  # pylint: disable=global-statement
    SSLCLIENT, DANE, PEER = words[1:4]
    support.DIRECTORY = Path(words[4]).resolve()
    return run_cases(sys.modules[__name__], words[5:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
