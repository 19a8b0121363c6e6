"""What qmail-remote counts of its TLS sessions, and what `dane tlsrpt` makes of it, tried on
the real programs in an internet of their own.

    tlsrpt_behaviour.py DANE QMAIL_REMOTE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import email
import fcntl
import gzip
import hashlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from base64 import b64decode
from pathlib import Path
from typing import Any, Optional

import qmail_remote_behaviour as qmail
import sslclient_behaviour_support as support
from harness import HANG_SECONDS, SOON_SECONDS, run_cases
from own_internet import Internet
from qmail_remote_behaviour import DOMAIN, smtp
from sslclient_behaviour_support import Server, context

DANE = ""
OTHER = 65534       # a user who is not root
MOST_OF_DOMAIN = 16 * 1024
OWN_ADDRESS = "127.54.0.1"
RUA = f'_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@{DOMAIN}"'


def today() -> str:
    """The day in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def key_digest(name: str) -> str:
    """SHA2-256 of the public key of a certificate of the zones."""
    pem = subprocess.run(["openssl", "x509", "-in", str(support.certs() / f"{name}.pem"),
                          "-noout", "-pubkey"], check=True, capture_output=True).stdout
    return hashlib.sha256(b64decode(b"".join(pem.splitlines()[1:-1]))).hexdigest()


class Case(qmail.Case):
    """A home with a store, and a domain whose only host is a server of the test's."""

    internet: Internet

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(tempfile.mkdtemp(prefix="tlsrpt."))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.internet = Internet(folder, OWN_ADDRESS)
        cls.addClassCleanup(cls.internet.__exit__, None, None, None)

    def setUp(self) -> None:
        super().setUp()
        os.chmod(self.home, 0o755)
        self.control(notipme="127.0.0.0/8")     # where the servers of these tests are
        self.store = self.home / "queue" / "tlsrpt"
        self.store.mkdir()
        (self.home / "queue" / "lock" / "deadhosts").touch()

    @property
    def file(self) -> Path:
        """Where the sessions of the domain are counted today."""
        return self.store / f"{today()}.d" / DOMAIN

    def publish(self, *records: str, **zones: str) -> None:
        """The domain with these records, and other zones."""
        names = {name.replace("_", "."): text for name, text in zones.items()}
        self.internet.publish({DOMAIN: "\n".join((RUA, *records)), **names})
        shutil.copy(self.internet.conf, self.home / "control" / "unbound.conf")

    def host(self, *records: str, answers=None, tls: str = "good") -> Server:
        """A server that is the domain's only mail host."""
        server = Server(smtp(self.box, answers, tls=context(tls)), port=25)
        self.addCleanup(server.__exit__)
        self.publish("@ MX 10 mx", f"mx A {server.address}", *records)
        return server

    def deliver_as(self, user: Optional[int]) -> str:
        """A delivery by a user; its report."""
        self.write(b"Subject: x\n\nhello\n")
        with open(self.home / "message", "rb") as mail:
            done = subprocess.run(
                [support.PROGRAM, DOMAIN, "me@here.example", f"you@{DOMAIN}"], stdin=mail,
                capture_output=True, check=True, timeout=HANG_SECONDS, user=user, group=user,
                extra_groups=[], env={"QMAILHOME": str(self.home)})
        return done.stdout.decode()

    def dane(self, *words: str, status: int = 0) -> subprocess.CompletedProcess:
        """A run of `dane tlsrpt` for today."""
        done = subprocess.run(
            [DANE, "tlsrpt", "--from", today(), "--store", str(self.store), *words], capture_output=True, check=False, timeout=HANG_SECONDS)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def online(self, *words: str, status: int = 0) -> subprocess.CompletedProcess:
        """A run that looks names up."""
        return self.dane("--unbound-conf", str(self.internet.conf), *words, status=status)

    def reports(self) -> list[dict[str, Any]]:
        """The reports as they are."""
        return [json.loads(line) for line in self.dane("--json").stdout.splitlines()]

    def policy(self) -> dict[str, Any]:
        """The only policy of the only report."""
        (report,) = self.reports()
        (policy,) = report["policies"]
        return policy


class Store(Case):
    """What is counted."""

    def test_a_session_counts_at_the_tlsa_base_domain(self) -> None:
        self.host(f"_25._tcp.mx TLSA 3 1 1 {key_digest('good')}")
        for _ in range(2):
            self.expect(self.deliver(), "rK", "Verified")
        policy = self.policy()
        self.assertEqual(policy["policy"]["policy-type"], "tlsa")
        self.assertEqual(policy["policy"]["policy-domain"], f"mx.{DOMAIN}")
        self.assertEqual(policy["policy"]["policy-string"], [f"3 1 1 {key_digest('good')}"])
        self.assertEqual(policy["summary"]["total-successful-session-count"], 2)
        self.assertEqual(self.file.read_text().count("\n"), 1)

    def test_an_alias_counts_where_its_records_are(self) -> None:
        server = Server(smtp(self.box, tls=context()), port=25)
        self.addCleanup(server.__exit__)
        self.publish("@ MX 10 mx", "mx CNAME real", f"real A {server.address}",
                     f"_25._tcp.real TLSA 3 1 1 {key_digest('good')}")
        self.expect(self.deliver(), "rK", "Verified")
        self.assertEqual(self.policy()["policy"]["policy-domain"], f"real.{DOMAIN}")

    def test_a_handshake_that_was_made_up_for_is_counted(self) -> None:
        self.host(answers={"STARTTLS": lambda peer: (
            peer.sendall(b"220 go\r\n"), peer.recv(65536), peer.close())})
        self.expect(self.deliver(), "rK", "Plain")
        policy = self.policy()
        self.assertEqual(policy["policy"], {"policy-type": "no-policy-found",
                                            "policy-domain": DOMAIN})
        self.assertEqual(policy["failure-details"][0]["result-type"], "validation-failure")

    def test_what_we_route_is_not_told(self) -> None:
        """RFC 8460 4.4: a policy of ours is none of the domain's."""
        server = self.host(f"_25._tcp.mx TLSA 3 1 1 {key_digest('good')}")
        pin = hashlib.sha256(subprocess.run(
            ["openssl", "x509", "-in", str(support.certs() / "good.pem"), "-outform", "DER"],
            check=True, capture_output=True).stdout).hexdigest()
        for name, text in (("smtproutes", f":[{server.address}]"),
                           ("smtproutes", f":mx.{DOMAIN}"),
                           ("tlsdestinations", f"%{DOMAIN}:={pin}"),
                           ("tlsdestinations", f"%{DOMAIN}:={'0' * 64}"),
                           ("danepolicy", "* : encrypt"), ("danepolicy", "* : may"),
                           ("danepolicy", f"{DOMAIN} : pkix ca={support.certs()}/other-ca.pem")):
            with self.subTest(name, text=text):
                self.control(**{name: text})
                self.deliver()
                self.assertEqual(self.reports(), [])
                (self.home / "control" / name).unlink()
        self.deliver()
        self.assertEqual(len(self.reports()), 1)

    def test_a_hostile_domain_writes_little(self) -> None:
        addresses = [f"127.79.0.{number}" for number in range(1, 61)]
        for address in addresses:
            server = Server(smtp(self.box, tls=context()), port=25, address=address)
            self.addCleanup(server.__exit__)
        self.publish("@ MX 10 mx", *(f"mx A {address}" for address in addresses),
                     *(f"_25._tcp.mx TLSA 3 1 2 {n:04x}{'00' * 62}" for n in range(90)))
        for _ in range(2):
            self.assertTrue(self.deliver().letters.endswith("Z"))
        written = sum(file.stat().st_size for file in self.store.rglob("*"))
        self.assertLess(written, MOST_OF_DOMAIN + 16 * 1024)
        self.assertGreater(self.policy()["summary"]["total-failure-session-count"], 10)

    def test_locks_of_others(self) -> None:
        self.host()
        self.expect(self.deliver(), "rK", "Untrusted")
        with open(self.file) as file, open(self.home / "queue/lock/deadhosts") as dead:
            for each in (file, dead):
                fcntl.flock(each, fcntl.LOCK_SH)
            got = self.deliver()
        self.expect(got, "rK", "Untrusted")
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_a_file_that_may_not_grow(self) -> None:
        self.host()
        self.expect(self.deliver(), "rK", "Untrusted")
        before = self.file.read_bytes()
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        self.file.write_bytes(before.replace(b"no-policy", b"xx-policy"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limit[1]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            self.running = self.start(self.home / "message")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        out, _ = self.running.communicate(timeout=HANG_SECONDS)
        self.assertEqual(self.running.returncode, 0)
        self.assertIn(b"\0K", out)
        self.assertEqual(self.file.stat().st_size, len(before))

    def test_old_days_go(self) -> None:
        self.host()
        for name in ("2020-01-01", "2020-01-02.d"):
            (self.store / name).mkdir() if name.endswith(".d") else (self.store / name).touch()
        (self.store / "2020-01-02.d" / DOMAIN).touch()
        self.expect(self.deliver(), "rK")
        self.assertEqual([path.name for path in self.store.iterdir()], [f"{today()}.d"])


@unittest.skipUnless(os.geteuid() == 0, "only root can be another user")
class Owners(Case):
    """Deliveries by root and by others."""

    def setUp(self) -> None:
        super().setUp()
        self.host()
        for path in (self.home / "control", self.internet.directory):
            os.chmod(path, 0o755)

    def test_root_shuts_nobody_out(self) -> None:
        os.chown(self.store, OTHER, OTHER)
        for user in (None, OTHER, None):
            report = self.deliver_as(user)
            self.assertIn("Untrusted", report)
            self.assertNotIn("not counted", report)
        self.assertEqual(self.policy()["summary"]["total-successful-session-count"], 3)
        self.assertEqual(self.file.stat().st_uid, OTHER)

    def test_who_is_shut_out_is_told(self) -> None:
        self.deliver_as(None)
        report = self.deliver_as(OTHER)
        self.assertRegex(report, r"K[^\0]*Untrusted[^\0]*\nTLS session not counted: "
                                 rf"{self.store}/{today()}\.d/{DOMAIN}: Permission denied\n\0")


class Reports(Case):
    """What `dane tlsrpt` makes of it."""

    def old_form(self, *lines: str) -> None:
        """A store of an older version, a file a day."""
        (self.store / today()).write_text("".join(line + "\n" for line in lines))

    LINE = "\ttlsa\t\tmx.example.net\t192.0.2.25\t\t\t3 1 1 00ff"

    def test_the_sender_is_me(self) -> None:
        self.old_form(DOMAIN + self.LINE)
        self.publish()
        self.control(me="mail.our.example")
        mail = self.online().stdout.decode()
        self.assertRegex(mail, r"\AFrom: postmaster@mail\.our\.example\n"
                               rf"To: tls@{DOMAIN}\n")
        self.assertIn("\nTLS-Report-Submitter: mail.our.example\n", mail)
        packed = email.message_from_string(mail).get_payload()[1].get_payload(decode=True)
        report = json.loads(gzip.decompress(packed))
        self.assertEqual(report["organization-name"], "mail.our.example")
        self.assertEqual(report["policies"][0]["policy"]["policy-domain"], "mx.example.net")

    def test_a_hostile_name_stops_nothing(self) -> None:
        self.old_form("a/b.example" + self.LINE, "../x" + self.LINE, "\x1b[2J" + self.LINE,
                      "a.example\tno\x1b[2J\t\t\t\t\t", DOMAIN + self.LINE)
        self.publish()
        out = self.home / "out"
        out.mkdir()
        done = self.online("--output", str(out))
        self.assertEqual([file.name for file in out.iterdir()], [f"{DOMAIN}.{today()}"])
        self.assertIn(b"4 lines are none", done.stderr)
        self.assertNotIn(b"\x1b", done.stderr + done.stdout)
        self.assertEqual(len(self.reports()), 1)

    def test_no_mail_goes_to_an_invalid_rua(self) -> None:
        self.old_form(f"x.{DOMAIN}" + self.LINE)
        for rua in (f"postmaster@{DOMAIN}", f"mailto:a@{DOMAIN}!10m", f"mailto: a@{DOMAIN}",
                    r"mailto:a\027[2Jb@x.example", "mailto:a%0ab@x.example", "mailto:root@localhost",
                    "mailto:a@[127.0.0.1]", "mailto:", "http://x.example/", ""):
            with self.subTest(rua):
                self.publish(f'_smtp._tls.x TXT "v=TLSRPTv1;" " rua={rua}"')
                done = self.online(status=1)
                self.assertEqual(done.stdout, b"")
                self.assertRegex(done.stderr, rb"\Adane: x\.there\.example: the TLSRPT record is "
                                              rb"not valid: rua=[ -~]*\n\Z")

    def test_silent_name_servers_keep_nobody(self) -> None:
        """Each costs its deadline, and many are waited for at once, with one resolver."""
        silent, deadline, dead = "127.54.0.9", 2, 96
        names = [f"d{number}.silent.example" for number in range(dead)]
        self.old_form(*(name + self.LINE for name in (*names, DOMAIN, *names)))
        self.publish()
        conf, out = self.home / "silent.conf", self.home / "out"
        conf.write_text(self.internet.conf.read_text() + (
            'server:\n  domain-insecure: "silent.example"\n'
            f'stub-zone:\n  name: "silent.example"\n  stub-addr: {silent}@5399\n'))
        out.mkdir()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind((silent, 5399))
            began = time.monotonic()
            done = self.dane("--unbound-conf", str(conf), "--dns-timeout", str(deadline),
                             "--output", str(out), status=3)
            self.assertLess(time.monotonic() - began, dead * deadline / 4)
        self.assertEqual([file.name for file in out.iterdir()], [f"{DOMAIN}.{today()}"])
        told = done.stderr.decode().splitlines()
        self.assertEqual([line.split(": ")[1] for line in told], sorted(names))

    def test_a_domain_of_several_days_has_a_report_for_each(self) -> None:
        self.old_form(DOMAIN + self.LINE)
        yesterday = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
        (self.store / yesterday).write_text((self.store / today()).read_text())
        self.publish()
        out = self.home / "out"
        out.mkdir()
        self.online("--from", yesterday, "--to", today(), "--output", str(out))
        self.assertEqual(sorted(file.name for file in out.iterdir()),
                         [f"{DOMAIN}.{yesterday}", f"{DOMAIN}.{today()}"])

    def test_a_part_that_cannot_be_read_is_told(self) -> None:
        self.old_form(DOMAIN + self.LINE)
        (self.store / f"{today()}.d").mkdir()
        (self.store / f"{today()}.d" / DOMAIN).symlink_to("/etc/passwd")
        done = self.dane("--json", status=3)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertIn(DOMAIN.encode(), done.stderr)


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 4:
        print(__doc__, file=sys.stderr)
        return 100
    globals()["DANE"] = os.path.abspath(words[1])
    support.PROGRAM = os.path.abspath(words[2])
    support.DIRECTORY = Path(words[3]).resolve()
    return run_cases(sys.modules[__name__], words[4:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
