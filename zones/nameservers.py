"""The name servers: three NSDs (root, TLD, leaf zones), the forwarders that spoil TLSA
queries, a caching resolver, and the files that point libunbound at all this."""

import socket
import struct
import sys
import time
from pathlib import Path
from typing import Iterable, Mapping

import badnames
from keys import Key, wire_name
from processes import Processes

NSD = {"root": "127.53.0.1", "tld": "127.53.0.2", "leaf": "127.53.0.3",
       "second": "127.53.0.4"}
RESOLVER = "127.53.0.53"

# libunbound answers these names itself unless told not to (RFC 6761, RFC 6303).
_SPECIAL = ("test.", "127.in-addr.arpa.", "1." + "0." * 31 + "ip6.arpa.")


def write_trust(directory: Path, root: Key) -> None:
    """Trust anchor, root hints, and configurations for libunbound and for unbound."""
    (directory / "root.key").write_text(f". IN {root.ds()}\n")
    (directory / "root.hints").write_text(f". 3600 IN NS ns.\nns. 3600 IN A {NSD['root']}\n")
    special = "".join(f'  local-zone: "{name}" nodefault\n' for name in _SPECIAL)
    common = ("server:\n"
              f'  trust-anchor-file: "{directory}/root.key"\n'
              "  do-not-query-localhost: no\n"
              "  do-ip6: no\n"
              "  use-syslog: no\n"
              f"{special}")
    (directory / "unbound.conf").write_text(
        f'{common}  root-hints: "{directory}/root.hints"\n')
    (directory / "permissive.conf").write_text(
        f'{common}  root-hints: "{directory}/root.hints"\n'
        "  val-permissive-mode: yes\n  serve-expired: yes\n")
    (directory / "forward.conf").write_text(
        f'{common}forward-zone:\n  name: "."\n  forward-addr: {RESOLVER}\n')
    (directory / "resolver.conf").write_text(
        f'{common}  root-hints: "{directory}/root.hints"\n'
        f"  interface: {RESOLVER}\n  port: 53\n  access-control: 127.0.0.0/8 allow\n"
        f'  pidfile: "{directory}/unbound.pid"\n  username: ""\n  chroot: ""\n'
        f'  directory: "{directory}"\n  do-daemonize: no\n  num-threads: 1\n'
        "remote-control:\n  control-enable: no\n")


def nsd_configuration(home: Path, address: str, zones: Iterable[tuple[str, Path]]) -> str:
    """nsd.conf of one server."""
    text = (f"server:\n  ip-address: {address}\n  port: 53\n  username: \"\"\n"
            f"  chroot: \"\"\n  database: \"\"\n  zonesdir: \"{home}\"\n"
            f"  pidfile: \"{home}/nsd.pid\"\n  xfrdfile: \"{home}/xfrd.state\"\n"
            f"  xfrdir: \"{home}\"\n  zonelistfile: \"{home}/zone.list\"\n"
            "  server-count: 1\n  rrl-ratelimit: 0\n  reuseport: no\n"
            "remote-control:\n  control-enable: no\n")
    for name, file in zones:
        text += f'zone:\n  name: "{name}"\n  zonefile: "{file}"\n'
    return text


def start(directory: Path, processes: Processes,
          served: Mapping[str, list[tuple[str, Path]]]) -> None:
    """Starts all; `served` gives each NSD its zones and their files."""
    for name, address in NSD.items():
        home = directory / "nsd" / name
        home.mkdir(parents=True, exist_ok=True)
        (home / "nsd.conf").write_text(nsd_configuration(home, address, served[name]))
        processes.start(f"nsd-{name}", ["nsd", "-d", "-c", str(home / "nsd.conf")])
    processes.start("badnames", [sys.executable, badnames.__file__])
    processes.start("unbound", ["unbound", "-d", "-c", str(directory / "resolver.conf")])


def answers(address: str, name: str) -> bool:
    """Whether a server answers a SOA query with NOERROR."""
    query = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + wire_name(name)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(0.2)
        try:
            udp.connect((address, 53))
            udp.send(query + struct.pack("!HH", 6, 1))
            return udp.recv(4096)[3] & 0x0F == 0
        except OSError:
            return False


def wait(deadline: float) -> list[str]:
    """Waits until all answer; returns those that do not by then."""
    waiting = [(NSD["root"], "."), (NSD["tld"], "example"), (NSD["leaf"], "secure.example")]
    waiting += [(NSD["second"], "differ.example")]
    waiting += [(address, f"{habit}.example") for address, habit in badnames.SERVERS.items()
                if habit != "mute"]
    waiting += [(RESOLVER, "secure.example")]
    while waiting and time.monotonic() < deadline:
        if answers(*waiting[0]):
            waiting.pop(0)
        else:
            time.sleep(0.02)
    return [address for address, _ in waiting]
