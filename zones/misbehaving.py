"""Peers that no real server would be: they keep silent, lie, break off or never end. Run
as a program with the run directory, all of them in one process, a thread a connection."""

import socket
import ssl
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Mapping

import dialogues
import policies
import tlsservers

_PORTS = {"127.62.0": 443, "127.62.1": 25, "127.62.2": 143, "127.62.3": 110,
          "127.62.5": 5222}
ABANDON_SECONDS = 60.0
BULK = bytes(range(256)) * 256
BULK_BYTES = 64 * 1024 * 1024
BROKEN_AFTER_BYTES = 100_000


def server_context(certs: Path, leaf: str = "good") -> ssl.SSLContext:
    """A proper TLS server's settings; who has no chain shows the leaf alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = certs.parent / "chains" / f"{leaf}.pem"
    context.load_cert_chain(chain if chain.exists() else certs / f"{leaf}.pem",
                            certs / f"{leaf}.key")
    return context


def drain(peer: socket.socket) -> None:
    """Reads and forgets until the peer closes."""
    while peer.recv(65536):
        pass


def silent(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Accepts and never speaks."""
    drain(peer)


def hello_close(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Closes after the ClientHello."""
    peer.recv(65536)


def hello_part(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Closes in the middle of the ServerHello."""
    peer.recv(65536)
    peer.sendall(bytes.fromhex("160303007a020000760303") + b"\x11" * 20)


def garbage(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Sends octets that are no TLS record."""
    peer.sendall(bytes((index * 73 + 41) & 0xFF for index in range(4096)))
    drain(peer)


def http(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Speaks plain HTTP."""
    peer.recv(65536)
    peer.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def alert(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Answers the ClientHello with the fatal alert handshake_failure."""
    peer.recv(65536)
    peer.sendall(bytes.fromhex("15030300020228"))
    drain(peer)


def oversized(peer: socket.socket, _tls: ssl.SSLContext) -> None:
    """Announces a record longer than TLS allows, and sends it."""
    peer.recv(65536)
    peer.sendall(bytes.fromhex("160303ffff") + b"\x02" * 65535)
    drain(peer)


def forged_record(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """A good handshake and a line, then a record that no key of the session sealed."""
    duplicate = peer.dup()
    with tls.wrap_socket(peer, server_side=True) as secure:
        secure.sendall(b"hello\n")
        duplicate.sendall(bytes.fromhex("1703030040") + b"\x5a" * 64)
        drain(duplicate)


def truncate(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """Sends data and ends the connection without close_notify."""
    duplicate = peer.dup()
    with tls.wrap_socket(peer, server_side=True) as secure:
        secure.sendall(BULK * 2)
        duplicate.shutdown(socket.SHUT_WR)
        drain(duplicate)


def reset(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """Sends data and resets the connection."""
    with tls.wrap_socket(peer, server_side=True) as secure:
        secure.sendall(BULK * 2)
        time.sleep(0.05)
        secure.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def source(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """Sends 64 MiB as fast as they are taken, then close_notify."""
    with tls.wrap_socket(peer, server_side=True) as secure:
        for _ in range(BULK_BYTES // len(BULK)):
            secure.sendall(BULK)
        secure.unwrap()


def echo(peer: socket.socket, tls: ssl.SSLContext) -> None:
    """Sends back all that comes until close_notify, then its own."""
    with tls.wrap_socket(peer, server_side=True) as secure:
        while data := secure.recv(65536):
            secure.sendall(data)
        secure.unwrap()


def _carry(origin: socket.socket, target: socket.socket, octets: int, pause: float) -> None:
    try:
        while data := origin.recv(octets):
            target.sendall(data)
            if pause:
                time.sleep(pause)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def forward(host: str, port: int, octets: int = 65536, pause: float = 0.0) -> Callable:
    """A relay to a server elsewhere, towards the client `octets` at a time."""

    def serve(peer: socket.socket, _tls: ssl.SSLContext) -> None:
        with socket.create_connection((host, port)) as server:
            up = threading.Thread(target=_carry, args=(peer, server, 65536, 0.0), daemon=True)
            up.start()
            _carry(server, peer, octets, pause)
            up.join(ABANDON_SECONDS)

    return serve


# Address and habit. `drip` sends a good handshake one octet every fifty milliseconds.
SERVERS: dict[str, tuple[str, Callable]] = {}


def _number(prefix: str, habits: Mapping[str, Callable]) -> None:
    for number, (name, habit) in enumerate(habits.items(), 1):
        SERVERS[name] = (f"{prefix}.{number}", habit)


_number("127.62.0", {
    "silent": silent, "hello-close": hello_close, "hello-part": hello_part,
    "garbage": garbage, "http": http, "alert": alert, "oversized": oversized,
    "truncate": truncate, "reset": reset, "source": source, "echo": echo,
    "forged-record": forged_record,
    "drip": forward(tlsservers.ADDRESSES["good"], tlsservers.PORT, 1, 0.05)})
for _group in (("127.62.1", dialogues.SMTP), ("127.62.2", dialogues.IMAP),
               ("127.62.3", dialogues.POP3), ("127.62.4", policies.HABITS),
               ("127.62.5", dialogues.XMPP)):
    _number(*_group)

ADDRESSES = {name: address for name, (address, _) in SERVERS.items()}

# No listener; and one whose queues are full, so that the kernel drops all that comes.
NOBODY = {"closed": "127.62.9.1", "closed2": "127.62.9.2"}
BLACKHOLE = {"blackhole": "127.62.9.3"}
BLACKHOLE_PORTS = (25, tlsservers.PORT)

# gnutls-serv has no option to choose an address, so it has a port of its own and a relay.
_RELAYS = [(tlsservers.ADDRESSES[p.name], forward("127.0.0.1", p.hidden_port))
           for p in tlsservers.PEERS if p.hidden_port]


def port_of(address: str) -> int:
    """The port that a server on that address listens on."""
    return _PORTS.get(address.rsplit(".", 1)[0], tlsservers.PORT)


def listeners() -> list[tuple[str, int]]:
    """Addresses and ports that will listen."""
    addresses = [*ADDRESSES.values(), *(a for a, _ in _RELAYS)]
    return ([(address, port_of(address)) for address in addresses]
            + [(address, port) for address in BLACKHOLE.values() for port in BLACKHOLE_PORTS])


def _serve(peer: socket.socket, habit: Callable, tls: ssl.SSLContext) -> None:
    try:
        with peer:
            peer.settimeout(ABANDON_SECONDS)
            habit(peer, tls)
    except (OSError, ssl.SSLError):
        pass


def _listen(address: str, port: int, backlog: int = 64) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(backlog)
    return listener


def _accept(listener: socket.socket, habit: Callable, tls: ssl.SSLContext) -> None:
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=_serve, args=(peer, habit, tls), daemon=True).start()


def main(directory: Path) -> None:
    """Serves until ended."""
    usual = server_context(directory / "certs")
    of_policies = server_context(directory / "certs", policies.LEAF)
    kept = []
    for address, port in ((a, p) for a in BLACKHOLE.values() for p in BLACKHOLE_PORTS):
        kept.append(_listen(address, port, 0))
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((address, port))
            kept.append(filler)
    threads = [threading.Thread(target=_accept, args=(
        _listen(address, port_of(address)), habit,
        of_policies if habit in policies.HABITS.values() else usual))
        for address, habit in [*SERVERS.values(), *_RELAYS]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
