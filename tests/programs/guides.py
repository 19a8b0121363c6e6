"""The guides of docs/ and README.md, followed word for word in the test internet.

    guides.py DANE SSLCLIENT SSLSERVER ZONES_DIR [NAME...]
    guides.py DANE SSLCLIENT SSLSERVER ZONES_DIR --write PAGE

A comment before a fenced block says what is done with it; blocks go in order, in one place:

    <!-- runs -->                sh runs it; `<!-- runs: 1 -->`: with that exit status
    <!-- runs for 3 seconds -->  and for longer, if it is not ended then
    <!-- shows -->               what the block before it wrote; numbers, digests and the
                                 width of lines may be others
    <!-- session -->             a terminal of 80 columns: what follows `$ ` and `> ` is typed, the
                                 rest is what it wrote, as above
    <!-- file: /etc/x -->        it becomes that file, and can be run
    <!-- cron: /etc/cron.d/x --> its commands succeed, without a word

/etc, /var, /usr/local and /service are below a directory of the test, which has a certificate and
a home with the files that README.md names. certbot, systemctl, mail and chown are stand-ins that
do what these do as far as the guides use them. What no comment stands before is listed in NOT_RUN.
With NAME only the tests whose names contain it. The last line is `N passed, N failed`. With
--write what PAGE shows becomes what its commands wrote.
"""

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import textwrap
import unittest
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from harness import HANG_SECONDS, run_cases

SOURCES = Path(__file__).resolve().parents[2]
sys.path.append(str(SOURCES / "zones"))
import postfix  # noqa: E402

HOST = "mx1.mail.example"
GALLERY = "gallery.md"    # what people see: run on a screen
BLOCK = re.compile(r"^( *)<!-- (runs(?: for|)|shows|session|file|cron)(?:: (\S+)| (\d+) seconds|) -->\n"
                   r"\1```\w*\n(.*?)^\1```$", re.M | re.S)
OURS = re.compile(r"(?<![\w.])/(?=(?:etc|var|usr/local|service)/)")
FENCED = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.M | re.S)
INDENTED = re.compile(r"(?<=\n\n) {4,}\S.*")
TYPED = re.compile(r"^\$ (.*\n(?:> .*\n)*)", re.M)
STAND_INS = {
    # Issues what $CERTS has: `mail` for a key that stays, `other` for a new one.
    "certbot": """
        live=$ROOT/etc/letsencrypt/live/mx1.mail.example
        new=mail
        hook=
        for word; do
          [ "$before" != --deploy-hook ] || hook=$word
          [ "$word" != --new-key ] || new=other
          before=$word
        done
        mkdir -p "$live"
        cp "$CERTS/$new.key" "$live/privkey.pem"
        cat "$CERTS/$new.pem" "$CERTS/ca.pem" >"$live/fullchain.pem"
        [ -z "$hook" ] || echo "$hook" >"$ROOT/hook"
        RENEWED_LINEAGE=$live "$(cat "$ROOT/hook")" >"$ROOT/hook.out" 2>&1
        echo $? >"$ROOT/hook.status"
        """,
    "systemctl": 'echo "$*" >>"$ROOT/systemctl.log"',
    "mail": 'cat >>"$ROOT/mail.log"',
    "postconf": 'exec /usr/sbin/postconf -c "$ROOT/etc/postfix" "$@"',
    "chown": 'echo "$*" >>"$ROOT/chown.log"',    # there may be one user
}
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
        "python3 tests/evidence/stranger.py --anchor root.key mail.example.json":
            "the reader has tests of its own beside it"},
    "docs/monitoring.md": {
        "define command {": "its command line is run by test_monitoring",
        'object CheckCommand "dane" {': "its command is run by test_monitoring",
        "groups:": "no Prometheus here; test_monitoring looks for its metrics"},
}


@dataclass(frozen=True)
class Block:
    """A fenced block and what is done with it; `word` is a status, a path or seconds."""

    what: str
    word: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a page that have a comment, in order."""
    return [Block(what, word or seconds, textwrap.dedent(text)) for _, what, word, seconds, text
            in BLOCK.findall(page.read_text())]


def likeness(text: str) -> str:
    """A text without what differs from run to run: numbers, digests, and how lines break."""
    text = re.sub(r"\b[0-9a-f]{16,}", "DIGEST", text)
    words = " ".join(re.sub(r"\d+", "0", text).split())
    # The words of libunbound on nettle, and on OpenSSL.
    return words.replace("signature crypto failed", "ECDSA signature verification failed")


def is_like(out: str, shown: str) -> bool:
    """Whether a command wrote what a page shows. From a Postfix that sends its key alone to who
    takes one, `dane check` has no certificate to describe."""
    without = re.sub(r"^  Cert .*\n(?:   .*\n)*", "", shown, flags=re.M)
    return likeness(out) == likeness(shown) or (
        postfix.sends_raw_keys() and likeness(out) == likeness(without))


def unmarked(page: Path) -> list[str]:
    """The first lines of the blocks that have no comment, up to a gap in them; fenced ones
    before indented ones."""
    text = BLOCK.sub("", page.read_text())
    first = [block.strip().splitlines()[0] for _, block in FENCED.findall(text)]
    first += [line.strip() for line in INDENTED.findall(FENCED.sub("", text))]
    return [line.partition("  ")[0] for line in first]


def typed(session: str) -> list[tuple[str, str]]:
    """What is typed in a session, with its prompts, and what each of it wrote."""
    ends = [match.start() for match in TYPED.finditer(session)] + [len(session)]
    return [(match.group(0), session[match.end():end])
            for match, end in zip(TYPED.finditer(session), ends[1:], strict=True)]


def command_of(prompted: str) -> str:
    """What the shell gets of lines with prompts before them."""
    return "".join(line[2:] for line in prompted.splitlines(keepends=True))


class Guides(unittest.TestCase):
    """A reader at the shell, who has nothing but the page."""

    programs: list[str] = []
    zones = Path()

    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="guides."))
        self.addCleanup(shutil.rmtree, self.root)
        for folder in ("bin", "home", "etc/postfix", "etc/cron.d", "service", "usr/local/sbin",
                       "var/lib/prometheus/node-exporter"):
            (self.root / folder).mkdir(parents=True)
        for program in self.programs:
            (self.root / "bin" / Path(program).name).symlink_to(program)
        (self.root / "etc/postfix/main.cf").touch()
        certs, home = self.zones / "certs", self.root / "home"
        (home / "fullchain.pem").write_text((certs / "mail.pem").read_text()
                                            + (certs / "ca.pem").read_text())
        (home / "domains.txt").write_text("mail.example\ngood.mail.example\n")
        for name, of in (("ca.pem", certs / "ca.pem"), ("next.key", certs / "other.key"),
                         ("root.key", self.zones / "root.key"),
                         ("chains", self.zones / "chains"),
                         ("nsec3.example.zone", self.zones / "zones/nsec3.example.zone")):
            (home / name).symlink_to(of)
        for name, text in STAND_INS.items():
            self.write(self.root / "bin" / name, "#!/bin/sh\n" + textwrap.dedent(text))
        self.environment = {
            **os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}",
            "ROOT": str(self.root), "CERTS": str(self.zones / "certs"),
            "DANE_UNBOUND_CONF": str(self.zones / "unbound.conf")}

    @staticmethod
    def write(path: Path, text: str) -> None:
        """A file that can be run."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def here(self, text: str) -> str:
        """The text with its absolute paths below the directory of the test."""
        return OURS.sub(f"{self.root}/", text)

    def run_on_screen(self, text: str) -> tuple[int, str]:
        """The same where standard output is a terminal of 80 columns without colours; what
        goes to standard error, which is none, stands behind it."""
        screen, program = pty.openpty()
        fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                ["sh", "-e", "-c", self.here(text)], env={**self.environment, "TERM": "dumb"},
                cwd=self.root / "home", stdin=subprocess.DEVNULL, stdout=program, stderr=errors)
            os.close(program)
            out = b""
            with suppress(OSError):    # the end of a terminal that nobody has any more
                while data := os.read(screen, 65536):
                    out += data
            os.close(screen)
            status = process.wait(HANG_SECONDS)
            errors.seek(0)
            out += errors.read()
        return status, out.decode().replace("\r\n", "\n")

    def run_shell(self, text: str, seconds: int = HANG_SECONDS) -> tuple[int, str]:
        """Status and output of commands; 0 if they go on for so many seconds."""
        process = subprocess.Popen(["sh", "-e", "-c", self.here(text)], env=self.environment,
                                   cwd=self.root / "home", stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 15)
            out, _ = process.communicate()
            return (0, out.decode()) if seconds < HANG_SECONDS else (124, out.decode())
        return process.returncode, out.decode()

    def show(self, page: Path) -> None:
        """Puts what the commands of a page write where it shows that."""
        out = ""

        def shown(match: re.Match) -> str:
            nonlocal out
            indent, what, word, seconds, text = match.groups()
            if what == "shows":
                head = match.group(0)[:match.group(0).index("```")]
                return f"{head}```\n{textwrap.indent(out, indent)}{indent}```"
            if what.startswith("runs"):
                text = textwrap.dedent(text)
                _, out = (self.run_on_screen(text) if page.name == GALLERY
                          else self.run_shell(text, int(seconds or HANG_SECONDS)))
                out = out.replace(f"{self.root}/", "/").replace("\r\n", "\n")
            elif what == "session":
                head = match.group(0)[:match.group(0).index("\n", match.group(0).index("```")) + 1]
                talk = "\n".join(prompted + self.run_on_screen(command_of(prompted))[1]
                                 for prompted, _ in typed(textwrap.dedent(text)))
                talk = textwrap.indent(talk.replace(f"{self.root}/", "/"), indent)
                return f"{head}{talk}{indent}```"
            elif what in ("file", "cron"):
                self.write(Path(self.here(word)), self.here(textwrap.dedent(text)))
            return match.group(0)

        page.write_text(BLOCK.sub(shown, page.read_text()))

    def follow(self, page: str) -> int:
        """Does what the page says; how many of its blocks were run."""
        out, ran = "", 0
        for block in blocks(SOURCES / page):
            with self.subTest(block=block.text):
                if block.what == "file":
                    self.write(Path(self.here(block.word)), self.here(block.text))
                elif block.what == "cron":
                    self.write(Path(self.here(block.word)), self.here(block.text))
                    self.run_cron(block.text)
                elif block.what == "shows":
                    self.assertTrue(is_like(out, block.text), out)
                elif block.what == "session":
                    self.assertTrue(typed(block.text))
                    for prompted, wrote in typed(block.text):
                        ran += 1
                        _, out = self.run_on_screen(command_of(prompted))
                        self.assertTrue(is_like(out, wrote), f"{prompted}: {out}")
                else:
                    ran += 1
                    going_on = block.what == "runs for"
                    seconds = int(block.word) if going_on else HANG_SECONDS
                    status, out = (self.run_on_screen(block.text) if Path(page).name == GALLERY
                                   else self.run_shell(block.text, seconds))
                    self.assertEqual(status, 0 if going_on else int(block.word or 0), out)
        return ran

    def run_cron(self, text: str) -> None:
        """The commands of a crontab with users in it."""
        lines = re.findall(r"^(?:\S+ ){5}\w+ (.*)$", text, re.M)
        self.assertTrue(lines, text)
        for line in lines:
            self.assertEqual(self.run_shell(line), (0, ""), line)

    def read(self, path: str) -> str:
        """A file below the directory of the test."""
        return (self.root / path).read_text()

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
    if len(sys.argv) < 5:
        print(__doc__, file=sys.stderr)
        sys.exit(100)
    Guides.programs = [os.path.abspath(word) for word in sys.argv[1:4]]
    Guides.zones = Path(sys.argv[4]).resolve()
    if sys.argv[5:6] == ["--write"]:
        reader = Guides()
        reader.setUp()
        reader.show(Path(sys.argv[6]))
        reader.doCleanups()
        sys.exit(0)
    sys.exit(run_cases(sys.modules[__name__], sys.argv[5:]))
