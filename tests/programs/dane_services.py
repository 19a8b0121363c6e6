"""What `dane check --srv` promises (RFC 7673), tried on the real program inside the test
internet.

    dane_services.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

import sslclient_behaviour_support as support
from harness import HANG_SECONDS, run_cases
from sslclient_behaviour_support import TlsServer, goodbye

PROGRAM = ""
HOME = "secure.example"


def check(*words: str) -> subprocess.CompletedProcess:
    """A whole run."""
    return subprocess.run(
        [PROGRAM, "check", "--unbound-conf", str(support.DIRECTORY / "unbound.conf"), *words],
        capture_output=True, check=False, timeout=HANG_SECONDS, text=True,
        env=support.environment())


def authority() -> tuple[str, str]:
    """The trust store."""
    return ("--ca", str(support.certs() / "ca.pem"))


class Case(unittest.TestCase):
    """Services of one protocol."""

    def told(self, service: str, domain: str, status: int, *words: str) -> dict:
        """The JSON of a check, which must end so."""
        done = check("--srv", service, "--json", *words, domain)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        got = json.loads(done.stdout)
        self.assertEqual((got["version"], got["domain"]), (1, domain))
        self.assertEqual(got["status"], {0: "proved", 1: "not-proved", 3: "undecided"}[status])
        return got

    def reasons(self, service: str, domain: str, status: int, *words: str) -> list[str]:
        """The reason of each target."""
        return [peer["reason"] for target in self.told(service, domain, status, *words)["targets"]
                for peer in target["peers"]]


class Services(Case):
    """Which servers there are."""

    def test_each_target_is_checked_in_its_order(self) -> None:
        got = self.told("imaps", f"svc-good.{HOME}", 0)
        self.assertEqual((got["service"], got["dnssec"], got["left_out"]),
                         ("_imaps._tcp", "secure", 0))
        self.assertEqual(
            [(target["priority"], target["host"], target["port"], target["status"])
             for target in got["targets"]],
            [(10, f"www.{HOME}", 443, "proved"), (20, f"u201.{HOME}", 443, "proved")])
        self.assertEqual(got["targets"][0]["peers"][0]["status"], "dane")

    def test_starttls_is_that_of_the_service(self) -> None:
        for service in ("imap", "xmpp-client", "xmpp-server", "_xmpp-client._tcp"):
            self.assertEqual(self.reasons(service, f"svc-good.{HOME}", 0), ["ok"], service)

    def test_starttls_of_the_command_line_goes_first(self) -> None:
        self.assertEqual(self.reasons("imaps", f"svc-sni.{HOME}", 3, "--starttls", "imap",
                                      "--timeout", "2"), ["timeout"])

    def test_a_dot_is_no_service(self) -> None:
        done = check("--srv", "pop3s", f"svc-good.{HOME}")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("does not offer this service", done.stderr)
        got = self.told("pop3s", f"svc-good.{HOME}", 3)
        self.assertEqual((got["reason"], got["targets"]), ("no-service", []))

    def test_without_records_the_next_command_is_named(self) -> None:
        done = check("--srv", "pop3", f"svc-good.{HOME}")
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"no SRV record _pop3._tcp.svc-good.{HOME}", done.stderr)
        self.assertIn("dane check HOST PORT", done.stderr)

    def test_not_more_than_sixteen(self) -> None:
        got = self.told("imaps", f"svc-many.{HOME}", 0)
        self.assertEqual((len(got["targets"]), got["left_out"]), (16, 4))
        text = check("--srv", "imaps", f"svc-many.{HOME}").stdout
        self.assertIn("It has 4 servers more, which were not looked at.", text)

    def test_a_domain_in_its_own_letters(self) -> None:
        got = self.told("imaps", "bücher.example", 0)
        self.assertEqual(got["targets"][0]["host"], "www.xn--bcher-kva.example")

    def test_bad_input(self) -> None:
        for words in (("--srv", "imaps"), ("--srv", "imap4", HOME), ("--srv", "imaps", HOME, "993"),
                      ("--srv", "_sip._udp", HOME), ("--srv", "imaps", "192.0.2.1"),
                      ("--srv", "imaps", "a..b")):
            done = check(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)


class Security(Case):
    """What the DNS lets us believe."""

    def test_bogus_srv_fails_closed(self) -> None:
        for words in ((), authority(), ("--policy", "encrypt")):
            got = self.told("imaps", "svc.striptlsa.example", 3, *words)
            self.assertEqual((got["reason"], got["targets"]), ("bogus", []))

    def test_insecure_srv_means_no_dane(self) -> None:
        got = self.told("imaps", "svc.plain.example", 1)
        self.assertEqual(got["dnssec"], "insecure")
        peer = got["targets"][0]["peers"][0]
        self.assertEqual((peer["reason"], peer["dns"]["tlsa"], peer["dns"]["owner"]),
                         ("no-tlsa", "insecure-service", f"_443._tcp.www.{HOME}"))
        self.assertIn("tls", peer, "it was looked at")
        text = check("--srv", "imaps", "svc.plain.example").stdout
        self.assertTrue(text.startswith("_imaps._tcp.svc.plain.example: NO DANE: not signed "
                                        "with DNSSEC\n"), text)
        self.assertIn("DANE does not apply", text)
        self.assertNotIn("IN TLSA", text, "there may be one already")

    def test_insecure_srv_leaves_the_name_of_the_domain(self) -> None:
        got = self.told("imaps", "svc.plain.example", 0, *authority())
        peer = got["targets"][0]["peers"][0]
        self.assertEqual((peer["status"], peer["name"]), ("pkix", "*.plain.example"))
        # The certificate is for the host, which a stranger may have named.
        self.assertEqual(self.reasons("imaps", "under.svc.plain.example", 1, *authority()),
                         ["name-mismatch"])

    def test_insecure_addresses_have_no_tlsa(self) -> None:
        got = self.told("imaps", f"svc-address.{HOME}", 1)
        self.assertEqual(got["targets"][0]["peers"][0]["dns"]["tlsa"], "insecure-address")

    def test_one_that_is_not_verified_counts(self) -> None:
        self.assertEqual(self.reasons("imaps", f"svc-bad.{HOME}", 1), ["ok", "mismatch"])

    def test_a_lookup_that_fails_proves_nothing(self) -> None:
        self.assertEqual(self.reasons("imaps", f"svc-bogus.{HOME}", 3), ["bogus"])
        self.assertEqual(self.reasons("imaps", f"svc-half.{HOME}", 3), ["ok", "bogus"])
        text = check("--srv", "imaps", f"svc-half.{HOME}").stdout
        self.assertIn(": COULD NOT TELL\n1 of 2 servers not reached.\n", text)

    def test_mixed_targets_are_told(self) -> None:
        self.assertEqual(self.reasons("imaps", f"svc-mixed.{HOME}", 1), ["ok", "no-tlsa"])
        self.assertIn("Not all of its servers have TLSA records",
                      check("--srv", "imaps", f"svc-mixed.{HOME}").stdout)
        text = check("--srv", "imaps", *authority(), f"svc-mixed.{HOME}").stdout
        self.assertIn(": VERIFIED, not every server by DANE\n", text)
        self.assertNotIn("Not all of its servers",
                         check("--srv", "imaps", f"svc-bad.{HOME}").stdout)

    def test_an_alias_leads_to_the_same_servers(self) -> None:
        self.assertEqual(self.reasons("imaps", f"svc-alias.{HOME}", 0), ["ok", "ok"])


class Names(Case):
    """Whom a certificate has to be for, and who is asked for."""

    def test_the_domain_is_a_name(self) -> None:
        got = self.told("imaps", f"a.wild.{HOME}", 0)
        self.assertEqual(got["targets"][0]["peers"][0]["name"], f"*.wild.{HOME}")
        self.assertEqual(self.reasons("imaps", f"b.a.wild.{HOME}", 1), ["name-mismatch"])

    def test_without_tlsa_host_and_domain_are_names(self) -> None:
        got = self.told("imaps", f"svc-absent.{HOME}", 0, *authority())
        peer = got["targets"][0]["peers"][0]
        self.assertEqual((peer["status"], peer["dns"]["tlsa"]), ("pkix", "absent"))

    def test_none_usable_is_closed_or_pkix(self) -> None:
        self.assertEqual(self.reasons("imaps", f"svc-unused.{HOME}", 1), ["no-usable-record"])
        got = self.told("imaps", f"svc-unused.{HOME}", 0, *authority())
        self.assertEqual(got["targets"][0]["peers"][0]["status"], "pkix")

    def test_the_hello_names_the_target(self) -> None:
        self.assertEqual(self.reasons("imaps", f"svc-sni.{HOME}", 0), ["ok"])

    def test_a_server_that_is_only_looked_at_is_asked_by_name(self) -> None:
        heard = []
        tls = support.context()
        tls.sni_callback = lambda _peer, name, _context: heard.append(name)
        self.enterContext(TlsServer(goodbye, tls=tls, address="127.62.9.1", port=8443))
        self.assertEqual(check(f"closed.{HOME}", "8443").returncode, 1)
        self.assertEqual(heard, [f"closed.{HOME}"])


class Text(Case):
    """What people read."""

    def test_verdict_then_targets_then_each(self) -> None:
        done = check("--srv", "imaps", f"svc-bad.{HOME}")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:6], [
            f"_imaps._tcp.svc-bad.{HOME}: NOT VERIFIED", "1 of 2 servers not verified.", "",
            f"  SRV      ✓ 10    www.{HOME}      443",
            f"           ✗ 20    mismatch.{HOME} 443", ""])
        self.assertIn(f"www.{HOME} port 443 (TLS): VERIFIED by DANE", lines)
        self.assertIn(f"mismatch.{HOME} port 443 (TLS): NOT VERIFIED", lines)
        self.assertLessEqual(max(len(line) for line in lines), 80, done.stdout)

    def test_a_mismatch_is_told_once_and_shown_once(self) -> None:
        text = check("mismatch.secure.example").stdout
        self.assertEqual(text.count("The server's key is not the one published"), 1)
        for words in ("another key", "matches nothing here"):
            self.assertNotIn(words, text)
        self.assertEqual(text.count("3 1 1 "), 2, text)


def main(words: list[str]) -> int:
    """Runs the cases."""
    global PROGRAM    # pylint: disable=global-statement
    PROGRAM = words[1]
    support.DIRECTORY = Path(words[2])
    return run_cases(sys.modules[__name__], words[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
