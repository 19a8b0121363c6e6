"""A reader at the shell who has nothing but a page, in the test internet: what guides.py and
man_examples.py have in common.

A comment before a fenced block says what is done with it; blocks go in order, in one place.
Markdown has `<!-- runs -->`, and a man page, in scdoc, a line `; runs`:

    runs                the shell runs it; `runs: 1`: with that exit status
    runs for 3 seconds  and for longer, if it is not ended then
    shows               what the block before it wrote; numbers, digests and the width of lines
                        may be others
    session             a terminal of 80 columns: what follows `$ ` and `> ` is typed, the rest is
                        what it wrote, as above
    file: /etc/x        it becomes that file, and can be run
    cron: /etc/cron.d/x its commands succeed, without a word
    serves: 465         it goes on, and says something to who connects to that port of 127.0.0.1;
                        for the rest of the page, or until another block serves there

/etc, /var, /usr/local and /service are below a directory of the test, which has a certificate and
a home with the files that pages name. certbot, systemctl, mail and chown are stand-ins that do
what these do as far as the pages use them.
"""

import fcntl
import os
import pty
import re
import shlex
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import termios
import textwrap
import time
import unittest
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from harness import HANG_SECONDS, START_SECONDS, run_cases

SOURCES = Path(__file__).resolve().parents[2]
sys.path.append(str(SOURCES / "zones"))
import postfix  # noqa: E402

GALLERY = "gallery.md"    # what people see: run on a screen
SCREEN, MAN_SCREEN = 80, 69    # columns, the latter those of an example in a page of 80
BLOCK = re.compile(r"^( *)(?:<!-- |; )(runs(?: for|)|shows|session|file|cron|serves)"
                   r"(?:: (\S+)| (\d+) seconds|)(?: -->|)\n\1```\w*\n(.*?)^\1```$", re.M | re.S)
OURS = re.compile(r"(?<![\w.])/(?=(?:etc|var|usr/local|usr/libexec|service)/)")
SERVED = re.compile(r"^220 |^\+OK|^\w+=|certificate required")    # also env, and who wants one
EXPORT = re.compile(r"^export (.*)$", re.M)
EVERYWHERE = re.compile(r"(?<= ):0(?= \d)")
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


@dataclass(frozen=True)
class Block:
    """A fenced block and what is done with it; `word` is a status, a path or seconds."""

    what: str
    word: str
    text: str


def is_manual(page: Path) -> bool:
    """Whether it is a man page, in scdoc."""
    return page.suffix == ".scd"


def as_shown(page: Path, text: str) -> str:
    """What a reader sees of a block; in scdoc a backslash stands before what stays as it is."""
    text = textwrap.dedent(text)
    return re.sub(r"\\(.)", r"\1", text) if is_manual(page) else text


def as_written(text: str) -> str:
    """What a man page has for it: no line is longer than an example may be, digests are cut."""
    text = re.sub(r"\b([0-9a-f]{16})[0-9a-f]{24,}", r"\1...", text)
    lines = [line if len(line) <= MAN_SCREEN else textwrap.fill(
        line, MAN_SCREEN, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()]
    return "\n".join(lines).replace("\\", "\\\\") + "\n"


def blocks(page: Path) -> list[Block]:
    """The blocks of a page that have a comment, in order."""
    return [Block(what, word or seconds, as_shown(page, text)) for _, what, word, seconds, text
            in BLOCK.findall(page.read_text())]


def likeness(text: str) -> str:
    """A text without what differs from run to run: numbers, names of queued messages, digests,
    which may be cut, and how lines break."""
    text = re.sub(r"\b[0-9a-f]{16,}(\.\.\.)?|(?<![\w+/])[\w+/]{43}=", "DIGEST", text)
    text = re.sub(r"\bqueued as \w+", "queued as ID", text)
    words = " ".join(re.sub(r"\d+", "0", text).split())
    # All zones of the test internet are signed within a second or two.
    words = re.sub(r"; \S+ [A-Z]+ ends first", "; one ends first", words)
    # The words of libunbound on nettle, and on OpenSSL.
    return words.replace("signature crypto failed", "ECDSA signature verification failed")


def is_like(out: str, shown: str) -> bool:
    """Whether a command wrote what a page shows. From a Postfix that sends its key alone to who
    takes one, `dane check` has no certificate to describe, and a record matches that key."""
    without = re.sub(r"^  Cert .*\n(?:   .*\n)*", "", shown, flags=re.M)
    without = without.replace("matches the leaf's key", "matches the raw public key")
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


class Reader(unittest.TestCase):
    """A reader at the shell, who has nothing but the page."""

    programs: list[str] = []
    zones = Path()

    def setUp(self) -> None:
        self.columns = SCREEN
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
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
        self.root.chmod(0o755)    # programs become other users
        self.environment = {
            **os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}",
            "ROOT": str(self.root), "CERTS": str(self.zones / "certs"),
            "HOME": str(home),
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
        """The same where standard output is a terminal without colours; what goes to standard
        error, which is none, stands behind it."""
        screen, program = pty.openpty()
        fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self.columns, 0, 0))
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

    def serve(self, port: str, text: str) -> str:
        """Starts a server, and what it says first. Where it would listen at every address it
        listens at 127.0.0.1: others of this machine are hosts of the test internet."""
        self.stop(port)
        log = self.root / f"server.{port}"
        with log.open("wb") as out:
            self.servers[port] = subprocess.Popen(
                ["sh", "-e", "-c", EVERYWHERE.sub("127.0.0.1", self.here(text))],
                env=self.environment, cwd=self.root / "home", stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True)
        self.addCleanup(self.stop, port)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", int(port)), HANG_SECONDS) as peer:
                    return self.greeting(peer, " -n" in text)
            except ConnectionRefusedError:
                if self.servers[port].poll() is not None or time.monotonic() > deadline:
                    return f"no server: {log.read_text()}"
                time.sleep(0.05)

    @staticmethod
    def greeting(peer: socket.socket, is_clear: bool) -> str:
        """What a server says first; its certificate is nobody's business here."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        talk = peer if is_clear else context.wrap_socket(peer)
        try:
            return talk.recv(512).decode()
        except ssl.SSLError as error:    # one that demands a certificate
            return str(error)

    def stop(self, port: str) -> None:
        """Ends a server of the page."""
        server = self.servers.pop(port, None)
        if server is not None:
            os.killpg(server.pid, 15)
            server.wait(HANG_SECONDS)

    def export(self, text: str) -> None:
        """What a block exports holds in those behind it, as in one shell."""
        for words in EXPORT.findall(self.here(text)):
            self.environment.update(word.split("=", 1) for word in shlex.split(words))

    def show(self, page: Path) -> None:
        """Puts what the commands of a page write where it shows that."""
        out = ""
        self.columns = MAN_SCREEN if is_manual(page) else SCREEN

        def shown(match: re.Match) -> str:
            nonlocal out
            indent, what, word, seconds, text = match.groups()
            text = as_shown(page, text)
            if what == "shows":
                head = match.group(0)[:match.group(0).index("```")]
                return f"{head}```\n{textwrap.indent(out, indent)}{indent}```"
            if what.startswith("runs"):
                _, out = (self.run_on_screen(text) if page.name == GALLERY
                          else self.run_shell(text, int(seconds or HANG_SECONDS)))
                out = out.replace(f"{self.root}/", "/").replace("\r\n", "\n")
            elif what == "session":
                head = match.group(0)[:match.group(0).index("\n", match.group(0).index("```")) + 1]
                talk = "\n".join(prompted + self.run_on_screen(command_of(prompted))[1]
                                 for prompted, _ in typed(text))
                talk = talk.replace(f"{self.root}/", "/")
                talk = as_written(talk) if is_manual(page) else talk
                talk = textwrap.indent(talk, indent)
                return f"{head}{talk}{indent}```"
            elif what in ("file", "cron"):
                self.write(Path(self.here(word)), self.here(text))
            return match.group(0)

        page.write_text(BLOCK.sub(shown, page.read_text()))

    def follow(self, page: str) -> int:
        """Does what the page says; how many of its blocks were run."""
        out, ran = "", 0
        self.columns = MAN_SCREEN if is_manual(Path(page)) else SCREEN
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
                elif block.what == "serves":
                    ran += 1
                    self.export(block.text)
                    self.assertRegex(self.serve(block.word, block.text), SERVED)
                else:
                    ran += 1
                    self.export(block.text)
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


def run_pages(module: ModuleType, reader: type[Reader], programs: int) -> int:
    """The command line of a test of pages: so many programs, ZONES_DIR, then `--write PAGE` or
    parts of the names of tests."""
    words = sys.argv[1:]
    if len(words) <= programs:
        print(module.__doc__, file=sys.stderr)
        return 100
    reader.programs = [os.path.abspath(word) for word in words[:programs]]
    reader.zones = Path(words[programs]).resolve()
    names = words[programs + 1:]
    if names[:1] != ["--write"]:
        return run_cases(module, names)
    writer = reader()
    writer.setUp()
    writer.show(Path(names[1]))
    writer.doCleanups()
    return 0
