"""Programs that leave TLS to sslserver by UCSPI-TLS (-n), in Python and in sh, written to the
rules of that interface alone: one octet on SSLCTLFD, the variables up to two NULs, then
SSLREADFD and SSLWRITEFD in place of 0 and 1.

    sslserver_ucspitls.py SSLSERVER [NAME...]

The last line is `N passed, N failed`.
"""

import contextlib
import os
import re
import shutil
import socket
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Optional

import sslserver_support as support
from harness import SOON_SECONDS
from sslserver_material import PeerMaterial
from sslserver_support import (PYTHON, Pair, Sslserver, Talk, connect, context, plain_end,
                               process, talk, until)

MATERIAL: PeerMaterial
EXIT_111 = 111 << 8
NAMES = ("SSLCTLFD", "SSLREADFD", "SSLWRITEFD")

# What the client says in the clear and through TLS are lines; the first word is a command.
# Lines are read 4,096 octets at a time, as real programs do.
PROGRAM = r"""
import os, sys

control, reader, writer = (int(os.environ[name]) for name in
                           ("SSLCTLFD", "SSLREADFD", "SSLWRITEFD"))
rest = b""

def line():
    global rest
    while b"\n" not in rest:
        some = os.read(0, 4096)
        if not some:
            return None
        rest += some
    out, _, rest = rest.partition(b"\n")
    return out.rstrip(b"\r").decode()

def say(text):
    try:
        os.write(1, text.encode() + b"\n")
    except BrokenPipeError:
        note("nobody hears")

def variables():
    # Up to two NULs: the descriptor may stay open behind them.
    out = b""
    while not out.endswith(b"\0\0") and out != b"\0\0":
        some = os.read(control, 1)
        if not some:
            return None
        out += some
    return [entry.decode() for entry in out.split(b"\0") if entry]

def start(command, careful=True):
    global rest
    say("go")
    os.write(control, command.encode())
    found = variables() if command == "Y" else []
    if found is None:
        return None
    os.dup2(reader, 0)
    os.dup2(writer, 1)
    os.close(reader)
    os.close(writer)
    if careful:
        rest = b""
    return found

def note(text):
    with open(os.environ["NOTES"], "a") as file:
        file.write(text + "\n")

while True:
    words = line()
    if words is None:
        note("end of input")
        sys.exit(int(os.environ.get("AT_END", "0")))
    word, _, more = words.partition(" ")
    if word == "STARTTLS":
        found = start(more or "y")
        if found is None:
            note("no variables")
            sys.exit(7)
        note("started")
    elif word == "CARELESS":
        start("y", careful=False)
    elif word == "WRITE":           # these octets on the control descriptor
        os.write(control, bytes.fromhex(more))
        say("written")
    elif word == "CLOSE":
        os.close(control)
        say("closed")
    elif word == "ASK-AND-CLOSE":   # the variables are wanted by nobody any more
        say("go")
        os.write(control, b"Y")
        os.close(control)
        os.dup2(reader, 0)
        os.dup2(writer, 1)
        os.close(reader)
        os.close(writer)
        rest = b""
    elif word == "ASK-AND-QUIT":
        say("go")
        os.write(control, b"y")
        sys.exit(int(more))
    elif word == "VARIABLES":
        say("\t".join(found).replace("\n", " "))
    elif word == "COUNT":           # so many octets come, and go back
        left = int(more)
        while left:
            some = (rest or os.read(0, 65536))[:left]
            rest = rest[len(some):]
            left -= len(some)
            while some:
                some = some[os.write(1, some):]
    elif word == "READS":           # what there is to read on the control descriptor
        os.set_blocking(control, False)
        try:
            say("octets" if os.read(control, 1) else "end")
        except BlockingIOError:
            say("nothing")
    elif word == "HALF":            # no more of ours; then the status says what came
        os.close(1)
        note("heard " + str(line()))
        sys.exit(0)
    elif word == "QUIT":
        say("bye")
        sys.exit(int(more or "0"))
    else:
        note("heard " + words)
        say("echo " + words)
"""

# A shell reads a socket octet by octet, so there is nothing to be thrown away.
SHELL = r"""
while read -r word more; do
  case $word in
    STARTTLS)
      echo go
      eval "printf y >&$SSLCTLFD; exec <&$SSLREADFD >&$SSLWRITEFD" ;;
    STARTTLS-Y)
      echo go
      eval "exec 8<&$SSLCTLFD; printf Y >&$SSLCTLFD"
      before=x
      text=
      while :; do
        octet=$(dd bs=1 count=1 <&8 2>/dev/null | od -An -tx1 | tr -d ' ')
        if [ -z "$octet" ]; then exit 7; fi
        if [ "$octet" = 00 ] && [ "$before" = 00 ]; then break; fi
        before=$octet
        text=$text$octet
      done
      eval "exec <&$SSLREADFD >&$SSLWRITEFD"
      echo "variables $text" ;;
    QUIT) exit ${more:-0} ;;
    *) echo "echo $word" ;;
  esac
done
"""


def send_line(peer: socket.socket, text: str) -> None:
    """A line in the clear."""
    peer.sendall(text.encode() + b"\n")


def read_line(peer: socket.socket) -> str:
    """A line in the clear, octet by octet; empty at the end."""
    out = b""
    while not out.endswith(b"\n") and (some := peer.recv(1)):
        out += some
    return out.decode().rstrip("\n")


class Case(unittest.TestCase):
    """A server with the program, and a file in which the program notes what it saw."""

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="ucspitls."))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.scratch.chmod(0o755)
        self.notes = self.scratch / "notes"
        self.notes.touch()
        self.notes.chmod(0o666)

    def server(self, *program: str, options: str = "", **settings: str) -> Sslserver:
        """A server for the time of the test."""
        return self.enterContext(Sslserver(
            *(program or (*PYTHON, PROGRAM)), options=f"-n {options}",
            settings={**MATERIAL.settings, "NOTES": str(self.notes), **settings}))

    def peer(self, server: Sslserver) -> socket.socket:
        """A connection in the clear for the time of the test."""
        return self.enterContext(connect(server))

    def ask(self, peer: socket.socket, text: str, answer: str) -> None:
        """A line in the clear, and what must come back."""
        send_line(peer, text)
        self.assertEqual(read_line(peer), answer)

    def start_tls(self, peer: socket.socket, command: str = "STARTTLS y",
                  own: Optional[Pair] = None, name: str = "server.example") -> Talk:
        """TLS after a command in the clear."""
        self.ask(peer, command, "go")
        return Talk(peer, context(MATERIAL.root.file, own=own), name)

    def say(self, secure: Talk, text: str) -> str:
        """A line through TLS, and the one that comes back."""
        secure.write(text.encode() + b"\n")
        return secure.read_line()

    def noted(self, pattern: str) -> str:
        """Waits for a note of the program."""
        until(lambda: re.search(pattern, self.notes.read_text(), re.M), f"the note {pattern}")
        return self.notes.read_text()


class Start(Case):
    """`y` and `Y`."""

    def test_y(self) -> None:
        server = self.server()
        peer = self.peer(server)
        self.ask(peer, "first", "echo first")
        secure = self.start_tls(peer)
        self.assertEqual(self.say(secure, "second"), "echo second")
        self.assertEqual(self.say(secure, "QUIT 5"), "bye")
        self.assertEqual(secure.read_to_end(), b"")
        self.assertEqual(server.status(), 5 << 8)

    def test_nothing_is_said_after_y(self) -> None:
        secure = self.start_tls(self.peer(self.server()))
        self.assertIn(self.say(secure, "READS"), ("nothing", "end"))

    def test_capital_y(self) -> None:
        secure = self.start_tls(self.peer(self.server()), "STARTTLS Y")
        found = dict(one.split("=", 1)
                     for one in self.say(secure, "VARIABLES").split("\t") if "=" in one)
        self.assertEqual(found["SSL_PROTOCOL"], "TLSv1.3")
        self.assertRegex(found["SSL_CIPHER"], "^TLS_")
        self.assertEqual(found["SSL_TLS_SNI"], "server.example")
        self.assertEqual(found["SSL_CLIENT_VERIFY"], "NONE")

    def test_every_variable_has_a_name_of_ours(self) -> None:
        for own in (None, Pair(MATERIAL.clients / "good.pem", MATERIAL.clients / "good.key")):
            secure = self.start_tls(self.peer(self.server(options="-is")), "STARTTLS Y", own)
            secure.write(b"VARIABLES\nQUIT\n")
            text = secure.read_to_end().decode().rpartition("bye\n")[0]
            entries = text.rstrip("\n").split("\t")
            self.assertGreater(len(entries), 8)
            for entry in entries:
                self.assertRegex(entry, r"\A(SSL|DANE)_\w+=")

    def test_nothing_follows_the_two_nuls(self) -> None:
        secure = self.start_tls(self.peer(self.server()), "STARTTLS Y")
        self.assertIn(self.say(secure, "READS"), ("nothing", "end"))

    def test_a_client_certificate(self) -> None:
        own = Pair(MATERIAL.clients / "good.pem", MATERIAL.clients / "good.key")
        secure = self.start_tls(self.peer(self.server(options="-m")), "STARTTLS Y", own)
        secure.write(b"VARIABLES\nQUIT\n")
        heard = secure.read_to_end().decode()
        self.assertIn("SSL_CLIENT_VERIFY=SUCCESS", heard)
        self.assertIn("SSL_CLIENT_S_DN=/CN=good", heard)

    def test_the_descriptors(self) -> None:
        code = ("import os, stat\n"
                "fds = [int(os.environ[name]) for name in ('SSLCTLFD', 'SSLREADFD', "
                "'SSLWRITEFD')]\n"
                "print(len(set(fds)), min(fds) > 2, *(stat.S_ISSOCK(os.fstat(fd).st_mode) "
                "for fd in (0, 1, fds[0])), flush=True)\n"
                "print(*sorted(set(map(int, os.listdir('/proc/self/fd'))) - set(fds)))\n")
        peer = self.peer(self.server(*PYTHON, code))
        self.assertEqual(read_line(peer), "3 True True True True")
        self.assertEqual(read_line(peer).split()[:3], ["0", "1", "2"])


class Shell(Case):
    """Programs in sh."""

    def test_y(self) -> None:
        server = self.server("sh", "-c", SHELL)
        peer = self.peer(server)
        self.ask(peer, "first", "echo first")
        secure = self.start_tls(peer, "STARTTLS")
        self.assertEqual(self.say(secure, "second"), "echo second")
        secure.write(b"QUIT 6\n")
        self.assertEqual(secure.read_to_end(), b"")
        self.assertEqual(server.status(), 6 << 8)

    def test_capital_y(self) -> None:
        secure = self.start_tls(self.peer(self.server("sh", "-c", SHELL)), "STARTTLS-Y")
        word, text = secure.read_line().split()
        self.assertEqual(word, "variables")
        self.assertIn(b"SSL_PROTOCOL=TLSv1.3\0", bytes.fromhex(text))
        self.assertEqual(self.say(secure, "more"), "echo more")

    def test_a_hello_that_does_not_wait(self) -> None:
        """The program leaves in the socket what it did not read, and TLS begins with it."""
        peer = self.peer(self.server("sh", "-c", SHELL))

        def after_the_command(to: socket.socket, data: bytes) -> None:
            if not said:
                said.append(data)
                to.sendall(b"STARTTLS\n" + data)
                self.assertEqual(read_line(to), "go")
            else:
                to.sendall(data)

        said: list[bytes] = []
        secure = Talk(peer, context(MATERIAL.root.file), "server.example",
                      send=after_the_command)
        self.assertEqual(self.say(secure, "more"), "echo more")

    def test_plain_to_the_end(self) -> None:
        server = self.server("sh", "-c", SHELL)
        peer = self.peer(server)
        self.ask(peer, "first", "echo first")
        send_line(peer, "QUIT 9")
        self.assertEqual(plain_end(peer), b"")
        self.assertEqual(server.status(), 9 << 8)
        self.assertNotRegex(server.log, r"tls \d+ accept|warning")


class Injection(Case):
    """Plain text behind STARTTLS (CVE-2011-0411)."""

    def test_what_the_program_has_read_is_thrown_away_by_it(self) -> None:
        peer = self.peer(self.server())
        peer.sendall(b"STARTTLS y\ninjected\n")
        self.assertEqual(read_line(peer), "go")
        secure = Talk(peer, context(), "server.example")
        self.assertEqual(self.say(secure, "honest"), "echo honest")
        self.assertNotIn("injected", self.notes.read_text())

    def test_a_careless_program_would_have_been_had(self) -> None:
        """So the test beside this one sees what it looks for."""
        peer = self.peer(self.server())
        peer.sendall(b"CARELESS\ninjected\n")
        self.assertEqual(read_line(peer), "go")
        secure = Talk(peer, context(), "server.example")
        self.assertEqual(secure.read_line(), "echo injected")

    def test_what_nobody_has_read_is_no_tls(self) -> None:
        server = self.server("sh", "-c", SHELL)
        peer = self.peer(server)
        peer.sendall(b"STARTTLS\ninjected\n")
        self.assertEqual(read_line(peer), "go")
        with self.assertRaises(OSError):
            Talk(peer, context(), "server.example")
        self.assertEqual(server.status(), EXIT_111)

    def test_plain_text_never_reaches_the_program_behind_tls(self) -> None:
        """In the middle of a TLS connection plain text ends it."""
        server = self.server()
        peer = self.peer(server)
        secure = self.start_tls(peer)
        self.assertEqual(self.say(secure, "honest"), "echo honest")
        peer.sendall(b"injected\n")
        self.assertEqual(server.status(), EXIT_111)
        self.noted("end of input")
        self.assertNotIn("injected", self.notes.read_text())


class Refused(Case):
    """Orders that are none, and programs that give none."""

    def test_another_octet(self) -> None:
        for octet in ("71", "00", "0a", "ff", "54"):    # q, NUL, LF, 255, T
            with self.subTest(octet):
                server = self.server()
                peer = self.peer(server)
                send_line(peer, f"WRITE {octet}")
                self.assertIn(plain_end(peer), (b"", b"written\n"))
                self.assertEqual(server.status(), EXIT_111)

    def test_another_octet_lets_the_program_go(self) -> None:
        server = self.server()
        peer = self.peer(server)
        send_line(peer, "WRITE 71")
        plain_end(peer)
        self.noted("end of input")

    def test_a_program_that_never_starts_tls(self) -> None:
        server = self.server()
        peer = self.peer(server)
        for word in ("one", "two", "three"):
            self.ask(peer, word, f"echo {word}")
        self.ask(peer, "QUIT 42", "bye")
        self.assertEqual(plain_end(peer), b"")
        self.assertEqual(server.status(), 42 << 8)
        self.assertNotRegex(server.log, r"tls \d+ accept|warning")

    def test_a_closed_control_leaves_plain_text_alone(self) -> None:
        server = self.server()
        peer = self.peer(server)
        self.ask(peer, "CLOSE", "closed")
        time.sleep(0.3)     # long enough for a talker that would end it
        for word in ("one", "two"):
            self.ask(peer, word, f"echo {word}")
        self.ask(peer, "QUIT 43", "bye")
        self.assertEqual(server.status(), 43 << 8)
        self.assertEqual(server.warnings(), [])

    def test_a_program_that_closes_all_three(self) -> None:
        server = self.server(*PYTHON, "import os, time\nfor name in "
                             f"{NAMES}: os.close(int(os.environ[name]))\n"
                             "os.write(1, b'ready\\n')\nos.write(1, os.read(0, 100))\n"
                             "os._exit(44)\n")
        peer = self.peer(server)
        self.assertEqual(read_line(peer), "ready")
        time.sleep(0.3)
        self.ask(peer, "still here", "still here")
        self.assertEqual(server.status(), 44 << 8)

    def test_a_client_that_goes_before_tls(self) -> None:
        server = self.server(AT_END="8")
        with connect(server) as peer:
            self.ask(peer, "one", "echo one")
        self.assertEqual(server.status(), 8 << 8)

    def test_a_program_that_ends_at_once(self) -> None:
        for status in (0, 3, 100, 111):
            server = self.server("sh", "-c", f"exit {status}")
            self.assertEqual(plain_end(self.peer(server)), b"")
            self.assertEqual(server.status(), status << 8)

    def test_a_program_that_cannot_be_run(self) -> None:
        server = self.server("/no/such/program")
        self.assertEqual(plain_end(self.peer(server)), b"")
        self.assertEqual(server.status(), EXIT_111)

    def test_a_program_that_is_killed(self) -> None:
        server = self.server("sh", "-c", "kill -9 $$")
        self.assertEqual(plain_end(self.peer(server)), b"")
        self.assertNotEqual(server.status(), 0)

    def test_a_program_that_ends_right_behind_its_order(self) -> None:
        server = self.server()
        peer = self.peer(server)
        self.ask(peer, "ASK-AND-QUIT 0", "go")
        with contextlib.suppress(OSError):
            Talk(peer, context(), "server.example").read_to_end()
        self.assertIn(server.status(), (0, EXIT_111))


class Handshakes(Case):
    """Handshakes that fail: the program is told by ends, and not killed."""

    def expect_end(self, server: Sslserver, note: str) -> None:
        """The connection has failed, and the program lived to note it."""
        self.assertEqual(server.status(), EXIT_111)
        self.noted(note)
        self.assertRegex("\n".join(server.warnings()),
                         r"dropping connection \d+ from 127\.0\.0\.1: ")

    def test_plain_text_after_the_order(self) -> None:
        for command, note in (("STARTTLS y", "end of input"), ("STARTTLS Y", "no variables")):
            with self.subTest(command):
                self.notes.write_text("")
                server = self.server()
                peer = self.peer(server)
                self.ask(peer, command, "go")
                send_line(peer, "EHLO, I have no TLS")
                self.expect_end(server, note)
                self.assertNotIn("EHLO", self.notes.read_text())
                self.assertNotIn(b"echo", plain_end(peer))

    def test_garbage(self) -> None:
        server = self.server(options="-T 3")
        peer = self.peer(server)
        self.ask(peer, "STARTTLS Y", "go")
        peer.sendall(b"\x16\x03\x01\x02\x00" + bytes(range(256)) * 2)
        self.expect_end(server, "no variables")

    def test_a_client_that_goes(self) -> None:
        server = self.server()
        with connect(server) as peer:
            self.ask(peer, "STARTTLS Y", "go")
        self.expect_end(server, "no variables")

    def test_a_client_that_says_nothing(self) -> None:
        server = self.server(options="-T 1")
        peer = self.peer(server)
        self.ask(peer, "STARTTLS Y", "go")
        began = time.monotonic()
        self.expect_end(server, "no variables")
        self.assertLess(time.monotonic() - began, SOON_SECONDS)
        plain_end(peer)

    def test_the_time_counts_from_the_order(self) -> None:
        """Plain text may take as long as it likes."""
        server = self.server(options="-T 1")
        peer = self.peer(server)
        time.sleep(1.5)
        self.ask(peer, "one", "echo one")
        time.sleep(0.8)
        self.assertEqual(self.say(self.start_tls(peer), "two"), "echo two")

    def test_a_client_without_the_certificate_that_is_required(self) -> None:
        server = self.server(options="-m")
        peer = self.peer(server)
        self.ask(peer, "STARTTLS Y", "go")
        with contextlib.suppress(OSError):      # TLS 1.3: it hears of it when it reads
            Talk(peer, context(), "server.example").read_to_end()
        self.expect_end(server, "no variables")
        self.assertNotIn("started", self.notes.read_text())

    def test_a_server_that_the_client_does_not_believe(self) -> None:
        server = self.server()
        peer = self.peer(server)
        self.ask(peer, "STARTTLS Y", "go")
        with self.assertRaises(OSError):
            Talk(peer, context(MATERIAL.other.file), "server.example")
        peer.close()
        until(lambda: "started" in self.notes.read_text()
              or "no variables" in self.notes.read_text(), "the program's note")
        server.statuses()

    def test_others_are_served_meanwhile(self) -> None:
        server = self.server()
        stuck = self.peer(server)
        self.ask(stuck, "STARTTLS Y", "go")
        failing = self.peer(server)
        self.ask(failing, "STARTTLS y", "go")
        send_line(failing, "no TLS")
        self.assertEqual(self.say(self.start_tls(self.peer(server)), "one"), "echo one")
        self.ask(self.peer(server), "plain", "echo plain")


class Relay(Case):
    """What goes through once TLS is there."""

    def test_a_control_that_is_closed_behind_the_order(self) -> None:
        secure = self.start_tls(self.peer(self.server()))
        self.assertEqual(self.say(secure, "CLOSE"), "closed")
        self.assertEqual(self.say(secure, "more"), "echo more")

    def test_variables_that_nobody_reads(self) -> None:
        server = self.server()
        secure = self.start_tls(self.peer(server), "ASK-AND-CLOSE")
        self.assertEqual(self.say(secure, "more"), "echo more")
        self.assertEqual(self.say(secure, "QUIT 4"), "bye")
        self.assertEqual(server.status(), 4 << 8)

    def test_much_there_and_back(self) -> None:
        secure = self.start_tls(self.peer(self.server()))
        data = os.urandom(1 << 20) * 4
        secure.write(f"COUNT {len(data)}\n".encode())
        heard = b""
        for at in range(0, len(data), 65536):       # never more than the buffers hold
            secure.write(data[at:at + 65536])
            heard += secure.read(len(data[at:at + 65536]))
        self.assertEqual(heard, data)

    def test_the_client_closes_first(self) -> None:
        server = self.server(AT_END="12")
        secure = self.start_tls(self.peer(server))
        self.assertEqual(self.say(secure, "one"), "echo one")
        secure.close_notify()
        self.assertEqual(secure.read_to_end(), b"")
        self.assertEqual(server.status(), 12 << 8)

    def test_the_program_closes_first(self) -> None:
        server = self.server()
        secure = self.start_tls(self.peer(server))
        secure.write(b"HALF\n")
        self.assertEqual(secure.read_to_end(), b"")
        secure.write(b"the last word\n")
        self.noted("heard the last word")
        self.assertEqual(server.status(), 0)

    def test_a_line_that_is_cut(self) -> None:
        """An end without close_notify is one of TLS's faults."""
        server = self.server()
        with connect(server) as peer:
            secure = self.start_tls(peer)
            self.assertEqual(self.say(secure, "one"), "echo one")
        self.assertEqual(server.status(), EXIT_111)

    def test_two_connections_in_turn(self) -> None:
        server = self.server()
        for number in (1, 2):
            secure = self.start_tls(self.peer(server), "STARTTLS Y")
            self.assertEqual(self.say(secure, f"{number}"), f"echo {number}")
            self.assertEqual(self.say(secure, f"QUIT {number}"), "bye")
            self.assertEqual(server.statuses(number)[-1], number << 8)

    def test_two_connections_at_once(self) -> None:
        server = self.server()
        peers = [self.peer(server), self.peer(server)]
        both = [self.start_tls(peer) for peer in peers]
        for number, secure in enumerate(both):
            self.assertEqual(self.say(secure, f"{number}"), f"echo {number}")

    def test_nobody_is_left_behind(self) -> None:
        server = self.server()
        (keeper,) = server.keepers()
        for _ in range(5):
            secure = self.start_tls(self.peer(server))
            self.assertEqual(self.say(secure, "QUIT"), "bye")
        server.statuses(5)
        self.assertEqual([one.pid for one in support.descendants(server.pid)], [keeper.pid])
        self.assertIsNotNone(process(keeper.pid))

    def test_the_immediate_form_is_not_disturbed(self) -> None:
        """-N after -n: the program speaks through TLS from the beginning."""
        server = self.server("sh", "-c", "echo hello", options="-N")
        with talk(server, context(MATERIAL.root.file), "server.example") as secure:
            self.assertEqual(secure.read_to_end(), b"hello\n")


if __name__ == "__main__":
    sys.exit(support.run_with_material(sys.modules[__name__], PeerMaterial, sys.argv))
