"""A drawn world (random_world.py) signed by ldns-signzone, flawed where it says so, and served
by three servers, in a network that nobody else is in.
"""

import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from random_world import DAY, World, Zone, text

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "zones"))
import keys  # noqa: E402
import nameservers  # noqa: E402
import online_signers  # noqa: E402
from processes import Processes  # noqa: E402

NAMES = {7: "RSASHA1_NSEC3", 8: "RSASHA256", 10: "RSASHA512", 13: "ECDSAP256SHA256",
         14: "ECDSAP384SHA384", 15: "ED25519"}
SERVERS = [f"127.53.0.{number}" for number in (1, 2, 3)]
NOBODY = "127.53.0.9"    # where nothing listens
STRANGE_DS = ["4711 250 2 " + "ab" * 32, "4711 13 200 " + "cd" * 20, "1 13 2 " + "ef" * 32]
START_SECONDS = 20
# "OWNER TTL IN TYPE DATA", as ldns-signzone writes it.
LINE = re.compile(r"^(\S+)\s+(\d+)\s+IN\s+(\S+)\s+(.*)$")


class Signer:
    """Keys, a few of each algorithm, that all worlds have; and zones signed with them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for algorithm, word in NAMES.items():
            for number in (1, 2):
                folder = home / f"{algorithm}.{number}"
                folder.mkdir(parents=True)
                size = ["-b", "1024" if number == 1 else "2048"] if algorithm < 13 else []
                subprocess.run(["ldns-keygen", "-a", word, *size, "-r", "/dev/urandom", "key."],
                               cwd=folder, check=True, stdin=subprocess.DEVNULL,
                               capture_output=True)

    def keys(self, zone: Zone, folder: Path) -> list[keys.Key]:
        """The keys of a zone, those first that its DS records name."""
        out = []
        flags = (257, 256) if zone.is_split else (257,)
        for number, flag in enumerate(flags, 1):
            for algorithm in zone.algorithms:
                base = next((self.home / f"{algorithm}.{number}").glob("K*.key")).with_suffix("")
                mine = folder / f"{number}.{algorithm}"
                data = base.with_name(f"{base.name}.key").read_text().split()[4:7]
                mine.with_name(f"{mine.name}.key").write_text(
                    f"{text(zone.apex)} IN DNSKEY {flag} {' '.join(data)}\n")
                shutil.copy(base.with_name(f"{base.name}.private"),
                            mine.with_name(f"{mine.name}.private"))
                out.append(keys.Key(text(zone.apex), mine))
        return out

    def delegation(self, zone: Zone, folder: Path) -> list[str]:
        """The DS records of a zone."""
        if not zone.algorithms and "ds-for-unsigned" in zone.flaws:
            return ["4711 13 2 " + "12" * 32]
        flaws = {1: "sha1", 2: "", 4: "sha384"}
        first = self.keys(zone, folder)[:len(zone.algorithms)]
        out = [key.ds("wrong" if "wrong-ds" in zone.flaws else flaws[digest]).removeprefix("DS ")
               for key in first for digest in zone.digests]
        if zone.strange_ds:
            out.append(STRANGE_DS[zone.seed % len(STRANGE_DS)])
        return out

    def sign(self, zone: Zone, folder: Path) -> Path:
        """Writes the file of a zone, signed if it is."""
        plain, signed = folder / "plain", folder / "signed"
        plain.write_text(zone_text(zone))
        if not zone.algorithms:
            return plain
        begin, end = zone.dates
        if "expired" in zone.flaws:
            begin, end = -20 * DAY, -3 * DAY
        elif "future" in zone.flaws:
            begin, end = 2 * DAY, 10 * DAY
        command = ["ldns-signzone", "-o", text(zone.apex), "-f", signed, "-U",
                   "-i", str(int(time.time()) + begin), "-e", str(int(time.time()) + end)]
        if zone.nsec3:
            command += ["-n", "-t", str(zone.iterations), *(["-p"] if zone.opt_out else []),
                        *(["-s", zone.salt] if zone.salt else [])]
        bases = [key.base for key in self.keys(zone, folder)]
        done = subprocess.run([*command, plain, *bases], capture_output=True, check=False)
        if done.returncode or not signed.exists():
            raise RuntimeError(f"ldns-signzone {text(zone.apex)}: {done.stderr.decode()[-300:]}")
        if zone.flaws:
            lines = signed.read_text().splitlines(keepends=True)
            signed.write_text("".join(flawed(lines, zone)))
        return signed


def zone_text(zone: Zone) -> str:
    """The zone file, in which some names have capitals."""
    draw = random.Random(zone.seed)
    shout = draw.random() < 0.3
    lines = []
    for (owner, kind), data in zone.records.items():
        for one in data:
            if shout and kind in ("CNAME", "DNAME", "MX", "NS"):
                one = "".join(draw.choice((char, char.upper())) for char in one)
            name = text(owner)
            lines.append(f"{name.upper() if shout and draw.random() < 0.3 else name} "
                         f"{zone.ttls[owner, kind]} IN {kind} {one}\n")
    return "".join(lines)


def flawed(lines: list[str], zone: Zone) -> list[str]:
    """The lines of a signed zone file with the flaws of the zone."""
    draw = random.Random(zone.seed + 1)
    for flaw in zone.flaws:
        if flaw in ALTER:
            kinds = sorted({kind(line) for line in lines} - {""})
            chosen = draw.sample(kinds, min(2, len(kinds)))
            lines = [one for line in lines if (one := ALTER[flaw](line, draw, chosen))]
    return lines


def kind(line: str) -> str:
    """The type of a line, for a signature the type that it covers; nothing for no record."""
    match = LINE.match(line)
    return "" if match is None else (
        match[4].split()[0] if match[3] == "RRSIG" else match[3])


def is_signature(line: str) -> bool:
    """Whether a line is an RRSIG record."""
    match = LINE.match(line)
    return match is not None and match[3] == "RRSIG"


def strip(line: str, _draw: random.Random, chosen: list[str]) -> str:
    """Signatures over two types are gone."""
    return "" if is_signature(line) and kind(line) in chosen else line


def corrupt(line: str, draw: random.Random, chosen: list[str]) -> str:
    """Signatures over two types are wrong by some bits, not all of them."""
    if not is_signature(line) or kind(line) not in chosen or draw.random() < 0.3:
        return line
    head, last = line.rstrip("\n").rsplit(" ", 1)
    letter = "A" if last[20] != "A" else "B"
    return f"{head} {last[:20]}{letter}{last[21:]}\n"


def change(line: str, draw: random.Random, _chosen: list[str]) -> str:
    """Records are others than those that were signed."""
    match = LINE.match(line)
    if match is None or match[3] not in ("A", "TLSA", "MX") or draw.random() < 0.7:
        return line
    data = match[4].split(";")[0].strip()
    data = f"1{data}" if match[3] == "MX" else data[:-1] + ("1" if data[-1] != "1" else "2")
    if match[3] == "MX" and int(data.split()[0]) > 65535:
        return line
    return f"{match[1]} {match[2]} IN {match[3]} {data}\n"


def no_denial(line: str, _draw: random.Random, _chosen: list[str]) -> str:
    """Nothing denies anything."""
    return "" if kind(line) in ("NSEC", "NSEC3") else line


def less_denial(line: str, draw: random.Random, _chosen: list[str]) -> str:
    """Some denials are gone, or their signatures alone."""
    return "" if kind(line) in ("NSEC", "NSEC3") and draw.random() < 0.3 else line


def labels(line: str, draw: random.Random, _chosen: list[str]) -> str:
    """Signatures have another number of labels than they were made with."""
    if not is_signature(line) or draw.random() < 0.7:
        return line
    match = LINE.match(line)
    words = match[4].split(" ")
    words[2] = str(max(0, int(words[2]) + draw.choice([-1, 1])))
    return f"{match[1]} {match[2]} IN RRSIG {' '.join(words)}\n"


def bitmap(line: str, draw: random.Random, _chosen: list[str]) -> str:
    """Denials have a type that was not signed."""
    match = LINE.match(line)
    if match is None or match[3] not in ("NSEC", "NSEC3") or draw.random() < 0.5:
        return line
    data = match[4].split(" ;")[0].strip()
    return f"{match[1]} {match[2]} IN {match[3]} {data} LOC\n"


def ttl(line: str, draw: random.Random, _chosen: list[str]) -> str:
    """Signatures have another original TTL than they were made with."""
    if not is_signature(line) or draw.random() < 0.7:
        return line
    match = LINE.match(line)
    words = match[4].split(" ")
    words[3] = str(int(words[3]) + 1)
    return f"{match[1]} {match[2]} IN RRSIG {' '.join(words)}\n"


def no_keys(line: str, _draw: random.Random, _chosen: list[str]) -> str:
    """There are no keys."""
    return "" if kind(line) == "DNSKEY" else line


ALTER = {"strip": strip, "corrupt": corrupt, "changed": change, "no-denial": no_denial,
         "less-denial": less_denial, "labels": labels, "bitmap": bitmap, "ttl": ttl,
         "no-keys": no_keys}


@dataclass(frozen=True)
class Served:
    """A zone, its files, and the folder of its keys; `signed` is `plain` where nothing signs it."""

    zone: Zone
    keys: Path
    plain: Path
    signed: Path


def start_nsd(home: Path, address: str, zones: Sequence[Served], processes: Processes) -> None:
    """Starts an NSD."""
    files = [(text(served.zone.apex), served.signed) for served in zones]
    (home / "nsd.conf").write_text(nameservers.nsd_configuration(home, address, files))
    processes.start(home.name, ["nsd", "-d", "-c", str(home / "nsd.conf")])


# What the three servers are.
OFFLINE = (start_nsd, start_nsd, start_nsd)
ONLINE = (start_nsd, online_signers.start_knot, online_signers.start_powerdns)


def write(world: World, signer: Signer, directory: Path) -> list[list[Served]]:
    """Signs all zones; those of each server."""
    served: list[list[Served]] = [[] for _ in SERVERS]
    folders = {}
    for number, zone in enumerate(world.zones):
        folders[zone] = directory / f"zone.{number}"
        folders[zone].mkdir()
    by_apex = {zone.apex: zone for zone in world.zones}
    for zone in world.zones[1:]:
        parent = next(by_apex[zone.apex[i:]] for i in range(1, len(zone.apex) + 1)
                      if zone.apex[i:] in by_apex)
        ds = signer.delegation(zone, folders[zone])
        if ds:
            parent.records[zone.apex, "DS"] = ds
            parent.ttls[zone.apex, "DS"] = parent.ttls[zone.apex, "NS"]
        if "silent" in zone.flaws:
            for of_zone in (zone, parent):
                of_zone.records[zone.apex, "NS"] = ["nobody."]
        if "refused" in zone.flaws:
            for of_zone in (zone, parent):
                of_zone.records[zone.apex, "NS"] = [f"ns{(zone.server + 1) % 3}."]
    world.zones[0].records[(b"nobody",), "A"] = [NOBODY]
    world.zones[0].ttls[(b"nobody",), "A"] = 300
    for zone, folder in folders.items():
        file = signer.sign(zone, folder)
        if "servfail" in zone.flaws:
            file.write_text("")
        served[zone.server].append(Served(zone, folder, folder / "plain", file))
    (root_key, *_) = signer.keys(world.zones[0], folders[world.zones[0]])
    nameservers.write_trust(directory, root_key)
    return served


@contextmanager
def up(world: World, signer: Signer, directory: Path, software: Sequence) -> Iterator[None]:
    """The world, as long as it is needed, by OFFLINE or ONLINE software; `unbound.conf` and
    `root.key` are in the directory."""
    processes = Processes(directory)
    for folder in (processes.pids, processes.logs):
        folder.mkdir(parents=True)
    served = write(world, signer, directory)
    try:
        for number, address in enumerate(SERVERS):
            home = directory / f"server.{number}"
            home.mkdir()
            software[number](home, address, served[number], processes)
        wait(world, processes)
        yield
    finally:
        processes.stop()


def wait(world: World, processes: Processes) -> None:
    """Waits until each server has its zones."""
    waiting = {zone.server: text(zone.apex) for zone in reversed(world.zones)
               if not {"silent", "servfail", "refused"} & set(zone.flaws)}
    deadline = time.monotonic() + START_SECONDS
    while waiting:
        server, name = next(iter(waiting.items()))
        if nameservers.answers(SERVERS[server], name):
            del waiting[server]
        elif processes.dead() or time.monotonic() > deadline:
            raise RuntimeError(f"nobody serves {name}: "
                               + (processes.logs / f"server.{server}.log").read_text()[-300:])
        else:
            time.sleep(0.02)
