"""An internet of a test's own: a signed root, and signed zones below it, on one NSD at one
loopback address. `unbound.conf` in its directory makes libunbound resolve in it."""

import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Mapping, Optional

ZONES = Path(__file__).resolve().parents[2] / "zones"
sys.path.append(str(ZONES))
import keys  # noqa: E402
import nameservers  # noqa: E402

SIGNERS = 2
KEPT_SECONDS = 7 * 86400    # ldns-signzone signs for four weeks


class Internet:
    """Made by `publish`, ended as a context manager. One that is `lasting` has one key for
    all its zones, and signs none that its directory holds already."""

    def __init__(self, directory: Path, address: str, lasting: bool = False) -> None:
        self.directory = directory
        self.address = address
        self._lasting = lasting
        self._nsd: Optional[subprocess.Popen] = None
        self._shared: Optional[Path] = None
        for folder in ("keys", "zones", "nsd"):
            (directory / folder).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Internet":
        return self

    def __exit__(self, _type: Optional[type[BaseException]],
                 _error: Optional[BaseException], _trace: Optional[TracebackType]) -> None:
        if self._nsd:
            self._nsd.terminate()
            self._nsd.wait()

    @property
    def conf(self) -> Path:
        """For libunbound."""
        return self.directory / "unbound.conf"

    def publish(self, zones: Mapping[str, str],
                ready: Optional[Mapping[str, tuple[str, str]]] = None,
                nsec3: Optional[Mapping[str, int]] = None) -> None:
        """Serves these zones: the origin, without the final dot, and its records beside SOA
        and NS. The root delegates, and each zone to those below it. Called again, it
        replaces them all. A zone that is `ready` is served as its text has it, below this
        DS record; one in `nsec3` denies by NSEC3 with so many iterations."""
        whole = {"": "", **zones}
        made = {name: self._key(name) for name in whole}
        texts = dict(whole)
        anchors = {name: made[name].ds() for name in zones}
        anchors |= {name: anchor for name, (_text, anchor) in (ready or {}).items()}
        for name, anchor in anchors.items():
            texts[_parent(name, whole)] += f"\n{name}. NS ns.\n{name}. {anchor}"
        texts[""] += f"\nns. A {self.address}"
        with ThreadPoolExecutor(SIGNERS) as pool:
            files = list(pool.map(lambda name: self._sign(
                name, texts[name], made[name], (nsec3 or {}).get(name)), whole))
        served = [(name or ".", file) for name, file in zip(whole, files)]
        for name, (text, _anchor) in (ready or {}).items():
            served.append((name, self.directory / "zones" / f"{name}.ready"))
            served[-1][1].write_text(text)
        self._write_settings(made[""].ds(), served)
        if self._nsd:
            self._nsd.send_signal(signal.SIGHUP)
            time.sleep(0.3)
        else:
            self._start()

    def _key(self, name: str) -> keys.Key:
        home = self.directory / "keys"
        if not self._lasting:
            return keys.make(name or ".", home)
        if not self._shared:
            base = keys.make("shared", home).base
            # Without a .key file of one owner, ldns-signzone makes the DNSKEY of any.
            self._shared = home / "shared-key"
            shutil.copy(f"{base}.private", f"{self._shared}.private")
            text = Path(f"{base}.key").read_text()
            (home / "as-dnskey.key").write_text(text.replace(" 257 ", " 256 ")
                                                .replace("\t257 ", "\t256 "))
        return keys.Key(name, home / "as-dnskey")

    def _sign(self, name: str, records: str, key: keys.Key,
              iterations: Optional[int] = None) -> Path:
        plain = self.directory / "zones" / f"{name or 'root'}.zone"
        signed = plain.with_name(f"{name or 'root'}.signed")
        serial = 1 if self._lasting else int(time.time())
        text = (f"$ORIGIN {name.strip('.')}.\n$TTL 300\n@ SOA ns. hostmaster. {serial} "
                f"3600 900 86400 300\n@ NS ns.\n{records}\n")
        if self._lasting and signed.exists() and plain.read_text() == text and (
                time.time() - signed.stat().st_mtime < KEPT_SECONDS):
            return signed
        plain.write_text(text)
        denial = [] if iterations is None else ["-n", "-t", str(iterations), "-s", "ab"]
        subprocess.run(["ldns-signzone", *denial, "-o", name or ".", "-f", str(signed), str(plain),
                        str(self._shared or key.base)], check=True, capture_output=True)
        return signed

    def _write_settings(self, anchor: str, served: list[tuple[str, Path]]) -> None:
        home = self.directory
        (home / "root.key").write_text(f". IN {anchor}\n")
        (home / "root.hints").write_text(f". 3600 IN NS ns.\nns. 3600 IN A {self.address}\n")
        self.conf.write_text(f'server:\n  trust-anchor-file: "{home}/root.key"\n'
                             f'  root-hints: "{home}/root.hints"\n'
                             "  do-not-query-localhost: no\n  do-ip6: no\n  use-syslog: no\n")
        (home / "nsd/nsd.conf").write_text(
            nameservers.nsd_configuration(home / "nsd", self.address, served))

    def _start(self) -> None:
        with open(self.directory / "nsd.log", "ab") as log:
            self._nsd = subprocess.Popen(
                ["nsd", "-d", "-c", str(self.directory / "nsd/nsd.conf")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not nameservers.answers(self.address, "."):
            if time.monotonic() > deadline or self._nsd.poll() is not None:
                raise RuntimeError(f"NSD does not answer: {self.directory}/nsd.log")
            time.sleep(0.02)


def _parent(name: str, zones: Mapping[str, str]) -> str:
    """The closest zone above."""
    while name:
        name = name.partition(".")[2]
        if name in zones:
            return name
    return ""
