"""Leaves that GnuTLS cannot read, on real OpenSSL servers: DANE-EE looks at nothing but the
match (RFC 7671 5.1), so that they are proved all the same; and what `dane verify` says of a
file is what a connection says.

    odd_leaves.py PROGRAM ZONES_DIR
"""

import base64
import hashlib
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Optional

import odd_certificates as odd
from harness import HANG_SECONDS
from own_internet import Internet

PROGRAMS = Path(".")
HOME = Path(".")
NAME_SERVER = "127.79.0.53"
SUFFIX = "odd.example"
VERSIONS = ("-tls1_2", "-tls1_3")
# OpenSSL does not find out what the key is for, and offers no suite of TLS 1.2 with ECDSA.
NOT_IN_TLS12 = {"bad-names", "repeated", "repeated-unknown", "bad-basic", "bad-usage"}
# Times that are none (RFC 5280 4.1.2.5): OpenSSL serves them before 3.5 alone.
NOT_BY_OPENSSL_35 = {"no-seconds", "no-time", "rsa-no-seconds", "rsa-no-time"}
COMPRESSED = {f"{form}-p-{size}" for form in ("compressed", "hybrid", "all")
              for size in (256, 384, 521)}
_COUNT = iter(range(1, 250))


def pem(der: bytes) -> bytes:
    """What `openssl x509` would refuse to write, too."""
    text = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


class Leaf:
    """A served leaf: its files, and an address of its own."""

    def __init__(self, word: str, der: bytes, key: Path, spki: bytes,
                 behind: tuple[bytes, ...] = ()) -> None:
        self.word, self.der, self.key, self.spki = word, der, key, spki
        self.address = f"127.79.1.{next(_COUNT)}"
        self.file = HOME / f"{word}.pem"
        self.file.write_bytes(pem(der))
        self.rest = HOME / f"{word}-rest.pem"
        self.rest.write_bytes(b"".join(map(pem, behind)))
        self.whole = HOME / f"{word}-whole.pem"
        self.whole.write_bytes(self.file.read_bytes() + self.rest.read_bytes())
        self.has_rest = bool(behind)

    def record(self, text: str) -> str:
        """A TLSA record in words: `3 1 1` with the data that matches."""
        _usage, selector, matching = text.split()
        data = self.spki if selector == "1" else self.der
        digest = {"0": bytes, "1": lambda d: hashlib.sha256(d).digest(),
                  "2": lambda d: hashlib.sha512(d).digest()}[matching]
        return f"{text} {digest(data).hex()}"


class FirstWords:
    """A server that gets no further than its Certificate message in TLS 1.2, which is all
    that a client with no use for the certificate ever sees (RFC 5246 7.4.2)."""

    def __init__(self, leaf: Leaf, signer: Optional[Path] = None) -> None:
        self._signer = signer
        self._answers: queue.Queue[bytes] = queue.Queue()
        listed = odd.vector(3, odd.vector(3, leaf.der))
        hello = (b"\x03\x03" + b"\x11" * 32 + b"\0" + b"\xc0\x2b" + b"\0"
                 + odd.vector(2, b"\xff\x01\0\x01\0" + b"\0\x17\0\0"))
        self._words = (odd.record(b"\x02" + odd.vector(3, hello))
                       + odd.record(b"\x0b" + odd.vector(3, listed)))
        self._listener = socket.create_server((leaf.address, 443))
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> "FirstWords":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def answer(self) -> bytes:
        """The type of the record that came back; the client may end before it is read here."""
        return self._answers.get(timeout=HANG_SECONDS)

    def _key_exchange(self, hello: bytes) -> bytes:
        """What a server of ECDHE signs, if somebody signs it here, and the end of its words
        (RFC 8422 5.4)."""
        if self._signer is None:
            return b""
        point = odd.public(self._signer)[-65:]
        exchanged = b"\x03\0\x17" + odd.vector(1, point)
        seen = HOME / "signed"
        seen.write_bytes(hello[11:43] + b"\x11" * 32 + exchanged)
        signature = odd.openssl("dgst", "-sha256", "-sign", str(self._signer), str(seen))
        return (odd.record(b"\x0c" + odd.vector(3, exchanged + b"\x04\x03"
                                                + odd.vector(2, signature)))
                + odd.record(b"\x0e\0\0\0"))

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
                with peer:
                    peer.settimeout(20)
                    hello = peer.recv(65536)
                    peer.sendall(self._words + self._key_exchange(hello))
                    self._answers.put(peer.recv(65536)[:1])
            except ConnectionError:
                self._answers.put(b"")
            except OSError:
                return


RECORDS = ("3 1 1", "3 1 0", "3 1 2", "3 0 1", "3 0 0", "3 0 2")


def zone(leaves: list[Leaf]) -> str:
    """Every leaf under one name for each record."""
    lines = []
    for leaf in leaves:
        for text in RECORDS:
            host = f"{leaf.word}-{text.replace(' ', '')}"
            lines.append(f"{host} A {leaf.address}\n_443._tcp.{host} TLSA {leaf.record(text)}")
        lines.append(f"{leaf.word}-wrong A {leaf.address}\n"
                     f"_443._tcp.{leaf.word}-wrong TLSA 3 1 1 {'00' * 32}")
    return "\n".join(lines)


def served(leaf: Leaf, version: str, *more: str) -> subprocess.Popen:
    """A running `openssl s_server`."""
    rest = ["-cert_chain", str(leaf.rest)] if leaf.has_rest else []
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"{leaf.address}:443", "-cert", str(leaf.file),
         "-key", str(leaf.key), *rest, version, "-quiet", *more],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection((leaf.address, 443), 1).close()
            return server
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(server.stderr.read().decode() if server.stderr else "no server")


def is_readable(leaf: Leaf) -> bool:
    """Whether OpenSSL takes a leaf for a certificate, and so serves it."""
    return subprocess.run(["openssl", "x509", "-noout", "-in", str(leaf.file)],
                          capture_output=True, check=False).returncode == 0


def is_kept_back(leaf: Leaf) -> bool:
    """Whether OpenSSL, as 3.0.13 does, refuses TLS 1.2 because the point in its own leaf is
    compressed and the client lists uncompressed ones alone, as every GnuTLS does
    (RFC 8422 5.1.2)."""
    seen = subprocess.run(
        ["gnutls-cli", "--priority=NORMAL:-VERS-ALL:+VERS-TLS1.2", "--no-ca-verification",
         "--port=443", leaf.address], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=HANG_SECONDS, check=False)
    return b"Received alert [40]" in seen.stdout + seen.stderr


def run(*words: str) -> tuple[int, str]:
    """Status, and all that is printed."""
    done = subprocess.run([*words], stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG_SECONDS)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def connect(host: str) -> tuple[int, str]:
    """sslclient's word on a host."""
    return run(str(PROGRAMS / "sslclient"), "--unbound-conf", str(HOME / "net/unbound.conf"),
               "-RHl0", "-T", "5+5", f"{host}.{SUFFIX}", "443", "sh", "-c", "echo $DANE_REASON")


def judge(leaf: Leaf, record: str) -> tuple[int, str]:
    """dane verify's word on the same chain in a file."""
    return run(str(PROGRAMS / "dane"), "verify", "--chain", str(leaf.whole),
               "--record", record)


def reason(text: str) -> str:
    """The word that a program gives; `dane verify` has none for what is good."""
    first = text.strip().splitlines()[0]
    if first.startswith("VERIFIED: "):
        return "ok"
    found = re.findall(r"\(([a-z-]+)\)\s*$", first)
    return found[0] if found else text.strip()


def make_leaves() -> dict[str, Leaf]:
    """All of them."""
    keys = odd.Keys(HOME)
    ec = ("-algorithm", "EC", "-pkeyopt")
    usual = keys.make("usual", *ec, "ec_paramgen_curve:P-256")
    out = [Leaf(word, parts.certificate(odd.public(usual)), usual, odd.public(usual))
           for word, parts in odd.ODD.items()]
    for curve in ("P-256", "P-384", "P-521"):
        key = keys.make(curve, *ec, f"ec_paramgen_curve:{curve}")
        for word, options in {"explicit": ("-param_enc", "explicit"),
                              "compressed": ("-conv_form", "compressed"),
                              "hybrid": ("-conv_form", "hybrid"),
                              "all": ("-param_enc", "explicit", "-conv_form",
                                      "compressed")}.items():
            file, spki = keys.written(key, f"{word}-{curve.lower()}", *options)
            out.append(Leaf(file.stem, odd.Parts().certificate(spki), file, spki))
    rsa = keys.make("rsa", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    out += [Leaf(f"rsa-{word}", parts.certificate(odd.public(rsa)), rsa, odd.public(rsa))
            for word, parts in odd.ODD.items()]
    for word, options in odd.USELESS_KEYS.items():
        spki = odd.public(keys.make(word, *options))
        out.append(Leaf(word, odd.Parts().certificate(spki), usual, spki))
    sound = odd.Parts().certificate(odd.public(usual))
    for word, der in odd.no_certificates(sound).items():
        out.append(Leaf(word, der, usual, odd.public(usual)))
    for word, parts in {"sound": odd.ODD["good"], "odd": odd.ODD["offset"]}.items():
        der = parts.certificate(odd.public(usual))
        out.append(Leaf(f"{word}-before-odd", der, usual, odd.public(usual),
                        (odd.ODD["fraction"].certificate(odd.public(usual)),
                         odd.Parts(version=b"\x05\0").certificate(odd.public(usual)))))
    return {leaf.word: leaf for leaf in out}


LEAVES: dict[str, Leaf] = {}


class OddLeaves(unittest.TestCase):
    """Each leaf on a server of TLS 1.2 and one of TLS 1.3."""

    def expect_proved(self, leaf: Leaf, records: tuple[str, ...]) -> None:
        for version in VERSIONS:
            if version == "-tls1_2" and leaf.word in NOT_IN_TLS12:
                continue
            server = served(leaf, version)
            try:
                if version == "-tls1_2" and leaf.word in COMPRESSED and is_kept_back(leaf):
                    continue
                for record in records:
                    with self.subTest(leaf=leaf.word, version=version, record=record):
                        host = f"{leaf.word}-{record.replace(' ', '')}"
                        self.assertEqual(connect(host), (0, "ok\n"))
                with self.subTest(leaf=leaf.word, version=version, record="wrong"):
                    status, text = connect(f"{leaf.word}-wrong")
                    self.assertEqual((status, reason(text)), (111, "mismatch"))
            finally:
                server.kill()
                server.communicate()
        for record in records:
            with self.subTest(leaf=leaf.word, file=record):
                status, text = judge(leaf, leaf.record(record))
                self.assertEqual((status, reason(text)), (0, "ok"), text)

    def expect_believed(self, leaf: Leaf) -> None:
        """As far as goes what a server that OpenSSL would not run can say in TLS 1.2: the
        client goes on if the record matches, and breaks off if it does not."""
        if not leaf.word.startswith("rsa-"):
            alert, key_exchange = b"\x15", b"\x16"
            for record, wanted in (("311", key_exchange), ("wrong", alert)):
                with self.subTest(leaf=leaf.word, host=record), \
                        FirstWords(leaf, leaf.key) as server:
                    status, text = connect(f"{leaf.word}-{record}")
                    self.assertEqual(status, 111, text)    # nobody has more to say
                    self.assertEqual(server.answer(), wanted, text)
                    if wanted == alert:
                        self.assertEqual(reason(text), "mismatch")
        with self.subTest(leaf=leaf.word, file="3 1 1"):
            status, text = judge(leaf, leaf.record("3 1 1"))
            self.assertEqual((status, reason(text)), (0, "ok"), text)

    def test_each_is_proved_by_its_key(self) -> None:
        impossible = {*odd.USELESS_KEYS, *odd.no_certificates(b"")}
        possible = [leaf for leaf in LEAVES.values() if leaf.word not in impossible]
        unread = {leaf.word for leaf in possible if not is_readable(leaf)}
        self.assertIn(unread, (set(), NOT_BY_OPENSSL_35))
        for leaf in possible:
            if leaf.word in unread:
                self.expect_believed(leaf)
            else:
                self.expect_proved(leaf, ("3 1 1",))

    def test_every_record_of_dane_ee_proves(self) -> None:
        for word in ("fraction", "explicit-p-256", "rsa-repeated"):
            self.expect_proved(LEAVES[word], RECORDS)

    def test_what_follows_the_leaf_is_left_out(self) -> None:
        for word in ("sound-before-odd", "odd-before-odd"):
            self.expect_proved(LEAVES[word], ("3 1 1",))
            _status, text = judge(LEAVES[word], LEAVES[word].record("3 1 1"))
            self.assertIn("1 of the certificates sent cannot be read", text)

    def expect_impossible(self, word: str, wanted: str) -> None:
        leaf = LEAVES[word]
        with FirstWords(leaf):
            for host in (f"{word}-311", f"{word}-301"):
                with self.subTest(leaf=word, host=host):
                    status, text = connect(host)
                    self.assertEqual((status, reason(text)), (111, wanted), text)
            with self.subTest(leaf=word, command="check"):
                status, text = run(str(PROGRAMS / "dane"), "check", "--unbound-conf",
                                   str(HOME / "net/unbound.conf"), f"{word}-311.{SUFFIX}", "443")
                self.assertEqual(status, 1, text)
                self.assertIn(f"Reason: {wanted}.", text)
        with self.subTest(leaf=word, command="verify"):
            status, text = judge(leaf, leaf.record("3 1 1"))
            self.assertEqual((status, reason(text)), (1, wanted), text)

    def test_what_cannot_be_has_one_reason(self) -> None:
        for word in odd.USELESS_KEYS:
            self.expect_impossible(word, "unsupported-key")
        for word in odd.no_certificates(b""):
            self.expect_impossible(word, "bad-certificate")

    def test_a_record_proves_who_signs_with_the_leafs_key(self) -> None:
        leaf = LEAVES["fraction"]
        stranger = odd.Keys(HOME).make("stranger", "-algorithm", "EC", "-pkeyopt",
                                       "ec_paramgen_curve:P-256")
        alert, key_exchange = b"\x15", b"\x16"
        for signer, wanted in ((leaf.key, key_exchange), (stranger, alert)):
            with self.subTest(signer=signer.stem), FirstWords(leaf, signer) as server:
                status, text = connect("fraction-311")
                self.assertEqual(status, 111, text)    # nobody has more to say
                self.assertEqual(server.answer(), wanted, text)
                if wanted == alert:
                    self.assertEqual(reason(text), "handshake")


def main() -> int:
    """The command line."""
    global PROGRAMS, HOME  # pylint: disable=global-statement
    PROGRAMS = Path(sys.argv[1]).resolve().parent
    with tempfile.TemporaryDirectory(prefix="odd.") as home:
        HOME = Path(home)
        LEAVES.update(make_leaves())
        with Internet(HOME / "net", NAME_SERVER) as internet:
            internet.publish({SUFFIX: zone(list(LEAVES.values()))})
            program = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], exit=False)
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
