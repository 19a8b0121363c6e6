"""What qmail-rspawn expects of qmail-remote whatever a server does, tried on the real one
with servers that no real one would be.

    qmail_remote_behaviour.py QMAIL_REMOTE ZONES_DIR [NAME...]

MESSAGE_BYTES in the environment sets the size of the large message (64 MiB). The last line
is `N passed, N failed`. Whatever the test, a run ends with status 0, says nothing on
standard error, reports in the form of qmail-remote(8), and reports K only for a message
whose last dot a server answered with 2yz.
"""

import hashlib
import os
import random
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Mapping, Optional, Union

import sslclient_behaviour_support as support
from harness import HANG_SECONDS, SOON_SECONDS, run_cases
from sslclient_behaviour_support import Server, context, drain

MESSAGE_BYTES = int(os.environ.get("MESSAGE_BYTES", 64 * 1024 * 1024))
MOST_MEMORY = 32 * 1024 * 1024
DOMAIN = "there.example"
REPORT = re.compile(rb"(?:[rhs][^\0]*\0)*[KZD][^\0]*\0")
PRINTABLE = re.compile(rb"(?:[\x20-\x7e\n]|[\xc2-\xf4][\x80-\xbf]+)*")
STAGES = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "end")
Answer = Union[bytes, Callable[[socket.socket], None]]


def abort(peer: socket.socket) -> None:
    """Ends a connection with a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


# What AddressSanitizer keeps of freed memory is none that the program needs.
SANITIZER = {"ASAN_OPTIONS": "quarantine_size_mb=1"}


class Gone(Exception):
    """The server's part in a connection is over."""


@dataclass
class Mailbox:
    """What a server took: the hash of each message, unstuffed and with LF line ends."""

    taken: list[str] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    clear: list[bytes] = field(default_factory=list)    # the commands outside of TLS
    at_end: Optional[Callable[[], None]] = None         # before the last dot is answered


def smtp(box: Mailbox, answers: Optional[Mapping[str, Answer]] = None, *,
         offers: Iterable[bytes] = (b"PIPELINING", b"8BITMIME"),
         tls: Optional[ssl.SSLContext] = None) -> Callable[[socket.socket], None]:
    """An SMTP server. `answers` replaces what it says at a stage: octets, or a function
    that does something with the socket and ends the connection. With `tls` it offers
    STARTTLS."""
    own = dict(answers or {})

    def say(peer: socket.socket, stage: str, usual: bytes) -> bytes:
        reply = own.get(stage, usual)
        if not isinstance(reply, bytes):
            reply(peer)
            raise Gone
        peer.sendall(reply)
        return reply

    def read_body(lines) -> tuple[str, bool]:
        digest = hashlib.sha256()
        while line := lines.readline():
            if line == b".\r\n":
                return digest.hexdigest(), True
            digest.update((line[1:] if line.startswith(b".") else line)
                          .replace(b"\r\n", b"\n"))
        return "", False

    def converse(peer: socket.socket, lines, secured: bool) -> bool:
        """Until the end, or until TLS begins."""
        words = list(offers) + ([b"STARTTLS"] if tls and not secured else [])
        rows = [b"peer.example", *words]
        hello = b"".join(b"250" + (b" " if row is rows[-1] else b"-") + row + b"\r\n"
                         for row in rows)
        while line := lines.readline(65536):
            box.commands.append(line)
            if not secured:
                box.clear.append(line)
            verb = line.split()[0].upper().decode("latin-1")
            if verb == "EHLO":
                say(peer, "EHLO", hello)
            elif verb == "STARTTLS":
                say(peer, "STARTTLS", b"220 go ahead\r\n")
                return True
            elif verb == "DATA":
                if not say(peer, "DATA", b"354 go on\r\n").startswith(b"354"):
                    continue
                found, whole = read_body(lines)
                if not whole:
                    return False
                if box.at_end:
                    box.at_end()
                reply = own.get("end", b"250 taken\r\n")
                if isinstance(reply, bytes) and reply.startswith(b"2"):
                    box.taken.append(found)
                say(peer, "end", b"250 taken\r\n")
            elif verb == "QUIT":
                say(peer, "QUIT", b"221 bye\r\n")
                return False
            else:
                say(peer, verb, b"250 ok\r\n")
        return False

    def serve(peer: socket.socket) -> None:
        try:
            say(peer, "greeting", b"220 peer.example ESMTP\r\n")
            if converse(peer, peer.makefile("rb"), False) and tls:
                with tls.wrap_socket(peer, server_side=True) as secure:
                    converse(secure, secure.makefile("rb"), True)
        except (Gone, OSError, ValueError):
            pass

    return serve


def flood(first: bytes, line: bytes) -> Callable[[socket.socket], None]:
    """A million lines, after a first one."""

    def serve(peer: socket.socket) -> None:
        peer.sendall(first)
        for _ in range(1000):
            peer.sendall(line * 1000)

    return serve


def drip(text: bytes) -> Callable[[socket.socket], None]:
    """An octet every third of a second."""

    def serve(peer: socket.socket) -> None:
        for octet in text * 20:
            peer.sendall(bytes([octet]))
            time.sleep(0.3)

    return serve


def close(peer: socket.socket) -> None:
    """The end of the connection."""
    peer.close()


def silence(peer: socket.socket) -> None:
    """Nothing, until the client goes."""
    drain(peer)


@dataclass
class Run:
    """A finished delivery."""

    status: int
    out: bytes
    err: bytes
    seconds: float
    memory: int

    @property
    def strings(self) -> list[str]:
        """The strings of the report."""
        return [part.decode(errors="replace") for part in self.out.split(b"\0")[:-1]]

    @property
    def letters(self) -> str:
        """Their first letters."""
        return "".join(text[:1] for text in self.strings)

    @property
    def text(self) -> str:
        """All of it, for a look."""
        return "\n".join(self.strings)


class Memory(threading.Thread):
    """Watches the peak of a process's resident memory."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.file = Path(f"/proc/{pid}/status")
        self.peak = 0

    def look(self) -> bool:
        """Whether the process was there to be looked at."""
        try:
            found = re.search(r"^VmHWM:\s+(\d+) kB", self.file.read_text(), re.M)
        except OSError:
            return False
        if found:
            self.peak = max(self.peak, int(found[1]) * 1024)
        return found is not None

    def run(self) -> None:
        while self.look():
            time.sleep(0.005)


class Case(unittest.TestCase):
    """A home for qmail, and deliveries by it."""

    def setUp(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="qmail."))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        (self.home / "control").mkdir()
        (self.home / "queue" / "lock").mkdir(parents=True)
        shutil.copy(support.DIRECTORY / "unbound.conf", self.home / "control")
        self.control(me="me.example", timeoutremote="20", timeoutconnect="5")
        self.box = Mailbox()
        self.sender = "me@here.example"
        self.destination = DOMAIN
        self.goes_elsewhere = False    # than to a server of the test's own
        self.running: Optional[subprocess.Popen] = None

    def control(self, **files: str) -> None:
        """Writes control files."""
        for name, text in files.items():
            (self.home / "control" / name).write_text(text + "\n")

    def serve(self, answers: Optional[Mapping[str, Answer]] = None, **more) -> Server:
        """A server for the time of the test, to which all mail goes."""
        return self.route(smtp(self.box, answers, **more))

    def route(self, habit: Callable[[socket.socket], None]) -> Server:
        """The same with a habit of the test's own."""
        server = Server(habit, port=25)
        self.addCleanup(server.__exit__)
        self.control(smtproutes=f":[{server.address}]:25")
        return server

    def start(self, message: Path, *recipients: str) -> subprocess.Popen:
        """A delivery that goes on."""
        words = [support.PROGRAM, self.destination, self.sender,
                 *(recipients or (f"you@{self.destination}",))]
        with open(message, "rb") as mail:
            return subprocess.Popen(words, stdin=mail, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE,
                                    env={"QMAILHOME": str(self.home), **SANITIZER})

    def write(self, text: Union[bytes, Iterable[bytes]]) -> str:
        """Makes the message; returns its hash."""
        digest = hashlib.sha256()
        with open(self.home / "message", "wb") as mail:
            for part in [text] if isinstance(text, bytes) else text:
                mail.write(part)
                digest.update(part)
        return digest.hexdigest()

    def deliver(self, text: Union[bytes, Iterable[bytes]] = b"Subject: x\n\nhello\n",
                *recipients: str, arrives: Optional[bytes] = None) -> Run:
        """A whole delivery, and what holds for every one. `arrives` is what is taken, with
        LF line ends, where it is not the text itself."""
        self.sent = self.write(text)
        if arrives is not None:
            self.sent = hashlib.sha256(arrives).hexdigest()
        before = len(self.box.taken)
        began = time.monotonic()
        self.running = self.start(self.home / "message", *recipients)
        memory = Memory(self.running.pid)
        memory.start()
        try:
            out, err = self.running.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.communicate()
            self.fail(f"no end after {HANG_SECONDS} s")
        memory.join()
        got = Run(self.running.returncode, out, err, time.monotonic() - began, memory.peak)
        self.assertEqual((got.status, got.err), (0, b""), got.text)
        self.assertRegex(got.out, re.compile(rb"\A" + REPORT.pattern + rb"\Z"))
        for part in got.out.split(b"\0"):
            self.assertTrue(PRINTABLE.fullmatch(part), part)
        if got.letters.endswith("K") and not self.goes_elsewhere:
            self.assertEqual(self.box.taken[before:], [self.sent])
        return got

    def expect(self, got: Run, letters: str, pattern: str = "") -> None:
        """The letters of a report and something that it says."""
        self.assertEqual(got.letters, letters, got.text)
        if pattern:
            self.assertRegex(got.text, pattern)


class Invocation(Case):
    """How it is called."""

    def call(self, *words: str, **more) -> subprocess.CompletedProcess:
        """A run with a command line of the test's own."""
        environment = more.pop("env", {"QMAILHOME": str(self.home)})
        return subprocess.run([support.PROGRAM, *words], capture_output=True, check=False,
                              timeout=HANG_SECONDS, env=environment,
                              **{"stdin": subprocess.DEVNULL, **more})

    def report(self, done: subprocess.CompletedProcess, pattern: bytes) -> None:
        """Status 0, one string that begins like this, and silence besides."""
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertRegex(done.stdout, rb"\A" + pattern + rb"[^\0]*\0\Z")

    def test_too_few_words_are_permanent(self) -> None:
        for words in ((), ("a",), ("a", "b")):
            self.report(self.call(*words), rb"DI \(qmail-remote\) was invoked improperly")

    def test_help_is_no_report(self) -> None:
        done = self.call("--help")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertRegex(done.stdout, rb"\Ausage: qmail-remote HOST SENDER RECIPIENT[^\0]*\n\Z")

    def test_words_of_indimail_are_temporary_and_nothing_is_sent(self) -> None:
        with Server(silence, port=25) as server:
            (self.home / "control" / "smtproutes").write_text(f":[{server.address}]\n")
            for words in (("", "123", "you@there.example"),
                          ("X-Header: a@b\n", "123", "you@there.example")):
                self.report(self.call("there.example", "me@here.example", *words),
                            rb"ZI \(qmail-remote\) was called with words that are no recip")
            self.assertEqual(server.peers, [])

    def test_no_home_is_temporary(self) -> None:
        self.report(self.call("a.example", "b", "c@a.example",
                              env={"QMAILHOME": "/nowhere"}), b"ZUnable to switch")

    def test_no_control_files_are_temporary(self) -> None:
        shutil.rmtree(self.home / "control")
        self.report(self.call("a.example", "b", "c@a.example"), b"ZUnable to read control")

    def test_a_message_that_cannot_be_read_is_temporary(self) -> None:
        self.serve()
        words = (DOMAIN, "b", "c@a.example")
        reading, writing = os.pipe()
        os.close(writing)
        self.report(self.call(*words, stdin=reading), b"ZUnable to read message")
        os.close(reading)
        closed = ["sh", "-c", 'exec "$0" "$@" <&-', support.PROGRAM, *words]
        done = subprocess.run(closed, capture_output=True, check=False,
                              env={"QMAILHOME": str(self.home)}, timeout=HANG_SECONDS)
        self.report(done, b"ZUnable to read message")

    def test_home_may_be_relative(self) -> None:
        self.serve()
        self.write(b"x\n")
        with open(self.home / "message", "rb") as mail:
            done = self.call(DOMAIN, "b@x.example", "c@a.example", cwd=self.home.parent,
                             env={"QMAILHOME": self.home.name}, stdin=mail)
        self.report(done, rb"r\0K")

    def test_standard_error_stays_silent_where_it_is_closed(self) -> None:
        self.serve()
        self.write(b"x\n")
        command = ["sh", "-c", 'exec "$0" "$@" 2>&-', support.PROGRAM, DOMAIN, "b", "c@d"]
        with open(self.home / "message", "rb") as mail:
            done = subprocess.run(command, stdin=mail, capture_output=True, check=False,
                                  env={"QMAILHOME": str(self.home)}, timeout=HANG_SECONDS)
        self.report(done, rb"r\0K")

    def test_a_line_end_in_an_address_is_permanent(self) -> None:
        server = self.serve()
        for words in ((f"a\nRCPT TO:<x@{DOMAIN}>@{DOMAIN}",), ("ok@a.example", "b\r@x")):
            self.expect(self.deliver(b"x\n", *words), "D", r"\(#5\.1\.3\)")
        self.assertEqual(server.peers, [])

    def test_commands_are_what_they_should_be(self) -> None:
        self.serve()
        self.expect(self.deliver(b"x\n", "you@a.example", "two words@a.example"), "rrK")
        self.assertEqual(self.box.commands, [
            b"EHLO me.example\r\n", b"MAIL FROM:<me@here.example>\r\n",
            b"RCPT TO:<you@a.example>\r\n", b'RCPT TO:<"two words"@a.example>\r\n',
            b"DATA\r\n", b"QUIT\r\n"])


class Bodies(Case):
    """Messages arrive as they are, or are refused before anybody is asked."""

    def arrives(self, text: Union[bytes, Iterable[bytes]]) -> Run:
        """Delivered, with the same hash (see `deliver`)."""
        got = self.deliver(text)
        self.expect(got, "rK", "accepted message")
        return got

    def test_shapes(self) -> None:
        self.serve()
        shapes = {
            "one line end": b"\n", "empty": b"", "dot": b".\n", "two dots": b"..\n",
            "dots everywhere": b".\n..\n.x\nx.\n.\n\n.\n", "nul": b"a\0b\n\0\n",
            "eight bits": bytes(c for c in range(256) if c not in b"\r\n") + b"\n",
            "long line": b"x" * 2 ** 20 + b"\n", "dots at the borders of parts":
            (b"x" * 65535 + b"\n.") * 5 + b"\n",
            "line ends only": b"\n" * 200_000, "dots only": b".\n" * 200_000,
        }
        for name, text in shapes.items():
            with self.subTest(name):
                self.arrives(text)

    def test_random_messages(self) -> None:
        self.serve()
        dice = random.Random(7)
        for number in range(20):
            text = bytes(dice.choice(b".\n.\nx\0\xff") for _ in range(dice.randrange(200_000)))
            with self.subTest(number):
                self.arrives(text + b"\n")

    def test_no_server_sees_what_smtp_cannot_carry(self) -> None:
        server = self.serve()
        for text in (b"a", b"a\nb", b"a\r\nb", b"a\n."):
            with self.subTest(text[-8:]):
                self.expect(self.deliver(text), "D", r"partial final lines\. \(#5\.6\.2\)")
        self.control(barecr="refuse")
        for text in (b"a\rb\n", b"\r", b"a\r\r\n", b"x" * 65536 + b"\r", b"a\n\rb\n"):
            with self.subTest(text[-8:]):
                self.expect(self.deliver(text), "D", r"carriage return .*barecr.*\(#5\.6\.2\)")
        self.assertEqual(server.peers, [])

    def test_cr_lf_in_the_file_is_one_line_end(self) -> None:
        """What PHP's mail() leaves in the queue, wherever a read ends."""
        self.serve()
        for refused in (False, True):
            if refused:
                self.control(barecr="refuse")
            for text in (b"Subject: x\r\nTo: y\r\n\r\nhello\r\n", b"\r\n", b".\r\n..\r\n\xff\r\n",
                         b"a\nb\r\nc\n", b"x" * 4095 + b"\r\n.\r\n",
                         b"x" * 65535 + b"\r\n.y\r\n", b"x" * 262143 + b"\r\n.\n",
                         b"\r\n" * 100_000, b".\r\n" * 70_000):
                with self.subTest(text[-8:], refused=refused):
                    self.expect(self.deliver(text, arrives=text.replace(b"\r\n", b"\n")), "rK")

    def test_a_lone_cr_ends_a_line(self) -> None:
        self.serve()
        for text in (b"a\rb\n", b"a\r", b"a\r.\rb\n", b"a\r\r\nb\n", b"\r" * 200_000,
                     b"x" * 65535 + b"\r.\n", b"x" * 65535 + b"\r", b".\r" * 70_000):
            with self.subTest(text[-8:]):
                lines = re.sub(rb"\r\n?", b"\n", text)
                self.expect(self.deliver(text, arrives=lines), "rK")

    def test_a_bounce_is_refused_for_nothing(self) -> None:
        """Whoever would hear of it hears nothing of a bounce of a bounce."""
        self.serve()
        self.control(barecr="refuse")
        for self.sender in ("", "#@[]"):
            for text, arrives in ((b"a\rb\n", b"a\nb\n"), (b"a\r\nb\r", b"a\nb\n"),
                                  (b"a\nb", b"a\nb\n"), (b".", b".\n")):
                with self.subTest(text, sender=self.sender):
                    self.expect(self.deliver(text, arrives=arrives), "rK")

    def test_size_counts_the_line_ends_of_the_wire(self) -> None:
        self.serve(offers=(b"SIZE 100000",))
        self.expect(self.deliver(b"a\r\n.b\rc\n", arrives=b"a\n.b\nc\n"), "rK")
        self.assertIn(b"MAIL FROM:<me@here.example> SIZE=11\r\n", self.box.commands)

    def large(self) -> Iterable[bytes]:
        """MESSAGE_BYTES of it, dots in front of some lines."""
        block = b"".join((b"." if n % 7 == 0 else b"") + b"%06d " % n + b"x" * 70 + b"\n"
                         for n in range(13_000))
        for _ in range(max(MESSAGE_BYTES // len(block), 1)):
            yield block

    def check_memory(self, got: Run, usual: int) -> None:
        """No more than the limit; a build with sanitizers has its own measure."""
        most = MOST_MEMORY if usual < MOST_MEMORY else usual + MOST_MEMORY
        self.assertLess(got.memory, most)

    def test_a_large_message_needs_no_more_memory(self) -> None:
        self.serve()
        self.box.at_end = lambda: time.sleep(0.05)    # long enough to look at its memory
        usual = self.arrives(b"x\n").memory
        self.check_memory(self.arrives(self.large()), usual)

    def test_a_large_message_over_tls(self) -> None:
        self.serve(tls=context())
        self.box.at_end = lambda: time.sleep(0.05)
        usual = self.arrives(b"x\n").memory
        got = self.arrives(self.large())
        self.assertRegex(got.text, "TLSv1")
        self.check_memory(got, usual)

    def test_size_is_told_as_it_will_be(self) -> None:
        self.serve(offers=(b"SIZE 100000",))
        for text, size in ((b"\n", 2), (b".\n", 4), (b"a\n.b\n", 8), (b"", 0)):
            self.arrives(text)
            self.assertIn(b"MAIL FROM:<me@here.example> SIZE=%d\r\n" % size,
                          self.box.commands)

    def test_a_greeting_is_no_limit(self) -> None:
        self.serve({"EHLO": b"250-Size 5 is what I am\r\n250 SIZE 100000\r\n"})
        self.arrives(b"more than five octets\n")

    def test_eight_bits_are_told_of(self) -> None:
        self.serve()
        self.arrives(b"\xff\n")
        self.assertIn(b"MAIL FROM:<me@here.example> BODY=8BITMIME\r\n", self.box.commands)


class Answers(Case):
    """What servers say."""

    def test_each_stage_refused(self) -> None:
        wanted = {"greeting": "Z", "EHLO": "Z", "MAIL": "D", "RCPT": "hD", "DATA": "rD",
                  "end": "rD"}
        for stage, letters in wanted.items():
            for offers in ((b"PIPELINING",), ()):
                with self.subTest(stage, offers=offers):
                    answers = {stage: b"550-5.7.1 no\r\n550 really\r\n"}
                    if stage == "EHLO":
                        answers["HELO"] = b"550 no\r\n"
                    self.serve(answers, offers=offers)
                    self.expect(self.deliver(), letters, "no")

    def test_each_stage_put_off(self) -> None:
        wanted = {"greeting": "Z", "EHLO": "Z", "MAIL": "Z", "RCPT": "sD", "DATA": "rZ",
                  "end": "rZ"}
        for stage, letters in wanted.items():
            for offers in ((b"PIPELINING",), ()):
                with self.subTest(stage, offers=offers):
                    self.serve({stage: b"451 later\r\n"}, offers=offers)
                    self.expect(self.deliver(), letters, "later")

    def test_only_2yz_accepts(self) -> None:
        for code in (b"354", b"100", b"199", b"300", b"399", b"999", b"600"):
            for stage in ("MAIL", "RCPT", "end"):
                with self.subTest(code, stage=stage):
                    self.serve({stage: code + b" what\r\n"})
                    self.assertNotIn("K", self.deliver().letters)

    def test_data_wants_354(self) -> None:
        for code in (b"250", b"220", b"355", b"300"):
            with self.subTest(code):
                self.serve({"DATA": code + b" fine\r\n"})
                self.expect(self.deliver(), "rZ", "failed on DATA command")
                self.assertEqual(self.box.taken, [])

    def test_data_taken_for_nobody(self) -> None:
        """A server that refuses everybody and still answers DATA with 354."""
        self.serve({"RCPT": b"550 no\r\n"})
        self.expect(self.deliver(), "hD", "Giving up")
        empty = hashlib.sha256(b"").hexdigest()
        self.assertIn(self.box.taken, ([], [empty]))

    def test_no_replies(self) -> None:
        for text in (b"hello\r\n", b"\r\n", b"25 x\r\n", b"250x\r\n", b"250-a\r\n251 b\r\n",
                     bytes(range(128, 256)) + b"\r\n", b"\0\0\0\r\n", b"\xff" * 70_000):
            for stage in STAGES:
                with self.subTest(text[:12], stage=stage):
                    self.serve({stage: lambda peer, text=text: (peer.sendall(text),
                                                                drain(peer))})
                    got = self.deliver()
                    self.assertEqual(got.letters[-1], "Z", got.text)
                    self.assertNotIn("K", got.letters)

    def test_garbage_in_a_reply_is_made_fit_to_print(self) -> None:
        self.serve({"MAIL": b"550 \x1b[2J\xff\xfe\0\x07 bad\x7f \xe2\x80\xae\r\n"})
        self.expect(self.deliver(), "D", r"550 \?\[2J")

    def test_floods(self) -> None:
        for stage in STAGES:
            for first, line in ((b"", b"250-more\r\n"), (b"550-", b"x" * 100),
                                (b"354-a\r\n", b"354-a\r\n")):
                with self.subTest(stage, line=line[:9]):
                    self.serve({stage: flood(first, line)})
                    got = self.deliver()
                    self.assertEqual(got.letters[-1], "Z", got.text)
                    self.assertLess(len(got.out), 20_000)

    def test_flood_after_the_last_answer(self) -> None:
        self.serve({"QUIT": flood(b"221-", b"x" * 100)})
        self.expect(self.deliver(), "rK")

    def test_many_lines_that_are_a_reply(self) -> None:
        self.serve({"end": b"550-no\r\n" * 5000 + b"550 no\r\n"})
        got = self.deliver()
        self.expect(got, "rD", "550-no")
        self.assertLess(len(got.out), 20_000)

    def test_unasked_answers_get_nothing_accepted(self) -> None:
        """Replies in advance run out of step; a K still follows a 2yz behind the dot."""
        for stage in ("greeting", "EHLO", "MAIL"):
            with self.subTest(stage):
                self.serve({stage: b"250 a\r\n250 b\r\n"})
                self.assertIn(self.deliver().letters[-1], "KZD")


class Time(Case):
    """Everything ends: timeoutremote is 2 seconds here."""

    def setUp(self) -> None:
        super().setUp()
        self.control(timeoutremote="2")

    def ends(self, letters: str, pattern: str = "") -> Run:
        """In time, with this report."""
        got = self.deliver()
        self.expect(got, letters, pattern)
        self.assertLess(got.seconds, SOON_SECONDS)
        return got

    def test_silence(self) -> None:
        for stage, letters in zip(STAGES, ("Z", "Z", "Z", "Z", "rZ", "rZ")):
            with self.subTest(stage):
                server = self.serve({stage: silence})
                self.ends(letters, "timed out")
                self.assertEqual(len(server.peers), 1)

    def test_drip(self) -> None:
        for stage, letters in zip(STAGES, ("Z", "Z", "Z", "Z", "rZ", "rZ")):
            with self.subTest(stage):
                self.serve({stage: drip(b"250-slow\r\n")})
                self.ends(letters, "timed out")

    def test_an_endless_goodbye_changes_nothing(self) -> None:
        self.serve({"QUIT": drip(b"221-slow\r\n")})
        self.ends("rK")

    def test_a_server_that_reads_no_more(self) -> None:
        """The dot is not sent: no duplicate can come of it."""
        self.serve({"DATA": lambda peer: (peer.sendall(b"354 go on\r\n"), time.sleep(12))})
        got = self.deliver([b"x" * 70 + b"\n"] * 200_000)
        self.expect(got, "rZ", "timed out")
        self.assertNotIn("duplicate", got.text)

    def test_handshake_without_an_end(self) -> None:
        self.control(danepolicy="*:encrypt")
        server = self.serve({"STARTTLS": lambda peer: (peer.sendall(b"220 go\r\n"),
                                                       drain(peer))}, tls=context())
        self.ends("Z", "timed out|timeout")
        self.assertEqual(len(server.peers), 1)

    def test_a_dead_host_is_left_alone(self) -> None:
        dead = self.home / "queue" / "lock" / "deadhosts"
        dead.touch()
        self.control(smtproutes=":127.62.9.3:443", timeoutconnect="1")
        self.ends("Z", r"timed out \(timeout\)")
        facts = bytearray(dead.read_bytes())
        slot = facts.index(bytes.fromhex("ffff7f3e0903")) - 10
        first, last = struct.unpack_from("=qq", facts, slot + 16)
        self.assertEqual(first, last)
        struct.pack_into("=q", facts, slot + 16, first - 200)
        dead.write_bytes(facts)
        self.ends("Z", "did not answer lately")


class Losses(Case):
    """Connections that break off. `Possible duplicate!` is said when the last dot was
    sent, and only then."""

    def lost(self, letters: str, doubt: bool) -> Run:
        """A report that matches, with or without that remark."""
        got = self.deliver()
        self.assertRegex(got.letters, f"^{letters}$", got.text)
        self.assertEqual("Possible duplicate!" in got.text, doubt, got.text)
        return got

    def test_closed_at_each_stage(self) -> None:
        for how in (close, abort):
            for offers in ((b"PIPELINING",), ()):
                for stage in STAGES:
                    with self.subTest(stage, how=how.__name__, offers=offers):
                        self.serve({stage: how}, offers=offers)
                        # A reset takes answers with it that were on their way.
                        letters = {"DATA": "r?Z" if how is abort else "rZ",
                                   "end": "rZ"}.get(stage, "Z")
                        self.lost(letters, stage == "end")

    def test_gone_in_the_middle_of_the_message(self) -> None:
        for how in (close, abort):
            for settings in (None, context()):
                with self.subTest(how.__name__, tls=settings is not None):
                    def vanish(peer: socket.socket, how=how) -> None:
                        peer.sendall(b"354 go on\r\n")
                        peer.recv(100_000)
                        how(peer)

                    self.serve({"DATA": vanish}, tls=settings)
                    got = self.deliver([b"x" * 70 + b"\n"] * 400_000)
                    self.expect(got, "rZ", r"connection died\. \(#4\.4\.2\)")
                    self.assertNotIn("duplicate", got.text)

    def test_gone_after_the_dot_in_tls(self) -> None:
        for how in (close, abort):
            with self.subTest(how.__name__):
                self.serve({"end": how}, tls=context())
                self.lost("rZ", True)

    def test_half_an_answer_to_the_dot(self) -> None:
        for half in (b"2", b"250", b"250 taken", b"250-taken\r\n", b"250-taken\r\n250"):
            with self.subTest(half):
                self.serve({"end": lambda peer, half=half: (peer.sendall(half),
                                                            peer.close())})
                self.lost("rZ", True)

    def test_a_last_word_in_the_middle_of_the_message(self) -> None:
        def refuse(peer: socket.socket) -> None:
            peer.sendall(b"354 go on\r\n")
            peer.recv(4096)
            peer.sendall(b"552 5.3.4 too big for us\r\n")
            peer.shutdown(socket.SHUT_WR)
            time.sleep(0.5)
            for _ in range(20):    # so that no reset overtakes the word
                peer.recv(65536)

        self.serve({"DATA": refuse})
        got = self.deliver(b"x" * 70 + b"\n" * 1_000_000)
        self.assertRegex(got.text, "552 5.3.4 too big|connection died")
        self.assertNotIn("K", got.letters)

    def test_a_sender_put_off_bounces_no_recipient(self) -> None:
        self.serve({"MAIL": b"451 greylisted\r\n", "RCPT": b"503 need MAIL first\r\n",
                    "DATA": close})
        self.expect(self.deliver(), "Z", "451 greylisted")

    def test_421_in_the_middle(self) -> None:
        self.serve({"RCPT": lambda peer: (peer.sendall(b"421 shutting down\r\n"),
                                          peer.close())})
        self.assertEqual(self.deliver().letters[:2], "sZ")

    def test_nobody_there(self) -> None:
        self.control(smtproutes=":127.62.9.1:25")
        self.lost("Z", False)


class Tls(Case):
    """STARTTLS against those who meddle with it."""

    def pin(self) -> None:
        """The certificate `good`, demanded."""
        der = ssl.PEM_cert_to_DER_cert(support.pem_of(support.certs() / "good.pem"))
        self.control(tlsdestinations=f"%{DOMAIN}:={hashlib.sha256(der).hexdigest()}")

    def only_hello_in_clear(self) -> None:
        """No sender, recipient or message was said outside of TLS."""
        for line in self.box.clear:
            self.assertRegex(line, rb"^(EHLO|HELO|STARTTLS|QUIT)\b")

    def test_proved(self) -> None:
        self.pin()
        self.serve(tls=context())
        self.expect(self.deliver(), "rK", "Verified: TLSA 3 0 1")
        self.only_hello_in_clear()
        self.assertEqual([line.split()[0] for line in self.box.commands].count(b"EHLO"), 2)

    def test_another_certificate(self) -> None:
        self.pin()
        self.serve(tls=context("wrong-name"))
        self.expect(self.deliver(), "Z", r"\(#4\.7\.5\)[\s\S]*\(mismatch\)")
        self.only_hello_in_clear()

    def test_what_was_offered_in_clear_text_is_forgotten(self) -> None:
        self.pin()
        inside = smtp(self.box, offers=())

        def serve(peer: socket.socket) -> None:
            peer.sendall(b"220 x\r\n")
            peer.recv(4096)
            peer.sendall(b"250-x\r\n250-STARTTLS\r\n250-PIPELINING\r\n250 SIZE 5\r\n")
            peer.recv(4096)
            peer.sendall(b"220 go\r\n")
            with context().wrap_socket(peer, server_side=True) as secure:
                whole = secure.sendall
                secure.sendall = lambda data: None if data.startswith(b"220") else whole(data)
                inside(secure)

        self.route(serve)
        self.expect(self.deliver(), "rK")
        self.assertIn(b"MAIL FROM:<me@here.example>\r\n", self.box.commands)

    def test_clear_text_behind_the_go_ahead(self) -> None:
        for demand in ("may", "encrypt"):
            for extra in (b"250 injected\r\n", b"2", b"\0", b"220 go\r\n"):
                with self.subTest(demand, extra=extra):
                    self.control(danepolicy=f"*:{demand}")
                    self.serve({"STARTTLS": b"220 go ahead\r\n" + extra}, tls=context())
                    self.expect(self.deliver(), "Z", r"\(starttls-injection\)")
                    self.only_hello_in_clear()

    def broken(self, habit: Callable[[socket.socket], None]) -> Server:
        """Agrees to TLS and does something else."""
        return self.serve({"STARTTLS": lambda peer: (
            peer.sendall(b"220 go\r\n"), peer.recv(65536), habit(peer))}, tls=context())

    def habits(self) -> Mapping[str, Callable[[socket.socket], None]]:
        """What instead of a handshake."""
        return {
            "close": close, "abort": abort,
            "half a record": lambda peer: (peer.sendall(bytes.fromhex("160303007a0200")),
                                           peer.close()),
            "clear text": lambda peer: peer.sendall(b"250 ok\r\n" * 100),
            "alert": lambda peer: peer.sendall(bytes.fromhex("15030300020228")),
            "garbage": lambda peer: peer.sendall(b"\xa5" * 5000),
        }

    def test_no_handshake_where_tls_is_demanded(self) -> None:
        for name, habit in self.habits().items():
            with self.subTest(name):
                self.control(danepolicy="*:encrypt")
                server = self.broken(habit)
                self.expect(self.deliver(), "Z")
                self.assertEqual(len(server.peers), 1)
                self.only_hello_in_clear()

    def test_no_handshake_where_tls_is_not_demanded(self) -> None:
        """A second connection in clear text (RFC 7672 2.2)."""
        for name, habit in self.habits().items():
            with self.subTest(name):
                server = self.broken(habit)
                self.expect(self.deliver(), "rK", "\nPlain")
                self.assertEqual(len(server.peers), 2)

    def test_no_clear_text_after_a_session_that_worked(self) -> None:
        inside = smtp(self.box, {"EHLO": b"450 busy\r\n"})

        def serve(peer: socket.socket) -> None:
            lines = peer.makefile("rb", 0)
            peer.sendall(b"220 x\r\n")
            for answer in (b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n"):
                lines.readline()
                peer.sendall(answer)
            with context().wrap_socket(peer, server_side=True) as secure:
                whole = secure.sendall
                secure.sendall = lambda data: None if data.startswith(b"220") else whole(data)
                inside(secure)

        server = self.route(serve)
        self.expect(self.deliver(), "Z", "450 busy")
        self.assertEqual(len(server.peers), 1)

    def test_no_second_connection_for_what_is_not_tls(self) -> None:
        for stage in ("greeting", "EHLO", "STARTTLS"):
            with self.subTest(stage):
                server = self.serve({stage: close}, tls=context())
                self.expect(self.deliver(), "Z")
                self.assertEqual(len(server.peers), 1)

    def test_floods_in_tls(self) -> None:
        self.pin()
        for stage in ("MAIL", "RCPT", "DATA", "end"):
            with self.subTest(stage):
                self.serve({stage: flood(b"", b"250-more\r\n")}, tls=context())
                self.expect(self.deliver(), "rZ" if stage in ("DATA", "end") else "Z")

    def test_implicit_tls(self) -> None:
        self.pin()

        def serve(peer: socket.socket) -> None:
            with context().wrap_socket(peer, server_side=True) as secure:
                smtp(self.box)(secure)

        server = Server(serve, port=465)
        self.addCleanup(server.__exit__)
        self.control(smtproutes=f":[{server.address}]:465")
        self.expect(self.deliver(), "rK", "Verified")


class Rspawn(Case):
    """A parent that starts many and loses some."""

    COUNT = 200

    def test_many_at_once_and_some_killed(self) -> None:
        dice = random.Random(20)
        accepted: set[str] = set()
        lock = threading.Lock()
        moods = [{}, {}, {}, {"end": b"451 later\r\n"}, {"end": close}, {"DATA": abort},
                 {"RCPT": b"550 no\r\n"}]

        def serve(peer: socket.socket) -> None:
            with lock:
                mood, pause = dice.choice(moods), dice.random() / 4
            box = Mailbox(at_end=lambda: time.sleep(pause))
            smtp(box, mood)(peer)
            with lock:
                accepted.update(box.taken)

        server = self.route(serve)
        server._listener.listen(self.COUNT)
        runs = []
        for number in range(self.COUNT):
            text = b"number %d\n" % number
            file = self.home / f"message{number}"
            file.write_bytes(text)
            runs.append((hashlib.sha256(text).hexdigest(), self.start(file)))
            if dice.random() < 0.4:
                threading.Timer(dice.random() / 5, self.kill, [runs[-1][1]]).start()
        kinds = {"K": 0, "other": 0, "killed": 0}
        for digest, running in runs:
            out, err = running.communicate(timeout=HANG_SECONDS)
            self.assertEqual(err, b"")
            said = re.search(rb"(?:^|\0)K[^\0]*\0", out)
            if running.returncode == -signal.SIGKILL:
                kinds["killed"] += 1
            else:
                self.assertEqual(running.returncode, 0)
                self.assertTrue(REPORT.fullmatch(out), out)
                kinds["K" if said else "other"] += 1
            if said:
                self.settle(lambda: digest in accepted)
                self.assertIn(digest, accepted)
        self.assertGreater(kinds["K"], self.COUNT // 10, kinds)
        self.assertGreater(kinds["killed"], 5, kinds)

    @staticmethod
    def kill(running: subprocess.Popen) -> None:
        """kill -9; communicate() reaps it."""
        if running.returncode is None:
            running.send_signal(signal.SIGKILL)

    @staticmethod
    def settle(done: Callable[[], bool]) -> None:
        """Waits until it is so; the server's thread may be behind the client."""
        deadline = time.monotonic() + 10
        while not done() and time.monotonic() < deadline:
            time.sleep(0.01)


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 3:
        print(__doc__, file=sys.stderr)
        return 100
    support.PROGRAM = os.path.abspath(words[1])
    support.DIRECTORY = Path(words[2]).resolve()
    return run_cases(sys.modules[__name__], words[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
