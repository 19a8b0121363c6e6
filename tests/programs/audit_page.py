"""Opens the page of dane audit in headless Chromium.

    audit_page.py DANE ZONES_DIR

The page has to draw its table from the file alone, show what its link asks for, keep inside
the window of a phone, and be readable where the system is dark.
"""

import html
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

DOMAINS = ("good.mail.example", "mismatch.mail.example", "mail.plain.example",
           "bücher.example", "opportunistic.mail.example", "x</script><img src=x>")
LIMIT_SECONDS = 60
NARROW = 400


class Page(unittest.TestCase):
    """One page, opened again and again."""

    program = ""
    zones = Path()

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory(prefix="page.")
        cls.file = Path(cls.folder.name) / "page.html"
        subprocess.run([cls.program, "audit", "--unbound-conf", str(cls.zones / "unbound.conf"),
                        "--retries", "0", "--html", str(cls.file), *DOMAINS],
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def browse(self, link: str, *options: str) -> str:
        """The document after its script has run."""
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={self.folder.name}/profile", "--virtual-time-budget=2000",
             *options, "--dump-dom", f"{self.file.as_uri()}#{link}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=LIMIT_SECONDS)
        return done.stdout

    def names(self, text: str) -> list[str]:
        """The domains that the table shows."""
        body = text[text.index('<tbody id="rows">'):text.index("</tbody>")]
        return [html.unescape(name) for name in
                re.findall(r'<button class="name"[^>]*>([^<]*)</button>', body)]

    def test_every_domain_is_there(self) -> None:
        names = self.names(self.browse(""))
        self.assertEqual(len(names), len(DOMAINS), names)
        self.assertIn("bücher.example", names)
        self.assertEqual(names[0], "mismatch.mail.example", "the worst comes first")

    def test_a_link_filters(self) -> None:
        self.assertEqual(self.names(self.browse("grade=broken")), ["mismatch.mail.example"])
        self.assertEqual(self.names(self.browse("code=mx-insecure")), ["mail.plain.example"])
        self.assertEqual(self.names(self.browse("search=bücher")), ["bücher.example"])

    def test_a_link_sorts(self) -> None:
        names = self.names(self.browse("sort=-domain"))
        self.assertEqual(names, sorted(names, reverse=True))

    def test_there_is_no_more_than_all(self) -> None:
        self.assertRegex(self.browse(""), r'<button id="more"[^>]* hidden')
        self.assertIn("[hidden] { display: none !important; }",
                      self.file.read_text(encoding="utf-8"))

    def test_a_link_opens_a_domain(self) -> None:
        text = self.browse("open=mismatch.mail.example")
        self.assertIn('class="finding error"', text)
        self.assertIn("RFC 7672 2.2", text)
        self.assertRegex(text, r"<pre>MX records: secure[^<]*bad\.mail\.example: refused")

    def test_hostile_words_stay_words(self) -> None:
        text = self.browse("")
        self.assertNotIn("<img", text)
        self.assertIn("x</script><img src=x>", self.names(text))

    def test_it_asks_nobody(self) -> None:
        text = self.file.read_text(encoding="utf-8")
        self.assertNotRegex(text.split("<script type=", 1)[0], r"https?://|src=|url\(")
        self.assertIn("default-src 'none'", text)
        for island in ("catalogue", "summary", "domains"):
            body = re.search(rf'<script type="application/json" id="{island}">(.*?)</script>',
                             text, re.S)
            json.loads(body[1])

    def test_nothing_hangs_over_the_edge_of_a_phone(self) -> None:
        probe = self.file.with_name("narrow.html")
        probe.write_text(self.file.read_text(encoding="utf-8").replace(
            "</body>", "<script>setTimeout(() => document.title = 'width ' +"
            " document.documentElement.scrollWidth + ' of ' + innerWidth, 500)</script></body>"),
            encoding="utf-8")
        self.__class__.file, whole = probe, self.file
        try:
            text = self.browse("open=mismatch.mail.example", f"--window-size={NARROW},900")
        finally:
            self.__class__.file = whole
        found = re.search(r"<title>width (\d+) of (\d+)</title>", text)
        self.assertIsNotNone(found)
        self.assertLessEqual(int(found[1]), int(found[2]))


if __name__ == "__main__":
    Page.program, Page.zones = sys.argv[1], Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
