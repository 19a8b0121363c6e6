"""Name servers and mail servers of this machine put far away: whatever goes to them and comes
from them waits in a TUN device, TCP's own handshake included, and is written down.

Only in a network namespace of one's own, for the routes of the whole namespace change.
"""

import fcntl
import heapq
import os
import select
import struct
import subprocess
import threading
import time
from dataclasses import dataclass
from socket import inet_ntoa
from types import TracebackType

CLIENT = "127.69.0.1"    # where all questions and connections come from
SILENCE = 0.08           # seconds without a packet after which nobody speaks any more
PORTS = {"udp": (53,), "tcp": (25, 53)}
_DEVICE = "far"
_TABLE = "100"
_OWN_ADDRESSES_FIRST = ("pref", "0", "lookup", "local")    # as it is without us
_OWN_ADDRESSES_LATER = ("pref", "10", "lookup", "local")
_FAR_WAYS = (*(("pref", "5", "iif", "lo", "to", "127.0.0.0/8", "ipproto", protocol,
                "dport", str(port), "lookup", _TABLE)
               for protocol, ports in PORTS.items() for port in ports),
             ("pref", "5", "iif", "lo", "to", CLIENT, "lookup", _TABLE))
_PROTOCOLS = {6: "tcp", 17: "udp"}
_OPEN_TUN, _TUN_WITHOUT_HEADER = 0x400454CA, 0x1001


@dataclass(frozen=True)
class Packet:
    """What was sent when, seen where the client is: an answer at its arrival."""

    moment: float    # of time.monotonic()
    address: str     # of the server
    port: int        # of the server
    protocol: str    # "tcp" or "udp"
    is_sent: bool    # by the client; else by the server
    payload: bytes


def packet_of(octets: bytes, moment: float) -> Packet | None:
    """An IPv4 packet of UDP or TCP; None for any other."""
    protocol = _PROTOCOLS.get(octets[9]) if octets[0] >> 4 == 4 else None
    if not protocol:
        return None
    source, target = inet_ntoa(octets[12:16]), inet_ntoa(octets[16:20])
    body = octets[(octets[0] & 15) * 4:]
    ports = struct.unpack("!HH", body[:4])
    size = 8 if protocol == "udp" else (body[12] >> 4) * 4
    if source == CLIENT:
        return Packet(moment, target, ports[1], protocol, True, body[size:])
    return Packet(moment, source, ports[0], protocol, False, body[size:])


class FarNetwork:
    """A context manager. `delays` has half a round trip, in seconds, of each server that is
    far; `packets` what was seen since the last silence."""

    def __init__(self) -> None:
        self.delays: dict[str, float] = {}
        self.packets: list[Packet] = []
        self._last = 0.0    # when a packet of any kind went through
        self._stop = threading.Event()
        self._carrier = threading.Thread(target=self._carry, daemon=True)
        self._tun = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self._tun, _OPEN_TUN,
                    struct.pack("16sH", _DEVICE.encode(), _TUN_WITHOUT_HEADER))

    def __enter__(self) -> "FarNetwork":
        _ip("link", "set", _DEVICE, "up", "mtu", "1500")
        for name, value in (("route_localnet", "1"), ("accept_local", "1"), ("rp_filter", "0")):
            with open(f"/proc/sys/net/ipv4/conf/{_DEVICE}/{name}", "w") as setting:
                setting.write(value)
        # What this machine sends goes the far way before the table of its own addresses is
        # asked; what comes out of the device (`iif lo` is not it) finds that table.
        _ip("rule", "add", *_OWN_ADDRESSES_LATER)
        _ip("rule", "del", *_OWN_ADDRESSES_FIRST)
        for rule in _FAR_WAYS:
            _ip("rule", "add", *rule)
        _ip("route", "add", "default", "dev", _DEVICE, "table", _TABLE, "src", CLIENT)
        self._carrier.start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None,
                 _trace: TracebackType | None) -> None:
        self._stop.set()
        self._carrier.join()
        for rule in _FAR_WAYS:
            _ip("rule", "del", *rule)
        _ip("rule", "add", *_OWN_ADDRESSES_FIRST)
        _ip("rule", "del", *_OWN_ADDRESSES_LATER)
        os.close(self._tun)    # and the device goes

    def wait_for_silence(self) -> None:
        """Waits until the last connection is over, then empties `packets`."""
        while (pause := self._last + SILENCE - time.monotonic()) > 0:
            time.sleep(pause)
        self.packets = []

    def _carry(self) -> None:
        waiting: list[tuple[float, int, bytes]] = []
        count = 0
        while not self._stop.is_set():
            pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 0.1
            if select.select([self._tun], [], [], pause)[0]:
                octets, now = os.read(self._tun, 65536), time.monotonic()
                self._last = now
                packet = packet_of(octets, now)
                delay = self.delays.get(packet.address, 0.0) if packet else 0.0
                count += 1    # keeps what comes first in front
                heapq.heappush(waiting, (now + delay, count, octets))
                if packet and packet.is_sent:
                    self.packets.append(packet)
            while waiting and waiting[0][0] <= time.monotonic():
                octets = heapq.heappop(waiting)[2]
                os.write(self._tun, octets)
                packet = packet_of(octets, time.monotonic())
                if packet and not packet.is_sent:
                    self.packets.append(packet)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
