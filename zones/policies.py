"""Hosts of MTA-STS policies (RFC 8461 3.3): HTTPS servers that answer as the name they are
asked by has it, and some that answer nobody well."""

import socket
import ssl
from typing import Callable

Habit = Callable[[socket.socket, ssl.SSLContext], None]
PATH = b"/.well-known/mta-sts.txt"
ZONE = "zoo.example"
LEAF = "policy"


def policy(*hosts: str, mode: str = "enforce", age: str = "604800", end: str = "\r\n") -> bytes:
    """A policy that lists these hosts."""
    lines = ["version: STSv1", f"mode: {mode}", *(f"mx: {host}" for host in hosts),
             f"max_age: {age}"]
    return "".join(line + end for line in lines).encode()


def answer(body: bytes, media: str = "text/plain", status: str = "200 OK",
           more: str = "") -> bytes:
    """An answer with a length."""
    return (f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def chunked(body: bytes, octets: int = 10) -> bytes:
    """The same in chunks."""
    parts = [body[i:i + octets] for i in range(0, len(body), octets)] + [b""]
    return (b"HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"%X;x=y\r\n%s\r\n" % (len(part), part) for part in parts))


def to_the_end(body: bytes) -> bytes:
    """The same, up to the end of the connection."""
    return b"HTTP/1.0 200 fine\nContent-Type:text/plain\n\n" + body


_PERFECT = policy("mx-perfect.zoo.example", "mx-perfect-exim.zoo.example")

# What is said by https-policies: to mta-sts.NAME.zoo.example.
ANSWERS: dict[str, bytes] = {
    "perfect": answer(_PERFECT, "text/plain;charset=us-ascii"),
    "perfect-exim": chunked(_PERFECT),
    "perfect-two": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + to_the_end(
        policy("*.ZOO.example", end="\n") + b"mode: none\nlater-field: x\n\n"),
    "sts-only": to_the_end(policy("mx-perfect.zoo.example")[:-2]),
    "sts-second-address": answer(_PERFECT),
    "sts-testing": answer(policy("mx-perfect.zoo.example", mode="testing")),
    "sts-none": answer(policy(mode="none")),
    "sts-disagrees": answer(policy("mx-perfect-exim.zoo.example", "*.mx-perfect.zoo.example",
                                   "zoo.example")),
    "sts-self-signed": answer(policy("mx-self-signed.zoo.example")),
    "sts-redirected": answer(_PERFECT, status="301 Moved Permanently",
                             more="Location: https://mta-sts.perfect.zoo.example/\r\n"),
    "sts-missing": answer(b"not here\n", status="404 Not Found"),
    "sts-html": answer(b"<html>" + _PERFECT, "text/html"),
    "sts-no-mx": answer(policy()),
    "sts-bad-mode": answer(policy("mx-perfect.zoo.example", mode="strict")),
    "sts-bad-age": answer(policy("mx-perfect.zoo.example", age="31557601")),
    "sts-bad-version": answer(_PERFECT.replace(b"STSv1", b"STSv2")),
    "sts-bad-line": answer(_PERFECT + b"\x1b[2Jnonsense\r\n"),
    "sts-bad-pattern": answer(policy("mx-perf*.zoo.example")),
    "sts-large": answer(_PERFECT + b"x: y\r\n" * 20_000),
    "sts-cut": answer(_PERFECT)[:-3],
    "sts-no-http": b"220 mail.example ESMTP\r\n",
}


def _asked_by(peer: ssl.SSLSocket) -> str:
    """The Host of a proper question; nothing for another."""
    head = b""
    while b"\r\n\r\n" not in head and (data := peer.recv(4096)):
        head += data
    first, *lines = head.split(b"\r\n")
    hosts = [line[6:].decode() for line in lines if line.startswith(b"Host: ")]
    if first != b"GET " + PATH + b" HTTP/1.1" or len(hosts) != 1:
        return ""
    return hosts[0]


def _policies(peer: socket.socket, tls: ssl.SSLContext) -> None:
    with tls.wrap_socket(peer, server_side=True) as secure:
        host = _asked_by(secure)
        name = host.removeprefix("mta-sts.").removesuffix("." + ZONE)
        secure.sendall(ANSWERS.get(name, answer(b"who?\n", status="400 Bad Request")))
        secure.unwrap()


def _truncated(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """A policy that may have been cut: the connection ends without close_notify."""
    with tls.wrap_socket(peer, server_side=True) as secure:
        _asked_by(secure)
        secure.sendall(to_the_end(_PERFECT))


def _endless(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """Header lines without end."""
    with tls.wrap_socket(peer, server_side=True) as secure:
        _asked_by(secure)
        secure.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            secure.sendall(b"X-More: of it\r\n" * 100)


def _mute(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """A good handshake, and not a word after it."""
    with tls.wrap_socket(peer, server_side=True) as secure:
        while secure.recv(4096):
            pass


HABITS: dict[str, Habit] = {
    "https-policies": _policies,
    "https-truncated": _truncated,
    "https-endless": _endless,
    "https-mute": _mute,
}
