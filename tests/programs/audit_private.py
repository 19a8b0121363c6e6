"""dane audit --no-private-addresses: a service for anybody tells nobody of a private network.

    audit_private.py DANE ZONES_DIR

Every host of the test internet has an address of 127.0.0.0/8: with the option none of them is
spoken to, by SMTP, HTTPS or DNS, and the audit says so.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

import qmail_remote_cases  # pylint: disable=unused-import  # it knows the way to zones/
from harness import HANG_SECONDS
from nameservers import RESOLVER

DANE = DIRECTORY = ""
OPTIONS = ("--helo", "me.example", "--retries", "0", "--timeout", "3", "--dns-timeout", "6",
           "--json")


def audit(*words: str, status: int) -> list[dict]:
    """What the audit says, a domain a line."""
    done = subprocess.run([DANE, "audit", *OPTIONS, *words], capture_output=True, text=True,
                          check=False, timeout=HANG_SECONDS)
    if done.returncode != status:
        raise AssertionError(f"{words}: exit {done.returncode}: {done.stdout} {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


class Private(unittest.TestCase):
    """What is seen of a host without speaking to it."""

    WAYS = (("--forward", RESOLVER), ("--trust-ad", "--forward", RESOLVER), ())

    def ways(self) -> list[tuple[str, ...]]:
        """How to look names up."""
        return [way or ("--unbound-conf", f"{DIRECTORY}/unbound.conf") for way in self.WAYS]

    def test_nobody_is_spoken_to(self) -> None:
        for way in self.ways():
            way = (*way, *(("--trust-anchor", f"{DIRECTORY}/root.key")
                           if way[0] == "--forward" else ()))
            (one,) = audit("--no-private-addresses", *way, "--mta-sts-ca",
                           f"{DIRECTORY}/certs/ca.pem", "perfect.zoo.example", status=3)
            self.assertEqual(one["grade"], "undecided", one)
            found = {(finding["code"], finding["subject"]) for finding in one["findings"]}
            self.assertEqual({code for code, _ in found}, {"private-address"})
            subjects = {subject.split(" ")[0] for _, subject in found}
            self.assertEqual(subjects, {"mx-perfect.zoo.example", "mta-sts.perfect.zoo.example",
                                        "leaf.example"})
            for host in one["hosts"]:
                self.assertEqual(host["addresses"], [])

    def test_nothing_is_learned_of_a_port(self) -> None:
        """Whether it is shut, silent or there: what is said is the same."""
        told = set()
        for domain in ("closed", "blackhole", "garbage", "perfect-exim", "busy"):
            (one,) = audit("--no-private-addresses", "--quick", "--unbound-conf",
                           f"{DIRECTORY}/unbound.conf", f"{domain}.zoo.example", status=3)
            told.add((one["grade"], *(finding["code"] for finding in one["findings"])))
        self.assertEqual(told, {("undecided", "private-address")})

    def test_all_probed(self) -> None:
        (one,) = audit("--no-private-addresses", "--probe", "all", "--unbound-conf",
                       f"{DIRECTORY}/unbound.conf", "opportunistic.mail.example", status=3)
        self.assertEqual(one["grade"], "undecided")
        self.assertIn("private-address", [finding["code"] for finding in one["findings"]])

    def test_without_the_option_they_are(self) -> None:
        (one,) = audit("--unbound-conf", f"{DIRECTORY}/unbound.conf", "perfect.zoo.example",
                       status=0)
        self.assertEqual((one["grade"], one["findings"]), ("enforced", []))

    def test_nothing_is_asked_from_the_root_at_such_addresses(self) -> None:
        """The root of the test internet is not that of the world, and nowhere to be asked."""
        done = subprocess.run([DANE, "audit", *OPTIONS, "--no-private-addresses", "--forward",
                               "recursion", "perfect.zoo.example"], capture_output=True,
                              text=True, check=False, timeout=HANG_SECONDS)
        self.assertIn(done.returncode, (2, 3), done.stdout)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        sys.exit(100)
    DANE, DIRECTORY = sys.argv[1], str(Path(sys.argv[2]).resolve())
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
