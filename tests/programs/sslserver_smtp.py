#!/usr/bin/env python3
"""A mail server of some fifty lines that lets its parent do TLS by UCSPI-TLS: for the tests of
sslserver. The mail itself is read and thrown away.

    sslserver -n HOST PORT sslserver_smtp.py
"""

import os
import sys


class Session:
    """One connection: descriptor 0 is read, 1 is written."""

    def __init__(self) -> None:
        self.rest = b""
        self.variables: dict[str, str] = {}
        self.has_tls = False

    def line(self) -> str:
        """The next line, without its end."""
        while b"\n" not in self.rest:
            some = os.read(0, 4096)
            if not some:
                sys.exit(0)
            self.rest += some
        line, _, self.rest = self.rest.partition(b"\n")
        return line.rstrip(b"\r").decode(errors="replace")

    def say(self, text: str) -> None:
        """One line to the client."""
        os.write(1, text.encode() + b"\r\n")

    def start_tls(self) -> None:
        """TLS by the parent; ends if there will be none."""
        self.say("220 go ahead")
        control = int(os.environ["SSLCTLFD"])
        os.write(control, b"Y")
        answer = b""
        while not answer.endswith(b"\0\0"):
            some = os.read(control, 4096)
            if not some:
                sys.exit(1)
            answer += some
        for entry in filter(None, answer.split(b"\0")):
            name, _, value = entry.decode(errors="replace").partition("=")
            self.variables[name] = value
        for number, name in ((0, "SSLREADFD"), (1, "SSLWRITEFD")):
            fd = int(os.environ[name])
            os.dup2(fd, number)
            os.close(fd)
        os.close(control)
        self.rest = b""         # what came before TLS counts for nothing (CVE-2011-0411)
        self.has_tls = True

    def talk(self) -> None:
        """Commands until QUIT."""
        self.say("220 small.example ESMTP")
        while True:
            word = self.line().upper()
            if word.startswith("EHLO"):
                if "SSLCTLFD" in os.environ and not self.has_tls:
                    self.say("250-small.example")
                    self.say("250 STARTTLS")
                else:
                    self.say(f"250 small.example {self.variables.get('SSL_PROTOCOL', '')}")
            elif word == "STARTTLS":
                self.start_tls()
            elif word == "DATA":
                self.say("354 go ahead")
                while self.line() != ".":
                    pass
                self.say("250 accepted")
            elif word == "QUIT":
                self.say("221 bye")
                return
            elif word.startswith(("MAIL", "RCPT", "HELO", "NOOP", "RSET")):
                self.say("250 ok")
            else:
                self.say("502 unknown")


if __name__ == "__main__":
    Session().talk()
