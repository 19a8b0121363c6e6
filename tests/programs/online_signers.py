"""Servers that sign what they say when they are asked, as those of many large providers do.

Their answers are others than those of a zone that was signed as a whole: Knot denies a name by a
record made for that question alone (RFC 9824), and signs the alias that a DNAME makes; PowerDNS
denies by NSEC, by NSEC3, and by NSEC3 records that cover one hash. Either has another signature
over the same records each time.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Protocol, Sequence

from processes import Processes
from random_world import Zone, text

KNOT_ALGORITHMS = {8: "rsasha256", 10: "rsasha512", 13: "ecdsap256sha256", 14: "ecdsap384sha384",
                   15: "ed25519"}
# The records of a zone file that Knot reads more strictly than others (RFC 1035 5.1).
UNQUOTED = re.compile(r"(?<!\\)[@$]")
MOST_ITERATIONS = 150    # of NSEC3, as validators have it


class Served(Protocol):
    """A zone that a server has: `plain` and `signed` are its files, `keys` the folder in which
    NUMBER.ALGORITHM.key and .private are."""

    zone: Zone
    keys: Path
    plain: Path
    signed: Path


def run(*words: object) -> str:
    """What a command writes; an error has what it complains of."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr[-300:]}{done.stdout[-300:]}")
    return done.stdout


def is_sound(zone: Zone) -> bool:
    """Whether a zone is signed, as its owner means it: flaws are made in signed files."""
    return bool(zone.algorithms) and not zone.flaws


def knot_file(served: Served, home: Path, is_online: bool) -> Path:
    """The zone file as Knot reads it."""
    source = served.plain if is_online else served.signed
    out = home / f"{served.keys.name}.zone"
    out.write_text(UNQUOTED.sub(lambda match: f"\\{ord(match[0]):03}", source.read_text()))
    return out


def start_knot(home: Path, address: str, zones: Sequence[Served], processes: Processes) -> None:
    """Starts a Knot, which signs zones of one key by itself and has the others signed."""
    policies, modules, entries, keys = "", "", "", []
    for number, served in enumerate(zones):
        zone, name = served.zone, text(served.zone.apex)
        is_online = (is_sound(zone) and not zone.is_split and len(zone.algorithms) == 1
                     and zone.algorithms[0] in KNOT_ALGORITHMS)
        entries += (f'  - domain: "{name}"\n    file: "{knot_file(served, home, is_online)}"\n'
                    "    journal-content: none\n    zonefile-sync: -1\n")
        if is_online:
            algorithm = zone.algorithms[0]
            policies += (f"  - id: p{number}\n    manual: on\n    single-type-signing: on\n"
                         f"    algorithm: {KNOT_ALGORITHMS[algorithm]}\n")
            modules += f"  - id: m{number}\n    policy: p{number}\n"
            entries += f"    module: mod-onlinesign/m{number}\n"
            keys.append((name, served.keys / f"1.{algorithm}", f"K{number}.+{algorithm:03}+00001"))
    configuration = home / "knot.conf"
    configuration.write_text(
        f'server:\n  listen: "{address}@53"\n  rundir: "{home}"\n  user: root\n'
        "log:\n  - target: stderr\n    any: info\n"
        f'database:\n  storage: "{home}"\n'
        + (f"policy:\n{policies}mod-onlinesign:\n{modules}" if keys else "") + f"zone:\n{entries}")
    for name, base, copy in keys:
        for end in (".key", ".private"):
            shutil.copy(f"{base}{end}", home / f"{copy}{end}")
        identity = run("keymgr", "-c", configuration, name, "import-bind",
                       home / f"{copy}.key").split()[0]
        run("keymgr", "-c", configuration, name, "set", identity, "ksk=yes", "zsk=yes",
            *(f"{state}=-1h" for state in ("created", "publish", "ready", "active")))
    processes.start(home.name, ["knotd", "-c", str(configuration)])


def start_powerdns(home: Path, address: str, zones: Sequence[Served],
                   processes: Processes) -> None:
    """Starts a PowerDNS, which signs all sound zones by itself."""
    entries = ""
    for served in zones:
        file = served.plain if is_sound(served.zone) else served.signed
        entries += f'zone "{text(served.zone.apex)}" {{ type master; file "{file}"; }};\n'
    (home / "named.conf").write_text(entries)
    (home / "pdns.conf").write_text(
        f"launch=bind\nbind-config={home}/named.conf\nbind-dnssec-db={home}/keys.db\n"
        f"local-address={address}\nlocal-port=53\nsocket-dir={home}\ndaemon=no\nguardian=no\n"
        "dname-processing=yes\nsetuid=\nsetgid=\nsecurity-poll-suffix=\n"
        f"max-nsec3-iterations={MOST_ITERATIONS}\n")
    tool = ("pdnsutil", f"--config-dir={home}")
    run(*tool, "create-bind-db", home / "keys.db")
    for served in zones:
        zone, name = served.zone, text(served.zone.apex)
        if not is_sound(zone):
            continue
        for number, use in enumerate(("ksk", "zsk") if zone.is_split else ("ksk",), 1):
            for algorithm in zone.algorithms:
                run(*tool, "import-zone-key", name, served.keys / f"{number}.{algorithm}.private",
                    "active", use)
        if zone.nsec3:
            run(*tool, "set-nsec3", name,
                f"1 {int(zone.opt_out)} {min(zone.iterations, MOST_ITERATIONS)} "
                f"{zone.salt or '-'}", *([] if zone.opt_out or zone.seed % 2 else ["narrow"]))
    processes.start(home.name, ["pdns_server", f"--config-dir={home}"])
