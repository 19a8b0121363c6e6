"""The guides of docs/ and README.md, followed word for word in the test internet.

    guides.py DANE SSLCLIENT SSLSERVER ZONES_DIR [NAME...]
    guides.py DANE SSLCLIENT SSLSERVER ZONES_DIR --write PAGE

page_reader.py says what the comments before their blocks mean, and what stands in for what.
Blocks without a comment are listed in NOT_RUN. With NAME only the tests whose names contain it. The
last line is `N passed, N failed`. With --write what PAGE shows becomes what its commands wrote.
"""

import re
import sys
from pathlib import Path

from page_reader import SOURCES, Reader, blocks, run_pages, unmarked

HOST = "mx1.mail.example"
# What the index leads to by these words.
WANTED = {"run qmail": "qmail.md", "renew certificates": "letsencrypt.md",
          "audit domains": "audit.md", "verify peers in scripts": "scripts.md",
          "serve TLS": "mail-server.md", "show others that a verdict is true": "evidence.md"}
# Blocks that are not run from here, by their first line, and why.
SHIPPED = "wants another machine or the Internet: tests/package/life.sh, ./dev demo"
NOT_RUN = {
    "README.md": {
        "./dev package": SHIPPED, "sudo apt install scdoc": SHIPPED, "./dev demo": SHIPPED},
    "docs/audit.md": {
        "domain (domain, grade, mx_dnssec, time, milliseconds)": "tasks.py",
        "SELECT mx.host, count(*) FROM mx JOIN domain USING (domain)": "tasks.py",
        "SELECT code, count(DISTINCT domain) FROM finding WHERE severity = 'error'": "tasks.py",
        "SELECT spki_sha256, group_concat(DISTINCT host) FROM address": "tasks.py",
        "ATTACH 'monday.db' AS before;": "tasks.py"},
    "docs/evidence-format.md": {
        'H("ucspi-dane evidence v1 hello" 00 blind dns previous port moment length serverName)':
            "a formula"},
    "docs/evidence.md": {
        "python3 tests/evidence/stranger_verdict.py --anchor root.key mail.example.json":
            "the reader has tests of its own beside it",
        "dane evidence stamp runs.sqlite http://tsa.example/": "evidence_run.py",
        "dane evidence export -o mail.example.json runs.sqlite mail.example": "evidence_run.py"},
    "docs/monitoring.md": {
        "define command {": "its command line is run by test_monitoring",
        'object CheckCommand "dane" {': "its command is run by test_monitoring",
        "groups:": "no Prometheus here; test_monitoring looks for its metrics"},
}


class Guides(Reader):
    """The guides, each from its beginning to its end."""

    def test_letsencrypt(self) -> None:
        self.assertGreater(self.follow("docs/letsencrypt.md"), 4)
        # The page ends with a new key that nobody has published: the old one is still in use.
        certs, deployed = self.zones / "certs", self.read("etc/postfix/tls.pem")
        self.assertNotEqual(self.read("hook.status"), "0\n")
        self.assertIn("mismatch", self.read("hook.out"))
        self.assertEqual(deployed, "".join((certs / name).read_text() for name in
                                           ("mail.key", "mail.pem", "ca.pem")))
        self.assertEqual((self.root / "etc/postfix/tls.pem").stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.read("systemctl.log").splitlines(), ["reload postfix"] * 2)
        self.assertEqual(self.read("etc/postfix/main.cf"),
                         f"smtpd_tls_chain_files = {self.root}/etc/postfix/tls.pem\n")

    def test_hook_deploys_what_no_record_forbids(self) -> None:
        """Without records, and not where nobody knows whether there are some."""
        hook = next(block for block in blocks(SOURCES / "docs/letsencrypt.md")
                    if block.what == "file" and "RENEWED_LINEAGE" in block.text)
        live = self.root / "etc/letsencrypt/live/x"
        live.mkdir(parents=True)
        for name, of in (("privkey.pem", ("other.key",)), ("fullchain.pem", ("other.pem", "ca.pem"))):
            (live / name).write_text("".join((self.zones / "certs" / file).read_text()
                                             for file in of))
        for host, deployed in (("absent.mail.example", True), ("insecure.plain.example", True),
                               ("mx.servfail.example", False), ("mx.corrupt.example", False),
                               ("mx1.mail.example", False)):
            with self.subTest(host=host):
                (self.root / "etc/postfix/tls.pem").unlink(missing_ok=True)
                self.write(self.root / "try", self.here(hook.text).replace(HOST, host))
                status, out = self.run_shell(f"RENEWED_LINEAGE={live} {self.root}/try")
                self.assertEqual((status == 0, (self.root / "etc/postfix/tls.pem").exists()),
                                 (deployed, deployed), out)
                self.assertTrue(deployed or out, "a refusal is explained")

    def test_monitoring(self) -> None:
        self.assertGreater(self.follow("docs/monitoring.md"), 2)
        written = self.read("var/lib/prometheus/node-exporter/dane.prom")
        page = (SOURCES / "docs/monitoring.md").read_text()
        for name in set(re.findall(r"\bdane_audit_\w+", page)):
            self.assertRegex(written, rf"(?m)^{name}[ {{]", "is a metric")
        (self.root / "usr/local/bin").mkdir()
        (self.root / "usr/local/bin/dane").symlink_to(self.programs[0])
        nagios = re.search(r"command_line +(.*) \$ARG1\$$", page, re.M)[1]
        icinga = " ".join(re.findall(r'"([^"]*)"', re.search(r"command = \[(.*)\]", page)[1]))
        for command in (nagios, icinga):
            status, out = self.run_shell(f"{command} mail.example good.mail.example")
            self.assertEqual((status, out[:7]), (0, "DANE OK"), command)
        service = self.read("etc/systemd/system/dane-metrics.service")
        self.assertEqual(self.run_shell(re.search(r"^ExecStart=(.*)$", service, re.M)[1])[0], 0)

    def test_scripts(self) -> None:
        self.assertGreater(self.follow("docs/scripts.md"), 8)

    def test_mail_server(self) -> None:
        self.assertGreater(self.follow("docs/mail-server.md"), 11)
        started = re.findall(r"mail-tls@(\w+)", self.read("systemctl.log"))
        self.assertEqual(set(started), {path.name for path in (self.root / "service").iterdir()})
        for name in started:
            for script in (f"etc/mail-tls/{name}/run", f"etc/mail-tls/{name}/log/run"):
                status, out = self.run_shell(f"sh -n /{script} && test -x /{script}")
                self.assertEqual((status, out), (0, ""), script)

    def test_gallery(self) -> None:
        self.assertGreater(self.follow("docs/gallery.md"), 20)
        command = ""
        for block in blocks(SOURCES / "docs/gallery.md"):
            command = command if block.what == "shows" else block.text
            is_report = block.what == "shows" and "--nagios" not in command
            for line in block.text.splitlines() if is_report else ():
                self.assertTrue(len(line) <= 80 or "fatal" in line, line)

    def test_audit(self) -> None:
        self.assertGreater(self.follow("docs/audit.md"), 4)
        self.assertIn("</html>", self.read("home/monday.html"))

    def test_evidence(self) -> None:
        self.assertGreater(self.follow("docs/evidence.md"), 3)
        self.assertEqual(sorted(path.name for path in (self.root / "home/monday").iterdir()),
                         ["good.mail.example.json", "mail.example.json"])

    def test_the_index_leads_to_each_guide(self) -> None:
        index = (SOURCES / "docs/README.md").read_text()
        for words, page in WANTED.items():
            self.assertRegex(index, rf"(?m)^\| {words}\b[^|]*\| \[[^]]+\]\({page}\)")

    def test_what_is_not_run_is_listed(self) -> None:
        """docs/qmail.md has a test of its own, qmail_page.py."""
        for page in (SOURCES / "README.md", *sorted((SOURCES / "docs").glob("*.md"))):
            if page.name == "qmail.md":
                continue
            name = page.relative_to(SOURCES).as_posix()
            self.assertEqual(unmarked(page), list(NOT_RUN.get(name, {})), name)

    def test_readme(self) -> None:
        self.assertGreater(self.follow("README.md"), 2)


if __name__ == "__main__":
    sys.exit(run_pages(sys.modules[__name__], Guides, programs=3))
