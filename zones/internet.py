"""A signed internet in miniature, on loopback, of real servers.

    internet.py make DIR      makes keys, certificates and signed zones, and starts nothing
    internet.py up DIR        makes what is missing in DIR and starts all; again: restarts
    internet.py down DIR      ends what `up` started in DIR
    internet.py status DIR    tells what runs; exit 0 if all does, 1 if not

`DIR/unbound.conf` makes libunbound resolve in it. Ports 53, 443, 25, 143, 110 and 5222 of
addresses in 127.53.0.0/16 and 127.60.0.0/14, so it wants root or a network namespace.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Mapping

import certificates
import exim
import keys
import misbehaving
import nameservers
import policies
import postfix
import tlsservers
import zonefiles
from processes import Processes, listening

WAIT_SECONDS = 60.0    # several tests may start theirs at the same moment
FEW_NAMES = 8


def addresses() -> dict[str, str]:
    """The address of every peer by name, as `{ip NAME}` in the templates."""
    return {**tlsservers.ADDRESSES, **tlsservers.EXTRA, **postfix.ADDRESSES,
            **exim.ADDRESSES, **misbehaving.ADDRESSES, **misbehaving.NOBODY, **misbehaving.BLACKHOLE}


def certificate_names(zones: list[zonefiles.Zone]) -> dict[str, str]:
    """subjectAltName for certificates that take the names of their hosts; wildcards
    where those are many."""
    leaves = {peer.name: [peer.leaf] for peer in tlsservers.PEERS}
    leaves |= postfix.LEAVES
    leaves |= {name: [exim.LEAF] for name in exim.ADDRESSES}
    leaves |= {name: [policies.LEAF] for name in policies.HABITS}
    found: dict[str, list[tuple[str, str]]] = {}
    for zone in zones:
        for host, peer in zone.hosts():
            above = host.partition(".")[2] if host != zone.origin else zone.origin
            for leaf in leaves.get(peer, ["good"]):
                found.setdefault(leaf, []).append((host, above))
    names = {"{address}": tlsservers.ADDRESSES["address"]}
    for name, hosts in found.items():
        listed = sorted({host if len(hosts) <= FEW_NAMES else f"*.{above}"
                         for host, above in hosts})
        names[name] = ",".join(f"DNS:{host}" for host in listed)
    return names


def make_zones(directory: Path, zones: list[zonefiles.Zone], pool: ThreadPoolExecutor,
               zone_keys: Mapping[str, keys.Key]) -> dict[str, list[tuple[str, Path]]]:
    """Renders and signs all zones; returns name and file of each by its NSD."""
    home = directory / "zones"
    home.mkdir(exist_ok=True)
    peers, certs = addresses(), directory / "certs"
    files = pool.map(lambda zone: zonefiles.write(
        zone, home, zonefiles.render(zone, peers, zone_keys, certs),
        zone_keys[zone.name]), zones)
    served: dict[str, list[tuple[str, Path]]] = {}
    for zone, file in zip(zones, files):
        served.setdefault(zone.server, []).append((zone.name, file))
    return served


def wait(processes: Processes, expected: list[tuple[str, int]]) -> None:
    """Waits until every server answers; fails with a line that names the rest."""
    deadline = time.monotonic() + WAIT_SECONDS
    missing: list[str] = []
    while time.monotonic() < deadline and not processes.dead():
        found = listening()
        missing = [f"{host}:{port}" for host, port in expected if (host, port) not in found]
        if not missing:
            missing = nameservers.wait(deadline)
            break
        time.sleep(0.02)
    if dead := processes.dead():
        raise RuntimeError(f"ended at once: {', '.join(dead)}; see {processes.logs}")
    if missing:
        raise RuntimeError(f"no answer from {', '.join(missing)}; see {processes.logs}")


def make_keys(directory: Path, zones: list[zonefiles.Zone],
              pool: ThreadPoolExecutor) -> dict[str, keys.Key]:
    """Makes what is missing of keys and certificates; returns the key of each zone."""
    home = directory / "keys"
    home.mkdir(parents=True, exist_ok=True)
    wanted = {zone.name for zone in zones} | zonefiles.delegated(zones)
    kinds = {zone.name: zone.key for zone in zones}
    made = pool.map(lambda name: keys.make(name, home, *kinds.get(name, [])), wanted)
    certificates.make(directory / "certs", certificate_names(zones))
    return dict(zip(wanted, made))


def make(directory: Path) -> None:
    """Makes what takes time and is the same wherever it is served."""
    zones = zonefiles.load()
    with ThreadPoolExecutor(4) as pool:
        make_zones(directory, zones, pool, make_keys(directory, zones, pool))
    print(f"{len(zones)} zones: {directory}/zones")


def up(directory: Path) -> None:
    """Starts all of it."""
    began = time.monotonic()
    processes = Processes(directory)
    processes.stop()
    for folder in (processes.pids, processes.logs):
        folder.mkdir(parents=True, exist_ok=True)
    zones = zonefiles.load()
    with ThreadPoolExecutor(4) as pool:
        zone_keys = make_keys(directory, zones, pool)
        expected = tlsservers.start(directory, processes)
        expected += postfix.start(directory, processes)
        expected += exim.start(directory, processes)
        served = make_zones(directory, zones, pool, zone_keys)
    nameservers.write_trust(directory, zone_keys["."])
    nameservers.start(directory, processes, served)
    processes.start("misbehaving", [sys.executable, misbehaving.__file__, str(directory)])
    try:
        wait(processes, expected + misbehaving.listeners())
    except RuntimeError:
        processes.stop()
        raise
    print(f"{len(zones)} zones, {len(processes.living())} servers, "
          f"{time.monotonic() - began:.1f} s: {directory}/unbound.conf")
    if not postfix.available():
        print("without Postfix, which needs to be root of more than one user")
    if not exim.available():
        print("without Exim: ./dev peers unpacks it, and it needs root as Postfix does")


def down(directory: Path) -> None:
    """Ends all of it."""
    print(f"{Processes(directory).stop()} servers ended")


def status(directory: Path) -> int:
    """Tells what runs."""
    processes = Processes(directory)
    for name, pid in processes.living().items():
        print(f"{name} {pid}")
    for name in processes.dead():
        print(f"{name} dead")
    return 1 if processes.dead() or not processes.living() else 0


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) != 3 or words[1] not in ("make", "up", "down", "status"):
        print(__doc__, file=sys.stderr)
        return 100
    directory = Path(words[2]).resolve()
    try:
        if words[1] == "status":
            return status(directory)
        {"make": make, "up": up, "down": down}[words[1]](directory)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        print(f"internet.py: fatal: {error}", file=sys.stderr)
        return 111
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
