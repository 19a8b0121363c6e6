"""What sslcat, sslconnect and https@ promise, tried on the real scripts with servers of our own.

    small_programs.py SSLCLIENT ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import ssl
import subprocess
import sys
import unittest
from pathlib import Path

import sslclient_behaviour_support as support
from dane_connect import pin
from harness import HANG_SECONDS, run_cases
from sslclient_behaviour_support import Server, TlsServer, echo, goodbye

FOLDER = Path()
IDN = "www.b\u00fccher.example"
BODY = b"one\0two\r\n\r\nthree without an end"


class Case(unittest.TestCase):
    """Runs beside servers of our own."""

    def server(self, habit, kind=TlsServer, **more) -> Server:
        """A server for the time of a test."""
        return self.enterContext(kind(habit, **more))

    def run_script(self, *words: str, data: bytes = b"", status: int = 0,
                   **more) -> subprocess.CompletedProcess:
        """A whole run of a script."""
        done = subprocess.run([FOLDER / words[0], *words[1:]], input=data, capture_output=True,
                              check=False, timeout=HANG_SECONDS, env=support.environment(),
                              **more)
        self.assertEqual(done.returncode, status, done.stderr)
        if status:
            self.assertRegex(done.stderr.decode(), r"\A[^\n]+\n\Z")
        return done


def settings(record: str = "") -> list[str]:
    """Options of sslclient: our test internet, and a record for our server."""
    return ["--unbound-conf", str(support.DIRECTORY / "unbound.conf"),
            "--record", record or pin()]


def say(text: bytes):
    """A server that says this and ends."""
    def serve(peer: ssl.SSLSocket) -> None:
        peer.sendall(text)
        goodbye(peer)
    return serve


class Shown(Case):
    """sslcat."""

    def test_what_is_said_is_shown_and_nothing_is_sent(self) -> None:
        heard = []

        def serve(peer: ssl.SSLSocket) -> None:
            peer.sendall(BODY)
            peer.settimeout(0.5)
            try:
                heard.append(peer.recv(1))
            except TimeoutError:
                heard.append(b"")
            peer.settimeout(HANG_SECONDS)
            goodbye(peer)

        server = self.server(serve)
        done = self.run_script("sslcat", server.address, "443", *settings(), data=b"secret")
        self.assertEqual((done.stdout, heard), (BODY, [b""]))

    def test_this_machine_by_default(self) -> None:
        self.server(say(b"here"), address="127.0.0.1")
        file = str(support.DIRECTORY / "unbound.conf")
        done = self.run_script("sslcat", "", "", "--unbound-conf", file, "--record", pin())
        self.assertEqual(done.stdout, b"here")

    def test_family_may_stand_first(self) -> None:
        server = self.server(say(b"here"))
        done = self.run_script("sslcat", "-4", server.address, "443", *settings())
        self.assertEqual(done.stdout, b"here")

    def test_nothing_is_shown_of_a_server_that_is_not_verified(self) -> None:
        server = self.server(say(b"evil"))
        record = pin()[:-8] + "00000000"
        for script in ("sslcat", "sslconnect"):
            done = self.run_script(script, server.address, "443", *settings(record), data=b"x",
                                   status=111)
            self.assertEqual(done.stdout, b"")
        done = self.run_script("https@", server.address, "", "443", *settings(record),
                               status=111)
        self.assertEqual(done.stdout, b"")

    def test_an_answer_that_is_cut_short(self) -> None:
        server = self.server(lambda peer: peer.sendall(b"half"))
        done = self.run_script("sslcat", server.address, "443", *settings(), status=111)
        self.assertEqual(done.stdout, b"half")


class Talk(Case):
    """sslconnect."""

    def test_both_ways(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            peer.sendall(b"hello\n")
            self.assertEqual(peer.recv(100), b"question\n")
            peer.sendall(b"answer\n")
            goodbye(peer)

        server = self.server(serve, port=465)
        done = self.run_script("sslconnect", server.address, "", *settings(), data=b"question\n")
        self.assertEqual(done.stdout, b"hello\nanswer\n")
        self.assertEqual(server.faults, [])

    def test_much_both_ways_at_once(self) -> None:
        data = b"".join(support.blocks(4 << 20, b"both"))

        def serve(peer: ssl.SSLSocket) -> None:
            left = len(data)
            while left > 0:
                some = peer.recv(65536)
                left -= len(some)
                peer.sendall(some)
            goodbye(peer)

        server = self.server(serve)
        done = self.run_script("sslconnect", server.address, "443", *settings(), data=data)
        self.assertEqual(done.stdout, data)

    def test_it_ends_with_the_server_though_input_goes_on(self) -> None:
        server = self.server(say(b"bye"))
        with subprocess.Popen([FOLDER / "sslconnect", server.address, "443", *settings()],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env=support.environment()) as running:
            self.assertEqual(running.stdout.read(), b"bye")
            self.assertEqual(running.wait(HANG_SECONDS), 0)

    def test_the_users_options_come_last(self) -> None:
        server = self.server(echo)
        done = self.run_script("sslconnect", server.address, "443", *settings(), "-Z",
                               status=100)
        self.assertEqual(done.stdout, b"")


class Page(Case):
    """https@."""

    def asked(self, *words: str, answer: bytes = b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
              host: str = "", status: int = 0, **more) -> tuple[bytes, bytes]:
        """The request that came, and what was written."""
        requests = []

        def serve(peer: ssl.SSLSocket) -> None:
            request = b""
            while b"\r\n\r\n" not in request:
                request += peer.recv(4096)
            requests.append(request)
            peer.sendall(answer)
            goodbye(peer)

        server = self.server(serve, **more)
        done = self.run_script("https@", host or server.address, *words, *settings(),
                               status=status)
        return requests[0].replace(server.address.encode(), b"ADDRESS"), done.stdout

    def test_the_body_octet_for_octet(self) -> None:
        self.assertEqual(self.asked("", ""), (b"GET / HTTP/1.0\r\nHost: ADDRESS\r\n\r\n", BODY))

    def test_page_and_port(self) -> None:
        for page in ("a/b?c=%20d", "/a/b?c=%20d"):
            with self.subTest(page=page):
                self.assertEqual(
                    self.asked(page, "8443", port=8443),
                    (b"GET /a/b?c=%20d HTTP/1.0\r\nHost: ADDRESS:8443\r\n\r\n", BODY))

    def test_lines_that_end_in_lf_alone(self) -> None:
        self.assertEqual(self.asked("", "", answer=b"HTTP/1.0 404 No\nx: y\n\n" + BODY)[1], BODY)

    def test_an_answer_without_an_end_of_its_header(self) -> None:
        for answer in (b"", b"HTTP/1.0 200 OK\r\nx: y", b"x\r\n" * 2000):
            with self.subTest(answer=answer[:9]):
                self.assertEqual(self.asked("", "", answer=answer, status=111)[1], b"")

    def test_a_line_that_never_ends_takes_little_memory(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            peer.recv(4096)
            try:
                while True:
                    peer.sendall(bytes([0x78]) * 65536)
            except OSError:
                pass

        server = self.server(serve)
        done = subprocess.run(
            ["sh", "-c", 'ulimit -v 4000000; timeout 60 "$@"', "sh", FOLDER / "https@",
             server.address, "", "443", *settings()], capture_output=True, check=False,
            env=support.environment())
        self.assertNotIn(done.returncode, (0, 124))
        self.assertEqual(done.stdout, b"")

    def test_names_in_unicode(self) -> None:
        address = support.run("", IDN, 443, "sh", "-c", "echo $SSLREMOTEIP").out.strip()
        request, body = self.asked("", "8443", host=IDN, address=address, port=8443)
        self.assertIn(b"\r\nHost: www.xn--bcher-kva.example:8443\r\n", request)
        self.assertEqual(body, BODY)

    def test_nothing_can_be_put_into_the_request(self) -> None:
        for words in (("a\r\nHost: evil", "x"), ("www.secure.example", "x y"),
                      ("www.secure.example", "x\r\nEvil: 1"), ("",), ()):
            with self.subTest(words=words):
                self.run_script("https@", *words, status=100)


class Everywhere(Case):
    """All of them."""

    def test_help(self) -> None:
        for script in ("sslcat", "sslconnect", "https@"):
            done = self.run_script(script, "--help")
            self.assertRegex(done.stdout.decode(), rf"\Ausage: {script} ")
            self.assertLessEqual(max(map(len, done.stdout.decode().splitlines())), 80)

    def test_a_wrong_option(self) -> None:
        for words in (("sslcat", "h.example", "443", "--none-such"),
                      ("sslconnect", "h.example", "443", "--none-such"),
                      ("https@", "h.example", "", "443", "--none-such")):
            self.run_script(*words, status=100)


def main(words: list[str]) -> int:
    """Runs the cases."""
    global FOLDER    # pylint: disable=global-statement
    support.PROGRAM, FOLDER = words[1], Path(words[1]).parent
    support.DIRECTORY = Path(words[2])
    return run_cases(sys.modules[__name__], words[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
