"""What `cmake --install` puts where, from a folder that is built.

    installed.py BUILD [NAME...]

It installs below a directory of its own. Man pages are looked at where scdoc was there when
BUILD was configured, and found by `man -k` where man-db is installed. The last line is
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

SOURCES = Path(__file__).resolve().parents[2]
PREFIX = "opt/dane"
PROGRAMS = {"dane", "https@", "sslcat", "sslclient", "sslconnect", "sslhandle", "sslprint",
            "sslserver"}
LINK = re.compile(r"\]\((?!\w+:)([^)\s#]+)[^)\s]*\)")
FENCED = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
FILE_OF_A_GUIDE = re.compile(r"<!-- (?:file|cron): /(\S+) -->")


def run(*words: str | Path, **more) -> subprocess.CompletedProcess[str]:
    """A command and what it says."""
    return subprocess.run(words, capture_output=True, text=True, check=False,
                          timeout=HANG_SECONDS, **more)


class Installed(unittest.TestCase):
    """One installation, looked at."""

    build: Path
    scratch: Path
    top: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.scratch = Path(tempfile.mkdtemp(prefix="installed."))
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.top = cls.scratch / PREFIX
        done = run("cmake", "--install", cls.build, "--prefix", f"/{PREFIX}",
                   env={**os.environ, "DESTDIR": str(cls.scratch)})
        if done.returncode:
            raise ChildProcessError(done.stderr)

    def test_nothing_stands_beside_the_prefix(self) -> None:
        self.assertEqual([str(path.relative_to(self.scratch)) for path in self.scratch.iterdir()],
                         [Path(PREFIX).parts[0]])
        self.assertEqual({path.name for path in self.top.iterdir()}, {"bin", "libexec", "share"})

    def test_programs(self) -> None:
        self.assertEqual({path.name for path in (self.top / "bin").iterdir()}, PROGRAMS)
        for name in PROGRAMS:
            done = run(self.top / "bin" / name, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)

    def test_what_takes_the_place_of_a_program_of_qmail(self) -> None:
        found = {path.name for path in (self.top / "libexec/ucspi-dane").iterdir()}
        self.assertIn("qmail-remote", found)
        self.assertLessEqual(found, {"qmail-remote", "qmail-rspawn"})

    def test_completions_of_three_shells(self) -> None:
        share = self.top / "share"
        others = {"sslhandle", "sslprint", "sslcat", "sslconnect", "https@"}
        whole = {"dane", "sslclient", "sslserver"} | others
        for folder, names in (
                ("bash-completion/completions", whole),
                ("fish/vendor_completions.d", {f"{name}.fish" for name in whole}),
                ("zsh/site-functions", {f"_{name}" for name in whole - others})):
            self.assertEqual({path.name for path in (share / folder).iterdir()}, names)
            for path in (share / folder).iterdir():
                self.assertIn("dane", path.read_text(), path)

    def test_links_between_pages_lead_somewhere(self) -> None:
        pages = list((self.top / "share/doc/ucspi-dane").rglob("*.md"))
        self.assertEqual({path.name for path in pages},
                         {path.name for path in (SOURCES / "docs").glob("*.md")} | {"CHANGELOG.md"})
        for page in pages:
            for target in LINK.findall(FENCED.sub("", page.read_text())):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_examples_are_the_files_of_the_guides(self) -> None:
        examples = self.top / "share/doc/ucspi-dane/examples"
        found = {str(path.relative_to(examples)) for path in examples.rglob("*") if path.is_file()}
        told = {f"{page.stem}/{name}" for page in (SOURCES / "docs").glob("*.md")
                for name in FILE_OF_A_GUIDE.findall(page.read_text())}
        self.assertEqual(found, told)
        for name in found:
            path = examples / name
            is_program = path.read_text().startswith("#!")
            self.assertEqual(os.access(path, os.X_OK), is_program, name)
            if is_program:
                self.assertEqual(run("sh", "-n", path).stderr, "", name)

    def test_man_pages(self) -> None:
        pages = self.top / "share/man"
        if not pages.exists() and not shutil.which("scdoc"):
            self.skipTest("there is no scdoc")
        found = {path.name for path in pages.rglob("*") if path.is_file()}
        self.assertEqual(found, {path.stem for path in (SOURCES / "docs/man").glob("*.scd")}
                         | {f"{name}.1" for name in PROGRAMS})
        if not shutil.which("mandb"):
            return
        environment = {**os.environ, "MANPATH": str(pages), "LC_ALL": "C.UTF-8"}
        run("mandb", "--quiet", "--user-db", pages, env=environment)
        listed = run("man", "-k", "dane", env=environment).stdout
        for name in found:
            page, section = name.rsplit(".", 1)
            if name != "sslhandle.1":    # which its own page does not name as a page
                self.assertRegex(listed, rf"(?m)^{re.escape(page)} \({section}\) ", name)


def main(words: list[str]) -> int:
    """The command line."""
    Installed.build = Path(words[1]).resolve()
    return run_cases(sys.modules[__name__], words[2:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
