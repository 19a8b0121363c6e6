"""How often a sender waits for the network until its peer is proved: round trips from the
start of a process to the Finished of its TLS handshake, behind STARTTLS.

Everything runs twice, with no delay and with a round trip of 20 ms in front of servers; the
difference, in round trips, is what a user far from everybody pays, whatever the CPU. Three
places of name servers:

    resolver far      20 ms to a resolver that has it all in its cache, 20 ms to the host
    new domain        a resolver here that knows the root and the top-level domain and has
                      never heard of the domain; 20 ms to each name server and to the host
    from the root     no resolver: the programs that can ask the name servers themselves

Each figure has two chains in it. That of the DNS begins with the first question and ends with
the last answer before the Finished; that of the connection begins with the SYN: TCP and the
greeting take two round trips, EHLO, STARTTLS and the handshake of TLS 1.3 one each. `both` is
what it took from the first question to the Finished, `saved` how much less than the sum.

posttls-finger(1) believes the resolver's AD bit and asks for A records alone; our programs
check each signature themselves, in a process that knows no key, and ask for AAAA too.
"""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import mail
from far_network import FarNetwork, Packet
import nameservers    # mail knows the way

HOST = "mx-sink.mail.example"
MAIL_ADDRESS = mail.SINK.partition(":")[0]
WARM, NEW = "127.53.0.54", "127.53.0.55"    # resolvers
KNOWN = "secure.example"                    # what a resolver was asked before
TRIP = 0.020
ROUNDS = 15
LIMIT_SECONDS = 30
TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA",
         43: "DS", 48: "DNSKEY", 52: "TLSA"}
HELLO, FINISHED = (0x16,), (0x14, 0x17)    # first octets of TLS records


@dataclass(frozen=True)
class Place:
    """Where the name servers are; `asked` are those that a program asks, `far` those that
    are 20 ms away beside the mail host. Without a resolver, it recurses."""

    name: str
    resolver: str
    asked: tuple[str, ...]
    far: tuple[str, ...]


_AUTHORITIES = tuple(nameservers.NSD.values())
PLACES = (Place("resolver far, asked before", WARM, (WARM,), (WARM,)),
          Place("resolver here, new domain", NEW, (NEW,), _AUTHORITIES),
          Place("from the root", "", _AUTHORITIES, _AUTHORITIES))


@dataclass(frozen=True)
class Run:
    """A run, in seconds: from the start to the Finished and to the end, the chain of the DNS,
    that of the connection, and from the first packet to the Finished."""

    verified: float
    whole: float
    names: float
    connection: float
    both: float
    packets: list[Packet]


@dataclass(frozen=True)
class Program:
    """A sender: its command line by the resolver that it is to ask (none: recursion), and
    whether its status and output say that the peer is proved."""

    name: str
    command: Callable[[str], list[str]]
    is_proved: Callable[[int, bytes], bool]
    recurses: bool = True


@dataclass
class Row:
    """A line of a table: the runs of a program at a place, without and with the delay."""

    program: Program
    place: Place
    near: list[Run] = field(default_factory=list)
    distant: list[Run] = field(default_factory=list)
    failed: int = 0

    def trips(self, what: str) -> float:
        """Round trips, by the medians."""
        near, distant = (statistics.median(getattr(run, what) for run in runs)
                         for runs in (self.near, self.distant))
        return (distant - near) / TRIP


def question(message: bytes) -> str:
    """Type and name of a DNS question."""
    labels, at = [], 12
    while at < len(message) and message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    number = int.from_bytes(message[at + 1:at + 3], "big")
    return f"{TYPES.get(number, number)} {'.'.join(labels) or '.'}"


def step(packet: Packet) -> str:
    """What a client sends, in a word or two; nothing for what only acknowledges."""
    if packet.port == 53:
        if packet.protocol == "udp":
            return question(packet.payload)
        return question(packet.payload[2:]) + " by TCP" if len(packet.payload) > 14 else ""
    if not packet.payload:
        return ""
    if packet.payload[0] in HELLO:
        return "ClientHello"
    return "Finished" if packet.payload[0] in FINISHED else packet.payload[:4].decode()


def figures(packets: list[Packet], asked: tuple[str, ...], start: float, end: float) -> Run:
    """What the packets of a run tell. Raises StopIteration if no peer was proved."""
    here = [packet for packet in packets if packet.address in (*asked, MAIL_ADDRESS)]
    connection = [packet for packet in here if packet.port == 25 and packet.is_sent]
    finished = next(packet.moment for packet in connection
                    if packet.payload and packet.payload[0] in FINISHED)
    names = [packet.moment for packet in here
             if packet.port == 53 and packet.moment <= finished]
    begin = min(names[0], connection[0].moment)
    shown = [packet for packet in here if packet.is_sent and packet.moment <= finished]
    return Run(finished - start, end - start, names[-1] - names[0],
               finished - connection[0].moment, finished - begin, shown)


@contextmanager
def resolver(zones: Path, address: str) -> Iterator[None]:
    """A caching resolver that has been asked for KNOWN, and forgets nothing."""
    conf = zones / f"resolver-{address}.conf"
    text = (zones / "resolver.conf").read_text().replace(nameservers.RESOLVER, address)
    text = text.replace("/unbound.pid", f"/unbound-{address}.pid")
    conf.write_text(text + "server:\n  cache-min-ttl: 86400\n  verbosity: 0\n")
    server = subprocess.Popen(["unbound", "-d", "-c", str(conf)], stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not nameservers.answers(address, KNOWN):
            if time.monotonic() > deadline:
                raise SystemExit("bench: unbound does not answer")
            time.sleep(0.02)
        yield
    finally:
        server.kill()
        server.wait()


class Bench:
    """Runs programs behind a far network."""

    def __init__(self, network: FarNetwork, zones: Path, scratch: Path) -> None:
        self.network, self.zones = network, zones
        self.message = scratch / "message"
        mail.write_message(self.message)

    def run(self, row: Row, trip: float) -> None:
        """One run, from a resolver as the place has it, into the row."""
        if row.place.resolver == NEW:
            self.network.delays = {}
            with resolver(self.zones, NEW):
                self._run(row, trip)
        else:
            self._run(row, trip)

    def _run(self, row: Row, trip: float) -> None:
        place = row.place
        self.network.delays = {far: trip / 2 for far in (*place.far, MAIL_ADDRESS)}
        (self.zones / "resolv.conf").write_text(
            f"nameserver {place.resolver}\noptions trust-ad\n")
        command = row.program.command(place.resolver)
        self.network.wait_for_silence()
        with open(self.message, "rb") as message:
            start = time.monotonic()
            done = subprocess.run(command, stdin=message, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, timeout=LIMIT_SECONDS,
                                  check=False)
            end = time.monotonic()
        if not row.program.is_proved(done.returncode, done.stdout):
            row.failed += 1
            return
        runs = row.distant if trip else row.near
        runs.append(figures(self.network.packets, place.asked, start, end))


def finger(target: str) -> Program:
    command = ["posttls-finger", "-c", "-l", "dane-only", "-o", "inet_protocols=ipv4", target]
    return Program(f"posttls-finger {'host' if '[' in target else 'domain'}",
                   lambda _resolver: command,
                   lambda _status, said: b"Verified TLS connection" in said, recurses=False)


def sslclient(name: str, binaries: Path, zones: Path) -> Program:
    def command(asked: str) -> list[str]:
        way = (["--forward", asked, "--trust-anchor", str(zones / "root.key")] if asked
               else ["--unbound-conf", str(zones / "unbound.conf")])
        return [str(binaries / "sslclient"), *way, "-qRHl0", "--policy", "dane-only",
                "--starttls", "smtp", HOST, "25", "true"]

    return Program(name, command, lambda status, _said: status == 0)


def qmail_remote(name: str, binaries: Path, zones: Path, scratch: Path) -> Program:
    """A home for each resolver, so that nothing is written while the clock runs."""
    homes = {}
    for place in PLACES:
        home = homes[place.resolver] = Path(tempfile.mkdtemp(dir=scratch))
        mail.write_home(home, zones)
        forward = home / "control/dnsforward"
        if place.resolver:
            forward.write_text(f"{place.resolver}\n")
        else:
            forward.unlink()
            (home / "control/dnsanchor").unlink()
            (home / "control/unbound.conf").write_bytes((zones / "unbound.conf").read_bytes())
    program = [str(binaries / "qmail-remote"), mail.DOMAIN, "me@client.mail.example",
               mail.RECIPIENT]
    return Program(name, lambda asked: ["env", f"QMAILHOME={homes[asked]}", *program],
                   lambda status, said: status == 0 and mail.PROVED.search(said) is not None)


def programs(binaries: Path, before: Path | None, zones: Path, scratch: Path) -> list[Program]:
    out = [finger(mail.DOMAIN), qmail_remote("qmail-remote", binaries, zones, scratch)]
    if before:
        out.append(qmail_remote("qmail-remote, before", before, zones, scratch))
    out += [finger(f"[{HOST}]"), sslclient("sslclient", binaries, zones)]
    if before:
        out.append(sslclient("sslclient, before", before, zones))
    return out


def table(rows: list[Row]) -> None:
    """Medians: milliseconds to the Finished, then round trips."""
    print(f"{'':24} {'0 ms':>7} {'20 ms':>7} | {'trips':>6} {'DNS':>6} {'peer':>6} {'sum':>6} "
          f"{'both':>6} {'saved':>6} | {'to end':>6}")
    for row in rows:
        note = f"   FAILED: {row.failed} runs not proved" if row.failed else ""
        if not (row.near and row.distant):
            print(f"{row.program.name:24}{note}")
            continue
        near, distant = (1e3 * statistics.median(run.verified for run in runs)
                         for runs in (row.near, row.distant))
        names, connection, both = map(row.trips, ("names", "connection", "both"))
        print(f"{row.program.name:24} {near:7.1f} {distant:7.1f} | {row.trips('verified'):6.1f} "
              f"{names:6.1f} {connection:6.1f} {names + connection:6.1f} {both:6.1f} "
              f"{names + connection - both:6.1f} | {row.trips('whole'):6.1f}{note}")


def timeline(row: Row) -> None:
    """What the program sent when, in round trips since its first packet, in the run that is
    the median of all."""
    ordered = sorted(row.distant, key=lambda run: run.both)
    packets = ordered[len(ordered) // 2].packets
    print(f"  {row.program.name}")
    moments: dict[str, list[str]] = {}
    connects = False
    for packet in packets:
        word = step(packet)
        if packet.port == 25 and not connects:
            connects, word = True, "SYN"
        if word:
            moment = f"{(packet.moment - packets[0].moment) / TRIP:5.1f}"
            moments.setdefault(moment, []).append(word)
    for moment, words in moments.items():
        print(f"   {moment}  {', '.join(words)}")


def measure(binaries: Path, before: Path | None, zones: Path) -> None:
    if not (zones / "pids/postfix").exists() or "ZONES_PRIVATE_NETWORK" not in os.environ:
        print("\nRound trips: not measured, they want root and a network namespace")
        return
    with (tempfile.TemporaryDirectory(prefix="trips.") as folder, FarNetwork() as network,
          resolver(zones, WARM)):
        scratch = Path(folder)
        sink = subprocess.Popen(["smtp-sink", "-u", "postfix", mail.SINK, "100"],
                                stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            bench = Bench(network, zones, scratch)
            rows = [Row(program, place) for place in PLACES
                    for program in programs(binaries, before, zones, scratch)
                    if place.resolver or program.recurses]
            for row in rows:    # the warm resolver has heard all of it now
                bench.run(Row(row.program, row.place), 0.0)
            for _ in range(ROUNDS):
                for row in rows:
                    bench.run(row, 0.0)
                    bench.run(row, TRIP)
        finally:
            sink.kill()
            sink.wait()
    print(f"\nRound trips of {TRIP * 1e3:.0f} ms from start to Finished, {ROUNDS} rounds in turn")
    for place in PLACES:
        print(f"\n{place.name}")
        there = [row for row in rows if row.place == place]
        table(there)
        print("  round trips since its first packet, and what it sends then")
        for row in there:
            if row.distant:
                timeline(row)
