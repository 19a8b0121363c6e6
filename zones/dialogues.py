"""Mail servers that spoil STARTTLS (RFC 3207, RFC 9051 6.2.1, RFC 2595 4), and plain
IMAP, POP3 and XMPP servers that do it right."""

import socket
import ssl
import time
from typing import BinaryIO, Callable

Habit = Callable[[socket.socket, ssl.SSLContext], None]


def _line(peer: BinaryIO) -> bytes:
    """One command; an empty one at the end of the connection."""
    return peer.readline(4096).strip()


def _secure(peer: socket.socket, tls: ssl.SSLContext, again: Callable) -> None:
    with tls.wrap_socket(peer, server_side=True) as secure, secure.makefile("rb") as lines:
        again(secure, lines)
        secure.unwrap()


def _answer(peer: socket.socket, lines: BinaryIO, verb: bytes, offers: bytes) -> None:
    """The answer to any other command; a message is read to its end and forgotten."""
    if verb == b"EHLO":
        peer.sendall(offers)
    elif verb == b"QUIT":
        peer.sendall(b"221 bye\r\n")
    elif verb == b"DATA":
        peer.sendall(b"354 go on\r\n")
        while lines.readline(65536) not in (b".\r\n", b""):
            pass
        peer.sendall(b"250 taken\r\n")
    else:
        peer.sendall(b"250 ok\r\n")


def _smtp_commands(peer: socket.socket, lines: BinaryIO) -> None:
    while command := _line(lines):
        verb = command.split()[0].upper()
        _answer(peer, lines, verb, b"250-peer.example after TLS\r\n250 SIZE 1000000\r\n")
        if verb == b"QUIT":
            break


def smtp(reply: bytes, *, offered: bool = True, tls_follows: bool = True) -> Habit:
    """An SMTP server that answers STARTTLS with `reply`."""
    offers = (b"250-peer.example\r\n250-STARTTLS\r\n250 8BITMIME\r\n" if offered
              else b"250-peer.example\r\n250 8BITMIME\r\n")

    def serve(peer: socket.socket, tls: ssl.SSLContext) -> None:
        lines = peer.makefile("rb", 0)
        peer.sendall(b"220 peer.example ESMTP\r\n")
        while command := _line(lines):
            verb = command.split()[0].upper()
            if verb == b"STARTTLS":
                peer.sendall(reply)
                if tls_follows:
                    return _secure(peer, tls, _smtp_commands)
                if not reply:
                    return None
                continue
            _answer(peer, lines, verb, offers)
            if verb == b"QUIT":
                break
        return None

    return serve


def _broken(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """Offers STARTTLS and agrees to it, and answers the hello with a fatal alert. Mail in
    clear text it takes."""
    lines = peer.makefile("rb", 0)
    peer.sendall(b"220 peer.example ESMTP\r\n")
    while command := _line(lines):
        verb = command.split()[0].upper()
        if verb == b"STARTTLS":
            peer.sendall(b"220 go ahead\r\n")
            peer.recv(65536)
            return peer.sendall(bytes.fromhex("15030300020228"))
        _answer(peer, lines, verb, b"250-peer.example\r\n250 STARTTLS\r\n")
        if verb == b"QUIT":
            break
    return None


def _by_name(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """Answers a ClientHello that names no host below .example with the fatal alert
    unrecognized_name."""
    lines = peer.makefile("rb", 0)
    peer.sendall(b"220 peer.example ESMTP\r\n")
    while command := _line(lines):
        verb = command.split()[0].upper()
        if verb == b"STARTTLS":
            peer.sendall(b"220 go ahead\r\n")
            if b".example" in peer.recv(65536, socket.MSG_PEEK):
                return _secure(peer, tls, _smtp_commands)
            return peer.sendall(bytes.fromhex("15030300020270"))
        _answer(peer, lines, verb, b"250-peer.example\r\n250 STARTTLS\r\n")
        if verb == b"QUIT":
            break
    return None


def _hangs_up(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """A good handshake, and not a word after it."""
    lines = peer.makefile("rb", 0)
    peer.sendall(b"220 peer.example ESMTP\r\n")
    while command := _line(lines):
        verb = command.split()[0].upper()
        if verb == b"STARTTLS":
            peer.sendall(b"220 go ahead\r\n")
            return _secure(peer, tls, lambda _secure, rest: _line(rest))
        _answer(peer, lines, verb, b"250-peer.example\r\n250 STARTTLS\r\n")
    return None


def _flood(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Continuation lines without end."""
    peer.sendall(b"220 peer.example ESMTP\r\n")
    peer.recv(4096)
    while True:
        peer.sendall(b"250-MORE\r\n" * 1000)


def _long(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """A line without end."""
    peer.sendall(b"220 ")
    while True:
        peer.sendall(b"x" * 65536)


def _drip(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """A greeting at an octet a second."""
    for octet in b"220 peer.example ESMTP is on its way, slowly\r\n":
        peer.sendall(bytes([octet]))
        time.sleep(1)


def _says(greeting: bytes) -> Habit:
    def serve(peer: socket.socket, _tls: ssl.SSLContext) -> None:
        peer.sendall(greeting)
        while peer.recv(4096):
            pass
    return serve


def imap(reply: bytes, *, offered: bool = True, tls_follows: bool = True) -> Habit:
    """An IMAP server; `reply` without the tag answers STARTTLS."""

    def commands(peer: socket.socket, lines: BinaryIO, offer: bytes) -> str:
        while command := _line(lines):
            tag, verb = (command.split() + [b"", b""])[:2]
            verb = verb.upper()
            if verb == b"STARTTLS":
                peer.sendall(tag + b" " + reply)
                if tls_follows:
                    return "tls"
                continue
            if verb == b"CAPABILITY":
                peer.sendall(b"* CAPABILITY IMAP4rev1" + offer + b"\r\n")
            if verb == b"LOGOUT":
                peer.sendall(b"* BYE\r\n" + tag + b" OK done\r\n")
                return "end"
            peer.sendall(tag + b" OK done\r\n")
        return "end"

    def serve(peer: socket.socket, tls: ssl.SSLContext) -> None:
        peer.sendall(b"* OK peer.example IMAP4rev1\r\n")
        offer = b" STARTTLS LOGINDISABLED" if offered else b""
        if commands(peer, peer.makefile("rb", 0), offer) == "tls":
            _secure(peer, tls, lambda secure, lines: commands(secure, lines, b" AUTH=PLAIN"))

    return serve


def pop3(reply: bytes, *, tls_follows: bool = True) -> Habit:
    """A POP3 server that answers STLS with `reply`."""

    def commands(peer: socket.socket, lines: BinaryIO) -> str:
        while command := _line(lines):
            verb = command.split()[0].upper()
            if verb == b"STLS":
                peer.sendall(reply)
                if tls_follows:
                    return "tls"
            elif verb == b"CAPA":
                peer.sendall(b"+OK\r\nSTLS\r\nUSER\r\n.\r\n")
            elif verb == b"QUIT":
                peer.sendall(b"+OK bye\r\n")
                return "end"
            else:
                peer.sendall(b"+OK\r\n")
        return "end"

    def serve(peer: socket.socket, tls: ssl.SSLContext) -> None:
        peer.sendall(b"+OK peer.example POP3\r\n")
        if commands(peer, peer.makefile("rb", 0)) == "tls":
            _secure(peer, tls, commands)

    return serve


def _xmpp(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """An XMPP server with STARTTLS (RFC 6120 5.4) for the domains that begin with svc-."""

    def until(mark: bytes) -> bytes:
        data = b""
        while mark not in data and (more := peer.recv(4096)):
            data += more
        return data

    opening = until(b"version='1.0'>")
    peer.sendall(b"<?xml version='1.0'?><stream:stream from='peer.example' version='1.0' "
                 b"xmlns:stream='http://etherx.jabber.org/streams'>")
    if b" to='svc-" not in opening:
        return peer.sendall(b"<stream:error><host-unknown/></stream:error></stream:stream>")
    peer.sendall(b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
                 b"</stream:features>")
    until(b"<starttls")
    peer.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    return _secure(peer, tls, lambda _peer, lines: lines.read())


SMTP: dict[str, Habit] = {
    "smtp-refused": smtp(b"454 TLS not available\r\n", tls_follows=False),
    "smtp-absent": smtp(b"502 what?\r\n", offered=False, tls_follows=False),
    "smtp-injected": smtp(b"220 go ahead\r\n250 injected\r\n"),
    "smtp-flood": _flood,
    "smtp-long": _long,
    "smtp-drip": _drip,
    "smtp-busy": _says(b"421 too busy\r\n"),
    "smtp-closes": smtp(b"", tls_follows=False),
    "smtp-silent": _says(b""),
    "smtp-garbage": _says(b"\x16\x03\x01\x00\x05hello\r\n"),
    "smtp-good": smtp(b"220 go ahead\r\n"),
    "smtp-broken": _broken,
    "smtp-by-name": _by_name,
    "smtp-denied": smtp(b"554 no TLS here\r\n", tls_follows=False),
    "smtp-hangs-up": _hangs_up,
}
IMAP: dict[str, Habit] = {
    "imap": imap(b"OK begin TLS\r\n"),
    "imap-refused": imap(b"NO not now\r\n", tls_follows=False),
    "imap-absent": imap(b"BAD unknown\r\n", offered=False, tls_follows=False),
    "imap-injected": imap(b"OK begin TLS\r\n* OK injected\r\n"),
}
POP3: dict[str, Habit] = {
    "pop3": pop3(b"+OK begin TLS\r\n"),
    "pop3-refused": pop3(b"-ERR not now\r\n", tls_follows=False),
    "pop3-injected": pop3(b"+OK begin TLS\r\n+OK injected\r\n"),
}
XMPP: dict[str, Habit] = {"xmpp": _xmpp}
