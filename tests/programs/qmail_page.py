"""docs/qmail.md, word for word: its commands are run as they stand there, in a mount name
space where /var/qmail is a qmail whose programs are other files.

    qmail_page.py QMAIL_REMOTE DANE

Without the right to make such a name space the status is 77. The last line is
`N passed, N failed`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness import HANG_SECONDS, run_cases

PAGE = Path(__file__).resolve().parents[2] / "docs" / "qmail.md"
INSIDE = "QMAIL_PAGE_INSIDE"
HOME = Path("/var/qmail")
STOCK = b"#!/bin/sh\n# the stock program\n"
OWNER = 7794


def blocks() -> list[str]:
    """The commands of the page, block by block."""
    found = re.findall(r"(?:^(?: {4}| {7})\S.*\n(?:^(?: {4,}\S.*)?\n)*)", PAGE.read_text(), re.M)
    return [re.sub(r"^ {7}|^ {4}", "", block, flags=re.M) for block in found]


def block_with(word: str, number: int = 0) -> str:
    """A block that has this in it."""
    return [block for block in blocks() if word in block][number]


class Page(unittest.TestCase):
    """A newcomer, at the shell."""

    program = ""
    dane = ""

    def setUp(self) -> None:
        shutil.rmtree(HOME, ignore_errors=True)
        for folder in ("bin", "control", "queue/lock"):
            (HOME / folder).mkdir(parents=True)
        (HOME / "control/me").write_text("me.example\n")
        self.install_stock()
        self.here = Path(tempfile.mkdtemp(prefix="page."))
        self.addCleanup(shutil.rmtree, self.here)
        (self.here / "build/bin").mkdir(parents=True)
        for name, path in (("qmail-remote", self.program), ("dane", self.dane)):
            (self.here / "build/bin" / name).symlink_to(path)

    @staticmethod
    def install_stock() -> None:
        """As qmail's own installer does it: it writes into the file that is there."""
        with open(HOME / "bin/qmail-remote", "wb") as file:
            file.write(STOCK)
        os.chmod(HOME / "bin/qmail-remote", 0o711)

    def run_block(self, text: str) -> str:
        """Standard output of commands that all succeed."""
        done = subprocess.run(["sh", "-e"], input=text.encode(), capture_output=True,
                              cwd=self.here, check=False, timeout=HANG_SECONDS)
        self.assertEqual((done.returncode, done.stderr), (0, b""), text)
        return done.stdout.decode()

    def steps(self) -> None:
        """Steps 2, 3 and 5."""
        for word in ("qmail-remote.orig\n", "queue/tlsrpt", "qmail-remote.dane /var/qmail/bin/"
                     "qmail-remote.new"):
            self.run_block(block_with(word))

    @staticmethod
    def read(name: str) -> bytes:
        """A program of qmail."""
        return (HOME / "bin" / name).read_bytes()

    def test_the_saved_original_stays_whatever_is_done_again(self) -> None:
        ours = Path(self.program).read_bytes()
        for _ in range(2):
            self.steps()
            self.assertEqual(self.read("qmail-remote"), ours)
            self.assertEqual(self.read("qmail-remote.orig"), STOCK)
            for name in ("qmail-remote", "qmail-remote.orig", "qmail-remote.dane"):
                facts = (HOME / "bin" / name).stat()
                self.assertEqual((facts.st_nlink, facts.st_mode & 0o777), (1, 0o711), name)
        self.install_stock()
        self.assertEqual(self.read("qmail-remote.dane"), ours)
        self.steps()
        self.assertEqual(self.read("qmail-remote"), ours)
        self.run_block(block_with("qmail-remote.orig /var/qmail/bin/qmail-remote.new"))
        self.assertEqual(self.read("qmail-remote"), STOCK)
        self.assertEqual(self.read("qmail-remote.orig"), STOCK)

    def test_what_processes_share_is_theirs_and_stays(self) -> None:
        self.steps()
        memory = HOME / "queue/lock/deadhosts"
        memory.write_bytes(b"x")
        self.steps()
        self.assertEqual(memory.read_bytes(), b"x")
        for path in (memory, HOME / "queue/tlsrpt"):
            self.assertEqual((path.stat().st_uid, path.stat().st_gid), (OWNER, OWNER), path)

    def test_by_hand(self) -> None:
        """Without a network the mail waits, and nothing of root's is left behind."""
        self.steps()
        out = self.run_block(block_with("runuser"))
        self.assertRegex(out, r"\AZ")
        self.assertEqual([path for path in (HOME / "queue").rglob("*")
                          if path.stat().st_uid == 0 and path.name != "lock"], [])

    def test_reports_by_cron(self) -> None:
        self.steps()
        script = block_with("#!/bin/sh")
        self.assertIn("tlsrpt", script)
        os.environ["PATH"] += f":{self.here}/build/bin"
        self.assertEqual(self.run_block(script), "")
        self.assertRegex(block_with("* * *"), r"\n\d+ \d+ \* \* \* qmailr /\S+\n")

    def test_the_page_says_what_is_asked(self) -> None:
        text = re.sub(r"\s+", " ", PAGE.read_text())
        for words in ("`* : encrypt`", "switches DANE off", "`dane audit DOMAIN`", "qmail-tcpok",
                      "SMTPUTF8", "Not for indimail", "man build/man/qmail-remote.8",
                      "control/dnsforward"):
            self.assertIn(words, text)


def enter(words: list[str]) -> None:
    """Becomes the same script in a name space of its own, if that can be had."""
    if shutil.which("unshare") is None or subprocess.run(
            ["unshare", "--mount", "--net", "true"], capture_output=True,
            check=False).returncode != 0:
        print("no mount name space can be had")
        sys.exit(77)
    os.environ[INSIDE] = "yes"
    os.execvp("unshare", ["unshare", "--mount", "--net", sys.executable, *words])


def furnish() -> None:
    """An empty /var and /tmp, and qmail's user."""
    folder = tempfile.mkdtemp(prefix="page.", dir="/dev/shm")
    for name, line in (("passwd", f"qmailr:x:{OWNER}:{OWNER}::/var/qmail:/bin/false\n"),
                       ("group", f"qmail:x:{OWNER}:\n")):
        copy = Path(folder) / name
        kept = [row for row in Path(f"/etc/{name}").read_text().splitlines(True)
                if not row.startswith(("qmail", "qmailr"))]
        copy.write_text("".join(kept) + line)
        subprocess.run(["mount", "--bind", str(copy), f"/etc/{name}"], check=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/var"], check=True)


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) != 3:
        print(__doc__, file=sys.stderr)
        return 100
    if os.environ.get(INSIDE) != "yes":
        enter(words)
    Page.program, Page.dane = (os.path.abspath(word) for word in words[1:])
    furnish()
    return run_cases(sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
