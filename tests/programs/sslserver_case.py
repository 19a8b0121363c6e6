"""What the tests of sslserver's behaviour share: a server for the time of a test, what is
asserted of many of them, and the command line."""

import contextlib
import os
import shutil
import socket
import ssl
import sys
import tempfile
import unittest
from pathlib import Path
from types import ModuleType
from typing import Optional

import sslserver_support as support
from harness import run_cases
from sslserver_support import Material, Sslserver, Talk, ask, connect, run, talk, write_rules

SAY = ("sh", "-c", "echo started")
CAT = ("cat",)
LOCAL = "127.0.0.1"
TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
# Raw wait statuses, as `end` has them.
EXIT_100, EXIT_111 = 100 << 8, 111 << 8
MEBIBYTE = 1 << 20
MATERIAL: Material


class Case(unittest.TestCase):
    """Shared assertions."""

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="behaviour."))
        self.scratch.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)

    def server(self, *program: str, settings: Optional[dict[str, str]] = None,
               **more) -> Sslserver:
        """A server for the time of the test, with the ECDSA certificate unless told."""
        return self.enterContext(Sslserver(
            *program, settings={**MATERIAL.ecdsa.environment, **(settings or {})}, **more))

    def talk(self, *words, **more) -> Talk:
        """A connection for the time of the test."""
        return self.enterContext(talk(*words, **more))

    def connect(self, *words, **more) -> socket.socket:
        """A connection without TLS for the time of the test."""
        return self.enterContext(connect(*words, **more))

    def expect_fault(self, result: support.Run, status: int, pattern: str = "") -> None:
        """A status, and one line on standard error."""
        self.assertEqual((result.status, len(result.lines), result.out), (status, 1, ""),
                         result.err)
        self.assertRegex(result.err, r"^sslserver: fatal: .*" + pattern)

    def expect_no_start(self, settings: dict[str, str], options: str = "") -> None:
        """The settings are no ones to listen with."""
        self.expect_fault(run(*options.split(), LOCAL, "0", *SAY, settings=settings), 111)

    def expect_refused(self, server: Sslserver, *words, **more) -> None:
        """A connection that no program speaks in."""
        heard = b""
        with contextlib.suppress(OSError):
            heard = ask(server, *words, **more)
        self.assertEqual(heard, b"")

    def expect_alive(self, server: Sslserver) -> None:
        """A program that says `started` still does."""
        self.assertEqual(ask(server), b"started\n")

    def rules(self, text: str, name: str = "rules") -> str:
        """The option for rules that were just compiled."""
        letter = "y" if name == "early" else "x"
        return f"-{letter} {write_rules(self.scratch / f'{name}.cdb', text)}"

    def names(self) -> str:
        """The options for a world of names: good.example is 127.0.0.5 and the other way
        round, 127.0.0.6 says that it is good.example too, client.example is 127.0.0.7."""
        file = self.scratch / "unbound.conf"
        # An anchor of a private zone alone: so no root is asked whether the rest is signed.
        file.write_text('server:\n  trust-anchor: "anchored.invalid. DS 1 13 2 ' + "00" * 32 +
                        '"\n  local-zone: "127.in-addr.arpa." static\n'
                        '  local-data-ptr: "127.0.0.5 good.example"\n'
                        '  local-data-ptr: "127.0.0.6 good.example"\n'
                        '  local-data-ptr: "127.0.0.7 client.example"\n'
                        '  local-zone: "example." static\n'
                        '  local-data: "good.example. A 127.0.0.5"\n'
                        '  local-data: "client.example. A 127.0.0.7"\n')
        return f"--unbound-conf {file} -h"


def main(module: ModuleType, words: list[str]) -> int:
    """The command line of a test."""
    global MATERIAL    # pylint: disable=global-statement
    if len(words) < 2:
        print(module.__doc__, file=sys.stderr)
        return 100
    support.PROGRAM = os.path.abspath(words[1])
    support.enter_own_network([os.path.abspath(words[0]), support.PROGRAM, *words[2:]])
    MATERIAL = Material()
    try:
        return run_cases(module, words[2:])
    finally:
        MATERIAL.remove()
