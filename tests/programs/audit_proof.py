"""How `dane audit --html` draws what proves a verdict, where `--evidence` keeps it.

    audit_proof.py DANE ZONES_DIR [NAME...]

Every domain leads to its bundle, which is a file beside the page and replays to the verdict
of the page. Its chain of trust is drawn from the root down and breaks where the domain is
broken, in Chromium, on a phone, on paper. Where there is no Chromium, the file alone is looked
at. The last line is `N passed, N failed`.
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import audit_page
import browser
from audit_page import BROKEN_WORDS, DESK, PHONE, Pages, island
from harness import HANG_SECONDS, run_cases

ROOT, TOP, MAIL = ("", "DNSKEY"), ("example", "DNSKEY"), ("mail.example", "DNSKEY")
# Of each domain: links of these owners and types, and their states; the others are proved.
EXPECTED: dict[str, dict[tuple[str, str], str]] = {
    "good.mail.example": {},
    "mismatch.mail.example": {},
    "to-alias.mail.example": {},
    "tlsa-alias.mail.example": {},
    "opportunistic.mail.example": {},
    "mail.plain.example": {("plain.example", "DS"): "insecure",
                           ("mail.plain.example", "MX"): "insecure"},
    "stripmx.example": {("stripmx.example", "MX"): "broken"},
    "expired.example": {("expired.example", "DNSKEY"): "broken",
                        ("expired.example", "MX"): "broken"},
    "www.wrongds.example": {("wrongds.example", "DNSKEY"): "broken",
                            ("www.wrongds.example", "MX"): "broken"},
    "first-bogus-tlsa.mail.example": {("_25._tcp.mx.corrupt.example", "TLSA"): "broken"},
    "servfail-tlsa.mail.example": {("_25._tcp.mx.servfail.example", "TLSA"): "broken"},
}
STATUS = {"enforced": 0, "partial": 1, "broken": 1, "not-deployed": 1, "undecided": 3}
MOST_OCTETS = 2500    # that a domain's chain adds to the page
PROOF = "document.querySelector('#rows .detail .proof')"


def load() -> dict[str, dict[str, Any]]:
    """The domains of the page with evidence, by name."""
    return {line["input"]: line for line in island(Pages.text("proof.html"), "domains")}


def make() -> None:
    """The page with evidence, that of one domain, and that without."""
    Pages.audit("--html", str(Pages.folder / "proof.html"),
                "--evidence", f"{Pages.folder}/a b/", *EXPECTED)
    (Pages.folder / "out").mkdir()
    Pages.audit("--html", str(Pages.folder / "out" / "one.html"),
                "--evidence", str(Pages.folder / "one.json"), "good.mail.example")
    Pages.audit("--html", str(Pages.folder / "some.html"), *EXPECTED)
    Pages.audit("--html", str(Pages.folder / "stored.html"),
                "--evidence", str(Pages.folder / "runs.sqlite"), "bücher.example")


class File(unittest.TestCase):
    """What the file has."""

    def test_every_domain_leads_to_a_bundle_that_replays(self) -> None:
        for name, line in load().items():
            self.assertEqual(line["bundle"], f"a%20b/{name}.json")
            bundle = Pages.folder / "a b" / f"{name}.json"
            done = subprocess.run(
                [Pages.program, "replay", "--trust-anchor", str(Pages.zones / "root.key"),
                 "--json", str(bundle)],
                capture_output=True, check=False, timeout=HANG_SECONDS)
            self.assertEqual(done.returncode, STATUS[line["grade"]], done.stderr)
            verdict = json.loads(done.stdout)
            self.assertEqual(verdict, {key: line[key] for key in verdict})

    def test_a_single_file(self) -> None:
        (line,) = island(Pages.text("out/one.html"), "domains")
        self.assertEqual(line["bundle"], "../one.json")

    def test_what_the_page_says_gets_a_bundle_out_of_a_store(self) -> None:
        (line,) = island(Pages.text("stored.html"), "domains")
        self.assertEqual(line["store"], str(Pages.folder / "runs.sqlite"))
        self.assertNotIn("bundle", line)
        done = subprocess.run([Pages.program, "evidence", "export", line["store"],
                               line["domain"]],
                              capture_output=True, check=False, timeout=HANG_SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)
        verdict = json.loads(done.stdout)["verdict"]
        self.assertEqual(verdict, {key: line[key] for key in verdict})

    def test_the_chain_breaks_where_the_domain_is_broken(self) -> None:
        for name, expected in EXPECTED.items():
            links = load()[name]["proof"]["links"]
            states = {(link["owner"], link["type"]): link["state"]
                      for link in links if "state" in link}
            self.assertEqual(states, expected, name)
            owners = [(link["owner"], link["type"]) for link in links]
            self.assertEqual(owners[:3], [ROOT, ("example", "DS"), TOP], name)
            self.assertEqual(len(set(owners)), len(owners), name)
            for link in links:
                if "state" not in link:
                    self.assertLess(link["from"], link["until"])

    def test_each_signature_is_within_the_window(self) -> None:
        for name in EXPECTED:
            proof = load()[name]["proof"]
            counting = [link for link in proof["links"] if "state" not in link]
            self.assertLessEqual(max(link["from"] for link in counting), proof["from"])
            self.assertGreaterEqual(min(link["until"] for link in counting), proof["until"])

    def test_an_expired_signature_keeps_its_dates(self) -> None:
        (keys,) = [link for link in load()["expired.example"]["proof"]["links"]
                   if link.get("state") == "broken" and link["type"] == "DNSKEY"]
        self.assertLess(keys["until"], load()["expired.example"]["proof"]["from"])
        self.assertIn("expired", keys["why"])

    def test_what_servers_signed(self) -> None:
        peers = load()["mismatch.mail.example"]["proof"]["peers"]
        self.assertEqual([(one["host"], one["bound"]) for one in peers],
                         [("bad.mail.example", "all")])
        self.assertEqual(load()["opportunistic.mail.example"]["proof"]["peers"], [])

    def test_it_costs_little(self) -> None:
        lines = load().values()
        octets = [len(json.dumps(line["proof"], separators=(",", ":"))) for line in lines]
        print(f"a chain is {min(octets)} to {max(octets)} octets")
        self.assertLess(max(octets), MOST_OCTETS)

    def test_without_evidence_there_is_none(self) -> None:
        for line in island(Pages.text("some.html"), "domains"):
            self.assertNotIn("proof", line)
            self.assertNotIn("bundle", line)


class Drawn(audit_page.Shown):
    """What a browser makes of it."""

    def proof(self, name: str, file: str = "proof.html") -> str:
        """The text of the picture of a domain."""
        self.open(f"open={name}", file)
        self.page.ask(f"{PROOF}.open = true")
        return self.page.ask(f"{PROOF}.innerText")

    def texts(self, selector: str) -> list[str]:
        """What stands in some elements of it."""
        found = self.page.ask(f"[...{PROOF}.querySelectorAll({json.dumps(selector)})]"
                              ".map(one => one.innerText.replace(/\\s+/g, ' ').trim())")
        return list(found)

    def test_the_link_leads_to_the_file(self) -> None:
        for file, name, bundle in (
                ("proof.html", "good.mail.example", "a b/good.mail.example.json"),
                ("out/one.html", "good.mail.example", "one.json")):
            self.proof(name, file)
            self.assertEqual(self.page.ask(f"{PROOF}.querySelector('a').href"),
                             (Pages.folder / bundle).as_uri())
        self.assertIn("dane replay 'a b/good.mail.example.json'", self.proof("good.mail.example"))

    def test_a_good_chain(self) -> None:
        self.proof("good.mail.example")
        self.assertEqual(self.texts(".zone > .box > strong"), ["The root", "example",
                                                               "mail.example"])
        self.assertEqual(self.texts(".broken, .insecure, .missing"), [])
        key = self.texts("li li li li li .link")
        self.assertEqual(len(key), 1)
        self.assertRegex(key[0], "Key of mx1.mail.example at 127.61.0.1, TLSv1.3.*matches.*"
                                 "The server signed its key, its certificates and the name")
        for row in self.texts(".zone .link:has(.dates)"):
            self.assertRegex(row, r"signed: .*signed by key \d+, ECDSA P-256 \d+ \w+ \d{4} – "
                                  r"\d+ \w+ \d{4}$")

    def test_where_it_breaks_it_is_red(self) -> None:
        for name, box, words in (
                ("mismatch.mail.example", ".set.broken > .link",
                 "broken: Key of bad.mail.example at 127.61.0.1, TLSv1.3 TLSA 3 1 1"),
                ("expired.example", ".zone.broken > .box > .link.broken",
                 "1 Jan 2020 – 1 Mar 2020 expired.example DNSKEY: its signature has expired"),
                ("stripmx.example", ".set.broken > .link", "nothing is signed, and its zone"),
                ("first-bogus-tlsa.mail.example", ".set.broken > .link",
                 "its signature is wrong")):
            self.proof(name)
            self.assertIn(words, self.texts(box)[0])
            self.assertEqual(
                self.page.ask(f"getComputedStyle({PROOF}.querySelector('{box} .mark')).color"),
                "rgb(179, 38, 30)")

    def test_what_is_not_signed_is_dashed(self) -> None:
        self.proof("mail.plain.example")
        (box,) = self.texts(".zone.insecure > .box")
        self.assertIn("No DS records in example, signed by key", box)
        self.assertIn("plain.example is delegated without keys", box)
        self.assertEqual(self.texts(".set.insecure"),
                         ["– not signed: MX records of mail.plain.example"])
        self.assertEqual(self.page.ask(f"getComputedStyle({PROOF}.querySelector("
                                       "'.zone.insecure > .box')).borderTopStyle"), "dashed")

    def test_no_records_are_signed_and_calm(self) -> None:
        self.proof("opportunistic.mail.example")
        (row,) = self.texts(".set.denied")
        self.assertIn("No TLSA records at _25._tcp.absent.mail.example, signed by key", row)

    def test_aliases_lead_to_the_key(self) -> None:
        self.proof("tlsa-alias.mail.example")
        self.assertRegex(" ".join(self.texts(".set > .link")),
                         r"_25\._tcp\.mx-tlsa-alias\.mail\.example is an alias \(CNAME\) of .*"
                         r"TLSA records at .* Key of mx-tlsa-alias\.mail\.example")

    def test_narrow_wide_light_and_dark(self) -> None:
        for width in (PHONE, 700, DESK):
            for scheme in ("light", "dark"):
                self.page.window(width)
                self.page.prefer(prefers_color_scheme=scheme)
                for name in EXPECTED:
                    self.proof(name)
                    self.assertLessEqual(self.page.ask("document.documentElement.scrollWidth"),
                                         width, name)
                    self.assertEqual(self.page.ask(BROKEN_WORDS), [], name)
                    self.assertEqual(self.page.ask(
                        f"[...{PROOF}.querySelectorAll('.link > *')].filter(one =>"
                        " one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)"
                        ".map(one => one.innerText)"), [], (name, width))

    def test_paper_shows_it_unfolded(self) -> None:
        self.open("open=expired.example", "proof.html")
        self.assertFalse(self.page.ask(f"{PROOF}.open"))
        self.page.call("Page.printToPDF")
        self.assertTrue(self.page.ask(f"{PROOF}.open"))

    def test_who_hears_it_hears_a_list_and_the_states(self) -> None:
        self.proof("expired.example")
        self.page.call("Accessibility.enable")
        nodes = self.page.call("Accessibility.getFullAXTree")["nodes"]
        words = [node["name"]["value"].strip() for node in nodes
                 if not node["ignored"] and node["role"]["value"] == "StaticText"]
        self.assertEqual(words.count("broken:"), 2)
        self.assertEqual(self.page.ask(f"{PROOF}.querySelectorAll('ul > li').length"),
                         self.page.ask(f"{PROOF}.querySelectorAll('li').length"))

    def made_over_proof(self, change: str, by: str, name: str) -> None:
        """Opens a domain of the page after its file was changed."""
        text = Pages.text("proof.html")
        self.assertIn(change, text)
        (Pages.folder / "other.html").write_text(text.replace(change, by), encoding="utf-8")
        self.open(f"open={name}", "other.html")

    def test_hostile_words_stay_words(self) -> None:
        self.made_over_proof('"why":"expired.example DNSKEY',
                             r'"why":"a\u202eb\u2028\u003cimg src=x>', "expired.example")
        self.page.ask(f"{PROOF}.open = true")
        self.assertIn("a\ufffdb\ufffd<img src=x>", self.page.ask(f"{PROOF}.innerText"))
        self.assertEqual(self.page.ask("document.images.length"), 0)

    def test_an_address_that_is_no_path_is_no_link(self) -> None:
        for bundle in ("javascript:alert(1)", "https://x.example/", "data:text/html,x",
                       "//x.example/y"):
            self.made_over_proof('"bundle":"a%20b/good.mail.example.json"',
                                 f'"bundle":"{bundle}"', "good.mail.example")
            self.assertEqual(self.page.ask(f"{PROOF}.querySelectorAll('a').length"), 0)

    def test_a_store_has_no_link_but_words(self) -> None:
        self.made_over_proof('"bundle":"a%20b/good.mail.example.json"',
                             '"store":"it\'s/monday.sqlite"', "good.mail.example")
        self.page.ask(f"{PROOF}.open = true")
        self.assertIn("dane evidence export 'it'\\''s/monday.sqlite' good.mail.example",
                      self.page.ask(f"{PROOF}.innerText"))
        self.assertEqual(self.page.ask(f"{PROOF}.querySelectorAll('a').length"), 0)

    def test_zones_that_lead_to_each_other_end(self) -> None:
        self.made_over_proof('"links":[', '"links":[{"zone":"example","owner":"","type":"DS"},',
                             "good.mail.example")
        self.page.ask(f"{PROOF}.open = true")
        self.assertEqual(self.texts(".zone > .box > strong"), ["The root", "example",
                                                               "mail.example"])


if __name__ == "__main__":
    Pages.program, Pages.zones = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="proof.") as scratch:
        Pages.folder = Path(scratch)
        make()
        sys.exit(run_cases(sys.modules[__name__], sys.argv[3:]))
