"""Zone files: templates with placeholders in, signed zones out.

A template is an ordinary zone file, `templates/ORIGIN.zone`. Comments at its top say how
it is signed and flawed:

    ;; sign nsec | nsec3 [optout] [iterations N] [salt HEX] | none
    ;; key ALGORITHM [BITS]   as ldns-keygen takes them
    ;; dates BEGIN END        of the signatures, as ldns-signzone takes them; or days
                              from now, with a sign: -10 +1
    ;; strip TYPE             loses the RRSIGs over that type
    ;; corrupt TYPE           spoils the RRSIGs over that type
    ;; server NAME            the NSD that serves it: root, tld, leaf (the default), second
    ;; origins ZONE...        in place of the one that the file name says

Placeholders, in braces: `{habit}` for the first label of the origin without `-plain`, as the
name servers that spoil queries are called; `{ip PEER}`, `{ds ZONE}`, `{ds ZONE wrong}`, `{ds ZONE unknown}`,
`{ds ZONE sha1}`, `{pointers}` for the PTR records of all IPv4 peers, `{many COUNT LINE}` for
a line so many times with its number of two digits in place of `#`, and TLSA data as
`{USAGE SELECTOR MATCHING CERTIFICATE}`, where `cut` or `pad` at the end takes an octet
from the data or adds one.
"""

import hashlib
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Mapping

import der
from keys import Key

KEPT_SECONDS = 3600    # a signed zone is signed again when it is older
TEMPLATES = Path(__file__).resolve().parent / "templates"
_HOST = re.compile(r"^(\S+)\s+(?:A|AAAA)\s+\{ip ([\w-]+)\}", re.M)


@dataclass
class Zone:
    """A template, its origin without the final dot ("" for the root) and its directives."""

    origin: str
    text: str
    sign: list[str] = field(default_factory=lambda: ["nsec"])
    key: list[str] = field(default_factory=list)
    server: str = "leaf"
    dates: list[str] = field(default_factory=list)
    strip: set[str] = field(default_factory=set)
    corrupt: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.origin or "."

    @property
    def signed(self) -> bool:
        return self.sign != ["none"]

    def hosts(self) -> Iterable[tuple[str, str]]:
        """Host name and peer of every address record that names a peer."""
        for label, peer in _HOST.findall(self.text):
            yield (self.origin if label == "@" else f"{label}.{self.origin}"), peer


def load() -> list[Zone]:
    """Every zone of every template."""
    return [zone for path in sorted(TEMPLATES.glob("*.zone")) for zone in _zones(path)]


def _zones(path: Path) -> Iterable[Zone]:
    text = path.read_text()
    origins = [path.stem if path.stem != "root" else ""]
    settings: dict = {}
    for line in re.findall(r"^;; (.+)$", text, re.M):
        word, *rest = line.split()
        if word == "origins":
            origins = rest
        elif word in ("sign", "dates", "key"):
            settings[word] = rest
        elif word in ("strip", "corrupt"):
            settings[word] = set(rest)
        elif word == "server":
            settings[word] = rest[0]
        else:
            raise ValueError(f"{path.name}: unknown directive {line}")
    return (Zone(origin, text, **settings) for origin in origins)


def delegated(zones: Iterable[Zone]) -> set[str]:
    """Every zone that has a DS record, whether anybody serves it or not."""
    return {name for zone in zones for name in re.findall(r"\{ds (\S+?)[ }]", zone.text)}


def pointers(zones: Iterable[Zone], addresses: Mapping[str, str]) -> str:
    """PTR records below 127.in-addr.arpa: to each peer the first host that names it."""
    first: dict[str, str] = {}
    for zone in zones:
        for host, peer in zone.hosts():
            if addresses[peer].startswith("127."):
                first.setdefault(addresses[peer], host)
    return "\n".join(f"{'.'.join(address.split('.')[:0:-1])} PTR {host}."
                     for address, host in first.items())


def association(parameters: str, certificate: str, certs: Path) -> str:
    """TLSA data `U S M HEX` of a certificate (RFC 6698 2.1.4); selectors and matching
    types that nobody assigned are taken as 0 and 1."""
    _usage, selector, matching = parameters.split()
    data = der.from_pem(certs / f"{certificate}.pem")
    if selector == "1":
        data = der.public_key(data)
    if matching == "2":
        data = hashlib.sha512(data).digest()
    elif matching != "0":
        data = hashlib.sha256(data).digest()
    return f"{parameters} {data.hex()}"


def render(zone: Zone, addresses: Mapping[str, str], keys: Mapping[str, Key],
           certs: Path) -> str:
    """The zone file without placeholders."""

    def value(match: re.Match[str]) -> str:
        words = match.group(1).split()
        if words[0] == "pointers":
            return pointers(load(), addresses)
        if words[0] == "many":
            line = " ".join(words[2:])
            return "\n".join(line.replace("#", f"{number:02}")
                             for number in range(1, int(words[1]) + 1))
        if words[0] == "ip":
            return addresses[words[1]]
        if words[0] == "habit":
            return zone.origin.split(".")[0].removesuffix("-plain")
        if words[0] == "ds":
            return keys[words[1]].ds(*words[2:])
        text = association(" ".join(words[:3]), words[3], certs)
        return {"": text, "cut": text[:-2], "pad": text + "00"}["".join(words[4:])]

    body = re.sub(r"\{([^{}]+)\}", value, zone.text)
    return f"$ORIGIN {zone.origin}.\n$TTL 300\n{body}"


def moment(text: str) -> str:
    """A date as ldns-signzone takes it."""
    if text[0] not in "+-":
        return text
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + int(text) * 86400))


def write(zone: Zone, directory: Path, text: str, key: Key) -> Path:
    """Writes, signs and flaws one zone; returns the file to serve. One that was signed a
    moment ago, with the same text and key, stays."""
    stem = zone.origin or "root"
    plain = directory / f"{stem}.second.zone" if zone.server == "second" else (
        directory / f"{stem}.zone")
    signed = plain.with_suffix(".signed")
    if _is_young(signed, key) and plain.read_text() == text:
        return signed
    plain.write_text(text)
    if not zone.signed:
        return plain
    command = ["ldns-signzone", "-o", zone.name, "-f", str(signed)]
    if zone.dates:
        command += ["-i", moment(zone.dates[0]), "-e", moment(zone.dates[1])]
    if zone.sign[0] == "nsec3":
        words = zone.sign[1:]
        count = words[words.index("iterations") + 1] if "iterations" in words else "0"
        command += ["-n", "-t", count, *(["-p"] if "optout" in words else [])]
        if "salt" in words:
            command += ["-s", words[words.index("salt") + 1]]
    done = subprocess.run([*command, str(plain), str(key.base)], capture_output=True)
    if done.returncode != 0 or not signed.exists():
        raise RuntimeError(f"ldns-signzone {zone.name}: {done.stderr.decode()[:300]}")
    if zone.strip or zone.corrupt:
        signed.write_text("".join(_flaw(line, zone) for line in signed.open()))
    return signed


def _is_young(signed: Path, key: Key) -> bool:
    """Whether a signed zone is there, younger than its key and not older than it may be."""
    if not signed.exists():
        return False
    made = signed.stat().st_mtime
    key_made = key.base.with_name(key.base.name + ".key").stat().st_mtime
    return made >= key_made and time.time() - made < KEPT_SECONDS


def _flaw(line: str, zone: Zone) -> str:
    fields = line.split()
    if len(fields) < 13 or fields[3] != "RRSIG":
        return line
    if fields[4] in zone.strip:
        return ""
    if fields[4] in zone.corrupt:    # another letter in the middle of the signature
        signature = fields[12]
        letter = "A" if signature[20] != "A" else "B"
        return line.replace(signature, signature[:20] + letter + signature[21:])
    return line
