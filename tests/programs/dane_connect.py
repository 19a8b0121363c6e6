"""What `dane connect` promises, tried on the real program inside the test internet; and the
TLSA records of a command line, which `check`, `connect` and sslclient take.

    dane_connect.py DANE SSLCLIENT ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import hashlib
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Optional

import sslclient_behaviour_support as support
from harness import HANG_SECONDS, SOON_SECONDS, run_cases
from sslclient_behaviour_support import Memory, Server, TlsServer, goodbye

PROGRAM = ""
SSLCLIENT = ""
WWW = "www.secure.example"


def own(*words: str) -> list[str]:
    """A command line of dane."""
    return [PROGRAM, words[0], "--unbound-conf", str(support.DIRECTORY / "unbound.conf"),
            *words[1:]]


def run(*words: str, data: bytes = b"", **more) -> subprocess.CompletedProcess:
    """A whole run with this on standard input."""
    return subprocess.run(own(*words), input=data, capture_output=True, check=False,
                          timeout=HANG_SECONDS, env=support.environment(), **more)


def pin(leaf: str = "good") -> str:
    """The 3 1 1 record of a certificate of the zones, by openssl."""
    file = str(support.certs() / f"{leaf}.pem")
    key = subprocess.run(["openssl", "x509", "-in", file, "-noout", "-pubkey"],
                         capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key,
                         capture_output=True, check=True).stdout
    return "3 1 1 " + hashlib.sha256(der).hexdigest()


def another(record: str) -> str:
    """A record of another key."""
    return record[:-1] + ("1" if record.endswith("0") else "0")


class Case(unittest.TestCase):
    """Runs beside servers of our own."""

    def server(self, habit, kind=TlsServer, **more) -> Server:
        """A server for the time of a test."""
        return self.enterContext(kind(habit, **more))

    def connected(self, server: Server, *words: str, record: Optional[str] = None) -> list[str]:
        """The words of a connection to one of our servers."""
        return ["connect", "--record", record or pin(), *words, server.address,
                str(server.port)]


class Connect(Case):
    """The pipe."""

    def test_a_plain_pipe(self) -> None:
        done = run("connect", WWW, "443", data=b"hello\n")
        self.assertEqual((done.returncode, done.stdout), (0, b"olleh\n"), done.stderr)
        self.assertRegex(done.stderr.decode(),
                         r"\A" + WWW + r" \[127\.\d+\.\d+\.\d+\]:443 verified by DANE "
                         r"\(\d \d \d [0-9a-f]{8}…\), TLS 1\.3\n\Z")

    def test_quiet(self) -> None:
        done = run("connect", "-q", WWW, data=b"hello\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"olleh\n", b""))
        done = run("connect", "-q", "mismatch.secure.example", data=b"hello\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, b"", b""))

    def test_the_port_implies_starttls(self) -> None:
        done = run("connect", "mx1.mail.example", "25", data=b"QUIT\r\n")
        self.assertIn(b"221 ", done.stdout)
        self.assertIn(b"mx1.mail.example", done.stderr)

    def test_status(self) -> None:
        for words, status, reason in (
                (("mismatch.secure.example",), 1, "mismatch"),
                (("absent.secure.example",), 1, "no-tlsa"),
                (("www.striptlsa.example",), 3, "bogus"),
                (("closed.secure.example",), 3, "connect"),
                (("truncate.secure.example",), 3, "truncated")):
            done = run("connect", *words)
            self.assertEqual(done.returncode, status, (words, done.stderr))
            self.assertIn(f"({reason})\n", done.stderr.decode())
        for words in ((), ("a..b",), (WWW, "x y"), (WWW, "443", "more"), ("--first", WWW),
                      ("--json=987", WWW), ("--record", "3 1 1", WWW)):
            done = run("connect", *words)
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)

    def test_nothing_passes_before_the_peer_is_proved(self) -> None:
        heard: list[bytes] = []
        server = self.server(lambda peer: heard.append(peer.recv(100)))
        done = run(*self.connected(server, record=another(pin())), data=b"secret")
        self.assertEqual((done.returncode, done.stdout), (1, b""), done.stderr)
        self.assertIn(b" not verified: ", done.stderr)
        self.assertEqual(heard, [])
        reader, writer = os.pipe()
        os.write(writer, b"secret")
        done = subprocess.run(own("connect", "mismatch.secure.example"), stdin=reader,
                              capture_output=True, check=False, timeout=HANG_SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(os.read(reader, 100), b"secret", "nothing was read")
        os.close(reader)
        os.close(writer)

    def test_half_close(self) -> None:
        def habit(peer: socket.socket) -> None:
            tls = Memory(peer, support.context())
            words = tls.read_to_end()
            time.sleep(0.5)
            tls.write(b"you said " + words)
            tls.close_notify()

        server = self.server(habit, kind=Server)
        done = run(*self.connected(server), data=b"all of it")
        self.assertEqual((done.returncode, done.stdout), (0, b"you said all of it"),
                         done.stderr)

    def test_the_peers_end_is_the_end(self) -> None:
        def habit(peer) -> None:
            peer.sendall(b"bye")
            goodbye(peer)

        server = self.server(habit)
        reader, writer = os.pipe()    # stays open
        done = subprocess.run(own(*self.connected(server)), stdin=reader,
                              capture_output=True, check=False, timeout=HANG_SECONDS)
        self.assertEqual((done.returncode, done.stdout), (0, b"bye"), done.stderr)
        os.close(reader)
        os.close(writer)

    def test_a_cut_is_told_behind_what_came(self) -> None:
        def habit(peer) -> None:
            peer.sendall(b"half")
            support.drain(peer)    # a reset, for what is unread, could take it away again

        server = self.server(habit)
        done = run(*self.connected(server))
        self.assertEqual((done.returncode, done.stdout), (3, b"half"), done.stderr)
        self.assertRegex(done.stderr.decode(), r"\ndane: fatal: [^\n]* \(truncated\)\n\Z")
        done = run(*self.connected(server, "--allow-truncation"))
        self.assertEqual((done.returncode, done.stdout), (0, b"half"), done.stderr)

    def test_large_data_both_ways(self) -> None:
        server = self.server(support.echo)
        data = b"".join(support.blocks(8 << 20, b"c"))
        done = run(*self.connected(server), data=data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout == data, len(done.stdout))

    def test_descriptors_stay_as_they_were(self) -> None:
        server = self.server(support.echo)
        ours, theirs = socket.socketpair()
        running = subprocess.Popen(own(*self.connected(server)), stdin=theirs, stdout=theirs,
                                   stderr=subprocess.DEVNULL)
        ours.sendall(b"x")
        ours.settimeout(HANG_SECONDS)
        self.assertEqual(ours.recv(1), b"x")
        self.assertTrue(theirs.getblocking() and os.get_blocking(theirs.fileno()))
        ours.shutdown(socket.SHUT_WR)
        self.assertEqual(running.wait(HANG_SECONDS), 0)

    def test_input_that_cannot_be_read_is_no_end(self) -> None:
        ends: list[str] = []

        def habit(peer) -> None:
            try:
                ends.append("end" if peer.recv(1) == b"" else "data")
            except OSError:
                ends.append("cut")

        server = self.server(habit)
        folder = os.open("/", os.O_RDONLY)
        done = subprocess.run(own(*self.connected(server)), stdin=folder,
                              capture_output=True, check=False, timeout=HANG_SECONDS)
        os.close(folder)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"unable to read standard input", done.stderr)
        deadline = time.monotonic() + HANG_SECONDS
        while not ends and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(ends, ["cut"])

    def test_a_reader_that_has_enough(self) -> None:
        def habit(peer) -> None:
            while True:
                peer.sendall(b"y\n" * 1000)

        server = self.server(habit)
        line = " ".join(f"'{word}'" for word in own(*self.connected(server, "-q")))
        done = subprocess.run(["bash", "-c", line + ' </dev/zero | head -1; '
                               'echo "${PIPESTATUS[0]}"'], capture_output=True, text=True,
                              check=False, timeout=HANG_SECONDS)
        self.assertEqual((done.stdout, done.stderr),
                         (f"y\n{128 + signal.SIGPIPE}\n", ""))

    def test_an_interrupt_ends_it_without_a_word(self) -> None:
        server = self.server(support.echo)
        reader, writer = os.pipe()
        running = subprocess.Popen(own(*self.connected(server)), stdin=reader,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.write(writer, b"x")
        self.assertEqual(running.stdout.read(1), b"x")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=HANG_SECONDS)
        self.assertEqual(running.returncode, -signal.SIGINT)
        self.assertEqual(len(err.splitlines()), 1, err)
        os.close(reader)
        os.close(writer)

    def test_json(self) -> None:
        done = run("connect", "--json", WWW, data=b"hello\n")
        self.assertEqual(done.stdout, b"olleh\n")
        self.assertEqual(support.json_of(done.stderr.decode())["status"], "dane")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "v.json"
            done = run("connect", f"--json={file}", "mismatch.secure.example")
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"(mismatch)", done.stderr)
            self.assertEqual(json.loads(file.read_text())["reason"], "mismatch")

    def test_own_certificate_and_timeout(self) -> None:
        began = time.monotonic()
        done = run("connect", "--timeout", "1.5", "blackhole.secure.example")
        self.assertEqual(done.returncode, 3)
        self.assertLess(time.monotonic() - began, SOON_SECONDS)
        self.assertIn(b"(connect)", done.stderr)


class Pins(Case):
    """--record."""

    def test_check(self) -> None:
        server = self.server(goodbye)
        for record, status, word in ((pin(), 0, "proved"), (another(pin()), 1, "not-proved")):
            words = ("check", "--record", record, server.address, "443")
            done = run(*words, "--json")
            got = json.loads(done.stdout)
            self.assertEqual((done.returncode, got["status"]), (status, word))
            self.assertTrue(got["peers"][0]["dns"]["given"])
            self.assertEqual(got["peers"][0]["dns"]["dnssec"], "not-asked")
            self.assertIn("not asked for TLSA records: --record", run(*words).stdout.decode())

    def test_records_of_the_dns_are_not_looked_at(self) -> None:
        self.assertEqual(run("check", "--record", another(pin()), WWW).returncode, 1)
        host = "mismatch.secure.example"
        self.assertEqual(run("check", "--record", pin(), host).returncode, 0)
        self.assertEqual(run("check", "--record", pin(), "www.plain.example").returncode, 0)
        text = run("check", "--record", another(pin()), host).stdout.decode()
        self.assertNotIn("publish", text)
        self.assertIn("is not the one of --record", text)

    def test_an_issuer_and_names(self) -> None:
        ca = subprocess.run(["openssl", "x509", "-in", str(support.certs() / "ca.pem"),
                             "-outform", "DER"], capture_output=True, check=True).stdout
        record = "2 0 1 " + hashlib.sha256(ca).hexdigest()
        self.assertEqual(run("check", "--record", record, WWW).returncode, 0)
        self.assertEqual(run("check", "--record", record, "--name", "no.example",
                             WWW).returncode, 1)

    def test_one_that_cannot_be_used_proves_nobody(self) -> None:
        ca = ("--ca", str(support.certs() / "ca.pem"))
        done = run("check", "--json", "--record", "3 1 9 aa", *ca, WWW)
        self.assertEqual((done.returncode,
                          json.loads(done.stdout)["peers"][0]["reason"]),
                         (1, "no-usable-record"))
        done = run("check", "--record", "1 1 1 " + pin().split()[-1], WWW)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(run("check", "--record", "1 1 1 " + pin().split()[-1], *ca,
                             WWW).returncode, 0)

    def test_sslclient(self) -> None:
        server = self.server(goodbye)
        show = ["sh", "-c", 'echo "$DANE_STATUS $DANE_TLSA $DANE_DNSSEC $DANE_USAGE"']
        for record, status, out in ((pin(), 0, b"dane present not-asked 3\n"),
                                    (another(pin()), 111, b"")):
            done = subprocess.run([SSLCLIENT, "-RHl0", "--record", record, server.address, "443",
                                   *show], capture_output=True, check=False,
                                  timeout=HANG_SECONDS)
            self.assertEqual((done.returncode, done.stdout), (status, out), done.stderr)


class JsonFiles(Case):
    """--json=FILE and --json=FD of every command."""

    def test_a_file_and_a_descriptor(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.json"
            done = subprocess.run(
                [PROGRAM, "to-ascii", f"--json={file}", "a.b"], capture_output=True, check=True)
            self.assertEqual((done.stdout, done.stderr), (b"", b""))
            self.assertEqual(json.loads(file.read_text())["version"], 1)
            self.assertEqual(run("check", f"--json={file}", WWW).stdout, b"")
            self.assertEqual(json.loads(file.read_text())["status"], "proved")
            self.assertEqual(run("audit", f"--json={file}", "good.mail.example").stdout, b"")
            self.assertEqual(json.loads(file.read_text())["grade"], "enforced")
        done = subprocess.run([PROGRAM, "to-ascii", "--json=2", "a.b"], capture_output=True,
                              check=True)
        self.assertEqual((done.stdout, json.loads(done.stderr)["version"]), (b"", 1))
        for word in ("/none/such", "987"):
            done = subprocess.run([PROGRAM, "to-ascii", f"--json={word}", "a.b"],
                                  capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, b""))


class Waiting(Case):
    """The line that says what is waited for."""

    def on_terminal(self, *words: str, term: str = "xterm") -> bytes:
        """All of standard error, which is a terminal."""
        ours, theirs = pty.openpty()
        running = subprocess.Popen(own(*words), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=theirs,
                                   env=support.environment({"TERM": term}))
        os.close(theirs)
        out = b""
        while True:
            ready, _, _ = select.select([ours], [], [], HANG_SECONDS)
            try:
                data = os.read(ours, 4096) if ready else b""
            except OSError:
                data = b""
            if not data:
                break
            out += data
        os.close(ours)
        running.wait(HANG_SECONDS)
        return out

    def test_shown_and_wiped(self) -> None:
        for command, end in (("check", b""), ("connect", b"dane: fatal: ")):
            out = self.on_terminal(command, "--timeout", "2.5", "blackhole.secure.example", "443")
            self.assertRegex(out.decode(), r"\r\x1b\[Kblackhole\.secure\.example \[127[\d.]+\]: "
                             r"connecting… 1 s\r\x1b\[K[^\n]* 2 s\r\x1b\[K")
            self.assertIn(b" 2 s\r\x1b[K" + end, out)
            self.assertEqual(out.count(b"\n"), 1 if end else 0)

    def test_lookup(self) -> None:
        out = self.on_terminal("lookup", "--forward", "127.62.9.9", "--dns-timeout", "1.5", WWW,
                               "443")
        self.assertIn(f"{WWW}: looking up its addresses… 1 s\r\x1b[K".encode(), out)

    def test_only_on_a_terminal_that_can(self) -> None:
        self.assertNotIn(b"\x1b", self.on_terminal("check", "--timeout", "1.5",
                                                   "blackhole.secure.example", term="dumb"))
        done = run("check", "--timeout", "1.5", "blackhole.secure.example")
        self.assertEqual((done.returncode, done.stderr), (3, b""))
        self.assertIn("COULD NOT TELL", done.stdout.decode())

    def test_not_for_what_is_quick(self) -> None:
        self.assertEqual(self.on_terminal("check", WWW), b"")


def main(words: list[str]) -> int:
    """Runs the cases."""
    global PROGRAM, SSLCLIENT    # pylint: disable=global-statement
    PROGRAM, SSLCLIENT = words[1], words[2]
    support.DIRECTORY = Path(words[3])
    return run_cases(sys.modules[__name__], words[4:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
