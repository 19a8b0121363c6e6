"""What `dane` says of files without a network: chains, names, zones, and reports that came; on
files that openssl makes.

    dane_files.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import email.policy
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from email.message import EmailMessage

import dane_case as shared
from dane_case import Case, another
from harness import HANG_SECONDS


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
            done = subprocess.run([shared.PROGRAM, "zone", "-"], stdin=zone, capture_output=True,
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
        status = [subprocess.run([shared.PROGRAM, *words], capture_output=True, check=False)
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
            done = subprocess.run([shared.PROGRAM, "tlsrpt", "--read", file],
                                  stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                  timeout=HANG_SECONDS)
            self.assertEqual((done.returncode, done.stdout), (3, b""), octets[:20])
            self.assertRegex(done.stderr.decode(), r"\Adane: " + re.escape(file) + r": [^\n]+\n\Z")

    def test_bad_input(self) -> None:
        file = self.keep("report", b"{}")
        for words in ((), (file, "--domain", "example.org"), (file, "--from", "2026-06-01")):
            self.fails("tlsrpt", "--read", *words)


if __name__ == "__main__":
    sys.exit(shared.main(sys.modules[__name__], sys.argv))
