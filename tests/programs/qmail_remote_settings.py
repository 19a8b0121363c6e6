"""What control files, the resolver and this machine's own addresses mean to qmail-remote,
tried on the real one.

    qmail_remote_settings.py QMAIL_REMOTE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import qmail_remote_behaviour as behaviour
import sslclient_behaviour_support as support
from harness import HANG_SECONDS, run_cases
from own_internet import Internet
from qmail_remote_behaviour import context, smtp

SECRET = "letmein"


def local_addresses() -> list[str]:
    """An address of each family that an interface of this network has, if it can be had."""
    words = ["ip", "address", "add"]
    for address in ("198.51.100.77/32", "2001:db8:77::1/128"):
        subprocess.run([*words, address, "dev", "lo"], check=False, capture_output=True)
    subprocess.run(["ip", "route", "add", "local", "203.0.113.0/24", "dev", "lo"],
                   check=False, capture_output=True)
    return ["198.51.100.77", "2001:db8:77::1", "203.0.113.9"]


class ThisMachine(behaviour.Case):
    """Mail that would come back."""

    def expect_loop(self, host: str) -> None:
        """The report of one."""
        self.destination = host
        with self.subTest(host):
            self.expect(self.deliver(), "D", r"best-preference MX or A.*[\s\S]*\(#5\.4\.6\)")

    def test_literals_of_this_machine(self) -> None:
        for host in ("[127.0.0.1]", "127.0.0.1", "[127.0.0.2]", "[127.61.0.1]",
                     "[127.255.255.254]", "[::1]", "[IPv6:::1]", "[ipv6:0:0:0:0:0:0:0:1]",
                     "[0.0.0.0]", "[::]", "[IPv6:::]", "[::ffff:127.0.0.1]",
                     "[IPv6:::ffff:127.0.0.1]", "[IPv6:::ffff:0.0.0.0]"):
            self.expect_loop(host)

    def test_literals_of_an_interface(self) -> None:
        for address in local_addresses():
            self.expect_loop(f"[{address}]")
        self.expect_loop("[IPv6:2001:db8:77::1]")
        self.expect_loop("[IPv6:::ffff:198.51.100.77]")

    def test_more_that_are_mine_and_some_that_are_not(self) -> None:
        self.control(moreipme="192.0.2.0/24")
        self.expect_loop("[192.0.2.99]")
        self.control(notipme="127.0.0.0/8\n192.0.2.99")
        for self.destination in ("[127.61.9.9]", "[192.0.2.99]"):
            self.expect(self.deliver(), "Z", r"\(#4\.4\.1\)")
        self.control(notipme="everything")
        self.expect(self.deliver(), "Z", r"notipme, line 1")

    def test_a_relay_may_be_this_machine(self) -> None:
        self.serve()
        self.expect(self.deliver(), "rK")
        self.destination = "[127.0.0.1]"
        self.expect(self.deliver(), "rK")

    def test_hosts_of_this_machine(self) -> None:
        """By whatever record: MX, address, IPv4-mapped."""
        local_addresses()
        with Internet(self.home / "net", "127.62.40.1") as net:
            net.publish({"loop.example": """
a MX 10 here.loop.example.
b A 127.9.9.9
c MX 10 mapped.loop.example.
d MX 10 any.loop.example.
e MX 10 lo6.loop.example.
f MX 10 face.loop.example.
g MX 10 out.loop.example.
g MX 20 here.loop.example.
here A 127.0.0.2
mapped AAAA ::ffff:127.0.0.1
any A 0.0.0.0
lo6 AAAA ::1
face A 198.51.100.77
out A 192.0.2.1
"""})
            shutil.copy(net.conf, self.home / "control/unbound.conf")
            for name in "abcdef":
                self.expect_loop(f"{name}.loop.example")
            self.destination = "g.loop.example"
            got = self.deliver()
            self.expect(got, "Z", r"\(#4\.4\.1\)")
            self.assertNotIn("127.0.0.2", got.text)


class Unhonoured(behaviour.Case):
    """Files and lines that say something which this program does not do."""

    def test_files(self) -> None:
        server = self.serve()
        for name in ("authsenders", "qmtproutes", "moresmtproutes.cdb", "outgoingips",
                     "outgoingip6", "bindroutes", "remotecert"):
            with self.subTest(name):
                self.control(**{name: f"there.example:192.0.2.1|user|{SECRET}"})
                got = self.deliver()
                self.expect(got, "Z", rf"control/{name} .*not supported")
                self.assertNotIn(SECRET, got.text)
                self.control(**{name: "# nothing"})
                self.expect(self.deliver(), "rK")
        self.assertNotEqual(server.peers, [])

    def test_relays_with_a_password(self) -> None:
        for relay in ("192.0.2.1|user|", "relay.example user ", "192.0.2.1:587 user "):
            self.control(smtproutes=f":{relay}{SECRET}")
            got = self.deliver()
            self.expect(got, "Z", r"smtproutes, line 1.*not supported")
            self.assertNotIn(SECRET, got.text)

    def test_bounces_go_to_their_own_relay(self) -> None:
        server = self.serve()
        self.control(smtproutes=f"!@:[{server.address}]\n:[127.62.9.1]")
        self.expect(self.deliver(), "Z")
        self.sender = ""
        self.expect(self.deliver(), "rK")

    def test_a_port_of_tlsdestinations_is_where_mail_goes(self) -> None:
        server = support.Server(smtp(self.box, tls=context()), port=2525)
        self.addCleanup(server.__exit__)
        self.control(tlsdestinations="*:;2525", smtproutes=f":[{server.address}]")
        self.expect(self.deliver(), "rK")

    def test_lines_that_can_match_nothing(self) -> None:
        server = self.serve()
        for name, line in (("danepolicy", "*.example.org : dane-only"),
                           ("danepolicy", "*@example.org : dane-only"),
                           ("tlsdestinations", "~*.example.org:/ca"),
                           ("tlsdestinations", "+example.org:")):
            with self.subTest(line):
                self.control(**{name: line})
                self.expect(self.deliver(), "Z", rf"control/{name}, line 1")
                (self.home / "control" / name).unlink()
        self.assertEqual(server.peers, [])

    def test_a_final_dot_and_capitals_are_understood(self) -> None:
        self.serve()
        self.control(danepolicy="There.Example. : ENCRYPT")
        self.expect(self.deliver(), "Z", r"\(starttls-not-offered\)")

    def test_a_policy_for_a_mail_host_is_told_to_have_no_effect(self) -> None:
        server = self.serve()
        self.control(danepolicy=f"[{server.address}] : dane-only")
        self.expect(self.deliver(), "rK", r"control/danepolicy, line 1 .*no effect")


class Lookups(behaviour.Case):
    """Which resolver is asked, and what is said when none answers."""

    ASKED = r"\nAsked: "

    def with_resolv_conf(self, text: str, mode: int = 0o644) -> str:
        """The report of a delivery on a machine with this /etc/resolv.conf and nobody at
        port 53."""
        conf = self.home / "resolv.conf"
        conf.write_text(text)
        conf.chmod(mode)
        (self.home / "control/unbound.conf").unlink(missing_ok=True)
        self.write(b"x\n")
        script = ('mount --bind "$1" /etc/resolv.conf && shift && '
                  'exec setpriv --reuid 65534 --clear-groups --bounding-set=-all "$@"')
        self.home.chmod(0o755)
        (self.home / "queue/lock").chmod(0o755)
        with open(self.home / "message", "rb") as mail:
            done = subprocess.run(
                ["unshare", "--mount", "--net", "sh", "-c", script, "sh", str(conf),
                 support.PROGRAM, "there.example", "me@here.example", "you@there.example"],
                stdin=mail, capture_output=True, check=False, timeout=HANG_SECONDS,
                env={"QMAILHOME": str(self.home), "PATH": os.environ["PATH"]})
        if done.returncode != 0:
            self.skipTest(done.stderr.decode())
        return done.stdout.decode()

    def test_port_53_is_shut_and_resolv_conf_names_another_machine(self) -> None:
        text = self.with_resolv_conf("nameserver 192.0.2.53\n")
        self.assertRegex(text, r"\AZDNS lookup failed temporarily\. \(#4\.4\.3\)")
        self.assertRegex(text, self.ASKED + r".*from the root on.*only 192\.0\.2\.53")
        self.assertIn("control/dnsforward", text)

    def test_a_resolver_on_this_machine_does_not_answer(self) -> None:
        text = self.with_resolv_conf("nameserver 127.0.0.1\n")
        self.assertRegex(text, self.ASKED + r"127\.0\.0\.1 on this machine")

    def test_a_resolv_conf_that_cannot_be_read_is_not_absent(self) -> None:
        text = self.with_resolv_conf("nameserver 127.0.0.1\n", 0o600)
        self.assertRegex(text, r"\AZSystem resources .*\n.*unable to read /etc/resolv\.conf: ")

    def test_forwarders_are_named(self) -> None:
        self.control(dnsforward="127.62.9.9", dnsanchor=(
            support.DIRECTORY / "root.key").read_text())
        (self.home / "control/unbound.conf").unlink()
        self.expect(self.deliver(), "Z", self.ASKED + r"127\.62\.9\.9, as control/dnsforward")

    def test_records_that_nobody_answers_for_are_about_the_proof(self) -> None:
        self.destination = "servfail-tlsa.mail.example"
        self.control(notipme="127.0.0.0/8")
        self.expect(self.deliver(), "Z", r"\(#4\.7\.5\)[\s\S]*\(servfail\)")


class Anchors(behaviour.Case):
    """A trust anchor that holds nothing makes nothing insecure (RFC 4035 5)."""

    def setUp(self) -> None:
        super().setUp()
        self.control(notipme="127.0.0.0/8")
        self.destination = "good.mail.example"

    def anchored(self, anchor: str) -> behaviour.Run:
        """A delivery with this in control/dnsanchor, by the zones' own resolver."""
        (self.home / "control/unbound.conf").unlink(missing_ok=True)
        self.control(dnsforward="127.53.0.53", dnsanchor=anchor)
        return self.deliver()

    def test_of_another_zone_or_of_no_known_algorithm(self) -> None:
        for anchor in ("example.org. IN DS 1 13 2 " + "00" * 32,
                       ". IN DS 1 250 2 " + "00" * 32, ". IN DS 1 13 250 " + "00" * 32,
                       ". IN DNSKEY 257 3 253 AAAA", ". IN DNSKEY 385 3 8 AwEAAa"):
            with self.subTest(anchor):
                self.expect(self.anchored(anchor), "Z", "dnsanchor holds no trust anchor")

    def test_of_an_algorithm_that_libunbound_has_not(self) -> None:
        """Ed448 is known, and not to each libunbound: then nothing is believed at all."""
        got = self.anchored(". IN DS 1 16 2 " + "00" * 32)
        self.expect(got, "Z", r"\((not-validating|bogus|servfail)\)")

    def conf(self, *lines: str) -> behaviour.Run:
        """A delivery with these in unbound.conf, after the usual ones."""
        text = (support.DIRECTORY / "unbound.conf").read_text()
        (self.home / "control/unbound.conf").write_text(
            text + "".join(f"  {line}\n" for line in lines))
        return self.deliver()

    def test_unbound_conf_does_not_make_the_root_insecure(self) -> None:
        """An anchor for the root is there, and holds."""
        self.destination = "strip.mail.example"
        self.expect(self.conf('domain-insecure: "."'), "Z", r"\(starttls-not-offered\)")

    def test_a_zone_that_the_user_calls_insecure_is(self) -> None:
        """It is the user's right, in a file of theirs."""
        self.destination = "strip.mail.example"
        self.goes_elsewhere = True
        self.expect(self.conf('domain-insecure: "example"'), "rK", "\nPlain")

    def test_unbound_conf_with_an_anchor_of_no_use(self) -> None:
        usual = (support.DIRECTORY / "unbound.conf").read_text()
        text = "\n".join(line for line in usual.splitlines() if "trust-anchor" not in line)
        (self.home / "control/unbound.conf").write_text(
            text + '\nserver:\n  trust-anchor: ". DS 1 250 2 ' + "00" * 32 + '"\n')
        self.expect(self.deliver(), "Z", "no trust anchor for the root that can be used")

    def test_options_for_tests_of_libunbound_are_refused(self) -> None:
        for option in ("fake-dsa", "fake-sha1"):
            self.expect(self.conf(f"{option}: yes"), "Z", "forged signatures")


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 3:
        print(__doc__, file=sys.stderr)
        return 100
    support.PROGRAM = os.path.abspath(words[1])
    support.DIRECTORY = Path(words[2]).resolve()
    return run_cases(sys.modules[__name__], words[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
