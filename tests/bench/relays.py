"""Throughput of a relay in each direction: sslclient beside others, against one server."""

import pathlib
import statistics
import subprocess
import time
from dataclasses import dataclass, field

MIB = 1024 * 1024
SIZE = 1024 * MIB
ROUNDS = 3


@dataclass
class Relay:
    """A client as a shell command; {n} octets go to or come from port {port}. A slow one
    gets a smaller share of the work."""

    name: str
    up: str
    down: str
    share_down: int = 1
    speeds: dict[str, list[float]] = field(
        default_factory=lambda: {"up": [], "down": []})


def server(direction: str, port: int, size: int, zones: pathlib.Path) -> subprocess.Popen:
    """A TLS server that drinks everything, or gives `size` octets and closes."""
    listen = (f"OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,verify=0,"
              f"cert={zones}/certs/good.pem,key={zones}/certs/good.key")
    if direction == "up":
        ends = [listen, "OPEN:/dev/null,wronly"]
    else:
        ends = [f"SYSTEM:head -c {size} /dev/zero", listen]
    return subprocess.Popen(["socat", "-u", "-b65536", *ends])


def one(relay: Relay, direction: str, port: int, zones: pathlib.Path) -> float:
    """MiB/s of one transfer."""
    size = SIZE // (relay.share_down if direction == "down" else 1)
    serving = server(direction, port, size, zones)
    time.sleep(0.3)
    command = (relay.up if direction == "up" else relay.down).format(n=size, port=port)
    start = time.perf_counter()
    subprocess.run(["sh", "-c", command], check=False, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    try:
        serving.wait(10)
    except subprocess.TimeoutExpired:
        serving.kill()
        serving.wait()
    return size / MIB / seconds


def relays(sslclient: pathlib.Path) -> list[Relay]:
    ours = f"{sslclient} -X -RHl0 127.0.0.1 {{port}} sh -c "
    return [
        Relay("socat, 64 KiB buffers",
              "head -c {n} /dev/zero | socat -u -b65536 - OPENSSL:127.0.0.1:{port},verify=0",
              "socat -u -b65536 OPENSSL:127.0.0.1:{port},verify=0 - </dev/null | cat >/dev/null"),
        Relay("sslclient", ours + "'head -c {n} /dev/zero >&7'",
              ours + "'exec 7>&-; cat <&6 >/dev/null'"),
        Relay("openssl s_client",
              "head -c {n} /dev/zero | openssl s_client -quiet -no_ign_eof "
              "-connect 127.0.0.1:{port}",
              "openssl s_client -quiet -connect 127.0.0.1:{port} </dev/null "
              "| cat >/dev/null"),
        Relay("gnutls-cli",
              "head -c {n} /dev/zero | gnutls-cli --insecure --logfile=/dev/null -p {port} "
              "127.0.0.1",
              "gnutls-cli --insecure --logfile=/dev/null -p {port} 127.0.0.1 </dev/null "
              "| cat >/dev/null", share_down=64),
    ]


def measure(sslclient: pathlib.Path, zones: pathlib.Path) -> None:
    print(f"\nRelay of {SIZE // MIB} MiB, {ROUNDS} rounds in turn, medians; "
          "ratios to socat (more is better)")
    runners = relays(sslclient)
    port = 4600
    for _ in range(ROUNDS):
        for relay in runners:
            for direction in ("up", "down"):
                port += 1
                relay.speeds[direction].append(one(relay, direction, port, zones))
    base = {d: statistics.median(runners[0].speeds[d]) for d in ("up", "down")}
    print(f"{'':26} {'up MiB/s':>9} {'ratio':>6} {'down MiB/s':>11} {'ratio':>6}")
    for relay in runners:
        up, down = (statistics.median(relay.speeds[d]) for d in ("up", "down"))
        print(f"{relay.name:26} {up:9.0f} {up / base['up']:6.2f} {down:11.0f} "
              f"{down / base['down']:6.2f}")
