"""Ends that come at the same moment, on a machine that has much else to do: every processor
is kept busy while these run, so nothing that looks at a clock can run beside them.

    sslclient_races.py SSLCLIENT ZONES_DIR [NAME...]

RACE_RUNS in the environment says how often each race is run (40). The last line is
`N passed, N failed`.
"""

import os
import socket
import ssl
import struct
import subprocess
import sys
import time

import sslclient_behaviour_support as support
from sslclient_behaviour import Case, main
from sslclient_behaviour_support import finish, run, start

RACE_RUNS = int(os.environ.get("RACE_RUNS", 40))
AT_ONCE = 8


def cut(peer: ssl.SSLSocket) -> None:
    """Ends the connection without close_notify."""
    socket.socket.shutdown(peer, socket.SHUT_RDWR)


def reset(peer: ssl.SSLSocket) -> None:
    """Ends it by a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Ends(Case):
    """Two ends at the same moment, on a machine that has much else to do."""

    def setUp(self) -> None:
        super().setUp()
        for _ in range(2 * (os.cpu_count() or 1)):
            busy = subprocess.Popen([*support.PYTHON, "while True: pass"])
            self.addCleanup(busy.wait)
            self.addCleanup(busy.kill)

    def race(self, options: str, host: str, port: int, *program: str) -> list:
        """The results of many runs, some at a time."""
        out = []
        while len(out) < RACE_RUNS:
            running = [start(support.command(options, host, port, *program))
                       for _ in range(AT_ONCE)]
            out += [finish(one) for one in running]
        return out

    def expect_all(self, results: list, status: int) -> None:
        """The same status for each, and a line for each failure."""
        got = [(one.status, one.err) for one in results if one.status != status]
        self.assertEqual(got, [], f"{len(got)} of {len(results)}")
        if status == 0:
            self.assertEqual([one.err for one in results if one.err], [])

    # A program that takes the last word and ends; its 7 or its 6 closes first.
    PROGRAMS = (("sh", "-c", "echo QUIT >&7; read line <&6"),
                ("sh", "-c", "echo QUIT >&7; read line <&6; exec 7>&-; exit 0"),
                ("sh", "-c", "echo QUIT >&7; read line <&6; exec 6<&-; exit 0"),
                ("sh", "-c", "echo QUIT >&7; read line <&6; exec 7>&-; exec 6<&-; exit 0"))

    def test_a_peer_that_ends_behind_its_last_word_is_no_failure(self) -> None:
        for ending in (cut, reset):
            def serve(peer: ssl.SSLSocket, how=ending) -> None:
                # What Nagle's algorithm holds back, a reset throws away: that is a cut.
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                peer.recv(100)
                peer.sendall(b"221 bye\r\n")
                how(peer)

            address = self.tls_server(serve).address
            for program in self.PROGRAMS:
                with self.subTest(ending=ending.__name__, program=program[-1]):
                    self.expect_all(self.race("-X", address, 443, *program), 0)

    def test_a_peer_that_answers_close_notify_by_an_end_is_no_failure(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            while peer.recv(100):
                pass
            cut(peer)

        address = self.tls_server(serve).address
        for program in (("true",), ("sh", "-c", "echo bye >&7; exec 7>&-; exit 0"),
                        (*support.PYTHON, "import os; os.write(7, b'bye'); os.close(7)")):
            with self.subTest(program=program[-1]):
                self.expect_all(self.race("-X", address, 443, *program), 0)

    def test_postfix(self) -> None:
        for program in (*self.PROGRAMS, ("true",), ("sh", "-c", "exec 7>&-; exit 0"),
                        ("sh", "-c", "echo EHLO x >&7; read line <&6; exit 0")):
            with self.subTest(program=program[-1]):
                got = self.race("--starttls smtp -T 20+20", "mx1.mail.example", 25, *program)
                self.expect_all(got, 0)

    def test_a_program_that_reads_to_the_end_hears_of_every_cut(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            peer.recv(100)
            peer.sendall(b"half of it")
            cut(peer)

        address = self.tls_server(serve).address
        for program in ("echo x >&7; cat <&6", "echo x >&7; exec 7>&-; cat <&6; exit 0",
                        "echo x >&7; exec cat <&6"):
            with self.subTest(program=program):
                got = self.race("-X", address, 443, "sh", "-c", program)
                self.expect_all(got, 111)
                self.assertEqual({one.out for one in got}, {"half of it"})
                self.assertTrue(all("truncated" in one.err for one in got))

    def test_after_the_programs_end_its_status_stands(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            peer.sendall(b"half of it")
            time.sleep(0.5)
            cut(peer)

        got = run("-X", self.tls_server(serve).address, 443, "sh", "-c", "cat <&6 & exit 3")
        self.expect(got, 3, lines=1)
        self.assertEqual(got.out, "half of it")
        self.assertRegex(got.err, r"^sslclient: warning: .*\(truncated\)$")


if __name__ == "__main__":
    sys.exit(main(sys.argv, __name__))
