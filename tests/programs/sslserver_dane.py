"""What sslserver asks the DNS, tried on the real one in a signed internet: whose a client's key
is (--client-policy dane), whether our own records prove what is shown (--own-tlsa), and which
name a client has (-z, -p, -h, -r, rules for names).

    sslserver_dane.py SSLSERVER SSLCLIENT ZONES_DIR [NAME...]

Most names are of an internet that is made here (own_internet.py), since their records are about
keys that are made here; ZONES_DIR has those that nobody can look up. LOOK_AGAIN=1 in the
environment adds what waits a minute for a TTL to end. The last line is `N passed, N failed`.
"""

import base64
import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Optional, Sequence

import sslclient_behaviour_support as ours
import sslserver_support as support
from harness import SOON_SECONDS, run_cases
from own_internet import Internet
from sslserver_material import FOR_CLIENTS, FOR_SERVERS, PAST, add_chain, issue
from sslserver_support import (ENV, Authority, Material, Pair, Sslserver, Talk, ask, as_root,
                               connect, context, gnutls_cli, openssl, pem_of, plain_end, replace,
                               s_client, talk, until, variables, with_ipv6, write_rules)

import nameservers  # noqa: E402  own_internet knows the way
import zonefiles  # noqa: E402

NAME_SERVER = "127.54.2.1"
TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
EXIT_111 = 111 << 8
ADDRESSES = (f"127.70.{number // 250}.{number % 250 + 1}" for number in range(1000))
# Servers that look their own records up are at a port of which the zones know.
PORT = 465
SRV_NAME = "otherName:1.3.6.1.5.5.7.8.7;IA5STRING:"    # RFC 4985
SOA = "@ SOA ns. hostmaster. 1 3600 900 86400 300\n@ NS ns.\n"
END_OF_LOOK = "z-end-of-look.own.example"
SIX_LABELS = "1" + ".0" * 31
SIX_ZONE = "ip6.arpa"
# Zones of the large internet that have a record at _443._tcp.www: good ones, others whose answers
# are not to be had in a way of their own, and some that nobody has signed.
SECURE = ("secure", "nsec3", "optout", "iterations")
FAILING = ("expired", "future", "wrongds", "unsigned", "striptlsa", "corrupt", "servfail",
           "notimp", "refused", "formerr", "silent")
INSECURE = ("plain", "nods", "unknown", "child.optout")
# For libunbound, which answers for the last two itself unless told not to (RFC 6303).
CONF = ("server:\n  do-not-query-localhost: no\n  use-syslog: no\n"
        '  local-zone: "127.in-addr.arpa." nodefault\n'
        f'  local-zone: "{SIX_LABELS}.{SIX_ZONE}." nodefault\n')
# Where root is the only user that there is, sslserver could become nobody else, and does not
# start as root.
AS_SOMEBODY = (("unshare", "--user", "--map-user=1000", "--map-group=1000")
               if os.geteuid() == 0 and not support.is_root() else ())
WORLD: "World"


def tlsa(parameters: str, pair_or_authority: "Pair | Authority") -> str:
    """A record of a certificate."""
    file = (pair_or_authority.file if isinstance(pair_or_authority, Authority)
            else pair_or_authority.chain)
    return f"TLSA {zonefiles.association(parameters, file.stem, file.parent)}"


class World:
    """The certificates of a run, and the internet that has records about them. Names of
    clients are below client.example, those of servers below own.example; below
    unsigned.example are names of both that nobody has signed, and below bogus.example some
    that somebody has forged."""

    def __init__(self) -> None:
        self.material = Material()
        self.folder = self.material.folder
        self.root, self.other = self.material.root, self.material.other
        self.lines: dict[str, list[str]] = {
            name: [] for name in ("client.example", "own.example", "unsigned.example",
                                  "bogus.example", "host.example", "127.in-addr.arpa", SIX_ZONE)}
        self.clients: dict[str, Pair] = {}
        self.servers: dict[str, Pair] = {}
        self.spare = issue(None, self.folder / "spare", names="DNS:spare.example")
        self._make_clients()
        self._make_servers()
        self._name_hosts()
        self.net = Path(tempfile.mkdtemp(prefix="net."))
        self.internet = Internet(self.net, NAME_SERVER)
        self.publish()
        self.conf = self._write_conf("sslserver", self.net, NAME_SERVER)
        self.large_conf = self._write_conf("large", ours.DIRECTORY, nameservers.NSD["root"])

    def close(self) -> None:
        """Ends it."""
        self.internet.__exit__(None, None, None)
        self.material.remove()
        shutil.rmtree(self.net, ignore_errors=True)

    def _write_conf(self, name: str, internet: Path, root: str) -> Path:
        """For libunbound, to look names up in an internet; no other file has to be read
        when it begins to ask."""
        out = self.net / f"{name}.conf"
        out.write_text(f"{CONF}  trust-anchor-file: {internet}/root.key\nstub-zone:\n"
                       f'  name: "."\n  stub-addr: {root}\n  stub-prime: yes\n')
        return out

    def add(self, zone: str, *lines: str) -> None:
        """Records of a zone, from the next `publish` on."""
        self.lines[zone] += lines

    def publish(self) -> None:
        """Serves all records as they are now."""
        signed = {name: "\n".join(lines) for name, lines in self.lines.items()
                  if name not in ("unsigned.example", "bogus.example")}

        def unsigned(name: str) -> str:
            return f"$ORIGIN {name}.\n$TTL 300\n{SOA}" + "\n".join(self.lines[name]) + "\n"

        # The parent of the one has nothing but its name server; that of the other speaks of
        # a key that nobody has.
        self.internet.publish(signed, {
            "unsigned.example": (unsigned("unsigned.example"), "NS ns."),
            "bogus.example": (unsigned("bogus.example"), f"DS 1 13 2 {'00' * 32}")})

    def change(self, zone: str, owner: str, *records: str) -> None:
        """Serves these records at a name in place of those that are there."""
        others = [line for line in self.lines[zone] if line.split()[0] != owner]
        self.lines[zone] = others + [f"{owner} {record}" for record in records]
        self.publish()

    # Clients.

    def _client(self, name: str, *records: str, zone: str = "client.example",
                authority: Optional[Authority] = None, **more) -> Pair:
        """A client with these records of its own certificate at `_smtp-client.NAME`."""
        more.setdefault("names", f"DNS:{name}.{zone}")
        pair = issue(authority, self.folder / f"client-{name}", **more)
        self.clients[name] = pair
        self.add(zone, *(f"_smtp-client.{name} {tlsa(record, pair)}" for record in records))
        return pair

    def _make_clients(self) -> None:
        root, add = self.root, lambda *lines: self.add("client.example", *lines)
        self._client("good", "3 1 1")
        self._client("rsa", "3 1 1", kind="rsa")
        self._client("ed25519", "3 1 1", kind="ed25519")
        self._client("whole", "3 0 0")
        self._client("server-only", "3 1 1", extensions=FOR_SERVERS)
        self.clients["expired"] = old = root.issue(
            self.folder / "client-expired", "DNS:expired.client.example", dates=PAST)
        add(f"_smtp-client.expired {tlsa('3 1 1', old)}")
        self._client("service-name", "3 1 1",
                     names=SRV_NAME + "_smtp-client.service-name.client.example")
        self._client("service-name-only-of-others", "3 1 1",
                     names=SRV_NAME + "_xmpp-client.service-name-only-of-others.client.example")
        self._client("upper-case", "3 1 1", names="DNS:Upper-Case.CLIENT.example")
        alias = self._client("alias")
        add("_smtp-client.alias CNAME keys", f"keys {tlsa('3 1 1', alias)}")
        rolled = self._client("rolled")
        add(f"_smtp-client.rolled {tlsa('3 1 1', self.spare)}",
            f"_smtp-client.rolled {tlsa('3 1 1', rolled)}")
        submission = self._client("submission")
        add(f"_submission.submission {tlsa('3 1 1', submission)}")

        # An authority of the owner's.
        for name, more in (("anchored", {}), ("anchored-for-servers", {"extensions": FOR_SERVERS}),
                           ("anchored-by-others", {"authority": self.other}),
                           ("anchored-service-name",
                            {"names": SRV_NAME +
                             "_smtp-client.anchored-service-name.client.example"})):
            pair = self._client(name, **{"authority": root, **more})
            add_chain(pair, more.get("authority", root))
            add(f"_smtp-client.{name} {tlsa('2 1 1', root)}")
        self.clients["anchored-expired"] = old = root.issue(
            self.folder / "client-anchored-expired", "DNS:anchored-expired.client.example",
            dates=PAST)
        add_chain(old, root)
        add(f"_smtp-client.anchored-expired {tlsa('2 1 1', root)}")
        add_chain(self._client("anchored-elsewhere", authority=root), root)
        self._client("anchor-not-sent", authority=root)
        add(f"_smtp-client.anchor-not-sent {tlsa('2 1 1', root)}")

        # A public authority beside the record.
        self._client("limited", "1 1 1", authority=root)
        self._client("limited-by-others", "1 1 1", authority=self.other)

        # Nobody is proved by these.
        self._client("stranger")
        add(f"_smtp-client.stranger {tlsa('3 1 1', self.spare)}")
        self._client("unknown")
        unusable = self._client("unusable")
        add(f"_smtp-client.unusable {tlsa('3 1 9', unusable)}",
            f"_smtp-client.unusable {tlsa('4 1 1', unusable)}")
        self._client("unsigned", "3 1 1", zone="unsigned.example")
        self._client("bogus", "3 1 1", zone="bogus.example")
        crossing = self._client("crossing")
        add("_smtp-client.crossing CNAME crossing.unsigned.example.")
        self.add("unsigned.example", f"crossing {tlsa('3 1 1', crossing)}")
        self._client("nameless", "3 1 1", names="email:nameless@client.example")
        self._client("address", "3 1 1", names="IP:127.0.0.1")
        wild = self._client("wild", names="DNS:*.wild.client.example")
        add(f"_smtp-client.*.wild {tlsa('3 1 1', wild)}")

        # Several names.
        for name, first in (("second", "absent.client.example"),
                            ("second-after-mismatch", "stranger.client.example"),
                            ("second-after-bogus", "bogus.bogus.example"),
                            ("second-after-unsigned", "unsigned.unsigned.example")):
            self._client(name, "3 1 1", names=f"DNS:{first},DNS:{name}.client.example")
        self._client("fourth", "3 1 1", names=_names("absent", 3, "fourth"))
        self._client("hundredth", "3 1 1", names=_names("absent", 99, "hundredth"))
        self._client("service-name-behind-many", "3 1 1", names=_names(
            "absent", 9) + f",{SRV_NAME}_smtp-client.service-name-behind-many.client.example")

    # Servers.

    def _server(self, name: str, *records: str, zone: str = "own.example", port: int = PORT,
                file: str = "", names: str = "", **more) -> Pair:
        """A server's certificate with these records of it."""
        pair = issue(more.pop("authority", None), self.folder / f"server-{file or name}",
                     names=names or f"DNS:{name}.{zone}", extensions=FOR_SERVERS, **more)
        self.servers[file or name] = pair
        self.add(zone, *(f"_{port}._tcp.{name} {tlsa(record, pair)}" for record in records))
        return pair

    def _watched(self, name: str, *records: str, zone: str = "own.example", **more) -> Pair:
        """One that has another name too, whose record is of another key: what is said of
        that name is said last, so that nobody has to wait for what is not said."""
        return self._server(name, *records, zone=zone,
                            names=f"DNS:{name}.{zone},DNS:{END_OF_LOOK}", **more)

    def _make_servers(self) -> None:
        root, add = self.root, lambda *lines: self.add("own.example", *lines)
        for port in (25, PORT):
            add(f"_{port}._tcp.z-end-of-look {tlsa('3 1 1', self.spare)}")
        self._watched("matching", "3 1 1")
        self._watched("matching-25", "3 1 1", port=25)
        alias = self._watched("alias")
        add(f"_{PORT}._tcp.alias CNAME keys", f"keys {tlsa('3 1 1', alias)}")
        self._watched("rolled", "3 1 1")
        add(f"_{PORT}._tcp.rolled {tlsa('3 1 1', self.spare)}")
        add_chain(self._watched("anchored", authority=root), root)
        self._watched("anchor-not-sent", authority=root)
        for name in ("anchored", "anchor-not-sent"):
            add(f"_{PORT}._tcp.{name} {tlsa('2 1 1', root)}")
        self._watched("stranger")
        self._watched("absent")
        add(f"_{PORT}._tcp.stranger {tlsa('3 1 1', self.spare)}")
        self._watched("unsigned", zone="unsigned.example")
        self.add("unsigned.example", f"_{PORT}._tcp.unsigned {tlsa('3 1 1', self.spare)}")
        self._watched("bogus", "3 1 1", zone="bogus.example")
        self._watched("both-kinds", "3 1 1", file="both-kinds-ecdsa")
        self._watched("both-kinds", "3 1 1", file="both-kinds-rsa", kind="rsa")
        self._watched("one-kind", "3 1 1", file="one-kind-ecdsa")
        self._watched("one-kind", file="one-kind-rsa", kind="rsa")
        # An old certificate, and a new one that is to take its place.
        for name, ages in (("renewed", ("old", "new")), ("contradicted", ("old",)),
                           ("without", ())):
            for age in ("old", "new"):
                self._server(name, *(["3 1 1"] if age in ages else []), file=f"{name}-{age}")
        for port in (25, PORT):
            for age in ("old", "new"):
                self._server("limited", "1 1 1", authority=root, port=port,
                             file=f"limited-{port}-{age}")
        for zone in ("unsigned", "bogus"):
            self._server("renewed", "3 1 1", zone=f"{zone}.example", file=f"{zone}-old")
            self._server("renewed", zone=f"{zone}.example", file=f"{zone}-new")
        self.lines["own.example"] = [    # for tests that look again
            line.replace("contradicted TLSA", "contradicted 1 TLSA")
            for line in self.lines["own.example"]]
        self._server("mx1", "3 1 1")
        self._server("mx2")
        add("mx1 A 127.70.8.1", "mx2 A 127.70.8.2",
            f"_{PORT}._tcp.mx2 {tlsa('3 1 1', self.spare)}")

    # Hosts.

    def _name_hosts(self) -> None:
        """127.71.0.1 is good.host.example, and has all that belongs to it."""
        self.add("127.in-addr.arpa",
                 "1.0.71 PTR good.host.example.", "2.0.71 PTR good.host.example.",
                 "4.0.71 PTR other.host.example.", "5.0.71 PTR bogus.bogus.example.",
                 "6.0.71 PTR unsigned.unsigned.example.", "7.0.71 PTR absent.host.example.",
                 "8.0.71 PTR under_score.host.example.", "9.0.71 PTR alias.host.example.")
        self.add("host.example", "good A 127.71.0.1", "good A 127.71.9.9", "other A 127.71.0.4",
                 "under_score A 127.71.0.8", "alias CNAME real", "real A 127.71.0.9",
                 "six AAAA ::1")
        self.add("bogus.example", "bogus A 127.71.0.5")
        self.add("unsigned.example", "unsigned A 127.71.0.6")
        self.add(SIX_ZONE, f"{SIX_LABELS} PTR six.host.example.")


def _names(prefix: str, count: int, last: str = "") -> str:
    """So many names without records, and one more perhaps."""
    labels = [f"{prefix}-{number}" for number in range(count)] + ([last] if last else [])
    return ",".join(f"DNS:{label}.client.example" for label in labels)


takes_a_minute = unittest.skipUnless("LOOK_AGAIN" in os.environ, "it takes more than a minute")


class FailingDns:
    """A resolver that cannot answer. While it is held it says nothing, and then all at once
    that it could not find out."""

    def __init__(self, folder: Path, patience: str) -> None:
        self._patience = patience
        self.address = next(ADDRESSES)
        self._conf = folder / f"{self.address}.conf"
        self._conf.write_text(f"{CONF}  trust-anchor-file: {WORLD.net}/root.key\n"
                              f'forward-zone:\n  name: "."\n  forward-addr: {self.address}\n')
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 53))
        self.names: list[str] = []
        self._lock = threading.Lock()
        self._held: Optional[list[tuple[bytes, tuple]]] = None
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def options(self) -> str:
        """For sslserver."""
        return f"--unbound-conf {self._conf} {self._patience}"

    def hold(self) -> None:
        """From now on it says nothing."""
        with self._lock:
            self._held, self.names = [], []

    def let_go(self) -> None:
        """It says what it has not said."""
        with self._lock:
            held, self._held = self._held or [], None
        for answer, peer in held:
            self.socket.sendto(answer, peer)

    def wait_until_asked(self, name: str) -> None:
        """Since it is held."""
        until(lambda: name in self.names, f"a question for {name}")

    def _serve(self) -> None:
        while True:
            try:
                question, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            labels, end = [], 12
            while question[end]:
                labels.append(question[end + 1:end + 1 + question[end]].decode())
                end += 1 + question[end]
            answer = (question[:2] + b"\x81\x82\0\1" + bytes(6) + question[12:end + 5])
            with self._lock:
                self.names.append(".".join(labels).lower())
                if self._held is not None:
                    self._held.append((answer, peer))
                    continue
            self.socket.sendto(answer, peer)

    def close(self) -> None:
        """Ends it."""
        self.socket.close()


class Case(unittest.TestCase):
    """Shared assertions. The program leaves a mark whenever it is started."""

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="dane."))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.mark = self.scratch / "mark"

    @property
    def program(self) -> tuple[str, ...]:
        """Leaves the mark, and says what it was told."""
        return ("sh", "-c", f"echo started >> {self.mark}; exec env -0")

    def server(self, *program: str, own: Optional[Pair] = None, options: str = "",
               settings: Optional[dict[str, str]] = None, names: str = "", **more) -> Sslserver:
        """A server for the time of the test, with the test internet's names unless told."""
        where = names or f"--unbound-conf {WORLD.conf}"
        more.setdefault("host", next(ADDRESSES))
        more.setdefault("before", AS_SOMEBODY)
        return self.enterContext(Sslserver(
            *(program or self.program), options=f"{where} {options}",
            settings={**(own or WORLD.material.ecdsa).environment, **(settings or {})}, **more))

    def failing_dns(self, patience: str = "--dns-timeout 100") -> FailingDns:
        """A resolver for the time of the test."""
        out = FailingDns(self.scratch, patience)
        self.addCleanup(out.close)
        return out

    def expect_proved(self, server: Sslserver, own: Optional[Pair], *,
                      versions: Sequence[ssl.TLSVersion] = (TLS_1_2, TLS_1_3),
                      **more) -> dict[str, str]:
        """Served in these versions; what the program was told last."""
        out: dict[str, str] = {}
        for version in versions:
            out = variables(ask(server, context(own=own, only=version), **more))
            self.assertEqual(out.get("PROTO"), "SSL", server.log)
        return out

    def expect_refused(self, server: Sslserver, own: Optional[Pair], why: str, *,
                       versions: Sequence[ssl.TLSVersion] = (TLS_1_2, TLS_1_3), **more) -> None:
        """Refused in these versions, with an alert for the client, a line of the log, and
        no program."""
        self.mark.unlink(missing_ok=True)
        before = len(server.warnings())
        ended = len(re.findall(r"^sslserver: pid ", server.log, re.M))
        for number, version in enumerate(versions, 1):
            heard, alert = b"", ""
            try:
                heard = ask(server, context(own=own, only=version), **more)
            except ssl.SSLError as fault:
                alert = str(fault)
            self.assertEqual(heard, b"")
            self.assertRegex(alert, "(?i)alert", version.name)
            self.assertEqual(server.statuses(ended + number)[-1], EXIT_111)
        for line in server.warnings()[before:]:
            self.assertNotIn("initialization failure", line)
            self.assertRegex(line, r"^sslserver: warning: dropping connection \d+ from "
                             rf"[^ ]+: .*{why}")
        self.assertEqual(len(server.warnings()) - before, len(versions), server.log)
        self.assertFalse(self.mark.exists(), "the program was started")


class DaneClients(Case):
    """--client-policy dane: the owner of a name says whose key a client has."""

    PROVED = ("good", "rsa", "ed25519", "whole", "server-only", "expired", "service-name",
              "upper-case", "alias", "rolled", "anchored", "second", "second-after-mismatch",
              "second-after-bogus", "second-after-unsigned", "fourth")
    REFUSED = {
        "stranger": "_smtp-client.stranger.client.example: ",
        "unknown": "_smtp-client.unknown.client.example: ",
        "unusable": "_smtp-client.unusable.client.example: ",
        "unsigned": "_smtp-client.unsigned.unsigned.example: ",
        "bogus": "_smtp-client.bogus.bogus.example",
        "crossing": "_smtp-client.crossing.client.example: ",
        "nameless": "the client shows no certificate with a name",
        "address": "the client shows no certificate with a name",
        "wild": "the client shows no certificate with a name",
        "service-name-only-of-others": "the client shows no certificate with a name",
        "submission": "_smtp-client.submission.client.example: ",
        "anchored-for-servers": "not for TLS clients",
        "anchored-by-others": "_smtp-client.anchored-by-others.client.example: ",
        "anchored-expired": "expired",
        "anchored-elsewhere": "_smtp-client.anchored-elsewhere.client.example: ",
        "anchor-not-sent": "_smtp-client.anchor-not-sent.client.example: ",
        "hundredth": "the client is not proved",
    }

    def dane(self, *program: str, options: str = "", **more) -> Sslserver:
        """A server that wants its clients proved."""
        return self.server(*program, options=f"--client-policy dane {options}", **more)

    def test_who_is_proved(self) -> None:
        server = self.dane()
        for name in self.PROVED:
            with self.subTest(name):
                told = self.expect_proved(server, WORLD.clients[name])
                self.assertEqual(
                    (told["DANE_STATUS"], told["DANE_REASON"], told["DANE_TLSA_OWNER"]),
                    ("dane", "ok", f"_smtp-client.{name}.client.example"))

    def test_who_is_not(self) -> None:
        server = self.dane()
        for name, why in self.REFUSED.items():
            with self.subTest(name):
                self.expect_refused(server, WORLD.clients[name], why)

    def test_an_authority_and_a_service_name(self) -> None:
        self.expect_proved(self.dane(), WORLD.clients["anchored-service-name"])

    def test_a_service_name_behind_many_others(self) -> None:
        self.expect_proved(self.dane(), WORLD.clients["service-name-behind-many"])

    def test_one_without_a_certificate(self) -> None:
        self.expect_refused(self.dane(), None, "[Cc]ertificate")

    # A client named _tcp.www is at home in each zone of the large internet, and has the key of
    # the record at _443._tcp.www.
    def test_every_state_of_a_zone(self) -> None:
        server = self.dane(names=f"--unbound-conf {WORLD.large_conf}",
                           options="--client-service 443 --dns-timeout 3")
        for zone in (*SECURE, *FAILING, *INSECURE):
            with self.subTest(zone):
                key = ours.certs() / "good.key"
                own = Pair(self.scratch / f"{zone}.pem", key)
                openssl("req", "-x509", "-config", "/dev/stdin", "-key", key, "-days", "30",
                        "-subj", "/CN=client", "-out", own.chain, "-addext",
                        f"subjectAltName=DNS:_tcp.www.{zone}.example",
                        text="[req]\ndistinguished_name = empty\n[empty]\n")
                if zone in SECURE:
                    self.expect_proved(server, own, versions=[TLS_1_3])
                    continue
                insecure = "is not secured by DNSSEC" if zone in INSECURE else ""
                self.expect_refused(server, own, f"_443._tcp.www.{zone}.example.*{insecure}",
                                    versions=[TLS_1_3])
                self.assertNotIn("matches nothing", server.warnings()[-1])
                self.assertNotIn("there are no TLSA records", server.warnings()[-1])

    def test_nobody_is_proved_without_a_resolver(self) -> None:
        dns = self.failing_dns()
        self.expect_refused(self.dane(names=dns.options), WORLD.clients["good"],
                            "_smtp-client.good.client.example")

    def test_every_way_to_name_a_resolver(self) -> None:
        for names, settings in (
                (f"--unbound-conf {WORLD.conf}", {}),
                ("-H", {"DANE_UNBOUND_CONF": str(WORLD.conf)}),
                (f"--forward 127.53.0.53 --trust-anchor {ours.DIRECTORY}/root.key", {}),
                ("-H", {"DANE_FORWARD": "127.53.0.53",
                        "DANE_TRUST_ANCHOR": f"{ours.DIRECTORY}/root.key"})):
            with self.subTest(f"{names} {settings}"):
                server = self.dane(names=names, settings=settings)
                if "53" in f"{names} {settings}":    # where nobody has these names
                    self.expect_refused(server, WORLD.clients["good"], "there are no TLSA records")
                else:
                    self.expect_proved(server, WORLD.clients["good"])

    def test_the_owner_of_another_service(self) -> None:
        server = self.dane(options="--client-service submission")
        told = self.expect_proved(server, WORLD.clients["submission"])
        self.assertEqual(told["DANE_TLSA_OWNER"], "_submission.submission.client.example")
        self.expect_refused(server, WORLD.clients["good"], "_submission.good.client.example")
        server = self.dane(options="--client-service _Submission")
        self.expect_proved(server, WORLD.clients["submission"])

    def test_a_public_authority_counts_where_one_is_named(self) -> None:
        server = self.dane(settings={"CCAFILE": str(WORLD.root.file)})
        self.expect_proved(server, WORLD.clients["limited"])
        self.expect_proved(server, WORLD.clients["good"])
        self.expect_refused(server, WORLD.clients["limited-by-others"], "limited-by-others")
        self.expect_refused(self.dane(), WORLD.clients["limited"],
                            "_smtp-client.limited.client.example")

    def test_what_the_program_is_told(self) -> None:
        told = self.expect_proved(self.dane(), WORLD.clients["good"])
        self.assertEqual({name: told.get(f"DANE_{name}") for name in (
            "STATUS", "REASON", "POLICY", "DNSSEC", "TLSA", "TLSA_OWNER", "USAGE", "SELECTOR",
            "MATCHING", "DEPTH")}, {
                "STATUS": "dane", "REASON": "ok", "POLICY": "dane-only", "DNSSEC": "secure",
                "TLSA": "present", "TLSA_OWNER": "_smtp-client.good.client.example",
                "USAGE": "3", "SELECTOR": "1", "MATCHING": "1", "DEPTH": "0"})
        self.assertRegex(told["DANE_CHANNEL_BINDING"], "^[0-9a-f]{64}$")
        self.assertNotIn("SSL_DANE_STATUS", told)
        self.assertNotIn("SSL_CLIENT_CERT", told)
        told = self.expect_proved(self.dane(), WORLD.clients["anchored"])
        self.assertEqual((told["DANE_USAGE"], told["DANE_DEPTH"], told["DANE_NAME"]),
                         ("2", "1", "anchored.client.example"))

    def test_certificates_are_told_with_s(self) -> None:
        told = self.expect_proved(self.dane(options="-s"), WORLD.clients["good"])
        self.assertEqual(told["SSL_CLIENT_CERT"], pem_of(WORLD.clients["good"].chain))
        self.assertEqual((told["SSL_CLIENT_VERIFY"], told["DANE_STATUS"]), ("SUCCESS", "dane"))

    def test_what_was_told_above_us_is_not_told_on(self) -> None:
        above = {f"DANE_{name}": "inherited" for name in (
            "STATUS", "REASON", "DETAIL", "POLICY", "DNSSEC", "TLSA", "TLSA_OWNER", "USAGE",
            "SELECTOR", "MATCHING", "DEPTH", "NAME", "CHANNEL_BINDING")}
        told = self.expect_proved(self.dane(settings=above), WORLD.clients["good"])
        self.assertNotIn("inherited", told.values())
        for options in ("", "-n"):
            server = self.server(options=options, settings=above)
            told = variables(plain_end(self.enterContext(connect(server))) if options
                             else ask(server))
            self.assertEqual([name for name in told if name.startswith("DANE_")], [])

    def test_settings_from_above_are_there_for_the_program_too(self) -> None:
        settings = {"DANE_UNBOUND_CONF": str(WORLD.conf), "DANE_DNS_TIMEOUT": "9"}
        for server in (self.dane(names="-H", settings=settings), self.server(settings=settings)):
            told = self.expect_proved(server, WORLD.clients["good"])
            self.assertEqual({name: told.get(name) for name in settings}, settings)

    def test_the_last_word_on_clients_counts(self) -> None:
        self.expect_proved(self.server(options="--client-policy dane --client-policy none"), None)
        self.expect_proved(self.dane(options="-Z"), None)
        self.expect_refused(self.server(options="-Z --client-policy dane"), None, "[Cc]ertificate")

    def test_a_rule_may_cancel(self) -> None:
        rules = write_rules(self.scratch / "rules.cdb",
                            '127.70.99.1:allow,CCAFILE="-"\n:allow\n')
        server = self.dane(options=f"-x {rules}")
        told = self.expect_proved(server, None, source="127.70.99.1")
        self.assertNotIn("DANE_STATUS", told)
        self.expect_refused(server, None, "[Cc]ertificate", source="127.70.99.2")

    def test_nothing_is_resumed(self) -> None:
        server = self.dane()
        tls = context(own=WORLD.clients["good"], only=TLS_1_3)
        with talk(server, tls) as first:
            first.read_to_end()
            session = first.tls.session
        with talk(server, tls, session=session) as second:
            second.read_to_end()
            self.assertFalse(second.tls.session_reused)

    def test_names_are_asked_for_with_no_right_to_files(self) -> None:
        """The folder with the settings of the resolver is open to its owner alone."""
        self.assertEqual(WORLD.net.stat().st_mode & 0o77, 0)
        for options in ("-H", "-h"):
            self.expect_proved(self.dane(options=options), WORLD.clients["good"])

    def ask_by_raw_key(self, server: Sslserver, pair: Pair) -> str:
        """What a client gets that shows its key alone (RFC 7250)."""
        public = self.scratch / "public.pem"
        openssl("pkey", "-in", pair.key, "-pubout", "-out", public)
        return gnutls_cli(server, "--insecure", "--rawpkkeyfile", pair.key, "--rawpkfile", public,
                          "--priority", "NORMAL:-CTYPE-ALL:+CTYPE-SRV-X509:+CTYPE-CLI-RAWPK",
                          data=b"").out

    def list_of_keys(self, *lines: tuple[str, Pair]) -> dict[str, str]:
        """The variable for a file with the names of keys."""
        def digest(pair: Pair) -> str:
            text = openssl("pkey", "-in", pair.key, "-pubout")
            body = "".join(line for line in text.splitlines() if "--" not in line)
            return hashlib.sha256(base64.b64decode(body)).hexdigest()

        file = self.scratch / "clients"
        file.write_text("# name, and SHA2-256 of the key\n\n"
                        + "".join(f"{name}  {digest(pair)}\n" for name, pair in lines))
        return {"CLIENTKEYS": str(file)}

    def test_a_raw_key_has_the_name_that_is_listed(self) -> None:
        good, other = WORLD.clients["good"], WORLD.clients["expired"]
        listed = self.list_of_keys(("good.client.example", good), ("good.client.example", other))
        server = self.dane(*ENV, settings=listed)
        self.assertIn("DANE_TLSA_OWNER=_smtp-client.good.client.example",
                      self.ask_by_raw_key(server, good))
        self.assertNotIn("DANE_", self.ask_by_raw_key(server, other), "not that name's key")
        self.assertNotIn("DANE_", self.ask_by_raw_key(server, WORLD.spare), "not listed")
        self.expect_proved(self.dane(settings=listed), good)

    def test_without_a_list_there_are_no_raw_keys(self) -> None:
        self.assertNotIn("DANE_", self.ask_by_raw_key(self.dane(*ENV), WORLD.clients["good"]))

    def test_a_list_that_is_none(self) -> None:
        file = self.scratch / "clients"
        for text in ("name", "name 00", "name " + "0" * 64 + " more", "a..b " + "0" * 64):
            file.write_text(text)
            with self.assertRaisesRegex(ChildProcessError, "clients: no name and SHA2-256"):
                self.dane(settings={"CLIENTKEYS": str(file)})

    def test_settings_of_the_resolver_that_name_files(self) -> None:
        """Root hints, which libunbound reads at the first question."""
        self.assertIn("root-hints:", WORLD.internet.conf.read_text())
        for options in ("-H", "-h"):
            server = self.dane(names=f"--unbound-conf {WORLD.internet.conf}", options=options)
            self.expect_proved(server, WORLD.clients["good"])

    @as_root
    def test_in_another_root(self) -> None:
        empty = self.scratch / "empty"
        empty.mkdir()
        self.expect_proved(self.dane(settings={"SSL_CHROOT": str(empty)}), WORLD.clients["good"])

    def test_the_limit_of_the_handshake_holds_for_look_ups_too(self) -> None:
        dns = self.failing_dns("--dns-timeout 15")
        dns.hold()
        began = time.monotonic()
        self.expect_refused(self.dane(names=dns.options, options="-T 2"), WORLD.clients["second"],
                            ".", versions=[TLS_1_3])
        self.assertLess(time.monotonic() - began, SOON_SECONDS)

    def test_no_authority_is_named_to_clients(self) -> None:
        """Clients that choose by these names (GnuTLS) have nothing to show then: hardly any
        is certified by one."""
        for settings in ({}, {"CCAFILE": str(WORLD.root.file)}):
            with self.subTest(settings):
                said = s_client(self.dane(settings=settings), "-tls1_2")
                self.assertEqual(re.search("^.*client certificate CA names.*$", said, re.M)[0],
                                 "No client certificate CA names sent")

    def test_others_are_served_while_one_is_looked_up(self) -> None:
        dns = self.failing_dns()
        rules = write_rules(self.scratch / "rules.cdb",
                            '127.70.99.1:allow,CCAFILE="-"\n:allow\n')
        server = self.dane(names=dns.options, options=f"-x {rules}")
        dns.hold()
        faults: list[str] = []

        def wait() -> None:
            try:
                ask(server, context(own=WORLD.clients["good"]))
            except ssl.SSLError as fault:
                faults.append(str(fault))

        waiting = threading.Thread(target=wait)
        waiting.start()
        dns.wait_until_asked("_smtp-client.good.client.example")
        self.assertFalse(self.mark.exists())
        self.expect_proved(server, None, source="127.70.99.1")
        dns.let_go()
        waiting.join()
        self.assertRegex(faults[0], "(?i)alert")
        self.assertEqual(self.mark.read_text(), "started\n" * 2)    # in either version


class DelayedDaneClients(Case):
    """--client-policy dane with -n."""

    def begin(self, command: str, after: str) -> tuple[Sslserver, socket.socket]:
        """A server whose program has been told to start TLS."""
        script = (f'echo hello; read line; eval "printf {command} >&$SSLCTLFD"; '
                  f'echo started >> {self.mark}; {after}')
        server = self.server("sh", "-c", script, options="-n --client-policy dane")
        peer = self.enterContext(connect(server))
        self.assertEqual(peer.recv(6, socket.MSG_WAITALL), b"hello\n")
        peer.sendall(b"STARTTLS\n")
        return server, peer

    def test_the_program_is_told_with_capital_y(self) -> None:
        for version in (TLS_1_2, TLS_1_3):
            _, peer = self.begin("Y", 'eval "cat <&$SSLCTLFD >&$SSLWRITEFD"')
            text = Talk(peer, context(own=WORLD.clients["good"], only=version)).read_to_end()
            told = variables(text)
            self.assertTrue(text.endswith(b"\0\0"))
            self.assertEqual(
                (told["SSL_DANE_STATUS"], told["SSL_DANE_REASON"], told["SSL_DANE_TLSA_OWNER"]),
                ("dane", "ok", "_smtp-client.good.client.example"))
            self.assertEqual(told["SSL_CLIENT_CERT"], pem_of(WORLD.clients["good"].chain))
            self.assertEqual([name for name in told if name.startswith("DANE_")], [])

    def test_it_is_told_nothing_with_y(self) -> None:
        _, peer = self.begin("y", 'eval "cat <&$SSLCTLFD >&$SSLWRITEFD; echo end >&$SSLWRITEFD"')
        self.assertEqual(Talk(peer, context(own=WORLD.clients["good"])).read_to_end(), b"end\n")

    def test_a_client_that_is_not_proved(self) -> None:
        """The program is there already: it is told nothing and hears nothing."""
        heard = self.scratch / "heard"
        for version in (TLS_1_2, TLS_1_3):
            for own in (WORLD.clients["stranger"], None):
                server, peer = self.begin("Y", f'eval "cat <&$SSLCTLFD; cat <&$SSLREADFD" '
                                          f'> {heard}; exit 0')
                with self.assertRaisesRegex(ssl.SSLError, "(?i)alert"):
                    Talk(peer, context(own=own, only=version)).read_to_end()
                self.assertEqual(server.status(), EXIT_111)
                self.assertEqual(heard.read_bytes(), b"")
                self.assertEqual(len(server.warnings()), 1)


class TwoOfOurs(Case):
    """sslclient with a certificate, and sslserver that wants it proved."""

    SAY = 'echo "$DANE_STATUS $DANE_TLSA_OWNER $DANE_CHANNEL_BINDING"'

    def connect(self, client: str, server: str) -> tuple[ours.Run, Sslserver]:
        """The two, each of which wants the other proved."""
        address = {"mx1": "127.70.8.1", "mx2": "127.70.8.2"}[server]
        serving = self.server(
            "sh", "-c", f'echo started >> {self.mark}; {self.SAY}',
            own=WORLD.servers[server], options="--client-policy dane", host=address, port=PORT)
        own, directory = WORLD.clients[client], ours.DIRECTORY
        ours.DIRECTORY = WORLD.net
        try:
            return ours.run(f"--policy dane -c {own.chain} -k {own.key}",
                            f"{server}.own.example", PORT, "sh", "-c",
                            f"{self.SAY}; cat <&6"), serving
        finally:
            ours.DIRECTORY = directory

    def test_they_prove_each_other(self) -> None:
        for client in ("good", "rsa", "service-name", "anchored"):
            with self.subTest(client):
                got, serving = self.connect(client, "mx1")
                self.assertEqual((got.status, got.err), (0, ""), serving.log)
                mine, other = got.out.splitlines()
                self.assertRegex(mine, rf"^dane _{PORT}\._tcp\.mx1\.own\.example \w{{64}}$")
                self.assertEqual(other, mine.replace(f"_{PORT}._tcp.mx1.own.example",
                                                     f"_smtp-client.{client}.client.example"))
                serving.stop()

    def test_the_server_refuses(self) -> None:
        got, serving = self.connect("stranger", "mx1")
        self.assertEqual(got.status, 111, got.err)
        self.assertNotIn("smtp-client", got.out)
        self.assertFalse(self.mark.exists())
        self.assertEqual(serving.status(), EXIT_111)

    def test_the_client_refuses(self) -> None:
        got, serving = self.connect("good", "mx2")
        self.assertEqual((got.status, got.out), (111, ""))
        self.assertFalse(self.mark.exists())
        self.assertEqual(serving.status(), EXIT_111)


class OwnRecords(Case):
    """--own-tlsa: whether our records prove what is shown."""

    def own(self, options: str, own: Pair, **more) -> Sslserver:
        """A server that looks its records up."""
        return self.server("sh", "-c", "echo started", own=own, options=options,
                           **{"port": PORT, **more})

    def said_of(self, name: str, count: int = 1, **more) -> list[str]:
        """What is said at the start of a server's records, up to the end of the look."""
        more.setdefault("own", WORLD.servers.get(name))
        server = self.own("--own-tlsa warn", **more)
        port = more.get("port", PORT)
        server.find(rf"sslserver: warning: own TLSA records _{port}\._tcp\.{END_OF_LOOK} .*",
                    count)
        self.assertEqual(ask(server), b"started\n")
        server.stop()
        return [line for line in server.warnings() if END_OF_LOOK not in line]

    def expect_served(self, server: Sslserver, pair: Pair) -> None:
        """It shows this certificate."""
        with talk(server) as peer:
            self.assertTrue(peer.der == pair.der, "another certificate")
            self.assertEqual(peer.read_to_end(), b"started\n")


class Warned(OwnRecords):
    """--own-tlsa warn."""

    def test_records_that_prove_it(self) -> None:
        for name in ("matching", "alias", "rolled", "anchored"):
            with self.subTest(name):
                self.assertEqual(self.said_of(name), [])
        self.assertEqual(self.said_of("matching-25", port=25), [])

    def test_nothing_is_said_without_secure_records(self) -> None:
        for name in ("absent", "unsigned"):
            with self.subTest(name):
                self.assertEqual(self.said_of(name), [])

    def test_records_that_do_not(self) -> None:
        for name in ("stranger", "anchor-not-sent"):
            with self.subTest(name):
                (line,) = self.said_of(name)
                self.assertRegex(line, r"^sslserver: warning: own TLSA records "
                                 rf"_{PORT}\._tcp\.{name}\.own\.example do not prove the "
                                 rf"certificate for {name}\.own\.example: .")

    def test_a_look_up_that_fails(self) -> None:
        (line,) = self.said_of("bogus")
        self.assertRegex(line, "^sslserver: warning: own TLSA records cannot be looked up: .*"
                         rf"_{PORT}\._tcp\.bogus\.bogus\.example")

    def test_every_state_of_a_zone(self) -> None:
        own = issue(None, self.scratch / "own", names=",".join(
            f"DNS:www.{zone}.example" for zone in (*SECURE, *FAILING, *INSECURE)))
        server = self.own("--own-tlsa warn --dns-timeout 3", own, port=443,
                          names=f"--unbound-conf {WORLD.large_conf}")
        server.find("sslserver: warning: own TLSA records .*", len(SECURE) + len(FAILING))
        said = {re.search(r" _443\._tcp\.www\.(\S+?)\.example", line)[1]: line
                for line in server.warnings()}
        self.assertEqual(set(said), {*SECURE, *FAILING})
        for zone, line in said.items():
            self.assertIn("do not prove" if zone in SECURE else "cannot be looked up", line)
        self.expect_served(server, own)

    def test_a_resolver_that_fails(self) -> None:
        dns = self.failing_dns()
        server = self.own("--own-tlsa warn", WORLD.servers["matching"], names=dns.options)
        server.find("sslserver: warning: own TLSA records cannot be looked up: .*", 2)
        self.expect_served(server, WORLD.servers["matching"])

    def test_a_resolver_that_says_nothing_holds_nobody_up(self) -> None:
        dns = self.failing_dns()
        dns.hold()
        server = self.own("--own-tlsa warn", WORLD.servers["mx1"], names=dns.options)
        dns.wait_until_asked(f"_{PORT}._tcp.mx1.own.example")
        self.expect_served(server, WORLD.servers["mx1"])
        self.assertEqual(server.warnings(), [])
        self.assertEqual(server.stop(), 0)

    def test_nobody_looks_unless_told(self) -> None:
        dns = self.failing_dns()
        server = self.own("", WORLD.servers["mx1"], names=dns.options)
        self.expect_served(server, WORLD.servers["mx1"])
        server.hang_up()
        server.find("sslserver: certificates have been read")
        self.expect_served(server, WORLD.servers["mx1"])
        self.assertEqual(dns.names, [])

    def test_two_kinds_of_keys(self) -> None:
        for name, lines in (("both-kinds", 0), ("one-kind", 1)):
            with self.subTest(name):
                one, two = (WORLD.servers[f"{name}-{kind}"] for kind in ("rsa", "ecdsa"))
                said = self.said_of(name, 2, own=one, settings={
                    "CERTFILE": f"{one.chain}:{two.chain}", "KEYFILE": f"{one.key}:{two.key}"})
                self.assertEqual(len(said), lines, said)
                for line in said:
                    self.assertIn(f"_{PORT}._tcp.{name}.own.example", line)

    def test_a_folder_of_certificates(self) -> None:
        for name in ("matching", "stranger", "absent"):
            pair = WORLD.servers[name]
            (self.scratch / f"{name}.pem").write_bytes(pair.chain.read_bytes() +
                                                       pair.key.read_bytes())
        (line,) = self.said_of("matching", 3, settings={"CERTDIR": str(self.scratch)})
        self.assertIn(f"_{PORT}._tcp.stranger.own.example", line)

    def test_after_a_hang_up(self) -> None:
        live = WORLD.servers["matching"].copy_to(self.scratch)
        server = self.own("--own-tlsa warn", live)
        end = f"sslserver: warning: own TLSA records .*{END_OF_LOOK} .*"
        server.find(end)
        self.assertEqual(len(server.warnings()), 1)
        WORLD.servers["stranger"].copy_to(self.scratch)
        server.hang_up()
        server.find(end, 2)
        server.find("sslserver: certificates have been read")
        server.find(r"sslserver: warning: .*_465\._tcp\.stranger\.own\.example .*")
        self.expect_served(server, WORLD.servers["stranger"])

    @takes_a_minute
    def test_after_the_end_of_a_ttl(self) -> None:
        pair = issue(None, self.scratch / "short", names="DNS:short-lived.own.example")
        owner = f"_{PORT}._tcp.short-lived"
        WORLD.change("own.example", owner, f"1 {tlsa('3 1 1', pair)}")
        server = self.own("--own-tlsa warn", pair)
        self.expect_served(server, pair)
        WORLD.change("own.example", owner, f"1 {tlsa('3 1 1', WORLD.spare)}")
        server.find(rf"sslserver: warning: .*{re.escape(owner)}\.own\.example .*")


class Refused(OwnRecords):
    """--own-tlsa refuse."""

    READ = "sslserver: certificates have been read"
    STAYS = r"sslserver: warning: own TLSA records (\S+) .*; the old certificate stays"

    def begin(self, name: str, **more) -> Sslserver:
        """A server with the old certificate, where the new one is put in its place."""
        live = WORLD.servers[f"{name}-old"].copy_to(self.scratch)
        server = self.own("--own-tlsa refuse", live, **more)
        self.expect_served(server, WORLD.servers[f"{name}-old"])
        return server

    def records_catch_up(self, name: str) -> None:
        """For the time of the test, the records are of both certificates."""
        old, new = (f"1 {tlsa('3 1 1', WORLD.servers[f'{name}-{age}'])}" for age in ("old", "new"))
        owner = f"_{PORT}._tcp.{name}"
        WORLD.change("own.example", owner, old, new)
        self.addCleanup(WORLD.change, "own.example", owner, old)

    def renew(self, server: Sslserver, name: str) -> None:
        """The new certificate."""
        WORLD.servers[f"{name}-new"].copy_to(self.scratch)
        server.hang_up()

    def test_a_new_key_that_records_contradict(self) -> None:
        server = self.begin("contradicted")
        self.renew(server, "contradicted")
        (line,) = server.find(self.STAYS)
        self.assertEqual(line[1], f"_{PORT}._tcp.contradicted.own.example")
        self.expect_served(server, WORLD.servers["contradicted-old"])
        self.assertNotIn(self.READ, server.lines)
        self.records_catch_up("contradicted")
        server.hang_up()
        server.find(self.READ)
        self.expect_served(server, WORLD.servers["contradicted-new"])
        self.assertEqual(len(server.warnings()), 1)

    @takes_a_minute
    def test_records_that_catch_up_are_noticed(self) -> None:
        server = self.begin("contradicted")
        self.renew(server, "contradicted")
        server.find(self.STAYS)
        self.records_catch_up("contradicted")
        server.find(self.READ)
        self.expect_served(server, WORLD.servers["contradicted-new"])

    def test_records_that_ask_for_a_public_authority(self) -> None:
        """Whom clients trust is not known here, and for mail such records are none: they
        contradict nothing, and must not keep what expires."""
        for port in (25, PORT):
            with self.subTest(port):
                name = f"limited-{port}"
                server = self.begin(name, port=port)
                self.renew(server, name)
                server.find(f"{self.READ}|{self.STAYS}")
                self.expect_served(server, WORLD.servers[f"{name}-new"])

    def test_a_name_that_was_contradicted_before_holds_up_no_other(self) -> None:
        def put(name: str, pair: Pair) -> None:
            replace(self.scratch / f"{name}.pem", pair.chain.read_bytes() + pair.key.read_bytes())

        put("stranger", WORLD.servers["stranger"])
        put("renewed", WORLD.servers["renewed-old"])
        server = self.own("--own-tlsa refuse", WORLD.servers["mx1"],
                          settings={"CERTDIR": str(self.scratch)})
        server.find(r"sslserver: warning: .*_465\._tcp\.stranger\.own\.example .*")
        put("renewed", WORLD.servers["renewed-new"])
        server.hang_up()
        server.find(f"{self.READ}|{self.STAYS}")
        with talk(server, name="renewed.own.example") as peer:
            self.assertTrue(peer.der == WORLD.servers["renewed-new"].der, "the old certificate")

    def test_a_new_key_that_nothing_speaks_against(self) -> None:
        for name in ("renewed", "without", "unsigned"):
            with self.subTest(name):
                server = self.begin(name)
                self.renew(server, name)
                server.find(self.READ)
                self.expect_served(server, WORLD.servers[f"{name}-new"])
                self.assertEqual(server.warnings(), [])
                server.stop()

    def test_a_new_key_whose_records_cannot_be_looked_up(self) -> None:
        server = self.begin("bogus")
        self.renew(server, "bogus")
        server.find(self.READ)
        self.expect_served(server, WORLD.servers["bogus-new"])
        for line in server.warnings():
            self.assertRegex(line, "own TLSA records cannot be looked up: ")
            self.assertNotIn("stays", line)

    def test_what_is_contradicted_at_the_start_is_served(self) -> None:
        server = self.own("--own-tlsa refuse", WORLD.servers["stranger"])
        server.find(r"sslserver: warning: .*_465\._tcp\.stranger\.own\.example .*")
        self.expect_served(server, WORLD.servers["stranger"])

    def test_one_of_two_kinds_is_contradicted(self) -> None:
        one, two = (WORLD.servers[f"one-kind-{kind}"] for kind in ("ecdsa", "rsa"))
        first = WORLD.servers["renewed-old"].copy_to(self.scratch, "one")
        second = WORLD.servers["renewed-old"].copy_to(self.scratch, "two")
        server = self.own("--own-tlsa refuse", first, settings={
            "CERTFILE": f"{first.chain}:{second.chain}",
            "KEYFILE": f"{first.key}:{second.key}"})
        one.copy_to(self.scratch, "one")
        two.copy_to(self.scratch, "two")
        server.hang_up()
        server.find(self.STAYS)
        self.expect_served(server, WORLD.servers["renewed-old"])

    def test_the_old_one_is_served_during_the_look(self) -> None:
        dns = self.failing_dns()
        server = self.begin("renewed", names=dns.options)
        server.find("sslserver: warning: own TLSA records cannot be looked up: .*")
        dns.hold()
        self.renew(server, "renewed")
        dns.wait_until_asked(f"_{PORT}._tcp.renewed.own.example")
        self.expect_served(server, WORLD.servers["renewed-old"])
        self.assertNotIn(self.READ, server.lines)
        dns.let_go()
        server.find(self.READ)
        self.expect_served(server, WORLD.servers["renewed-new"])

    def test_another_hang_up_during_the_look(self) -> None:
        dns = self.failing_dns()
        server = self.begin("renewed", names=dns.options)
        server.find("sslserver: warning: own TLSA records cannot be looked up: .*")
        dns.hold()
        self.renew(server, "renewed")
        dns.wait_until_asked(f"_{PORT}._tcp.renewed.own.example")
        WORLD.servers["without-new"].copy_to(self.scratch)
        server.hang_up()
        dns.let_go()
        server.find(self.READ, 2)
        self.expect_served(server, WORLD.servers["without-new"])

    def test_rules_that_failed_once_hold_nobody_up_later(self) -> None:
        dns = self.failing_dns()
        rules = write_rules(self.scratch / "rules.cdb", ":allow\n")
        live = WORLD.servers["renewed-old"].copy_to(self.scratch)
        server = self.own("--own-tlsa refuse", live, names=f"{dns.options} -x {rules}")
        server.find("sslserver: warning: own TLSA records cannot be looked up: .*")
        write_rules(rules, f'127.70.99.1:allow,CERTFILE="{self.scratch}/none"\n:allow\n')
        self.expect_served(server, WORLD.servers["renewed-old"])
        server.find("sslserver: warning: .*; the old certificate stays")
        write_rules(rules, ":allow\n")
        self.expect_served(server, WORLD.servers["renewed-old"])
        dns.hold()
        self.renew(server, "renewed")
        dns.wait_until_asked(f"_{PORT}._tcp.renewed.own.example")
        self.expect_served(server, WORLD.servers["renewed-old"])
        dns.let_go()
        server.find(self.READ)

    def test_a_new_keeper_that_is_killed_during_the_look(self) -> None:
        """Somebody hears of it, or the files are read once more."""
        dns = self.failing_dns()
        server = self.begin("renewed", names=dns.options)
        server.find("sslserver: warning: own TLSA records cannot be looked up: .*")
        before = {one.pid for one in server.keepers()}
        dns.hold()
        self.renew(server, "renewed")
        dns.wait_until_asked(f"_{PORT}._tcp.renewed.own.example")
        keeper = min((one for one in server.keepers() if one.pid not in before),
                     key=lambda one: int(one.began))
        keeper.end()
        until(lambda: not keeper.is_alive(), "its end")
        self.expect_served(server, WORLD.servers["renewed-old"])
        dns.let_go()
        server.find(rf"{self.READ}|sslserver: warning: .*(keeper|certificate).*")

    def test_answers_that_come_as_new_files_have_been_read(self) -> None:
        """The listener hears at one stroke of a look and of a new keeper: it then begins
        another look, and must not wait for that one to end."""
        dns = self.failing_dns()
        dns.hold()
        owner = f"_{PORT}._tcp.renewed.own.example"
        server = self.begin("renewed", names=dns.options)
        dns.wait_until_asked(owner)
        before = {one.pid for one in server.keepers()}
        new = WORLD.servers["renewed-new"]
        replace(self.scratch / "live.pem", new.chain.read_bytes())    # has no key yet
        server.hang_up()
        (reader,) = until(lambda: [one for one in server.keepers() if one.pid not in before],
                          "a new keeper")
        os.kill(server.pid, signal.SIGSTOP)
        try:
            dns.let_go()
            until(lambda: len(server.keepers()) == 2, "the end of the look")
            replace(self.scratch / "live.key", new.key.read_bytes())
            until(lambda: support.fact(reader.pid, "NoNewPrivs") == "1", "the end of reading")
            time.sleep(0.3)
            dns.hold()
        finally:
            os.kill(server.pid, signal.SIGCONT)
        dns.wait_until_asked(owner)
        with connect(server) as peer:
            peer.settimeout(SOON_SECONDS)
            self.assertTrue(Talk(peer).der == WORLD.servers["renewed-old"].der,
                            "it was served after the look")
        dns.let_go()
        server.find(self.READ)

    def test_a_broken_pair_is_not_looked_up(self) -> None:
        server = self.begin("renewed")
        replace(self.scratch / "live.pem", b"nothing")
        server.hang_up()
        server.find("sslserver: warning: .*; the old certificate stays")
        self.expect_served(server, WORLD.servers["renewed-old"])

    @as_root
    def test_talkers_have_no_way_to_the_new_keeper(self) -> None:
        """During the look there are two keepers, and a talker may ask the old one alone."""
        dns = self.failing_dns()
        server = self.begin("renewed", names=dns.options)
        server.find("sslserver: warning: own TLSA records cannot be looked up: .*")

        def descriptors() -> list[str]:
            """What a talker has that waits for its client's hello."""
            before = {one.pid for one in server.talkers()}
            with connect(server):
                (one,) = until(lambda: [one for one in server.talkers()
                                        if one.pid not in before and
                                        support.fact(one.pid, "NoNewPrivs") == "1"], "a talker")
                until(lambda: "sslserver: ok" in server.log.split(f"pid {one.pid} ")[1], "it")
                folder = Path(f"/proc/{one.pid}/fd")
                return sorted(re.sub(r"\d+", "", os.readlink(entry))
                              for entry in folder.iterdir())

        usual = descriptors()
        dns.hold()
        self.renew(server, "renewed")
        dns.wait_until_asked(f"_{PORT}._tcp.renewed.own.example")
        self.assertEqual(descriptors(), usual)
        dns.let_go()


class HostNames(Case):
    """-z, -p, -h, -r, and rules for names."""

    GOOD = "127.71.0.1"

    def setUp(self) -> None:
        super().setUp()
        self.trust = {"CCAFILE": str(WORLD.root.file)}
        self.good = issue(WORLD.root, self.scratch / "good", names="DNS:good.host.example",
                          extensions=FOR_CLIENTS)

    def rules(self, text: str) -> str:
        """The option for rules that were just compiled."""
        return f"-x {write_rules(self.scratch / 'rules.cdb', text)}"

    def name_of(self, options: str, source: str, **more) -> Optional[str]:
        """SSLREMOTEHOST."""
        server = self.server(options=options, base="-1vRl0", **more)
        return variables(ask(server, source=source)).get("SSLREMOTEHOST")

    # -z.

    def test_a_certificate_for_the_host(self) -> None:
        server = self.server(options="-z", settings=self.trust)
        told = self.expect_proved(server, self.good, source=self.GOOD)
        self.assertEqual(told["SSLREMOTEHOST"], "good.host.example")
        server.find(rf"sslserver: ok \d+ 0:[^ ]+ good\.host\.example:127\.71\.0\.1::\d+", 2)

    def test_a_certificate_for_another_host(self) -> None:
        server = self.server(options="-z", settings=self.trust)
        for number, names in enumerate(("DNS:other.host.example", "DNS:example",
                                        "email:a@good.host.example", "IP:127.71.0.1"), 1):
            with self.subTest(names):
                other = issue(WORLD.root, self.scratch / f"other-{number}", names=names)
                self.expect_refused(server, other, ".", source=self.GOOD)
        self.expect_refused(server, self.good, "name", source="127.71.0.4")

    def test_a_wildcard_and_several_names(self) -> None:
        server = self.server(options="-z", settings=self.trust)
        for number, names in enumerate(("DNS:*.host.example",
                                        "DNS:other.host.example,DNS:good.host.example"), 1):
            own = issue(WORLD.root, self.scratch / f"own-{number}", names=names)
            self.expect_proved(server, own, source=self.GOOD)

    def test_an_authority_that_nobody_named(self) -> None:
        other = issue(WORLD.other, self.scratch / "other", names="DNS:good.host.example")
        self.expect_refused(self.server(options="-z", settings=self.trust), other, ".",
                            source=self.GOOD)

    def test_addresses_whose_name_is_not_theirs(self) -> None:
        server = self.server(options="-z", settings=self.trust)
        for source, why in (("127.71.0.2", "does not lead back"), ("127.71.0.3", "has no name"),
                            ("127.71.0.5", "is forged"), ("127.71.0.7", "is no host's"),
                            ("127.71.0.8", "is no host name")):
            with self.subTest(why):
                self.expect_refused(server, self.good, "the client has no host name",
                                    source=source)

    def test_a_name_that_is_not_confirmed_is_no_name_even_if_it_has_a_certificate(self) -> None:
        forged = issue(WORLD.root, self.scratch / "forged", names="DNS:bogus.bogus.example")
        server = self.server(options="-z", settings=self.trust)
        self.expect_refused(server, forged, "the client has no host name", source="127.71.0.5")

    def test_a_name_whose_zone_is_not_signed(self) -> None:
        """Who answers for the reverse zone is as little proved as ever; the certificate is."""
        own = issue(WORLD.root, self.scratch / "own", names="DNS:unsigned.unsigned.example")
        server = self.server(options="-z", settings=self.trust)
        self.expect_proved(server, own, source="127.71.0.6")

    def test_capital_h_and_p_do_not_count_with_z(self) -> None:
        for options in ("-zHP", "-HPz"):
            server = self.server(options=options, settings=self.trust)
            self.expect_proved(server, self.good, source=self.GOOD)
            self.expect_refused(server, self.good, "the client has no host name",
                                source="127.71.0.2")

    def test_a_resolver_that_fails(self) -> None:
        server = self.server(options="-z", settings=self.trust, names=self.failing_dns().options)
        self.expect_refused(server, self.good, "the client has no host name", source=self.GOOD)

    def test_delayed(self) -> None:
        script = ('echo hello; read line; eval "printf y >&$SSLCTLFD; exec >&$SSLWRITEFD"; '
                  'echo "$SSLREMOTEHOST"')
        server = self.server("sh", "-c", script, options="-n -z", settings=self.trust)
        for own, heard in ((self.good, b"good.host.example\n"), (WORLD.clients["good"], b"")):
            with connect(server, self.GOOD) as peer:
                self.assertEqual(peer.recv(6, socket.MSG_WAITALL), b"hello\n")
                peer.sendall(b"STARTTLS\n")
                said = b""
                with contextlib.suppress(OSError):
                    said = Talk(peer, context(own=own)).read_to_end()
                self.assertEqual(said, heard)

    # -h and -p.

    def test_names_as_the_reverse_zone_has_them(self) -> None:
        for source, name in ((self.GOOD, "good.host.example"), ("127.71.0.2", "good.host.example"),
                             ("127.71.0.3", ""), ("127.71.0.5", "bogus.bogus.example"),
                             ("127.71.0.8", ""), ("127.71.0.9", "alias.host.example")):
            with self.subTest(source):
                self.assertEqual(self.name_of("-h", source), name)
                self.assertIsNone(self.name_of("-H", source))

    def test_names_that_lead_back(self) -> None:
        for source, name in ((self.GOOD, "good.host.example"), ("127.71.0.2", ""),
                             ("127.71.0.3", ""), ("127.71.0.4", "other.host.example"),
                             ("127.71.0.5", ""), ("127.71.0.6", "unsigned.unsigned.example"),
                             ("127.71.0.7", ""), ("127.71.0.9", "alias.host.example")):
            with self.subTest(source):
                self.assertEqual(self.name_of("-h -p", source) or "", name)

    @with_ipv6
    def test_a_name_of_ipv6(self) -> None:
        server = self.server(options="-p", base="-1vRl0", host="::1")
        self.assertEqual(variables(ask(server))["SSLREMOTEHOST"], "six.host.example")

    def test_a_resolver_that_fails_costs_the_name_alone(self) -> None:
        self.assertIsNone(self.name_of("-h", self.GOOD, names=self.failing_dns().options))

    # Rules.

    BY_NAME = ('=good.host.example:allow,WHO="exact"\n=.host.example:allow,WHO="domain"\n'
               '=.example:deny\n=:allow,WHO="named"\n:allow,WHO="nobody"\n')

    def who(self, server: Sslserver, source: str) -> str:
        """Which rule it was; nothing for one that denies."""
        heard = b""
        with contextlib.suppress(OSError):
            heard = ask(server, source=source)
        return variables(heard).get("WHO", "")

    def test_rules_for_names(self) -> None:
        server = self.server(options=f"-h {self.rules(self.BY_NAME)}", base="-1vRl0")
        for source, who in ((self.GOOD, "exact"), ("127.71.0.2", "exact"),
                            ("127.71.0.3", "nobody"), ("127.71.0.4", "domain"),
                            ("127.71.0.5", ""), ("127.71.0.9", "domain")):
            with self.subTest(source):
                self.assertEqual(self.who(server, source), who)
        server.find(r"sslserver: deny \d+ 0:[^ ]+ bogus\.bogus\.example:127\.71\.0\.5::\d+")

    def test_rules_for_names_that_lead_back(self) -> None:
        server = self.server(options=f"-p {self.rules(self.BY_NAME)}", base="-1vRl0")
        for source, who in ((self.GOOD, "exact"), ("127.71.0.2", "nobody"),
                            ("127.71.0.4", "domain"), ("127.71.0.5", "nobody")):
            with self.subTest(source):
                self.assertEqual(self.who(server, source), who)

    def test_rules_for_names_without_names(self) -> None:
        server = self.server(options=f"-H {self.rules(self.BY_NAME)}", base="-1vRl0")
        self.assertEqual(self.who(server, self.GOOD), "nobody")

    def test_an_address_before_a_name(self) -> None:
        server = self.server(base="-1vRl0", options="-p " + self.rules(
            f'{self.GOOD}:allow,WHO="address"\n127.71.0.:allow,WHO="network"\n' + self.BY_NAME))
        for source, who in ((self.GOOD, "address"), ("127.71.0.4", "network"),
                            ("127.71.0.3", "network")):
            self.assertEqual(self.who(server, source), who)

    def test_a_rule_for_a_name_may_choose_the_certificate(self) -> None:
        mx1 = WORLD.servers["mx1"]
        server = self.server(base="-1vRl0", options="-p " + self.rules(
            f'=.host.example:allow,CERTFILE="{mx1.chain}",KEYFILE="{mx1.key}"\n:allow\n'))
        for source, pair in ((self.GOOD, mx1), ("127.71.0.3", WORLD.material.ecdsa)):
            with talk(server, source=source) as peer:
                self.assertTrue(peer.der == pair.der, source)

    # -r.

    def test_users_and_names_in_rules(self) -> None:
        support.serve_ident(self, self.GOOD, "{} : USERID : UNIX : joe\r\n".format)
        support.serve_ident(self, "127.71.0.4", "{} : USERID : UNIX : ann\r\n".format)
        server = self.server(base="-1vl0", options="-r -t 5 -p " + self.rules(
            'joe@=good.host.example:allow,WHO="joe at good"\n'
            'ann@127.71.0.4:allow,WHO="ann"\n' + self.BY_NAME))
        for source, who, info in ((self.GOOD, "joe at good", "joe"), ("127.71.0.4", "ann", "ann"),
                                  ("127.71.0.9", "domain", None)):
            with self.subTest(source):
                told = variables(ask(server, source=source))
                self.assertEqual((told["WHO"], told.get("SSLREMOTEINFO")), (who, info))
        server.find(r"sslserver: ok \d+ 0:[^ ]+ good\.host\.example:127\.71\.0\.1:joe:\d+")


def main(words: list[str]) -> int:
    """The command line."""
    global WORLD    # pylint: disable=global-statement
    if len(words) < 4:
        print(__doc__, file=sys.stderr)
        return 100
    support.PROGRAM, ours.PROGRAM = map(os.path.abspath, words[1:3])
    ours.DIRECTORY = Path(words[3]).resolve()
    if AS_SOMEBODY:    # to whom ports below 1024 are not open else
        Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0", "ascii")
    WORLD = World()
    try:
        return run_cases(sys.modules[__name__], words[4:])
    finally:
        WORLD.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
