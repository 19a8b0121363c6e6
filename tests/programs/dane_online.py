"""What `dane` finds out inside the test internet, and what holds for all of its commands.

    dane_online.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import os
import pty
import signal
import subprocess
import sys

import dane_case as shared
from dane_case import COMMANDS, Case
from harness import HANG_SECONDS


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
            (shared.DIRECTORY / "certs" / f"{name}.pem").read_text() for name in (leaf, "ca")))
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
        chain = ("verify", "--chain", str(shared.DIRECTORY / "certs" / "good.pem"))
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
        roots = ("--roots", str(shared.DIRECTORY / "certs" / "ca.pem"))
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
                              str(shared.DIRECTORY / "certs" / "good.pem")).split()[-1]
            self.assertIn(shown, text)
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertIn("not signed with DNSSEC", self.dane("check", "www.plain.example", status=1))

    def test_check_of_what_is_no_host(self) -> None:
        for word, hint in (("me@mail.example", "dane audit mail.example"),
                           ("mail.example", "dane audit mail.example")):
            done = subprocess.run([shared.PROGRAM, "check", "--unbound-conf",
                                   str(shared.DIRECTORY / "unbound.conf"), word],
                                  capture_output=True, text=True, check=False,
                                  timeout=HANG_SECONDS)
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
        roots = ("--roots", str(shared.DIRECTORY / "certs" / "ca.pem"))
        got = self.json("check", "absent.secure.example", *roots)
        self.assertEqual(got["peers"][0]["status"], "pkix")
        self.json("check", "mismatch.secure.example", "--policy", "pkix", *roots)
        self.json("check", "www.secure.example", "--policy", "dane+pkix", *roots)
        self.json("check", "www.secure.example", "--dane-ee-names", "--name", "no.example",
                  status=1)

    def test_a_resolver_by_option(self) -> None:
        conf = ("--unbound-conf", str(shared.DIRECTORY / "forward.conf"))
        self.assertEqual(self.json("lookup", *conf, "www.secure.example", "443")["status"],
                         "present")

    def test_who_was_asked_when_nobody_answers(self) -> None:
        words = ("lookup", "--forward", "127.62.9.9", "--dns-timeout", "2",
                 "www.secure.example", "443")
        found = self.json(*words, status=3)
        self.assertRegex(found["advice"], r"\AAsked: 127\.62\.9\.9, as --forward has it")
        done = subprocess.run([shared.PROGRAM, *words], capture_output=True, text=True, check=False,
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
            done = subprocess.run([shared.PROGRAM, *words], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"did you mean {meant}?", done.stderr)

    def test_a_reader_that_has_enough(self) -> None:
        done = subprocess.run(["bash", "-c", f"{shared.PROGRAM} audit --catalogue | head -1; "
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
        words = [shared.PROGRAM, "match-name", "--cert", self.path("leaf.pem"), "--name",
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
            done = subprocess.run([shared.PROGRAM, "to-ascii", "a.b"], stdout=full, check=False)
        self.assertEqual(done.returncode, 3)


if __name__ == "__main__":
    sys.exit(shared.main(sys.modules[__name__], sys.argv))
