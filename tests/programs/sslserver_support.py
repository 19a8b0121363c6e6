"""What the tests of sslserver stand on: certificates made by the openssl command, servers
under test with their log, TLS clients of two libraries, and the real tcprules and tcpserver.

Nothing but loopback is needed. Ports are chosen by the kernel: a server is asked for port 0,
and says with -1 which one it got."""

import contextlib
import os
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Callable, Iterator, Mapping, Optional, Sequence, Union

from harness import HANG_SECONDS, START_SECONDS, run_cases

PROGRAM = ""
PYTHON = [sys.executable, "-I", "-S", "-c"]
ENV = ("env", "-0")
NOBODY = 65534
# Options of most servers: no names are looked up, and the log has every line.
BASE = "-1vRHl0"
# Addresses beside 127.0.0.0/8 and ::1, which only a network namespace of our own has: two
# of one /64, and one of another.
SIX = ("fd00:1:2:3::1", "fd00:1:2:3::2", "fd00:1:2:4::1")
MARK = "SSLSERVER_TEST_NETWORK"


def is_root() -> bool:
    """Whether we may become any other user. In a user namespace that maps root alone,
    root may not."""
    size = Path("/proc/self/uid_map").read_text(encoding="ascii").split()[-1]
    return os.geteuid() == 0 and int(size) > NOBODY


def has_address(address: str) -> bool:
    """Whether this machine has the address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as one:
            one.bind((address, 0))
        return True
    except OSError:
        return False


as_root = unittest.skipUnless(is_root(), "only root can")
with_ipv6 = unittest.skipUnless(has_address("::1"), "there is no IPv6 here")
with_many_addresses = unittest.skipUnless(
    all(map(has_address, SIX)), "there is no network namespace of our own")


def enter_own_network(words: Sequence[str]) -> None:
    """As root, starts this program anew in a network namespace that has nothing but a
    loopback interface with a few addresses more; where that cannot be, goes on here."""
    if not is_root() or MARK in os.environ or not shutil.which("ip"):
        return
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        return
    os.environ[MARK] = "own"
    more = "; ".join(f"ip -6 address add {address}/128 dev lo nodad" for address in SIX)
    os.execvp("unshare", ["unshare", "--net", "--", "sh", "-c",
                          f'ip link set lo up; {{ {more}; }} 2>/dev/null; exec "$@"', "sh",
                          sys.executable, *words])


def until(check: Callable, what: str, limit: float = START_SECONDS):
    """Waits for a check to give something true, and gives it."""
    deadline = time.monotonic() + limit
    while not (value := check()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.01)
    return value


# Certificates.

def openssl(*words: Union[str, Path], text: str = "", **more) -> str:
    """What the openssl command writes."""
    done = subprocess.run(["openssl", *map(str, words)], input=text, capture_output=True,
                          text=True, check=False, timeout=HANG_SECONDS, **more)
    if done.returncode:
        raise ChildProcessError(f"openssl {words}: {done.stderr}")
    return done.stdout


CONFIGURATION = """
[req]
distinguished_name = empty
[empty]
[ca]
default_ca = files
[files]
database = {folder}/index
new_certs_dir = {folder}
crlnumber = {folder}/crlnumber
rand_serial = yes
default_md = sha256
default_days = 30
default_crl_days = 30
unique_subject = no
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


class Authority:
    """A certification authority in a folder of its own."""

    def __init__(self, folder: Path, name: str, issuer: Optional["Authority"] = None) -> None:
        folder.mkdir()
        self.folder = folder
        self.file, self.key = folder / "ca.pem", folder / "ca.key"
        self._configuration = folder / "openssl.cnf"
        self._configuration.write_text(CONFIGURATION.format(folder=folder))
        (folder / "index").touch()
        (folder / "crlnumber").write_text("01\n")
        openssl("req", "-x509", "-config", self._configuration, *new_key("ec"), "-nodes",
                "-days", "30", "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.file,
                "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                *(("-CA", issuer.file, "-CAkey", issuer.key) if issuer else ()))

    def issue(self, file: Path, names: str, *, kind: str = "ec", subject: str = "",
              dates: tuple[str, str] = ("", "")) -> "Pair":
        """A certificate with its key: `names` as in subjectAltName, dates as openssl ca
        has them."""
        made = Pair(file.with_suffix(".pem"), file.with_suffix(".key"))
        request = file.with_suffix(".csr")
        openssl("req", "-new", "-config", self._configuration, *new_key(kind), "-nodes",
                "-subj", subject or f"/CN={file.stem}", "-keyout", made.key, "-out", request,
                "-addext", f"subjectAltName={names}", "-addext", "basicConstraints=CA:FALSE")
        openssl("ca", "-batch", "-notext", "-config", self._configuration, "-cert", self.file,
                "-keyfile", self.key, "-in", request, "-out", made.chain,
                *(("-startdate", dates[0], "-enddate", dates[1]) if dates[0] else ()))
        return made

    def revoke(self, pair: "Pair") -> None:
        """Puts a certificate on the next list."""
        openssl("ca", "-config", self._configuration, "-cert", self.file, "-keyfile", self.key,
                "-revoke", pair.chain)

    def write_list(self, file: Path) -> Path:
        """The list of what is revoked."""
        openssl("ca", "-config", self._configuration, "-cert", self.file, "-keyfile", self.key,
                "-gencrl", "-out", file)
        return file


def new_key(kind: str) -> tuple[str, ...]:
    """Options of `openssl req`."""
    if kind == "rsa":
        return ("-newkey", "rsa:2048")
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@dataclass(frozen=True)
class Pair:
    """Files: a certificate, with its chain maybe, and its key."""

    chain: Path
    key: Path

    @property
    def der(self) -> bytes:
        """The first certificate."""
        return ssl.PEM_cert_to_DER_cert(pem_of(self.chain))

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which a server has it."""
        return {"CERTFILE": str(self.chain), "KEYFILE": str(self.key)}

    def copy_to(self, folder: Path, name: str = "live") -> "Pair":
        """A copy that may be replaced."""
        out = Pair(folder / f"{name}.pem", folder / f"{name}.key")
        replace(out.chain, self.chain.read_bytes())
        replace(out.key, self.key.read_bytes())
        return out


def replace(file: Path, data: bytes) -> None:
    """Puts a new file where one may be, at one stroke."""
    new = file.with_name(file.name + ".new")
    new.write_bytes(data)
    new.rename(file)


def pem_of(file: Path) -> str:
    """The first PEM certificate of a file."""
    text = file.read_text()
    begin = text.index("-----BEGIN CERTIFICATE-----")
    end = text.index("-----END CERTIFICATE-----") + len("-----END CERTIFICATE-----\n")
    return text[begin:end]


class Material:
    """The certificates of a whole run, in a folder that any user may read."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sslserver."))
        self.folder.chmod(0o755)
        self.root = Authority(self.folder / "root", "Root")
        self.middle = Authority(self.folder / "middle", "Middle", self.root)
        self.other = Authority(self.folder / "other", "Other Root")
        self.ecdsa = self.with_chain("ecdsa", "DNS:server.example")
        self.rsa = self.with_chain("rsa", "DNS:server.example", kind="rsa")
        self.new = self.with_chain("new", "DNS:server.example")
        self.client = self.root.issue(self.folder / "client", "DNS:client.example")
        self.strange_client = self.other.issue(self.folder / "strange", "DNS:client.example")

    def with_chain(self, name: str, names: str, **more) -> Pair:
        """A leaf of the middle authority, with that one's certificate behind it."""
        pair = self.middle.issue(self.folder / name, names, **more)
        with pair.chain.open("a") as file:
            file.write(pem_of(self.middle.file))
        return pair

    def remove(self) -> None:
        """The files."""
        shutil.rmtree(self.folder, ignore_errors=True)


# Processes.

@dataclass(frozen=True)
class Process:
    """A process, which is another one when its number is given anew."""

    pid: int
    parent: int
    began: str

    def is_alive(self) -> bool:
        """Whether it is there and no zombie."""
        now = process(self.pid)
        return now is not None and now.began == self.began

    def end(self) -> None:
        """Kills it, if it is still there."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def process(pid: int) -> Optional[Process]:
    """A process that runs."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    words = text.rpartition(")")[2].split()
    return None if words[0] in "ZX" else Process(pid, int(words[1]), words[19])


def children(pid: int) -> list[Process]:
    """The processes whose parent it is."""
    every = (process(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return [one for one in every if one and one.parent == pid]


def descendants(pid: int) -> list[Process]:
    """Its children, theirs, and so on."""
    found = children(pid)
    return found + [below for child in found for below in descendants(child.pid)]


def fact(pid: int, name: str) -> str:
    """A line of /proc/PID/status."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return re.search(rf"^{name}:\s*(.*)$", text, re.M).group(1)


# The server under test.

def environment(extra: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """A small environment, so that what is inherited is known."""
    return {"PATH": os.environ["PATH"], **(extra or {})}


@dataclass(frozen=True)
class Run:
    """A finished run."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of standard error."""
        return self.err.splitlines()


def run(*words: str, settings: Optional[Mapping[str, str]] = None, **more) -> Run:
    """A run of sslserver that ends by itself; one that does not has status -99."""
    with subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment(settings), **more) as running:
        try:
            out, err = running.communicate(timeout=START_SECONDS)
            status = running.returncode
        except subprocess.TimeoutExpired:
            for one in (*descendants(running.pid), process(running.pid)):
                if one:
                    one.end()
            out, err = running.communicate()
            status = -99
    return Run(status, out.decode(errors="replace"), err.decode(errors="replace"))


class Sslserver:
    """sslserver with a program behind it, once it listens."""

    def __init__(self, *program: str, settings: Mapping[str, str], options: str = "",
                 host: str = "127.0.0.1", port: Union[int, str] = 0, base: str = BASE,
                 before: Sequence[str] = (), **more) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="served."))
        self._log = self.folder / "log"
        self._left: list[Process] = []
        words = [*before, PROGRAM, *base.split(), *options.split(), host, str(port), *program]
        try:
            with self._log.open("ab") as log:
                self.running = subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                    env=environment(settings), **more)
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        self.pid = self.running.pid
        try:
            self.told = self._read_line()
        except BaseException:
            self.__exit__()
            raise
        self.ip, port_, limit, most = re.fullmatch(
            r"(\S+) : (\d+) \[(\d+)/(\d+)\]\n", self.told).groups()
        self.port = int(port_)
        self.limits = (int(limit), int(most))

    def _read_line(self) -> str:
        ready, _, _ = select.select([self.running.stdout], [], [], START_SECONDS)
        line = os.read(self.running.stdout.fileno(), 1000).decode() if ready else ""
        if not re.fullmatch(r"\S+ : \d+ \[\d+/\d+\]\n", line):
            raise ChildProcessError(f"it said {line!r} and logged {self.log!r}")
        return line

    def __enter__(self) -> "Sslserver":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for one in self._left:
            one.end()
        self.running.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> int:
        """Ends the listener: its exit status. What it leaves behind ends with the test."""
        if self.running.poll() is None:
            self._left += descendants(self.pid)
            self.running.send_signal(signal.SIGTERM)
            try:
                self.running.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()
        return self.running.returncode

    def hang_up(self) -> None:
        """The signal that makes it read its files anew."""
        self.running.send_signal(signal.SIGHUP)

    # Its log.

    @property
    def log(self) -> str:
        """All of it so far."""
        return self._log.read_text(errors="replace")

    @property
    def lines(self) -> list[str]:
        """The lines that have ended."""
        return self.log[:self.log.rfind("\n") + 1].splitlines()

    def find(self, pattern: str, count: int = 1) -> list[re.Match]:
        """Waits until so many lines match as a whole."""
        def matches() -> list[re.Match]:
            found = [re.fullmatch(pattern, line) for line in self.lines]
            found = [one for one in found if one]
            return found if len(found) >= count else []

        try:
            return until(matches, pattern)
        except TimeoutError as fault:
            raise TimeoutError(f"{fault} in {self.log}") from None

    def statuses(self, count: int = 1) -> list[int]:
        """The raw wait statuses, when so many talkers have ended."""
        return [int(one[1]) for one in self.find(r"sslserver: end \d+ status (\d+)", count)]

    def status(self) -> int:
        """The only one."""
        (only,) = self.statuses()
        return only

    def warnings(self) -> list[str]:
        """What it complained of so far."""
        return [line for line in self.lines if line.startswith("sslserver: warning: ")]

    # Its processes.

    def talkers(self) -> list[Process]:
        """The processes that talk to a peer."""
        pids = {int(pid) for pid in re.findall(r"^sslserver: pid (\d+) from", self.log, re.M)}
        return [child for child in children(self.pid) if child.pid in pids]

    def keepers(self) -> list[Process]:
        """The processes that have the private keys."""
        return [child for child in children(self.pid) if is_keeper(child.pid)]

    def waiting(self) -> list[Process]:
        """The talkers that wait for a peer (--prefork)."""
        talkers = {child.pid for child in self.talkers()}
        return [child for child in children(self.pid)
                if child.pid not in talkers and not is_keeper(child.pid)]


def is_keeper(pid: int) -> bool:
    """Whether the process has the name of a keeper."""
    try:
        return Path(f"/proc/{pid}/comm").read_text() == "sslserver-keys\n"
    except OSError:
        return False


# Clients.

def connect(server: Sslserver, source: str = "") -> socket.socket:
    """A connection to it without TLS. A server of every address is asked at the source's
    kind of loopback."""
    address = server.ip
    if address in ("0.0.0.0", "::"):
        address = "::1" if ":" in source else "127.0.0.1"
    peer = socket.create_connection((address, server.port), HANG_SECONDS,
                                    (source, 0) if source else None)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


def context(authority: Optional[Path] = None, *, only: Optional[ssl.TLSVersion] = None,
            ciphers: str = "", alpn: Sequence[str] = (), own: Optional[Pair] = None,
            ) -> ssl.SSLContext:
    """A client's settings: without an authority it takes any certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_REQUIRED if authority else ssl.CERT_NONE
    if authority:
        tls.load_verify_locations(authority)
    if only:
        tls.minimum_version = tls.maximum_version = only
    if ciphers:
        tls.set_ciphers(ciphers)
    if alpn:
        tls.set_alpn_protocols(list(alpn))
    if own:
        tls.load_cert_chain(own.chain, own.key)
    return tls


class Talk:
    """TLS in memory over a connection, as a client: what is sent can be cut as one likes,
    close_notify can be said and reading goes on, and an end without it is a fault."""

    def __init__(self, peer: socket.socket, tls: Optional[ssl.SSLContext] = None,
                 name: Optional[str] = None, *, session: Optional[ssl.SSLSession] = None,
                 send: Optional[Callable[[socket.socket, bytes], None]] = None) -> None:
        self.socket = peer
        self._send = send or (lambda to, data: to.sendall(data))
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (tls or context()).wrap_bio(self._in, self._out, server_hostname=name,
                                               session=session)
        self._retry(self.tls.do_handshake)

    def __enter__(self) -> "Talk":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _flush(self) -> None:
        if data := self._out.read():
            self._send(self.socket, data)

    def _retry(self, step: Callable, *words):
        while True:
            try:
                return step(*words)
            except ssl.SSLWantReadError:
                self._flush()
                data = self.socket.recv(65536)
                self._in.write(data) if data else self._in.write_eof()
            finally:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self._flush()

    @property
    def der(self) -> bytes:
        """The peer's certificate."""
        return self.tls.getpeercert(True)

    def write(self, data: bytes) -> None:
        """All of it."""
        self._retry(self.tls.write, data)

    def read(self, octets: int) -> bytes:
        """Just so many, or fewer before the end."""
        out = b""
        while len(out) < octets and (data := self._read(octets - len(out))):
            out += data
        return out

    def _read(self, most: int = 65536) -> bytes:
        try:
            return self._retry(self.tls.read, most)
        except ssl.SSLZeroReturnError:
            return b""

    def read_line(self) -> str:
        """A line without its end."""
        out = b""
        while not out.endswith(b"\n") and (data := self._read(1)):
            out += data
        return out.decode().rstrip("\n")

    def blocks(self) -> Iterator[bytes]:
        """What comes up to the peer's close_notify."""
        while data := self._read():
            yield data

    def read_to_end(self) -> bytes:
        """All that comes up to the peer's close_notify."""
        return b"".join(self.blocks())

    def end(self) -> tuple[bytes, bool]:
        """All that comes, and whether close_notify is behind it, not a mere FIN."""
        out = b""
        try:
            for block in self.blocks():
                out += block
        except (ssl.SSLEOFError, ConnectionResetError):
            return out, False
        finally:
            self.socket.close()
        return out, True

    def close_notify(self) -> None:
        """Ours; the peer's may come much later."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        self._flush()

    def say(self, data: bytes) -> bytes:
        """Says it and our end; what comes up to the peer's, and that is all."""
        self.write(data)
        self.close_notify()
        out = self.read_to_end()
        self.socket.close()
        return out


def talk(server: Sslserver, tls: Optional[ssl.SSLContext] = None, name: Optional[str] = None,
         *, source: str = "", **more) -> Talk:
    """A new connection with TLS."""
    peer = connect(server, source)
    try:
        return Talk(peer, tls, name, **more)
    except BaseException:
        peer.close()
        raise


def serve_ident(case: unittest.TestCase, source: str, answer: Callable[[str], str]) -> None:
    """Has an IDENT server of a client's machine (RFC 1413) answer questions until the test ends."""
    listener = case.enterContext(socket.create_server((source, 113)))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(answer(peer.recv(100).decode().strip()).encode())
                    peer.recv(1)

    threading.Thread(target=serve, daemon=True).start()
    case.addCleanup(listener.shutdown, socket.SHUT_RDWR)


def ask(server: Sslserver, tls: Optional[ssl.SSLContext] = None, name: Optional[str] = None,
        **more) -> bytes:
    """What a program says that nobody says anything to."""
    with talk(server, tls, name, **more) as peer:
        return peer.read_to_end()


def variables(text: bytes) -> dict[str, str]:
    """What `env -0` wrote."""
    return dict(entry.split("=", 1) for entry in text.decode().split("\0") if "=" in entry)


def plain_end(peer: socket.socket) -> bytes:
    """What comes without TLS, up to an end of either kind."""
    out = b""
    with contextlib.suppress(ConnectionResetError):
        while data := peer.recv(65536):
            out += data
    return out


def client_hello(tls: Optional[ssl.SSLContext] = None) -> bytes:
    """The first octets of a client: a whole TLS record."""
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = (tls or context()).wrap_bio(into, out)
    with contextlib.suppress(ssl.SSLWantReadError):
        one.do_handshake()
    return out.read()


def s_client(server: Sslserver, *words: Union[str, Path]) -> str:
    """What `openssl s_client` says of a connection."""
    address = f"[{server.ip}]" if ":" in server.ip else server.ip
    done = subprocess.run(["openssl", "s_client", "-connect", f"{address}:{server.port}",
                           *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                          check=False, timeout=HANG_SECONDS)
    return (done.stdout + done.stderr).decode(errors="replace")


def gnutls_cli(server: Sslserver, *words: Union[str, Path], data: bytes = b"") -> Run:
    """What `gnutls-cli` gets; it verifies nothing unless it is told."""
    done = subprocess.run(["gnutls-cli", "--port", str(server.port), *map(str, words),
                           server.ip], input=data, capture_output=True, check=False,
                          timeout=HANG_SECONDS)
    return Run(done.returncode, done.stdout.decode(errors="replace"),
               done.stderr.decode(errors="replace"))


# Rules.

def write_rules(file: Path, text: str) -> Path:
    """Rules as the real tcprules compiles them. A line that it does not understand makes
    it run for ever."""
    subprocess.run(["tcprules", file, file.with_suffix(".tmp")], input=text.encode("latin-1"),
                   check=True, capture_output=True, timeout=HANG_SECONDS)
    file.chmod(0o644)
    return file


def block(address: str, length: int) -> str:
    """The key of an address block as the tcprules of ucspi-tcp6 writes it: a zero is `0`; a
    one is, for IPv4, the letter or figure of its place, for IPv6 the next letter from ` on."""
    family, places = ((socket.AF_INET6, map(chr, range(96, 256))) if ":" in address
                      else (socket.AF_INET, iter("abcdefghijklmnopqrstuvwxyz123456")))
    out = "^" if ":" in address else "_"
    for bit in "".join(f"{octet:08b}" for octet in socket.inet_pton(family, address))[:length]:
        if family == socket.AF_INET:
            place = next(places)
            out += place if bit == "1" else "0"
        else:
            out += next(places) if bit == "1" else "0"
    return out


class Tcpserver:
    """The real tcpserver with `env -0` behind it."""

    def __init__(self, rules: Path, host: str = "127.0.0.1") -> None:
        self.host = host
        self.running = subprocess.Popen(
            ["tcpserver", "-1qRHl0", "-x", str(rules), host, "0", *ENV],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment())
        ready, _, _ = select.select([self.running.stdout], [], [], START_SECONDS)
        self.port = int(os.read(self.running.stdout.fileno(), 100)) if ready else 0

    def __enter__(self) -> "Tcpserver":
        return self

    def __exit__(self, *_: object) -> None:
        self.running.terminate()
        self.running.wait(HANG_SECONDS)
        self.running.stdout.close()

    def ask(self, source: str) -> dict[str, str]:
        """The variables of a connection; none when it was denied."""
        with socket.create_connection((self.host, self.port), HANG_SECONDS, (source, 0)) as peer:
            return variables(plain_end(peer))


# A script's own.

def run_with_material(module: ModuleType, make: Callable[[], Material],
                      words: Sequence[str]) -> int:
    """The command line `SCRIPT SSLSERVER [NAME...]`: the tests of a module that has what
    `make` makes as its MATERIAL. The status for the shell."""
    global PROGRAM    # pylint: disable=global-statement
    if len(words) < 2:
        print(module.__doc__, file=sys.stderr)
        return 100
    PROGRAM = str(Path(words[1]).resolve())
    module.MATERIAL = make()
    try:
        return run_cases(module, words[2:])
    finally:
        module.MATERIAL.remove()
