"""What sslclient_behaviour.py stands on: runs of the program, and small peers of its own
on loopback addresses, each in a thread."""

import hashlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Sequence

from harness import HANG_SECONDS

PROGRAM = ""
DIRECTORY = Path(".")
PYTHON = [sys.executable, "-I", "-S", "-c"]
BLOCK = hashlib.sha256(b"block").digest() * 2048    # 64 KiB
_COUNT = iter(range(1, 250))


def certs() -> Path:
    """The certificates and keys of the zones."""
    return DIRECTORY / "certs"


@dataclass(frozen=True)
class Run:
    """A finished run."""

    status: int
    out: str
    err: str
    seconds: float

    @property
    def lines(self) -> list[str]:
        """The lines of standard error."""
        return self.err.splitlines()

    @property
    def variables(self) -> dict[str, str]:
        """Standard output of `env -0`, parsed."""
        return dict(entry.split("=", 1) for entry in self.out.split("\0") if "=" in entry)


def command(arguments: str, host: str, port: int, *child: str) -> list[str]:
    """The command line; what says nothing of look-ups has none."""
    return [PROGRAM, "--unbound-conf", str(DIRECTORY / "unbound.conf"), "-RHl0", "-T", "3+3",
            *arguments.split(), host, str(port), *child]


def environment(extra: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """A small environment, so that what is inherited is known."""
    return {"PATH": os.environ["PATH"], **(extra or {})}


def start(words: Sequence[str], *, env: Optional[Mapping[str, str]] = None,
          pass_fds: Sequence[int] = (), **more) -> subprocess.Popen:
    """A run that goes on."""
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=environment(env),
                            pass_fds=pass_fds, **more)


def finish(running: subprocess.Popen, limit: float = HANG_SECONDS) -> Run:
    """Its end; one that does not come has status -99."""
    began = time.monotonic()
    try:
        out, err = running.communicate(timeout=limit)
        status = running.returncode
    except subprocess.TimeoutExpired:
        running.kill()
        out, err = running.communicate()
        status = -99
    return Run(status, out.decode(errors="replace"), err.decode(errors="replace"),
               time.monotonic() - began)


def run(arguments: str, host: str, port: int, *child: str, limit: float = HANG_SECONDS,
        **more) -> Run:
    """A whole run."""
    return finish(start(command(arguments, host, port, *child), **more), limit)


def context(leaf: str = "good") -> ssl.SSLContext:
    """A server's settings with a chain of the zones."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(DIRECTORY / "chains" / f"{leaf}.pem", certs() / f"{leaf}.key")
    return tls


class Server:
    """Answers connections to one loopback address, each in a thread."""

    def __init__(self, habit: Callable[[socket.socket], None], port: int = 443,
                 address: str = "") -> None:
        self.address = address or f"127.77.0.{next(_COUNT)}"
        self.port = port
        self.peers: list[tuple[str, int]] = []
        self.faults: list[str] = []
        self._habit = habit
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((self.address, port))
        self._listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, name = self._listener.accept()
            except OSError:
                return
            self.peers.append(name[:2])
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            with peer:
                peer.settimeout(HANG_SECONDS)
                self._habit(peer)
        except (OSError, ValueError) as fault:
            self.faults.append(repr(fault))


class TlsServer(Server):
    """The same after a proper handshake."""

    def __init__(self, habit: Callable[[ssl.SSLSocket], None], leaf: str = "good",
                 tls: Optional[ssl.SSLContext] = None, **more) -> None:
        settings = tls or context(leaf)

        def serve(peer: socket.socket) -> None:
            with settings.wrap_socket(peer, server_side=True,
                                      suppress_ragged_eofs=False) as secure:
                habit(secure)

        super().__init__(serve, **more)


def goodbye(peer: ssl.SSLSocket) -> None:
    """close_notify, and the peer's too."""
    try:
        peer.unwrap()
    except (OSError, ValueError):
        pass


def echo(peer: ssl.SSLSocket) -> None:
    """Sends back what comes, until close_notify."""
    while data := peer.recv(65536):
        peer.sendall(data)
    goodbye(peer)


def drain(peer: socket.socket) -> None:
    """Reads until the end."""
    while peer.recv(65536):
        pass


class Memory:
    """TLS in memory over a socket: says close_notify and goes on reading."""

    def __init__(self, peer: socket.socket, tls: ssl.SSLContext) -> None:
        self._peer = peer
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls.wrap_bio(self._in, self._out, server_side=True)
        self._retry(self._tls.do_handshake)

    def _flush(self) -> None:
        if data := self._out.read():
            self._peer.sendall(data)

    def _retry(self, step: Callable, *words):
        while True:
            try:
                return step(*words)
            except ssl.SSLWantReadError:
                self._flush()
                data = self._peer.recv(65536)
                self._in.write(data) if data else self._in.write_eof()
            finally:
                self._flush()

    def write(self, data: bytes) -> None:
        """All of it."""
        self._retry(self._tls.write, data)

    def close_notify(self) -> None:
        """Ours; the peer's may come much later."""
        try:
            self._tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self._flush()

    def read_to_end(self) -> bytes:
        """What comes up to the peer's close_notify."""
        out: list[bytes] = []
        while True:
            try:
                data = self._retry(self._tls.read, 65536)
            except ssl.SSLZeroReturnError:
                return b"".join(out)
            if not data:
                return b"".join(out)
            out.append(data)


def blocks(octets: int, salt: bytes) -> Iterator[bytes]:
    """So many octets, every 64 KiB of them different."""
    number = 0
    while octets > 0:
        block = salt + number.to_bytes(8, "big") + BLOCK[9:]
        yield block[:octets]
        octets -= len(block)
        number += 1


def digest_of(octets: int, salt: bytes) -> str:
    """The hash of what `blocks` gives."""
    out = hashlib.sha256()
    for block in blocks(octets, salt):
        out.update(block)
    return out.hexdigest()


# For children: the same blocks, written to a descriptor; the hash of what one gives.
CHILD = """
import hashlib, os, sys, threading
BLOCK = hashlib.sha256(b"block").digest() * 2048
def send(fd, octets, salt):
    number = 0
    while octets > 0:
        block = (salt + number.to_bytes(8, "big") + BLOCK[9:])[:octets]
        octets -= len(block)
        number += 1
        while block:
            block = block[os.write(fd, block):]
    os.close(fd)
def take(fd):
    out, size = hashlib.sha256(), 0
    while data := os.read(fd, 262144):
        out.update(data)
        size += len(data)
    return f"{size} {out.hexdigest()}"
"""


def child(code: str) -> list[str]:
    """A child in Python that has `send` and `take`."""
    return [*PYTHON, CHILD + code]


def of_openssl(file: Path, *words: str) -> str:
    """What `openssl x509` says of a certificate, without the part before `=`."""
    done = subprocess.run(["openssl", "x509", "-in", str(file), "-noout", *words],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip().split("=", 1)[1]


def line_of_openssl(file: Path, pattern: str) -> str:
    """The first group of a pattern in `openssl x509 -text`."""
    done = subprocess.run(["openssl", "x509", "-in", str(file), "-noout", "-text"],
                          capture_output=True, text=True, check=True)
    found = re.search(pattern, done.stdout)
    return found.group(1).strip() if found else ""


def pem_of(file: Path) -> str:
    """The first PEM certificate of a file."""
    text = file.read_text()
    begin = text.index("-----BEGIN CERTIFICATE-----")
    end = text.index("-----END CERTIFICATE-----") + len("-----END CERTIFICATE-----\n")
    return text[begin:end]


def json_of(text: str) -> dict:
    """The one JSON object that a text is."""
    (line,) = text.splitlines()
    return json.loads(line)
