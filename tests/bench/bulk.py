"""A signed internet for many domains: ten in each of many zones, over five hundred mail hosts,
all on loopback. Signed zones stay in a folder for the next run."""

import hashlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "zones"))
import der  # noqa: E402
import keys  # noqa: E402

SERVER, RESOLVER = "127.54.0.1", "127.54.0.53"
HOSTS = 500
NAMES_IN_A_ZONE = 10
WORKERS = 4
_SPECIAL = ("127.in-addr.arpa.", "test.")


def host_address(number: int) -> str:
    """A loopback address for each mail host."""
    return f"127.55.{number // 250}.{number % 250 + 1}"


def domains(zones: int) -> list[str]:
    """Ten in each zone, the zones in turn, so that the first of them are in many."""
    names = [""] + [f"d{number}." for number in range(1, NAMES_IN_A_ZONE)]
    return [f"{name}z{zone}.bulk" for name in names for zone in range(zones)]


class World:
    """Name server, resolver and mail hosts; a context in which they run."""

    def __init__(self, folder: Path, peer: Path, zones: int) -> None:
        self.folder, self.peer, self.count = folder, peer, zones
        self.anchor = folder / "root.key"
        self.recursion = folder / "recursion.conf"    # libunbound's, without the resolver
        self._running: list[subprocess.Popen] = []

    def _key(self, zone: str) -> keys.Key:
        """One key for all zones: what differs is its owner's name."""
        home = self.folder / "key"
        base = keys.make("bulk", home).base
        if zone == "bulk":
            return keys.Key(zone, base)
        own = self.folder / "keys" / f"K{zone.strip('.')}.{base.name.split('.', 1)[1]}"
        for suffix in (".key", ".private"):
            text = base.with_name(base.name + suffix).read_text()
            target = own.with_name(own.name + suffix)
            target.write_text(text.replace("bulk.", zone.strip(".") + ".", 1)
                              if suffix == ".key" else text)
        return keys.Key(zone, own)

    def _sign(self, zone: str, text: str) -> None:
        plain = self.folder / "zones" / f"{zone.strip('.') or 'root'}.zone"
        plain.write_text(f"$ORIGIN {zone.strip('.')}.\n$TTL 86400\n"
                         f"@ SOA ns.bulk. hostmaster.bulk. 1 3600 900 864000 86400\n"
                         f"@ NS ns.bulk.\n{text}")
        subprocess.run(["ldns-signzone", "-o", zone, "-f", str(plain.with_suffix(".signed")),
                        str(plain), str(self._key(zone).base)], check=True,
                       capture_output=True)

    def _leaf(self, number: int) -> str:
        """A zone's own text; two mail hosts, others for the next zone."""
        lines = []
        for name in range(NAMES_IN_A_ZONE):
            label = f"d{name}" if name else "@"
            lines += [f"{label} MX {10 * rank} mx{(number + rank * 7) % HOSTS}.hosts.bulk."
                      for rank in (1, 2)]
        return "\n".join(lines) + "\n"

    def make(self) -> None:
        """Makes and signs what is not there yet."""
        stamp = self.folder / f"signed-{self.count}"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < 7 * 86400:
            return
        for name in ("key", "keys", "zones"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=mx.bulk",
                        "-keyout", str(self.folder / "host.key"),
                        "-out", str(self.folder / "host.pem")], check=True, capture_output=True)
        spki = hashlib.sha256(der.public_key(der.from_pem(self.folder / "host.pem"))).hexdigest()
        hosts = "".join(f"mx{n} A {host_address(n)}\n_25._tcp.mx{n} TLSA 3 1 1 {spki}\n"
                        for n in range(HOSTS))
        self._sign("hosts.bulk", hosts)
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda n: self._sign(f"z{n}.bulk", self._leaf(n)),
                          range(self.count)))
        names = ["hosts"] + [f"z{n}" for n in range(self.count)]
        self._sign("bulk", f"ns A {SERVER}\n" + "".join(
            f"{name} NS ns.bulk.\n{name} {self._key(name + '.bulk').ds()}\n" for name in names))
        root = keys.make(".", self.folder / "key")
        plain = self.folder / "zones" / "root.zone"
        plain.write_text("$ORIGIN .\n$TTL 86400\n@ SOA ns.bulk. hostmaster.bulk. 1 3600 900 864000"
                         f" 86400\n@ NS ns.bulk.\nbulk. NS ns.bulk.\nns.bulk. A {SERVER}\n"
                         f"bulk. {keys.Key('bulk', self._key('bulk').base).ds()}\n")
        subprocess.run(["ldns-signzone", "-o", ".", "-f", str(plain.with_suffix(".signed")),
                        str(plain), str(root.base)], check=True, capture_output=True)
        self.anchor.write_text(f". IN {root.ds()}\n")
        stamp.touch()

    def _nsd(self) -> Path:
        home = self.folder / "nsd"
        home.mkdir(exist_ok=True)
        text = (f"server:\n  ip-address: {SERVER}\n  username: \"\"\n  chroot: \"\"\n"
                f"  database: \"\"\n  zonesdir: \"{self.folder}/zones\"\n"
                f"  pidfile: \"{home}/pid\"\n  xfrdfile: \"{home}/xfrd\"\n  xfrdir: \"{home}\"\n"
                f"  zonelistfile: \"{home}/list\"\n  server-count: 1\n  rrl-ratelimit: 0\n"
                "remote-control:\n  control-enable: no\n")
        names = [".", "bulk", "hosts.bulk"] + [f"z{n}.bulk" for n in range(self.count)]
        for name in names:
            file = "root" if name == "." else name
            text += f"zone:\n  name: \"{name}\"\n  zonefile: \"{file}.signed\"\n"
        (home / "nsd.conf").write_text(text)
        return home / "nsd.conf"

    def _unbound(self) -> Path:
        (self.folder / "root.hints").write_text(
            f". 3600 IN NS ns.bulk.\nns.bulk. 3600 IN A {SERVER}\n")
        common = (f'server:\n  trust-anchor-file: "{self.anchor}"\n'
                  f'  root-hints: "{self.folder}/root.hints"\n  do-not-query-localhost: no\n'
                  "  do-ip6: no\n  use-syslog: no\n"
                  + "".join(f'  local-zone: "{name}" nodefault\n' for name in _SPECIAL))
        self.recursion.write_text(common)
        conf = self.folder / "unbound.conf"
        conf.write_text(
            common + "  username: \"\"\n  chroot: \"\"\n"
            f'  directory: "{self.folder}"\n  pidfile: "{self.folder}/unbound.pid"\n'
            f"  interface: {RESOLVER}\n  access-control: 127.0.0.0/8 allow\n"
            "  num-threads: 1\n  do-daemonize: no\n  msg-cache-size: 256m\n"
            "  rrset-cache-size: 512m\n  key-cache-size: 128m\n  num-queries-per-thread: 4096\n"
            "  outgoing-range: 8192\n  so-rcvbuf: 4m\n  incoming-num-tcp: 100\n"
            "remote-control:\n  control-enable: no\n")
        return conf

    def resolver(self) -> None:
        """Starts the resolver anew, with nothing in its cache."""
        for process in [p for p in self._running if p.args[0] == "unbound"]:
            process.terminate()
            process.wait()
            self._running.remove(process)
        self._start(["unbound", "-d", "-c", str(self._unbound())])
        self._answers("bulk")

    def _answers(self, name: str) -> None:
        for _ in range(600):
            done = subprocess.run(["drill", f"@{RESOLVER}", name, "SOA"], capture_output=True,
                                  text=True, check=False)
            if "rcode: NOERROR" in done.stdout:
                return
            time.sleep(0.1)
        raise SystemExit("bench: the name servers of the bulk zones do not answer")

    def _start(self, command: list[str]) -> None:
        self._running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                              stderr=subprocess.DEVNULL))

    def __enter__(self) -> "World":
        self.make()
        self._start(["nsd", "-d", "-c", str(self._nsd())])
        self._start([str(self.peer), str(self.folder / "host.pem"),
                     str(self.folder / "host.key"), *map(host_address, range(HOSTS))])
        self.resolver()
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait()
