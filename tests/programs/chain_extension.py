"""RFC 9102 live: servers that bring the proof of their own TLSA records, and a client that asks.

    chain_extension.py DANE SSLCLIENT SSLSERVER CHAIN_PEER ZONES_DIR [NAME...]

Chains are what `dane evidence chain` writes of checks in the test internet, or that with something
done to it. sslclient has no name server that answers, unless a test says otherwise: what it
proves, it proves by the chain. Hostile chains are sent by chain_peer.cpp, which says whatever it is
told to. The last line is `N passed, N failed`.
"""

import base64
import json
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Optional

import evidence_support as support
import sslserver_support
from evidence_support import EVIDENCE, READER_PYTHON, run
from harness import HANG_SECONDS, run_cases
from sslserver_support import Sslserver, until

SSLCLIENT = ""
PEER = ""
WWW = "www.secure.example"
TLSA, CNAME, DS, RRSIG, DNSKEY = 52, 5, 43, 46, 48
DENIALS = (47, 50)    # NSEC, NSEC3
NOBODY_ANSWERS = ("--forward", "127.0.0.9@1", "--dns-timeout", "1")
ADDRESSES = (f"127.77.{number // 250}.{number % 250 + 1}" for number in range(1000))
CHAINS: dict[str, bytes] = {}
HEAPS: dict[str, bytes] = {}


# Chains.

def bundle_of(host: str, folder: Path) -> Path:
    """Evidence of a check, whatever came of that."""
    file = folder / f"{host}.json"
    run(support.PROGRAM, "check", "--unbound-conf", support.DIRECTORY / "unbound.conf",
        "--timeout", "3", "--evidence", file, host, "443")
    return file


def chain_of(host: str) -> bytes:
    """What `dane evidence chain` makes of it."""
    if host not in CHAINS:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "chain"
            done = run("unshare", "--net", support.PROGRAM, "evidence", "chain", "--trust-anchor",
                       support.DIRECTORY / "root.key", "-o", file,
                       bundle_of(host, Path(folder)), host, "443")
            if done.returncode:
                raise ChildProcessError(done.stderr)
            CHAINS[host] = file.read_bytes()
    return CHAINS[host]


def heap_of(host: str) -> bytes:
    """All records that a check came by, whatever they are worth."""
    if host not in HEAPS:
        with tempfile.TemporaryDirectory() as folder:
            value = json.loads(bundle_of(host, Path(folder)).read_text())
        HEAPS[host] = b"".join(map(base64.b64decode, value["dns"]["sets"]))
    return HEAPS[host]


@dataclass(frozen=True)
class Record:
    """A record of a chain."""

    octets: bytes
    type: int
    covers: int      # of a signature

    def spoilt(self) -> "Record":
        """Another last octet."""
        return Record(self.octets[:-1] + bytes([self.octets[-1] ^ 1]), self.type, self.covers)


def records(chain: bytes) -> list[Record]:
    """The records one after another."""
    out, at = [], 0
    while at < len(chain):
        end = at
        while chain[end]:
            end += chain[end] + 1
        rdtype, _, _, length = struct.unpack("!HHIH", chain[end + 1:end + 11])
        rdata = chain[end + 11:end + 11 + length]
        covers = struct.unpack("!H", rdata[:2])[0] if rdtype == RRSIG else 0
        out.append(Record(chain[at:end + 11 + length], rdtype, covers))
        at = end + 11 + length
    return out


def joined(some: list[Record]) -> bytes:
    """A chain of records."""
    return b"".join(one.octets for one in some)


def without(chain: bytes, *types: int) -> bytes:
    """A chain without records of these types, and without their signatures."""
    return joined([one for one in records(chain)
                   if one.type not in types and one.covers not in types])


# Servers and clients.

def files_of(leaf: str) -> tuple[Path, Path]:
    """What a server shows, and its key."""
    chain = support.DIRECTORY / f"chains/{leaf}.pem"
    return (chain if chain.exists() else support.DIRECTORY / f"certs/{leaf}.pem",
            support.DIRECTORY / f"certs/{leaf}.key")


def material(leaf: str = "good") -> dict[str, str]:
    """The settings of a server that shows what the records of most names are about."""
    chain, key = files_of(leaf)
    return {"CERTFILE": str(chain), "KEYFILE": str(key)}


class Foreign:
    """A server by OpenSSL, which says this in extension 59."""

    def __init__(self, data: Optional[bytes], leaf: str = "good", version: str = "1.2") -> None:
        self.address = next(ADDRESSES)
        self.folder = Path(tempfile.mkdtemp(prefix="foreign."))
        words = []
        if data is not None:
            file = self.folder / "extension"
            file.write_bytes(data)
            words = [file]
        self.running = subprocess.Popen(
            [PEER, "serve", self.address, "443", *files_of(leaf), version, *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> "Foreign":
        line = self.running.stdout.readline()
        if line != b"listening\n":
            raise ChildProcessError(f"chain_peer said {line!r}")
        return self

    def __exit__(self, *_: object) -> None:
        self.running.kill()
        self.running.communicate()
        shutil.rmtree(self.folder)


def client(address: str, *options: str | Path, name: str = WWW, dns: tuple = NOBODY_ANSWERS,
           chain: bool = True) -> subprocess.CompletedProcess:
    """A run of sslclient that asks for a chain; its program says that it runs."""
    asks = ("--chain-extension",) if chain else ()
    return run(SSLCLIENT, "-RHl0", "-T", "5", "--trust-anchor", support.DIRECTORY / "root.key",
               *dns, *asks, *options, "--name", name, address, "443", "sh", "-c",
               'echo "$DANE_STATUS $DANE_DNSSEC $DANE_TLSA $DANE_TLSA_OWNER"')


def by_dns() -> tuple:
    """Options of a client that asks the name servers of the test internet."""
    return ("--unbound-conf", support.DIRECTORY / "unbound.conf")


class Case(unittest.TestCase):
    """A folder for chains and pins."""

    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.pins = self.folder / "pins"

    def server(self, chain: Optional[bytes], lifetime: int = 0, leaf: str = "good") -> Sslserver:
        """sslserver with such a chain; its address is `ip`."""
        options = ""
        if chain is not None:
            file = self.folder / "chain"
            file.write_bytes(chain)
            options = f"--chain-file {file} --chain-lifetime {lifetime}"
        return Sslserver("true", settings=material(leaf), options=options, host=next(ADDRESSES), port=443)

    def expect_proved(self, done: subprocess.CompletedProcess, owner: str = WWW) -> None:
        """By DANE, with the program run."""
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, f"dane secure present _443._tcp.{owner}\n")

    def expect_refused(self, done: subprocess.CompletedProcess, why: str, status: int = 111) -> None:
        """With a reason, and no program run."""
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertRegex(done.stderr, rf"^sslclient: fatal: .*{why}.*\n$")

    def refusal(self, chain: bytes, name: str = WWW, leaf: str = "good") -> str:
        """Why sslclient does not believe what comes with this chain."""
        with Foreign(b"\0\0" + chain, leaf) as server:
            done = client(server.address, name=name)
        self.assertEqual((done.returncode, done.stdout), (111, ""), done.stderr)
        return done.stderr.rstrip("\n").removeprefix(f"sslclient: fatal: {server.address}:443: ")


class HonestChains(Case):
    """Servers that mean well."""

    def test_no_name_server_is_asked(self) -> None:
        with self.server(chain_of(WWW)) as server:
            self.expect_proved(client(server.ip))
            without_it = client(server.ip, chain=False)
            self.expect_refused(without_it, r"\(timeout\)")

    def test_every_shape_of_records(self) -> None:
        hosts = ("www.nsec3.example", "wild.nsec3.example", "tlsa-alias.secure.example",
                 "tlsa-cross.secure.example", "u201.secure.example", "www.optout.example",
                 "tlsa-dname.secure.example")
        for host in hosts:
            with self.subTest(host), self.server(chain_of(host)) as server:
                self.expect_proved(client(server.ip, name=host), host)

    def test_a_foreign_server(self) -> None:
        for lifetime in (b"\0\0", b"\xff\xff"):
            with Foreign(lifetime + chain_of(WWW)) as server:
                self.expect_proved(client(server.address))

    def test_a_vector_with_its_length(self) -> None:
        chain = chain_of(WWW)
        with Foreign(b"\0\0" + struct.pack("!H", len(chain)) + chain) as server:
            self.expect_proved(client(server.address))

    def test_the_order_says_nothing(self) -> None:
        for host in (WWW, "tlsa-cross.secure.example", "wild.nsec3.example"):
            some = records(chain_of(host))
            for seed in range(3):
                random.Random(seed).shuffle(some)
                with Foreign(b"\0\0" + joined(some)) as server:
                    self.expect_proved(client(server.address, name=host), host)

    def test_more_records_than_are_needed(self) -> None:
        more = heap_of("www.nsec3.example") + heap_of("mismatch.secure.example")
        with Foreign(b"\0\0" + more + chain_of(WWW)) as server:
            self.expect_proved(client(server.address))

    def test_a_denial_decides_nothing(self) -> None:
        """Anybody can fetch it, and show it for a name whose records stand elsewhere."""
        ca = support.DIRECTORY / "certs/ca.pem"
        for host in ("absent.secure.example", "absent.nsec3.example", "nodata.nsec3.example",
                     "terminal.nsec3.example"):
            with self.subTest(host), Foreign(b"\0\0" + chain_of(host)) as server:
                self.expect_refused(client(server.address, "-a", ca, name=host), r"\(timeout\)")
                self.expect_refused(client(server.address, name=host, dns=by_dns()),
                                    r"\(no-tlsa\)")
                done = client(server.address, "-a", ca, name=host, dns=by_dns())
                self.assertEqual(done.stdout, f"pkix secure absent _443._tcp.{host}\n", done.stderr)

    def test_a_zone_without_keys_is_insecure(self) -> None:
        host, ca = "www.plain.example", support.DIRECTORY / "certs/ca.pem"
        with Foreign(b"\0\0" + heap_of(host)) as server:
            self.expect_refused(client(server.address, "-a", ca, "-N", name=host), r"\(timeout\)")
            done = client(server.address, "-a", ca, "-N", name=host, dns=by_dns())
            self.assertEqual(done.stdout, f"pkix insecure insecure _443._tcp.{host}\n",
                             done.stderr)

    def test_a_name_of_the_dns(self) -> None:
        """Its addresses are looked up, and nothing else."""
        words = ("-RHl0", "--trust-anchor", support.DIRECTORY / "root.key", *by_dns(),
                 "--chain-extension", WWW, "443", "sh", "-c", 'echo "$DANE_STATUS"')
        done = run(SSLCLIENT, *words)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "dane\n", ""))

    def test_another_key_is_refused_by_the_chain(self) -> None:
        with self.server(chain_of(WWW), leaf="other") as server:
            self.expect_refused(client(server.ip), r"matches nothing that the peer sent "
                                                   r"\(mismatch\)")

    def test_a_key_usage_that_does_not_fit(self) -> None:
        """DANE-EE looks at none, on a second connection; DANE-TA does."""
        for host in ("encipher-ee.secure.example", "encipher-ta.secure.example"):
            with Foreign(b"\0\0" + chain_of(host), "encipher-only") as server:
                done = client(server.address, name=host)
                if "ee" in host:
                    self.expect_proved(done, host)
                else:
                    self.expect_refused(done, r"\(key-usage\)")

    def test_json(self) -> None:
        with self.server(chain_of(WWW)) as server:
            done = client(server.ip, f"--json={self.folder}/verdict")
        self.expect_proved(done)
        verdict = json.loads((self.folder / "verdict").read_text())
        self.assertEqual((verdict["status"], verdict["dns"]["dnssec"], verdict["tls"]["protocol"]),
                         ("dane", "secure", "TLSv1.2"))


class HostileChains(Case):
    """Chains that prove nothing, each refused with its own reason."""

    def test_altered(self) -> None:
        for rdtype, why in ((TLSA, "_443._tcp.www.secure.example TLSA: its signature is wrong"),
                            (DS, "DS: its signature is wrong"),
                            (DNSKEY, "DNSKEY: ")):
            some = records(chain_of(WWW))
            spoilt = [one.spoilt() if one.type == rdtype else one for one in some]
            self.assertRegex(self.refusal(joined(spoilt)),
                             rf"^the server's DNSSEC chain: .*{why}.*\(bogus\)$")

    def test_every_octet_counts(self) -> None:
        """But for TTLs, which a cache counts down, and the case of names."""
        chain = chain_of(WWW)
        some = records(chain)
        for number, one in enumerate(some):
            rest = list(some)
            for at in (len(one.octets) - 5, len(one.octets) - 20):
                octets = bytearray(one.octets)
                octets[at] ^= 0x80
                rest[number] = Record(bytes(octets), one.type, one.covers)
                self.assertIn("the server's DNSSEC chain: ", self.refusal(joined(rest)))

    def test_stripped(self) -> None:
        chain = chain_of(WWW)
        for rdtype, why in ((TLSA, "does not speak of TLSA _443._tcp.www.secure.example."),
                            (DS, "DS is missing"), (DNSKEY, "DNSKEY is missing")):
            self.assertRegex(self.refusal(without(chain, rdtype)), rf"{why} \(bogus\)$")
        bare = [one for one in records(chain) if one.type != RRSIG]
        self.assertRegex(self.refusal(joined(bare)), r"\(bogus\)$")
        bare = [one for one in records(chain) if one.covers != TLSA]
        self.assertRegex(self.refusal(joined(bare)), r"\(bogus\)$")

    def test_each_record_is_needed(self) -> None:
        for host in (WWW, "wild.nsec3.example", "absent.nsec3.example"):
            some = [one for one in records(chain_of(host)) if one.type not in (DNSKEY, RRSIG)]
            for one in some:
                left = [other for other in records(chain_of(host)) if other is not one
                        and other.octets != one.octets]
                why = self.refusal(joined(left), name=host)
                self.assertRegex(why, r"^the server's DNSSEC chain: .*\(bogus\)$", host)

    def test_missing_denial(self) -> None:
        host = "wild.nsec3.example"
        chain = without(chain_of(host), *DENIALS)
        self.assertRegex(self.refusal(chain, host), r"^the server's DNSSEC chain: .*\(bogus\)$")

    def test_half_a_denial(self) -> None:
        host = "absent.nsec3.example"
        some = records(chain_of(host))
        denials = [one for one in some if one.type in DENIALS]
        self.assertGreater(len(denials), 1)
        for left_out in denials:
            chain = joined([one for one in some if one is not left_out])
            self.assertRegex(self.refusal(chain, host), r"\(bogus\)$")

    def test_dates(self) -> None:
        for host, why in (("www.expired.example", "its signature has expired|expired"),
                          ("www.future.example", "not yet|later|future")):
            self.assertRegex(self.refusal(heap_of(host), host),
                             rf"^the server's DNSSEC chain: .*({why}).*\(bogus\)$")

    def test_a_chain_for_another_name(self) -> None:
        self.assertEqual(self.refusal(chain_of("u311.secure.example")),
                         "the server's DNSSEC chain: it does not speak of TLSA "
                         f"_443._tcp.{WWW}. (bogus)")

    def test_records_that_nobody_signed_beside_signed_ones(self) -> None:
        some = records(chain_of(WWW))
        (true,) = (one for one in some if one.type == TLSA)
        self.assertRegex(self.refusal(joined([true.spoilt(), *some])), r"\(bogus\)$")

    def test_cut_off(self) -> None:
        chain = chain_of(WWW)
        for size in (0, 1, 30, len(chain) // 2, len(chain) - 1):
            self.assertRegex(self.refusal(chain[:size]),
                             r"^the server's DNSSEC chain: the chain is (empty|not made of "
                             r"whole records) \(malformed\)$")
        for data in (b"", b"\0"):
            with Foreign(data) as server:
                self.expect_refused(client(server.address), r"the server's DNSSEC chain is cut off "
                                                            r"\(malformed\)")

    def test_rubbish(self) -> None:
        for octets in (bytes(65_000), random.Random(1).randbytes(65_000),
                       b"\xc0\x0c" * 30_000):
            self.assertRegex(self.refusal(octets), r"\(malformed\)$")

    def test_many_records(self) -> None:
        empty = b"\0" + struct.pack("!HHIH", 1, 1, 0, 4)
        many = b"".join(empty + struct.pack("!I", number) for number in range(4300))
        self.assertRegex(self.refusal(many), r"too many records \(malformed\)$")
        many = b"".join(b"\1" + bytes([97 + number % 26, 3, 97 + number // 26, 97, 97])
                        + struct.pack("!HHIH", 1, 1, 0, 4) + bytes(4) for number in range(500))
        self.assertRegex(self.refusal(many), r"\(malformed\)$")

    def test_much_work(self) -> None:
        """Keys and signatures without end are given up early."""
        chain = records(chain_of(WWW))
        signature = next(one for one in chain if one.covers == TLSA)
        more = []
        for number in range(400):
            octets = bytearray(signature.octets)
            octets[-2:] = struct.pack("!H", number)
            more.append(Record(bytes(octets), RRSIG, TLSA))
        began = time.monotonic()
        why = self.refusal(joined([one for one in chain if one is not signature] + more))
        self.assertRegex(why, r"\(bogus\)$")
        self.assertLess(time.monotonic() - began, HANG_SECONDS / 10)

    def test_another_root(self) -> None:
        other = self.folder / "other.key"
        other.write_text(". IN DS 1 13 2 " + "ab" * 32 + "\n")
        with Foreign(b"\0\0" + chain_of(WWW)) as server:
            done = client(server.address, "--trust-anchor", other)
        self.expect_refused(done, r"the server's DNSSEC chain: .*no key is one that is trusted "
                                  r"\(bogus\)")


class ChainPromises(Case):
    """What a server has promised."""

    def until_hours(self, hours: float) -> str:
        """A time as the file has it."""
        then = datetime.now(timezone.utc) + timedelta(hours=hours)
        return then.strftime("%Y-%m-%dT%H:%M:%SZ")

    def pin(self, hours: float) -> None:
        """A promise that ends then."""
        self.pins.write_text(f"{WWW} 443 {self.until_hours(hours)}\n")

    def words(self) -> tuple:
        """The option."""
        return ("--chain-pins", str(self.pins))

    def test_a_promise_is_kept(self) -> None:
        with self.server(chain_of(WWW), lifetime=3) as server:
            self.expect_proved(client(server.ip, *self.words()))
        host, port, until_ = self.pins.read_text().split()
        self.assertEqual((host, port), (WWW, "443"))
        self.assertLess(abs(datetime.fromisoformat(until_.replace("Z", "+00:00"))
                            - datetime.now(timezone.utc) - timedelta(hours=3)),
                        timedelta(minutes=5))

    def test_no_promise_is_for_years(self) -> None:
        with self.server(chain_of(WWW), lifetime=65_535) as server:
            self.expect_proved(client(server.ip, *self.words()))
        self.assertLess(self.pins.read_text().split()[2], self.until_hours(30 * 24 + 1))

    def test_no_promise_leaves_no_file(self) -> None:
        with self.server(chain_of(WWW)) as server:
            self.expect_proved(client(server.ip, *self.words()))
        self.assertFalse(self.pins.exists())

    def test_whoever_breaks_it_is_not_believed(self) -> None:
        self.pin(1)
        with self.server(None) as server:
            done = client(server.ip, *self.words(), dns=by_dns())
            self.expect_refused(done, r"it promised to send its DNSSEC chain until .*, and does "
                                      r"not: the server sends no DNSSEC chain \(no-chain\)")
            self.assertRegex(client(server.ip, *self.words(), "--drop-status", "7").stderr,
                             r"no-chain")
            self.assertEqual(client(server.ip, *self.words(), "--drop-status", "7").returncode, 7)
        with Foreign(None, version="1.3") as server:
            self.expect_refused(client(server.address, *self.words()), r"\(no-chain\)")
        self.assertIn(WWW, self.pins.read_text())

    def test_without_a_promise_the_dns_is_asked(self) -> None:
        with self.server(None) as server:
            self.expect_proved(client(server.ip, *self.words(), dns=by_dns()))
            self.expect_refused(client(server.ip), r"\(timeout\)")
        with Foreign(None, version="1.3") as server:
            self.expect_proved(client(server.address, dns=by_dns()))

    def test_it_has_run_out(self) -> None:
        self.pin(-0.01)
        with self.server(None) as server:
            self.expect_proved(client(server.ip, *self.words(), dns=by_dns()))

    def test_a_promise_of_nothing_ends_it(self) -> None:
        self.pin(1)
        with self.server(chain_of(WWW)) as server:
            self.expect_proved(client(server.ip, *self.words()))
        self.assertEqual(self.pins.read_text(), "")

    def test_whoever_is_not_proved_ends_nothing_and_promises_nothing(self) -> None:
        self.pin(1)
        before = self.pins.read_text()
        for lifetime in (0, 5):
            with self.server(chain_of(WWW), lifetime, leaf="other") as server:
                self.expect_refused(client(server.ip, *self.words()), r"\(mismatch\)")
            self.assertEqual(self.pins.read_text(), before)

    def test_a_denial_promises_nothing(self) -> None:
        host, ca = "absent.nsec3.example", support.DIRECTORY / "certs/ca.pem"
        with Foreign(b"\0\5" + chain_of(host)) as server:
            done = client(server.address, *self.words(), "-a", ca, name=host, dns=by_dns())
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertFalse(self.pins.exists())
            self.pins.write_text(f"{host} 443 {self.until_hours(1)}\n")
            self.expect_refused(client(server.address, *self.words(), "-a", ca, name=host,
                                       dns=by_dns()), r"has no TLSA records \(no-chain\)")

    def test_a_pin_is_not_written_for_each_connection(self) -> None:
        self.pin(2.9)
        before = self.pins.read_text()
        with self.server(chain_of(WWW), lifetime=3) as server:
            self.expect_proved(client(server.ip, *self.words()))
            self.assertEqual(self.pins.read_text(), before)
            self.assertFalse((self.folder / "pins.lock").exists())
            self.pin(2)
            self.expect_proved(client(server.ip, *self.words()))
            self.assertGreater(self.pins.read_text().split()[2], before.split()[2])

    def test_a_full_file_keeps_what_it_has(self) -> None:
        self.pins.write_text("".join(f"h{i}.example 443 {self.until_hours(1)}\n"
                                     for i in range(10_000)))
        with self.server(chain_of(WWW), lifetime=3) as server:
            for _ in range(2):
                self.expect_proved(client(server.ip, *self.words()))
        self.assertEqual(len(self.pins.read_text().splitlines()), 10_000)

    def test_another_port_is_another_server(self) -> None:
        self.pins.write_text(f"{WWW} 444 {self.until_hours(1)}\n"
                             f"u311.secure.example 443 {self.until_hours(1)}\n")
        with self.server(None) as server:
            self.expect_proved(client(server.ip, *self.words(), dns=by_dns()))

    def test_a_file_that_cannot_be_read(self) -> None:
        self.pins.write_text(f"{WWW} 443 {self.until_hours(1)}\nwhat is this\n")
        before = self.pins.read_text()
        with self.server(chain_of(WWW), lifetime=3) as server:
            self.expect_refused(client(server.ip, *self.words()), r"pins: line 2 is not")
            self.assertEqual(server.lines[-1:], ["sslserver: status: 0/40"])
        self.assertEqual(self.pins.read_text(), before)
        os.mkfifo(self.folder / "pipe")
        for place in (self.folder, self.folder / "no/such/place", self.folder / "pipe"):
            done = client("127.0.0.1", "--chain-pins", place)
            self.assertEqual((done.returncode, done.stdout), (111, ""))
            self.assertIn(str(place), done.stderr)

    def test_others_that_write_too(self) -> None:
        with self.server(chain_of(WWW), lifetime=3) as server:
            for port in range(1, 20):
                with self.pins.open("a") as file:
                    file.write(f"{WWW} {1000 + port} {self.until_hours(1)}\n")
            running = [subprocess.Popen(
                [SSLCLIENT, "-RHl0", "-T", "5", "--trust-anchor",
                 str(support.DIRECTORY / "root.key"), *NOBODY_ANSWERS, "--chain-extension",
                 *self.words(), "--name", WWW, server.ip, "443", "true"]) for _ in range(4)]
            self.assertEqual([one.wait(HANG_SECONDS) for one in running], [0] * 4)
        self.assertEqual(len(self.pins.read_text().splitlines()), 20)


class ChainServer(Case):
    """sslserver, and who gets what of it."""

    def ask(self, server: Sslserver, name: str, port: Optional[int]) -> Optional[bytes]:
        """What the server says in extension 59 to a hello of ours in TLS 1.2."""
        with socket.create_connection((server.ip, server.port), HANG_SECONDS) as peer:
            peer.sendall(client_hello(name, port))
            octets = b""
            while (part := peer.recv(65_536)):
                octets += part
                found = extensions_in(octets)
                if found is not None:
                    return found.get(59)
        raise ChildProcessError("no ServerHello")

    def test_a_hello_gets_the_chain_of_its_name(self) -> None:
        with self.server(chain_of(WWW), lifetime=258) as server:
            self.assertEqual(self.ask(server, WWW, 443), b"\1\2" + chain_of(WWW))
            self.assertEqual(self.ask(server, WWW.upper(), 443), b"\1\2" + chain_of(WWW))
            for name, port in ((WWW, 444), ("u311.secure.example", 443), ("", 443), (WWW, None)):
                self.assertIsNone(self.ask(server, name, port), (name, port))

    def test_a_stranger_can_validate_it(self) -> None:
        with self.server(chain_of(WWW)) as server:
            file = self.folder / "heard"
            file.write_bytes(self.ask(server, WWW, 443)[2:])
        done = run(READER_PYTHON, EVIDENCE / "read_chain.py", support.DIRECTORY / "root.key", file,
                   f"_443._tcp.{WWW}.")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^TLSA 3 1 1 [0-9a-f]{64}\n$")

    def test_openssl_as_a_client(self) -> None:
        with self.server(chain_of(WWW), lifetime=1) as server:
            for name, port, said in ((WWW, 443, (b"\0\1" + chain_of(WWW)).hex()),
                                     (WWW, 25, "nothing"),
                                     ("mail.secure.example", 443, "nothing")):
                done = run(PEER, "ask", server.ip, "443", name, str(port))
                self.assertEqual((done.returncode, done.stdout), (0, said + "\n"), done.stderr)
            # A request without a port is none, and no reason to hang up.
            for version in ("-tls1_2", "-tls1_3"):
                done = run("openssl", "s_client", "-connect", f"{server.ip}:443", "-servername",
                           WWW, version, "-serverinfo", "59", input="")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotIn("SERVERINFO FOR EXTENSION 59", done.stdout)

    def test_a_file_that_is_no_chain(self) -> None:
        file = self.folder / "chain"
        for octets, why in ((b"", "about no TLSA records"), (b"hello", "no DNSSEC chain"),
                            (chain_of(WWW)[:-1], "no DNSSEC chain"),
                            (without(chain_of(WWW), TLSA), "about no TLSA records"),
                            (chain_of(WWW) * 70, "chain: ")):
            file.write_bytes(octets)
            done = sslserver_support.run("--chain-file", str(file), "127.0.0.1", "0", "true",
                                         settings=material())
            self.assertEqual((done.status, len(done.lines)), (111, 1), done.err)
            self.assertIn(f"{file}: ", done.err)
            self.assertIn(why, done.err)
        done = sslserver_support.run("--chain-file", "no/such", "127.0.0.1", "0", "true",
                                     settings=material())
        self.assertEqual((done.status, len(done.lines)), (111, 1), done.err)
        for words, why in (("--chain-lifetime 1", "needs --chain-file"),
                           (f"--chain-file {file} --chain-lifetime 65536", "--chain-lifetime")):
            done = sslserver_support.run(*words.split(), "127.0.0.1", "0", "true",
                                         settings=material())
            self.assertEqual(done.status, 100)
            self.assertIn(why, done.err)

    def test_sighup_reads_it_anew(self) -> None:
        host = "u311.secure.example"
        with self.server(chain_of(WWW)) as server:
            file = self.folder / "chain"
            file.write_bytes(b"hello")
            server.hang_up()
            server.find(r"sslserver: warning: .*chain: no DNSSEC chain.*; the old chain stays, "
                        r"and the old certificate")
            self.assertEqual(self.ask(server, WWW, 443), b"\0\0" + chain_of(WWW))
            file.write_bytes(chain_of(host) + chain_of(WWW))
            server.hang_up()
            until(lambda: self.ask(server, host, 443), "the new chain")
            self.assertIsNotNone(self.ask(server, WWW, 443))

    def test_processes_in_advance_have_it_anew_too(self) -> None:
        file = self.folder / "chain"
        file.write_bytes(chain_of("u311.secure.example"))
        options = f"--prefork 2 --chain-file {file}"
        with Sslserver("true", settings=material(), options=options, host=next(ADDRESSES),
                       port=443) as server:
            self.assertIsNone(self.ask(server, WWW, 443))
            file.write_bytes(chain_of(WWW))
            server.hang_up()
            until(lambda: self.ask(server, WWW, 443), "the new chain")


def vector(octets: bytes, size: int = 2) -> bytes:
    """Octets behind their length."""
    return len(octets).to_bytes(size, "big") + octets


def client_hello(name: str, port: Optional[int]) -> bytes:
    """A ClientHello of TLS 1.2 that asks for a chain; without a port it has no octets there."""
    more = [(10, vector(b"\0\x1d\0\x17")), (11, b"\1\0"), (13, vector(b"\4\3\4\1\5\3\6\1\x08\4")),
            (59, b"" if port is None else struct.pack("!H", port))]
    if name:
        more.append((0, vector(b"\0" + vector(name.encode()))))
    body = (b"\x03\x03" + bytes(32) + b"\0" + vector(b"\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30") + b"\1\0"
            + vector(b"".join(struct.pack("!H", number) + vector(data) for number, data in more)))
    return b"\x16\x03\x01" + vector(b"\1" + vector(body, 3))


def extensions_in(octets: bytes) -> Optional[dict[int, bytes]]:
    """Those of the ServerHello at the start of a stream of records; None: not all there yet."""
    message = b""
    while len(octets) >= 5 and octets[0] == 0x16:
        size = struct.unpack("!H", octets[3:5])[0]
        if len(octets) < 5 + size:
            break
        message, octets = message + octets[5:5 + size], octets[5 + size:]
    if len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
        return None
    body = message[4:4 + int.from_bytes(message[1:4], "big")]
    at = 35 + body[34] + 3
    rest, out = body[at + 2:], {}
    while rest:
        number, size = struct.unpack("!HH", rest[:4])
        out[number], rest = rest[4:4 + size], rest[4 + size:]
    return out


class ChainUsage(unittest.TestCase):
    """Command lines that the extension does not go with."""

    def test_they_are_refused(self) -> None:
        anchor = ("--trust-anchor", str(support.DIRECTORY / "root.key"))
        for words, port, why in (
                ("--chain-extension --starttls smtp", "587", "not --starttls"),
                ("--chain-extension", "25", "not port 25"),
                ("--chain-extension -y", "443", "-y"),
                ("--chain-extension -M", "443", "not -M"),
                ("--chain-extension --sni a.example", "443", "not --sni"),
                ("--chain-extension -X", "443", "policy"),
                ("--chain-extension --policy pkix", "443", "policy"),
                ("--chain-extension -C NORMAL:-VERS-ALL:+VERS-TLS1.3", "443", "needs TLS 1.2"),
                ("--chain-extension --evidence x", "443", "--evidence"),
                ("--chain-pins x", "443", "needs --chain-extension"),
                ("--chain-extension --chain-pins=", "443", "--chain-pins")):
            done = run(SSLCLIENT, *anchor, *words.split(), WWW, port, "true")
            self.assertEqual((done.returncode, done.stdout), (100, ""), words)
            self.assertIn(why, done.stderr, words)
        done = run(SSLCLIENT, *anchor, "--chain-extension", "127.0.0.1", "443", "true")
        self.assertEqual(done.returncode, 100)
        self.assertIn("--name", done.stderr)
        done = run(SSLCLIENT, *map(str, by_dns()), "--chain-extension", WWW, "443", "true")
        self.assertEqual(done.returncode, 100)
        self.assertIn("--trust-anchor", done.stderr)


def main(words: list[str]) -> int:
    """The command line."""
    global SSLCLIENT, PEER
    if len(words) < 6:
        print(__doc__, file=sys.stderr)
        return 100
    support.PROGRAM, SSLCLIENT, sslserver_support.PROGRAM, PEER = (
        str(Path(word).resolve()) for word in words[1:5])
    support.DIRECTORY = Path(words[5]).resolve()
    return run_cases(sys.modules[__name__], words[6:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
