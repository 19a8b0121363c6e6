"""What is left to somebody who takes qmail-remote over by what a server sends.

    qmail_remote_confined.py QMAIL_REMOTE ZONES_DIR [NAME...]
"""

import ctypes
import re
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import qmail_remote_behaviour as behaviour
import sslclient_behaviour_support as support
from harness import HANG_SECONDS

LANDLOCK_CREATE_RULESET, VERSION = 444, 1
HAS_LANDLOCK = ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, VERSION) > 0


class Confined(behaviour.Case):
    """A delivery that waits for a server, looked at from outside."""

    def setUp(self) -> None:
        super().setUp()
        self.connected, self.seen = threading.Event(), threading.Event()
        self.addCleanup(self.seen.set)

    def wait(self, _peer: object) -> None:
        """A server that says nothing until the delivery has been looked at."""
        self.connected.set()
        self.seen.wait(20)

    def state(self) -> tuple[str, str]:
        """/proc's `status` and `limits` of a delivery that waits."""
        self.route(self.wait)
        self.write(b"Subject: x\n\nhello\n")
        running = self.start(self.home / "message")
        self.addCleanup(running.communicate)
        self.assertTrue(self.connected.wait(20))
        proc = Path(f"/proc/{running.pid}")
        try:
            return (proc / "status").read_text(), (proc / "limits").read_text()
        finally:
            self.seen.set()

    @unittest.skipUnless(HAS_LANDLOCK, "this kernel has no Landlock")
    def test_its_rights_are_given_up_before_a_server_speaks(self) -> None:
        status, _limits = self.state()
        self.assertRegex(status, r"NoNewPrivs:\s+1\b")

    def test_it_leaves_no_core_dump(self) -> None:
        _status, limits = self.state()
        self.assertRegex(limits, r"Max core file size\s+0\b")

    def test_trust_anchors_are_kept_up_to_date(self) -> None:
        """By libunbound, which writes a new file and renames it (RFC 5011 2.3)."""
        conf = self.home / "control" / "unbound.conf"
        anchors = self.home / "control" / "anchors"
        anchors.mkdir()
        text = conf.read_text()
        named = re.search(r'[^-]trust-anchor-file: "?([^"\n]+)"?', text)
        assert named
        kept = anchors / "root.key"
        kept.write_text(Path(named.group(1)).read_text())
        conf.write_text(text.replace(f"trust-anchor-file: \"{named.group(1)}\"",
                                     f"auto-trust-anchor-file: \"{kept}\""))
        self.assertIn("auto-trust", conf.read_text())
        self.write(b"Subject: x\n\nhello\n")
        with open(self.home / "message", "rb") as message:
            done = subprocess.run(
                [support.PROGRAM, "good.mail.example", "me@here.example",
                 "you@good.mail.example"], stdin=message, capture_output=True, timeout=HANG_SECONDS,
                env={"QMAILHOME": str(self.home), **behaviour.SANITIZER}, check=True)
        self.assertIn("last_success", kept.read_text(), done.stdout)


def main() -> int:
    """The command line."""
    support.PROGRAM, support.DIRECTORY = sys.argv[1], Path(sys.argv[2])
    began = time.monotonic()
    program = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], exit=False, verbosity=1)
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
