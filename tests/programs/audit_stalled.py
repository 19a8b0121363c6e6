"""An audit that is stopped for seconds, again and again, blames no host for that.

    audit_stalled.py DANE ZONES_DIR

Sound domains, time-outs far shorter than the stops, which come in the middle of look-ups,
handshakes and replies: all of them have to stay `enforced`, without a warning. One of them is
behind a proxy that passes everything on late, but in time: at each stop somebody waits for it.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

DOMAINS = ["perfect.zoo.example", "good.mail.example", "both-keys.zoo.example",
           "elsewhere.example", "deep.zoo.example", "idn-host.zoo.example", "rsa.mail.example",
           "itself.zoo.example", "wild-tlsa.zoo.example", "tlsa-cross.zoo.example"]
LATE = "closed.zoo.example"  # nobody is there but our proxy
LATE_ADDRESS, SERVER = "127.62.9.1", "127.61.0.1"
DELAY_SECONDS = 0.3
TIMES = 4
OPTIONS = ("--helo", "me.example", "--retries", "0", "--timeout", "2", "--dns-timeout", "2",
           "--per-address", "4", "--per-network", "500", "--rate", "30", "--json", "-f", "-")
STOP_SECONDS, RUN_SECONDS, LIMIT_SECONDS, MOST_STOPS = 3.0, 0.15, 200, 40


def pass_on(source: socket.socket, sink: socket.socket) -> None:
    """Everything from one end to the other, late."""
    try:
        while data := source.recv(65536):
            time.sleep(DELAY_SECONDS)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def run_proxy() -> None:
    """Accepts for ever."""
    listener = socket.create_server((LATE_ADDRESS, 25), backlog=100)

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            server = socket.create_connection((SERVER, 25))
            for pair in ((client, server), (server, client)):
                threading.Thread(target=pass_on, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def audit(program: str, directory: Path, scratch: str, stops: int) -> tuple[list[dict], int]:
    """What the audit says, and how often it was stopped before its end."""
    command = [program, "audit", *OPTIONS, "--unbound-conf", str(directory / "unbound.conf"),
               "--mta-sts-ca", str(directory / "certs" / "ca.pem")]
    names = [LATE] + [domain.upper() if turn % 2 else domain for turn in range(TIMES)
                      for domain in DOMAINS]
    given = Path(scratch) / "in"
    given.write_text("".join(f"{name}\n" for name in names))
    out = Path(scratch) / "out"
    done = 0
    with open(given, "rb") as read, open(out, "wb") as write, \
            subprocess.Popen(command, stdin=read, stdout=write,
                             stderr=subprocess.DEVNULL) as running:
        begin = time.monotonic()
        while running.poll() is None and time.monotonic() - begin < LIMIT_SECONDS:
            time.sleep(RUN_SECONDS)
            if done < stops and running.poll() is None:
                os.kill(running.pid, signal.SIGSTOP)
                time.sleep(STOP_SECONDS)
                os.kill(running.pid, signal.SIGCONT)
                done += 1
        if running.poll() is None:
            running.kill()
    found = [json.loads(line) for line in out.read_text().splitlines()]
    if len(found) != len(names):
        raise ValueError(f"{len(found)} lines about {len(names)} domains")
    return found, done


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) != 3:
        print(__doc__, file=sys.stderr)
        return 100
    faults = []
    run_proxy()
    with tempfile.TemporaryDirectory(prefix="stalled.") as scratch:
        usual, _ = audit(words[1], Path(words[2]).resolve(), scratch, 0)
        found, stops = audit(words[1], Path(words[2]).resolve(), scratch, MOST_STOPS)
    expected = {one["input"]: one["grade"] for one in usual}
    for one in found:
        blamed = [finding for finding in one["findings"] if finding["severity"] != "note"]
        if one["grade"] != "enforced" or blamed:
            faults.append(f"{one['input']}: {one['grade']} {blamed}")
    if set(expected.values()) != {"enforced"}:
        faults.append(f"not sound to begin with: {expected}")
    if stops < 2:
        faults.append(f"stopped {stops} times: the run is too short to say anything")
    for fault in faults:
        print(f"FAILED {fault}")
    print(f"{len(found)} domains, {stops} stops, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
