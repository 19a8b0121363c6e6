"""What `dane make` and `dane rollover` say of keys and certificates, on files that openssl makes.

    dane_records.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import os
import pty
import subprocess
import sys

import dane_case as shared
from dane_case import Case, openssl


class Make(Case):
    """dane make."""

    def test_every_combination_is_what_openssl_says(self) -> None:
        for usage in range(4):
            for selector in (0, 1):
                for matching in (0, 1, 2):
                    got = self.dane("make", "--chain", self.path("leaf-chain.pem"), "--usage",
                                    str(usage), "--selector", str(selector), "--matching",
                                    str(matching), "mx.example.org", "25")
                    lines = [line for line in got.splitlines() if not line.startswith("; ")]
                    self.assertEqual(lines, ["_25._tcp.mx.example.org. IN TLSA " +
                                             self.record(usage, selector, matching)])

    def test_words_stand_for_numbers(self) -> None:
        for words, numbers in ((("dane-ee", "spki", "sha2-256"), (3, 1, 1)),
                               (("DANE-TA", "Cert", "Full"), (2, 0, 0)),
                               (("pkix-ta", "1", "SHA2-512"), (0, 1, 2)),
                               (("Pkix-EE", "cert", "1"), (1, 0, 1))):
            usage, selector, matching = words
            got = self.dane("make", "--chain", self.path("leaf-chain.pem"), "--usage", usage,
                            "--selector", selector, "--matching", matching, "mx.example.org",
                            "443")
            self.assertEqual(got.splitlines()[-1],
                             "_443._tcp.mx.example.org. IN TLSA " + self.record(*numbers))

    def unfolded(self, *words: str) -> str:
        """What a run writes, each comment in a line."""
        return self.dane(*words).replace("\n;   ", " ")

    def test_several_ports(self) -> None:
        words = ("make", "--chain", self.path("leaf-chain.pem"), "mx.example.org")
        ports = ("25", "465", "587", "submission")
        uses, *lines = self.dane(*words, *ports).splitlines()
        self.assertEqual(uses, "; 3 1 1 proves the server by its key, 2 1 1 by its issuer when the "
                         "key changes.")
        self.assertEqual(lines, [line for port in ports[:3]
                                 for line in self.dane(*words, port).splitlines()[1:]])
        self.assertEqual(len(lines), 6)
        alone = [self.json(*words, port) for port in ports[:3]]
        for one in alone:
            del one["version"]
        got = self.json(*words, *ports)
        self.assertEqual(got["owners"], alone)
        self.assertEqual(got["owner"], alone[0]["owner"])
        self.assertEqual(got["records"], alone[0]["records"])
        self.assertNotIn("owners", self.json(*words, "25", "smtp"))

    def test_warnings_of_several_ports(self) -> None:
        words = ("make", "--chain", self.path("leaf-chain.pem"), "--usage", "pkix-ee", "--ttl",
                 "2d", "mx.example.org")
        lines = self.unfolded(*words, "443", "25", "8443").splitlines()
        self.assertEqual([line.split("(")[-1] if line.startswith(";") else line.split(".")[0]
                          for line in lines],
                         ["tlsa-ttl-long)", "_443", "record-pkix-usage)", "none-usable)", "_25",
                          "_8443"])

    def test_what_is_missing_is_said(self) -> None:
        chain = ("make", "--chain", self.path("leaf-chain.pem"))
        for words, missing in ((chain, "HOST and PORT are missing: dane make --chain F "
                                "mx.example.org 25"),
                               ((*chain, "mail.example.net"), "PORT is missing: dane make "
                                "--chain F mail.example.net 25"),
                               ((*chain, "465"), "HOST is missing: dane make --chain F "
                                "mx.example.org 465"),
                               (("make", self.path("leaf-chain.pem")), "is needed: dane make "
                                "--chain F mx.example.org 25")):
            self.fails(*words, pattern=missing + "$")
        self.fails(*chain, "192.0.2.1", pattern="is an address")

    def test_the_risk_of_an_intermediate_is_told(self) -> None:
        file = self.path("deep-chain.pem")
        text = self.dane("make", "--chain", file, "mx.example.org", "25", "465")
        comments = [line for line in text.splitlines() if line.startswith("; ")]
        self.assertEqual(text.splitlines()[:len(comments)], comments)
        self.assertLessEqual(max(map(len, comments)), 80)
        told = " ".join(line[2:].strip() for line in comments)
        self.assertIn("key changes. 2 1 1 is of an intermediate certificate, and a CA may change "
                      "its intermediate without notice. ", told)
        self.assertEqual(told.count("intermediate certificate"), 1)
        zone = self.write("zone", "$ORIGIN example.org.\n@ 1 IN SOA a b 1 1 1 1 1\n" + text)
        subprocess.run(["ldns-read-zone", zone], check=True, capture_output=True)
        self.assertIn("; 0 1 1 is of an intermediate", self.dane(
            "make", "--chain", file, "--usage", "0", "mx.example.org", "443"))
        for words in (("--chain", file, "--usage", "3"), ("--cert", file),
                      ("--chain", self.path("leaf-chain.pem"))):
            self.assertNotIn("intermediate", self.dane("make", *words, "mx.example.org", "25"))
        self.assertEqual(self.json("make", "--chain", file, "mx.example.org", "25")["warnings"],
                         [])

    def test_records_are_judged_by_the_rules_of_zone(self) -> None:
        for numbers, port, codes in (
                ((3, 1, 1), "25", []), ((2, 1, 1), "25", []), ((3, 1, 0), "25", ["record-full"]),
                ((3, 0, 1), "25", ["record-certificate"]),
                ((3, 1, 2), "25", ["record-sha512-alone"]),
                ((2, 0, 0), "25", ["record-full"]),
                ((1, 1, 1), "25", ["record-pkix-usage", "none-usable"]),
                ((1, 1, 1), "443", [])):
            usage, selector, matching = map(str, numbers)
            words = ("make", "--chain", self.path("leaf-chain.pem"), "--usage", usage,
                     "--selector", selector, "--matching", matching, "mx.example.org", port)
            got = self.json(*words)["warnings"]
            self.assertEqual([text.rsplit("(", 1)[1][:-1] for text in got], codes, numbers)
            for text in got:
                self.assertIn(f"; {text}\n", self.unfolded(*words))
        words = ("make", "--cert", self.path("leaf.pem"), "mx.example.org", "25", "--ttl")
        self.assertEqual(self.json(*words, "24h")["warnings"], [])
        (long,) = self.json(*words, "86401")["warnings"]
        self.assertIn("(tlsa-ttl-long)", long)

    def test_a_chain_gives_leaf_and_issuer(self) -> None:
        got = self.dane("make", "--chain", self.path("leaf-chain.pem"), "MX.Example.org.", "smtp")
        self.assertEqual([line.split(" IN TLSA ")[1] for line in got.splitlines()[1:]],
                         [self.record(3, 1, 1), self.record(2, 1, 1)])

    def test_key_request_and_public_key_give_the_same(self) -> None:
        for words in (("--key", "leaf.key"), ("--csr", "leaf.csr"), ("--key", "raw.pem"),
                      ("--cert", "leaf.pem")):
            got = self.dane("make", words[0], self.path(words[1]), "mx.example.org", "25")
            self.assertEqual(got.split(" IN TLSA ")[1].strip(), self.record(3, 1, 1), words)

    def test_der_is_read(self) -> None:
        der = self.path("leaf.der")
        openssl("x509", "-in", self.path("leaf.pem"), "-outform", "DER", "-out", der)
        self.assertIn(self.record(3, 0, 2), self.dane(
            "make", "--cert", der, "--selector", "0", "--matching", "2", "x.example", "1"))

    def test_name_servers_read_both_forms(self) -> None:
        for form in ((), ("--generic",)):
            line = self.dane("make", "--cert", self.path("leaf.pem"), "--ttl", "30m", *form,
                             "bücher.example.org", "25")
            zone = self.write("zone", "$ORIGIN example.org.\n@ 1 IN SOA a b 1 1 1 1 1\n" + line)
            read = subprocess.run(["ldns-read-zone", zone], check=True, capture_output=True,
                                  text=True).stdout
            self.assertRegex(read, r"_25\._tcp\.xn--bcher-kva\.example\.org\.\s1800\sIN\sTLSA\s" +
                             self.record(3, 1, 1).replace(" ", r"\s"))

    def test_lines_for_a_screen_are_read_too(self) -> None:
        words = ("make", "--cert", self.path("leaf.pem"), "--matching", "2", "mx.example.org", "25")
        ours, theirs = pty.openpty()
        with open(ours, "rb") as screen:
            subprocess.run([shared.PROGRAM, *words], stdout=theirs, env={"TERM": "dumb"},
                           check=True)
            os.close(theirs)
            lines = os.read(screen.fileno(), 4096).decode().replace("\r\n", "\n")
        self.assertLessEqual(max(map(len, lines.splitlines())), 80)
        head = "$ORIGIN example.org.\n$TTL 60\n@ 1 IN SOA a b 1 1 1 1 1\n"
        read = [subprocess.run(["ldns-read-zone", self.write("zone", head + text)], check=True,
                               capture_output=True, text=True).stdout
                for text in (lines, self.dane(*words))]
        self.assertEqual(read[0], read[1])
        self.assertIn(self.record(3, 1, 2).split()[-1], read[0])

    def test_json(self) -> None:
        got = self.json("make", "--cert", self.path("leaf.pem"), "mx.example.org", "25")
        self.assertEqual(got["owner"], "_25._tcp.mx.example.org")
        (record,) = got["records"]
        self.assertEqual((record["usage"], record["selector"], record["matching"],
                          record["data"]), (3, 1, 1, self.record(3, 1, 1).split()[3]))
        self.assertIn("TYPE52", record["generic"])

    def test_bad_input(self) -> None:
        good = ("--cert", self.path("leaf.pem"))
        host = ("mx.example.org", "25")
        for words in ((*host,), (*good, "mx.example.org"), (*good, *host, "more"),
                      (*good, "--key", self.path("leaf.key"), *host),
                      (*good, "a..b", "25"), (*good, "mx.example.org", "0"),
                      (*good, "mx.example.org", "99999"), (*good, "mx.example.org", "no-such"),
                      (*good, "--usage", "4", *host), (*good, "--selector", "2", *host),
                      (*good, "--matching", "3", *host), (*good, "--usage", "x", *host),
                      (*good, "--ttl", "x", *host), (*good, "--transport", "quic", *host),
                      (*good, "--nonsense", *host), (*good, *host, "--usage"),
                      (*good, f"{'a.' * 125}example", "25"),
                      ("--key", self.path("leaf.key"), "--selector", "0", *host),
                      ("--csr", self.path("leaf.csr"), "--selector", "0", *host),
                      ("--chain", self.path("leaf.pem"), "--usage", "2", *host),
                      ("--cert", self.path("leaf.pem"), "--usage", "2", *host),
                      ("--key", self.path("ca.key"), "--usage", "2", *host),
                      ("--csr", self.path("leaf.csr"), "--usage", "0", *host)):
            self.fails("make", *words)
        self.fails("make", *good, "--usage", "dane", *host,
                   pattern="not a number from 0 to 3, nor one of pkix-ta, pkix-ee, dane-ta, ")
        for file in ("nothing", "empty", "text", "broken.pem", "cut.pem", "certs"):
            for option in ("--cert", "--key", "--csr", "--chain"):
                self.fails("make", option, self.path(file), *host)
        self.fails("make", "--key", self.path("encrypted.key"), *host, pattern="encrypted")
        self.fails("make", "--csr", self.path("leaf.pem"), *host)
        self.fails("make", "--cert", self.path("leaf.csr"), *host)


    def test_the_issuer_is_the_one_that_signed(self) -> None:
        leaf, issuer = self.read("leaf.pem"), self.read("ca.pem")
        host = ("mx.example.org", "25")
        both = [self.record(3, 1, 1), self.record(2, 1, 1)]
        for number, text in enumerate((leaf + leaf + issuer, leaf + self.read("next.pem") + issuer,
                                       leaf + self.read("other-ca.pem") + issuer)):
            file = self.write(f"order{number}.pem", text)
            got = self.dane("make", "--chain", file, *host)
            self.assertEqual([line.split(" IN TLSA ")[1] for line in got.splitlines()[1:]], both)
        for number, text in enumerate((issuer + leaf, leaf + leaf, leaf + self.read("next.pem"),
                                       leaf + self.read("other-ca.pem"))):
            file = self.write(f"wrong{number}.pem", text)
            for usage in ((), ("--usage", "2"), ("--usage", "0")):
                self.fails("make", "--chain", file, *usage, *host)
        self.assertEqual(self.dane("make", "--chain", file, "--usage", "3", *host)
                         .split(" IN TLSA ")[1].strip(), both[0])

    def test_what_a_peer_would_refuse_is_told(self) -> None:
        words = ("make", "--chain", self.path("leaf-chain.pem"), "other.example.org", "25")
        self.assertRegex(self.dane(*words), r"\A;[^\n]*\n; 2 1 1 would not prove this chain now: ")
        self.assertEqual(len(self.json(*words)["warnings"]), 1)

    def test_hosts_that_are_none(self) -> None:
        good = ("--cert", self.path("leaf.pem"))
        for host in ("192.0.2.1", "::1", "[::1]", "[192.0.2.1]", "::ffff:192.0.2.1", "fe80::1%lo"):
            self.fails("make", *good, host, "25", pattern="is an address")
        for host in ("_25._tcp.mx.example.org", "_25._tcp.mx.example.org."):
            self.fails("make", *good, host, "25", pattern="mx.example.org 25")
        self.fails("make", *good, "_tcp.mx.example.org", "25", pattern="mx.example.org PORT")
        self.fails("make", *good, "1.2.3", "25")
        self.fails("rollover", "--current", self.path("leaf.pem"), "--next",
                   self.path("next.pem"), "192.0.2.1", "25", pattern="is an address")


class Rollover(Case):
    """dane rollover."""

    def plan(self, *words: str, **more) -> dict:
        """The object for a change from leaf to next."""
        return self.json("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                         self.path("next-chain.pem"), *words, "mx.example.org", "25", **more)

    def test_both_schemes(self) -> None:
        got = self.plan("--at", "2026-01-01T00:00:00Z", "--ttl", "30m", "--signatures", "2d")
        self.assertEqual([plan["scheme"] for plan in got["plans"]],
                         ["3 1 1 + 3 1 1", "3 1 1 + 2 1 1"])
        for plan in got["plans"]:
            steps = plan["steps"]
            self.assertEqual([step["action"] for step in steps],
                             ["publish", "deploy", "publish"])
            self.assertEqual([step["earliest"] for step in steps],
                             ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z",
                              "2026-01-01T01:00:00Z"])
            self.assertEqual(steps[1]["certain"], "2026-01-03T00:00:00Z")

    def test_each_step_is_verified_by_verify(self) -> None:
        for plan in self.plan()["plans"]:
            chains = {"publish": ["leaf"], "deploy": ["leaf", "next"]}
            for number, step in enumerate(plan["steps"]):
                shown = ["next"] if number == 2 else chains[step["action"]]
                records = []
                for line in step["records"]:
                    records += ["--record", line.split(" IN TLSA ")[1]]
                for chain in shown:
                    got = self.json("verify", "--chain", self.path(f"{chain}-chain.pem"),
                                    "--name", "mx.example.org", "--service", "smtp", *records)
                    self.assertEqual(got["status"], "verified", (plan["scheme"], number))

    def test_a_key_that_has_no_certificate_yet(self) -> None:
        got = self.json("rollover", "--current", self.path("leaf.pem"), "--next",
                        self.path("next.csr"), "mx.example.org", "25")
        self.assertEqual([plan["scheme"] for plan in got["plans"]], ["3 1 1 + 3 1 1"])
        self.assertIn("3 1 1", self.dane("rollover", "--current", self.path("leaf.pem"),
                                         "--next", self.path("next.key"), "mx.example.org",
                                         "25"))

    def test_a_next_chain_without_its_issuer(self) -> None:
        wrong = self.write("next-wrong.pem", self.read("next.pem") + self.read("other-ca.pem"))
        words = ("rollover", "--current", self.path("leaf-chain.pem"), "--next", wrong)
        host = ("mx.example.org", "25")
        self.fails(*words, "--scheme", "3-2", *host, pattern="not the key that signed it")
        got = self.json(*words, *host)
        self.assertEqual([plan["scheme"] for plan in got["plans"]], ["3 1 1 + 3 1 1"])
        self.assertIn("not the key that signed it", got["left_out"])
        self.assertIn("No plan with 2 1 1: ", self.dane(*words, *host))
        self.assertNotIn("left_out", self.json(*words, "--scheme", "3-3", *host))
        backwards = self.write("backwards.pem", self.read("ca.pem") + self.read("next.pem"))
        for scheme in ((), ("--scheme", "3-3"), ("--scheme", "3-2")):
            self.fails("rollover", "--current", self.path("leaf-chain.pem"), "--next", backwards,
                       *scheme, *host, pattern="must come first")

    def test_a_next_chain_that_would_be_refused(self) -> None:
        self.fails("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                   self.path("next-chain.pem"), "--scheme", "3-2", "other.example.org", "25",
                   pattern="other.example.org")
        self.fails("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                   self.path("next-chain.pem"), "--scheme", "3-2", "--at", "2050-01-01",
                   "mx.example.org", "25", pattern="expired")

    def test_a_plan_says_what_it_assumes(self) -> None:
        words = ("rollover", "--current", self.path("leaf.pem"), "--next", self.path("next.pem"),
                 "mx.example.org", "25")
        for more, line in (((), "Assumed: TTL 1 hour, signatures 14 days; --ttl and --signatures "
                            "say otherwise.\n"),
                           (("--ttl", "30m"), "Assumed: signatures 14 days; --signatures says "
                            "otherwise.\n"),
                           (("--signatures", "2d"), "Assumed: TTL 1 hour; --ttl says otherwise.\n"),
                           (("--ttl", "30m", "--signatures", "2d"), "")):
            self.assertTrue(self.dane(*words, *more).startswith(
                (line + "\n" if line else "") + "Change of key of mx.example.org, by 3 1 1 + 3 1 1\n"), more)
        for words, missing in ((words[:-1], "PORT is missing: dane rollover --current F --next F "
                                "mx.example.org 25"),
                               (words[:-2], "HOST and PORT are missing")):
            self.fails(*words, pattern=missing)

    def test_a_key_that_stays_below_another_issuer(self) -> None:
        openssl("x509", "-new", "-force_pubkey", self.path("raw.pem"), "-subj", "/CN=again",
                "-days", "30", "-CA", self.path("middle.pem"), "-CAkey", self.path("middle.key"),
                "-extfile", self.write("names", "subjectAltName=DNS:mx.example.org\n"),
                "-out", self.path("again.pem"))
        again = self.write("again-chain.pem", self.read("again.pem") + self.read("middle.pem"))
        words = ("rollover", "--current", self.path("leaf-chain.pem"), "--next", again,
                 "mx.example.org", "25")
        text = self.dane(*words)
        self.assertEqual(len(text.splitlines()), 2, text)
        self.assertIn("nothing need be published", text)
        self.assertIn("--scheme 3-2", text)
        self.assertIn("1. Publish", self.dane(*words, "--scheme", "3-2"))
        for more in ((), ("--scheme", "3-2")):
            self.assertEqual([plan["scheme"] for plan in self.json(*words, *more)["plans"]],
                             ["3 1 1 + 2 1 1"])

    def test_the_same_key_has_no_plan(self) -> None:
        for file in ("leaf-chain.pem", "leaf.pem", "leaf.csr", "leaf.key"):
            words = ("rollover", "--current", self.path("leaf-chain.pem"), "--next",
                     self.path(file), "mx.example.org", "25")
            got = self.json(*words)
            self.assertEqual((got["same_key"], got["plans"]), (True, []), file)
            text = self.dane(*words)
            self.assertIn("nothing need be published", text)
            self.assertNotIn("Publish", text)

    def test_bad_input(self) -> None:
        files = ("--current", self.path("leaf.pem"), "--next", self.path("next.pem"))
        host = ("mx.example.org", "25")
        for words in ((*files,), (*files, "mx.example.org"), host,
                      ("--current", self.path("leaf.pem"), *host),
                      (*files, *host, "--scheme", "1-1"), (*files, *host, "--scheme", "3-2"),
                      (*files, *host, "--ttl", "soon"), (*files, *host, "--signatures", "-1"),
                      (*files, *host, "--at", "x"), (*files, "a..b", "25"),
                      (*files, "mx.example.org", "x y")):
            self.fails("rollover", *words)
        for file in ("nothing", "empty", "text", "broken.pem"):
            self.fails("rollover", "--current", self.path(file), "--next",
                       self.path("next.pem"), *host)


if __name__ == "__main__":
    sys.exit(shared.main(sys.modules[__name__], sys.argv))
