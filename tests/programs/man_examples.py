"""The examples of the man pages, run word for word in the test internet, and the width of pages.

    man_examples.py DANE SSLCLIENT SSLSERVER QMAIL_REMOTE ZONES_DIR [NAME...]
    man_examples.py DANE SSLCLIENT SSLSERVER QMAIL_REMOTE ZONES_DIR --write PAGE

page_reader.py says what the lines before blocks of commands mean, and what stands in for what. A
block of EXAMPLES without such a line fails; other blocks that have none are no commands. qmail has
stand-ins here: a qmail-smtpd and a qmail-popup that greet, a qmail-inject that keeps what it
is given; its home is /var/qmail below the directory of the test. With NAME only the tests whose
names contain it. The last line is `N passed, N failed`. With --write what PAGE shows becomes what
its commands wrote.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path

from harness import HANG_SECONDS
from page_reader import SOURCES, BLOCK, Reader, as_shown, blocks, run_pages
from sslserver_support import is_root

PAGES = sorted((SOURCES / "docs/man").glob("*.scd"))
COLUMNS = 80
LITERAL = re.compile(r"^```\n(.*?)^```$", re.M | re.S)
DAY = 86400
OTHER_USER = "-u 7791 -g 2108"
REPORT = "company-x.example!mail.example!1780272000!1780358399.json.gz"
QMAIL = {
    "bin/qmail-smtpd": r"printf '220 mx1.mail.example ESMTP\r\n'",
    "bin/qmail-popup": r"printf '+OK\r\n'",
}


def received_report() -> bytes:
    """What another company has seen, much as in RFC 8460 appendix B."""
    policy = {"policy-type": "tlsa", "policy-domain": "mx1.mail.example",
              "policy-string": ["3 1 1 " + "ab" * 32], "mx-host": ["mx1.mail.example"]}
    failure = {"result-type": "certificate-expired", "sending-mta-ip": "198.51.100.62",
               "receiving-mx-hostname": "mx1.mail.example", "receiving-ip": "192.0.2.1",
               "failed-session-count": 3}
    counts = {"total-successful-session-count": 5326, "total-failure-session-count": 3}
    return gzip.compress(json.dumps({
        "organization-name": "Company-X", "contact-info": "tls@company-x.example",
        "date-range": {"start-datetime": "2026-06-01T00:00:00Z",
                       "end-datetime": "2026-06-01T23:59:59Z"},
        "report-id": "5065427c",
        "policies": [{"policy": policy, "summary": counts, "failure-details": [failure]}],
    }).encode())


def examples(page: Path) -> str:
    """The section EXAMPLES; a # within a block is no heading."""
    hidden = LITERAL.sub(lambda block: re.sub(r"^#", "\0", block.group(0), flags=re.M),
                         page.read_text())
    found = re.search(r"^# EXAMPLES\n(.*?)^# ", hidden, re.M | re.S)
    return found.group(1).replace("\0", "#") if found else ""


def rendered(page: Path) -> str:
    """What man shows on a terminal of 80 columns."""
    roff = subprocess.run(["scdoc"], input=page.read_bytes(), capture_output=True, check=True).stdout
    done = subprocess.run(
        ["man", "--local-file", "-"], input=roff, capture_output=True, check=True,
        timeout=HANG_SECONDS, env={**os.environ, "MANWIDTH": str(COLUMNS), "MANPAGER": "cat",
                                   "LC_ALL": "C.UTF-8", "GROFF_NO_SGR": "1"})
    # groff 1.23 tells where a narrow column has one word in a line, which it cannot spread.
    said = [line for line in done.stderr.decode().splitlines()
            if not line.endswith("cannot adjust line")]
    if said:
        raise ValueError(f"{page.name}: {said}")
    return re.sub(".\b", "", done.stdout.decode())


class ManExamples(Reader):
    """A reader of man pages, with a qmail."""

    def setUp(self) -> None:
        super().setUp()
        home, certs = self.root / "home", self.zones / "certs"
        (home / "top-1m.csv").write_text("1,mail.example\n2,good.mail.example\n")
        (home / REPORT).write_bytes(received_report())
        (home / "message").write_text("Subject: hello\n\nA message.\n")
        program = self.root / "usr/libexec/ucspi-dane/qmail-remote"
        program.parent.mkdir(parents=True)
        program.symlink_to(self.programs[3])
        for script in ("sslcat", "sslconnect", "sslprint", "https@"):
            (self.root / "bin" / script).symlink_to(Path(self.programs[1]).parent / script)
        trusted = self.root / "etc/ssl/certs/ca-certificates.crt"
        live, tls = self.root / "etc/letsencrypt/live/mx1.mail.example", self.root / "etc/tls"
        for folder in (trusted.parent, live, tls):
            folder.mkdir(parents=True)
        shutil.copy(certs / "ca.pem", trusted)
        chain, key = (home / "fullchain.pem").read_text(), (certs / "mail.key").read_text()
        for folder, of_chain, of_key in ((live, "fullchain.pem", "privkey.pem"),
                                         (tls, "cert.pem", "key.pem")):
            (folder / of_chain).write_text(chain)
            (folder / of_key).write_text(key)
        self.set_up_qmail()
        subprocess.run(["tcprules", self.root / "etc/tcp.smtp.cdb", self.root / "etc/tcp.tmp"],
                       input=b":allow\n", check=True)

    def set_up_qmail(self) -> None:
        """Its home, in which this machine is not all addresses of the test internet."""
        qmail = self.root / "var/qmail"
        for name, text in QMAIL.items():
            self.write(qmail / name, f"#!/bin/sh\n{text}\n")
        self.write(self.root / "bin/qmail-inject", f"#!/bin/sh\ncat >>{self.root}/injected\n")
        (qmail / "control").mkdir()
        (qmail / "queue/lock").mkdir(parents=True)
        (qmail / "control/me").write_text("mx1.mail.example\n")
        (qmail / "control/notipme").write_text("127.0.0.0/8\n")
        shutil.copy(self.zones / "unbound.conf", qmail / "control/unbound.conf")
        self.environment["QMAILHOME"] = str(qmail)

    def here(self, text: str) -> str:
        """Where there is one user alone, programs do not become another."""
        return super().here(text if is_root() else text.replace(OTHER_USER + " ", ""))

    def count_sessions(self) -> None:
        """Lets qmail-remote have delivered something yesterday, to who wants reports."""
        store = self.root / "var/qmail/queue/tlsrpt"
        store.mkdir()
        with (self.root / "home/message").open("rb") as message:
            subprocess.run([self.programs[3], "perfect.zoo.example", "me@here.example",
                            "you@perfect.zoo.example"], stdin=message, env=self.environment,
                           capture_output=True, check=True, timeout=HANG_SECONDS)
        yesterday = time.strftime("%Y-%m-%d.d", time.gmtime(time.time() - DAY))
        next(store.glob("*.d")).rename(store / yesterday)

    def test_examples(self) -> None:
        for page in PAGES:
            with self.subTest(page=page.name):
                self.doCleanups()
                self.setUp()
                if page.name == "dane-tlsrpt.1.scd":
                    self.count_sessions()
                self.assertGreater(self.follow(page.relative_to(SOURCES).as_posix()), 0)
                if page.name == "dane-tlsrpt.1.scd":
                    self.assertIn("TLS-Report-Domain: perfect.zoo.example", self.read("injected"))

    def test_every_page_has_examples_and_all_of_them_are_run(self) -> None:
        for page in PAGES:
            section = examples(page)
            self.assertEqual(len(LITERAL.findall(section)), len(BLOCK.findall(section)), page.name)
            self.assertTrue(BLOCK.search(section), page.name)

    def test_help_has_no_examples_that_nobody_runs(self) -> None:
        commands = re.findall(r"^  ([a-z][\w-]*)  ", self.run_shell("dane --help")[1], re.M)
        self.assertGreater(len(commands), 10)
        for words in (*(f"dane {one}" for one in commands), "sslclient", "sslserver", "sslcat",
                      "sslconnect", "sslprint", "https@", "qmail-remote"):
            path = "/usr/libexec/ucspi-dane/" if words == "qmail-remote" else ""
            status, out = self.run_shell(f"{path}{words} --help")
            self.assertEqual(status, 0, words)
            self.assertNotRegex(out, r"(?im)^\s*(examples?:|[$#] )", words)

    @unittest.skipUnless(shutil.which("scdoc") and shutil.which("man"), "no scdoc, or no man")
    def test_no_line_is_wider_than_the_screen(self) -> None:
        for page in PAGES:
            text = rendered(page)
            with self.subTest(page=page.name):
                self.assertEqual([line for line in text.splitlines() if len(line) > COLUMNS], [])
                shown = {line.strip() for line in text.splitlines()}
                for block in LITERAL.findall(page.read_text()):
                    for line in as_shown(page, block).splitlines():
                        self.assertIn(line.expandtabs().strip(), shown)


if __name__ == "__main__":
    sys.exit(run_pages(sys.modules[__name__], ManExamples, programs=4))
