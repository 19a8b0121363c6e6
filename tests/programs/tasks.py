"""Everyday tasks of new users that no other test tries as they do: whole commands, in the test
internet. tests/programs/tasks.tsv lists all tasks and where each is held.

    tasks.py DANE SSLCLIENT ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import contextlib
import json
import os
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import textwrap
from pathlib import Path

import dane_case as behaviour
import sslclient_behaviour_support as support
from harness import HANG_SECONDS, run_cases

SSLCLIENT = ""
SOURCES = Path(__file__).resolve().parents[2]
WWW = "www.secure.example"


class Case(behaviour.Case):
    """Runs of both programs."""

    def certs(self, name: str) -> str:
        """A file of the certificates of the zones."""
        return str(behaviour.DIRECTORY / "certs" / name)

    def sslclient(self, *words: str, status: int = 0) -> subprocess.CompletedProcess:
        """A run with this status."""
        done = subprocess.run(
            [SSLCLIENT, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=HANG_SECONDS,
            env={"PATH": os.environ["PATH"],
                 "DANE_UNBOUND_CONF": str(behaviour.DIRECTORY / "unbound.conf")})
        self.assertEqual(done.returncode, status, (words, done.stderr))
        return done


class Administrator(Case):
    """Records, servers, plans."""

    def test_a_host_beyond_ascii(self) -> None:
        record = self.dane("make", "--cert", self.certs("good.pem"), "www.bücher.example", "443")
        self.assertTrue(record.startswith("_443._tcp.www.xn--bcher-kva.example. IN TLSA 3 1 1 "))
        text = self.dane("check", "www.bücher.example")
        self.assertTrue(text.startswith("www.bücher.example port 443 (TLS): VERIFIED by DANE\n"))
        self.assertTrue(self.dane("audit", "bücher.example").startswith(
            "bücher.example: PROTECTED"))

    def test_spans_and_dates_as_people_write_them(self) -> None:
        words = ("make", "--cert", self.path("leaf.pem"), "mx.example.org", "25", "--ttl")
        for span, seconds in (("1h", 3600), ("1d", 86400), ("30m", 1800), ("300", 300)):
            self.assertIn(f"example.org. {seconds} IN TLSA ", self.dane(*words, span))
        self.fails(*words, "1 hour", pattern="1 hour is not a span of time: a number with s, m, "
                   "h or d$")
        self.fails("tlsrpt", "--from", "yesterday", "--to", "2026-06-01",
                   pattern="yesterday is not a time: 2026-06-01, ")

    def test_the_certificate_is_named(self) -> None:
        """Whose it is, who issued it, what kind of key, for how long."""
        text = self.dane("check", "www.bücher.example")
        self.assertRegex(text, r"\n  Cert +www\.xn--bcher-kva\.example\n"
                         r" +by Miniature ca, ECDSA P-256, \d+ days left \(\d{4}-\d\d-\d\d\)\n")

    def test_mta_sts_beside_dane(self) -> None:
        text = self.dane("audit", "-v", "--mta-sts-ca", self.certs("ca.pem"),
                         "perfect.zoo.example")
        self.assertTrue(text.startswith("perfect.zoo.example: PROTECTED"))
        self.assertRegex(text, r"\n  MTA-STS +enforce, ")

    def test_mail_programs_fetch_by_starttls(self) -> None:
        for host, port, name in (("imap.secure.example", "143", "IMAP"),
                                 ("pop3.secure.example", "110", "POP3")):
            text = self.dane("check", host, port)
            self.assertTrue(text.startswith(
                f"{host} port {port} ({name}, STARTTLS): VERIFIED by DANE\n"), text)

    def test_install_as_the_page_says(self) -> None:
        """With stand-ins for root, for what `./dev` makes and for apt: `./dev package` tries
        the packages themselves."""
        page = (SOURCES / "README.md").read_text()
        block = re.search(r"^## Install\n[^#]*?\n\n((?:    [^\n]*\n)+)", page, re.M)[1]
        self.assertIn("dane lookup mail.ietf.org 25", block)
        block = block.replace("mail.ietf.org", "mx1.mail.example")
        here = self.scratch / "sources"
        for folder in (here, self.scratch / "usr/local/bin", self.scratch / "tools"):
            folder.mkdir(parents=True)
        for path, text in (
                (here / "dev", f"""
                    sed -n '/^usage() {{/,/^EOF/p' {SOURCES}/dev | grep -q "^  $1  " || exit 1
                    [ "$1" = package ] || exit 1
                    mkdir -p build/package
                    cd build/package
                    touch ucspi-dane_0-1.deb dane-tools_0-1.deb dane-qmail_0-1.deb"""),
                (self.scratch / "tools/apt", f"""
                    [ "$1" = install ] && [ $# -gt 1 ] || exit 1
                    shift
                    for package; do
                      [ -f "$package" ] || exit 1
                      case $package in
                        */ucspi-dane_*) cp {SSLCLIENT} {self.scratch}/usr/local/bin ;;
                        */dane-tools_*) cp {behaviour.PROGRAM} {self.scratch}/usr/local/bin/dane ;;
                        *) exit 1 ;;
                      esac
                    done"""),
                (self.scratch / "tools/sudo", 'exec "$@"')):
            path.write_text("#!/bin/sh\n" + textwrap.dedent(text) + "\n")
            path.chmod(0o755)
        path = f"{self.scratch}/usr/local/bin:{self.scratch}/tools:{os.environ['PATH']}"
        done = subprocess.run(["sh", "-ec", block], cwd=here, capture_output=True, text=True,
                              check=False, timeout=HANG_SECONDS,
                              env={"PATH": path, "DANE_UNBOUND_CONF":
                                   str(behaviour.DIRECTORY / "unbound.conf")})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("signed with DNSSEC", done.stdout)
        self.assertEqual({file.name for file in (self.scratch / "usr/local/bin").iterdir()},
                         {"dane", "sslclient"})


class Script(Case):
    """Peers, reasons, statuses."""

    def test_a_page_by_https(self) -> None:
        host = "mta-sts.perfect.zoo.example"
        ask = (f"GET /.well-known/mta-sts.txt HTTP/1.1\\r\\nHost: {host}\\r\\n"
               "Connection: close\\r\\n\\r\\n")
        done = self.sslclient("--ca", self.certs("ca.pem"), host, "443", "sh", "-c",
                              f"printf '{ask}' >&7; cat <&6")
        self.assertTrue(done.stdout.startswith("HTTP/1.1 200 OK\n"), done.stdout)
        self.assertIn("\nversion: STSv1", done.stdout)

    def test_statuses_of_both_programs(self) -> None:
        """What one says with 0 to 3 the other says with 0, 100 and 111."""
        for words, of_dane, of_sslclient in (
                ((WWW, "443"), 0, 0), (("mismatch.secure.example", "443"), 1, 111),
                (("absent.secure.example", "443"), 1, 111),
                (("closed.secure.example", "443"), 3, 111),
                (("www.striptlsa.example", "443"), 3, 111), (("a..b", "443"), 2, 100),
                (("--nonsense", WWW, "443"), 2, 100)):
            with self.subTest(words):
                self.dane("check", *words, status=of_dane)
                self.sslclient(*words, "true", status=of_sslclient)

    def test_refused_silent_and_unknown_hosts_apart(self) -> None:
        for host, reason, detail in (
                ("closed", "connect", "unable to connect: Connection refused"),
                ("blackhole", "connect", "unable to connect: timed out"),
                ("nothing", "no-address", "no IP address for nothing.secure.example")):
            host += ".secure.example"
            file = self.path("verdict.json")
            self.sslclient("-q", f"--json={file}", "--timeout", "1", host, "443", "true",
                           status=111)
            verdict = json.loads(Path(file).read_text())
            self.assertEqual((verdict["reason"], verdict["detail"]), (reason, detail))
            (peer,) = self.json("check", "--timeout", "1", host, status=3)["peers"]
            self.assertEqual((peer["reason"], peer["detail"]), (reason, detail))

    def test_one_spelling_of_a_trust_store(self) -> None:
        """Where there are no TLSA records, and never where they do not match."""
        ca = ("--ca", self.certs("ca.pem"))
        for host, of_dane, of_sslclient in (("absent.secure.example", 0, 0),
                                            ("mismatch.secure.example", 1, 111)):
            self.dane("check", *ca, host, status=of_dane)
            self.sslclient(*ca, host, "443", "true", status=of_sslclient)
        self.dane("check", "--ca", self.certs("other-ca.pem"), "absent.secure.example", status=1)

    def test_addresses_of_one_family(self) -> None:
        self.assertIn("✓ ::1  ", self.dane("check", "-6", "six.secure.example"))
        self.sslclient("-6", "six.secure.example", "443", "true")
        self.dane("check", "-4", "six.secure.example", status=3)
        self.sslclient("-4", "six.secure.example", "443", "true", status=111)
        record = "3 1 1 " + self.dane("make", "--cert", self.certs("good.pem"), WWW,
                                      "443").split()[-1]
        for host in ("::1", "[::1]:443"):
            self.dane("check", "--record", record, host)

    def test_a_certificate_of_ones_own(self) -> None:
        seen: list[bytes] = []
        tls = support.context()
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_verify_locations(self.certs("ca.pem"))

        def serve(peer: ssl.SSLSocket) -> None:
            seen.append(peer.getpeercert(True))
            peer.sendall(b"welcome\n")
            support.goodbye(peer)

        own = ("--cert", self.certs("client.pem"), "--key", self.certs("client.key"))
        record = ("--record", "3 1 1 " + self.dane("make", "--cert", self.certs("good.pem"), WWW,
                                                   "443").split()[-1])
        with support.TlsServer(serve, tls=tls) as server:
            peer = (server.address, str(server.port))
            self.dane("check", *own, *record, *peer)
            done = self.sslclient(*own, *record, *peer, "sh", "-c", "read line <&6; echo $line")
            self.assertEqual(done.stdout, "welcome\n")
            self.assertEqual(len(set(seen)), 1)
            refused = self.sslclient(*record, *peer, "sh", "-c", "read line <&6", status=111)
            self.assertRegex(refused.stderr, "(?i)certificate (is )?required")

    def test_a_record_without_quotes(self) -> None:
        chain, record = self.path("leaf-chain.pem"), self.record(3, 1, 1)
        self.fails("verify", "--chain", chain, "--record", *record.split(),
                   pattern=f"a record is one word, in quotes: --record '{record}'$")
        self.dane("verify", "--chain", chain, "--record", record)


class Research(Case):
    """Many domains."""

    def test_members_of_json_are_on_their_page(self) -> None:
        named = set(re.findall(r"`(\w+)`", (SOURCES / "docs/json.md").read_text()))

        def members(value: object) -> set[str]:
            if isinstance(value, list):
                return set().union(*map(members, value))
            if isinstance(value, dict):
                return set(value).union(*map(members, value.values()))
            return set()

        for words, status in ((("lookup", "alias.secure.example", "443"), 0),
                              (("check", "u211.secure.example"), 0),
                              (("check", "mismatch.secure.example"), 1),
                              (("audit", "mail.example"), 0),
                              (("audit", "mismatch.mail.example"), 1),
                              (("make", "--chain", self.path("leaf-chain.pem"),
                                "mx.example.org", "25", "465"), 0),
                              (("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                                self.path("next.key"), "mx.example.org", "25"), 0)):
            self.assertEqual(members(self.json(*words, status=status)) - named, set(), words)

    def test_the_queries_of_the_page(self) -> None:
        """Each is answered; the first has the mail host that two domains break by. The tables
        have the columns that the page says."""
        page = (SOURCES / "docs/audit.md").read_text()
        queries = re.findall(r"^(?:SELECT|ATTACH) .*?;$", page, re.M | re.S)
        file = self.path("audit.db")
        subprocess.run([behaviour.PROGRAM, "audit", "--retries", "0", "--sqlite", file,
                        "mail.example", "mismatch.mail.example", "bad.plain.example"],
                       capture_output=True, check=False, timeout=HANG_SECONDS,
                       env={"PATH": os.environ["PATH"], "DANE_UNBOUND_CONF":
                            str(behaviour.DIRECTORY / "unbound.conf")})
        shutil.copy(file, self.path("monday.db"))
        with contextlib.chdir(self.scratch), contextlib.closing(
                sqlite3.connect(file)) as database:
            answers = [database.execute(query).fetchall() for query in queries]
            names = database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
            tables = {name: [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
                      for name, in names.fetchall()}
        self.assertEqual({name: columns.split(", ") for name, columns
                          in re.findall(r"^(\w+) \((\w+(?:, \w+)+)\)$", page, re.M)}, tables)
        self.assertEqual(answers[0], [("bad.mail.example", 2)])


def main(words: list[str]) -> int:
    """The command line."""
    global SSLCLIENT
    if len(words) < 4:
        print(__doc__, file=sys.stderr)
        return 100
    behaviour.PROGRAM, SSLCLIENT = map(os.path.abspath, words[1:3])
    behaviour.DIRECTORY = support.DIRECTORY = Path(words[3]).resolve()
    return run_cases(sys.modules[__name__], words[4:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
