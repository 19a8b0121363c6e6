"""DNSSEC keys, one a zone, and the DS records that vouch for them (RFC 4034 5)."""

import base64
import hashlib
import struct
import subprocess
from pathlib import Path

ALGORITHM = "ECDSAP256SHA256"


def wire_name(name: str) -> bytes:
    """The canonical wire form of a domain name, with or without its final dot."""
    labels = [label.encode() for label in name.lower().strip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


class Key:
    """The one key of a zone, that signs its keys and its data."""

    def __init__(self, zone: str, base: Path) -> None:
        self.zone = zone
        self.base = base
        flags, protocol, algorithm, text = (
            base.with_name(base.name + ".key").read_text().split(";")[0].split()[3:7])
        self.algorithm = int(algorithm)
        self.rdata = struct.pack("!HBB", int(flags), int(protocol), self.algorithm)
        self.rdata += base64.b64decode(text)

    def tag(self) -> int:
        """The key tag (RFC 4034 appendix B)."""
        total = sum(octet << 8 if index % 2 == 0 else octet
                    for index, octet in enumerate(self.rdata))
        return (total + (total >> 16)) & 0xFFFF

    def ds(self, flaw: str = "") -> str:
        """The data of a DS record. `flaw`: `wrong` for the digest of another key,
        `unknown` for a digest type that no validator knows (RFC 4035 5.2), `sha1` for the
        digest of old (RFC 8624 3.3), `sha384` for a long one."""
        rdata = self.rdata if flaw != "wrong" else self.rdata[::-1]
        data = wire_name(self.zone) + rdata
        made_by = {"sha1": hashlib.sha1, "sha384": hashlib.sha384}.get(flaw, hashlib.sha256)
        digest = made_by(data).hexdigest()
        number = {"unknown": 200, "sha1": 1, "sha384": 4}.get(flaw, 2)
        return f"DS {self.tag()} {self.algorithm} {number} {digest}"


def make(zone: str, directory: Path, algorithm: str = ALGORITHM, bits: str = "") -> Key:
    """The key of a zone, made at the first call and found again at later ones."""
    home = directory / (zone.strip(".") or "root")
    home.mkdir(parents=True, exist_ok=True)
    found = sorted(home.glob("K*.private"))
    if not found:
        subprocess.run(["ldns-keygen", "-a", algorithm, *(["-b", bits] if bits else []), "-k",
                        "-r", "/dev/urandom", zone], cwd=home, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)
        found = sorted(home.glob("K*.private"))
    return Key(zone, found[0].with_suffix(""))
