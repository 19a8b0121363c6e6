"""Server certificates that OpenSSL serves and GnuTLS cannot read, written octet by octet:
each is sound but for one thing. The signature of the issuer is rubbish throughout, since
DANE-EE looks at none (RFC 7671 5.1)."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
ECDSA_SHA384 = bytes.fromhex("300a06082a8648ce3d040303")


def tlv(tag: int, *parts: bytes) -> bytes:
    """One value of DER."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def vector(octets: int, content: bytes) -> bytes:
    """A vector of TLS behind its length (RFC 8446 3.4)."""
    return len(content).to_bytes(octets, "big") + content


def record(handshake: bytes) -> bytes:
    """A clear record of TLS 1.2 with handshake messages."""
    return b"\x16\x03\x03" + vector(2, handshake)


def name(text: str) -> bytes:
    """A Name with this common name alone."""
    return tlv(0x30, tlv(0x31, tlv(0x30, bytes.fromhex("0603550403"),
                                   tlv(0x0C, text.encode()))))


def extension(oid: str, value: bytes, critical: bool = False) -> bytes:
    """One Extension; the OID as hexadecimal contents."""
    mark = b"\x01\x01\xff" if critical else b""
    return tlv(0x30, tlv(6, bytes.fromhex(oid)), mark, tlv(4, value))


def alternative(*names: bytes) -> bytes:
    """A subjectAltName with these dNSNames."""
    return extension("551d11", tlv(0x30, *(tlv(0x82, one) for one in names)))


@dataclass
class Parts:
    """What a certificate is made of; the values are those of a sound one."""

    version: bytes = tlv(0xA0, b"\x02\x01\x02")
    serial: bytes = b"\x02\x01\x01"
    inner: bytes = ECDSA_SHA256
    outer: bytes = ECDSA_SHA256
    begin: bytes = tlv(0x17, b"250101000000Z")
    end: bytes = tlv(0x17, b"450101000000Z")
    unique: bytes = b""
    extensions: list[bytes] = field(default_factory=lambda: [
        extension("551d13", tlv(0x30), critical=True), alternative(b"mx.example.org")])
    behind: bytes = b""

    def certificate(self, spki: bytes) -> bytes:
        """Its DER with this key."""
        extensions = (tlv(0xA3, tlv(0x30, *self.extensions)) if self.extensions else b"")
        tbs = tlv(0x30, self.version, self.serial, self.inner, name("Example R10"),
                  tlv(0x30, self.begin, self.end), name("mx.example.org"), spki,
                  self.unique, extensions)
        rubbish = tlv(3, b"\0", tlv(0x30, b"\x02\x01\x05", b"\x02\x01\x07"))
        return tlv(0x30, tbs, self.outer, rubbish, self.behind)


SOUND = Parts().extensions
# What is odd -> the certificate. GnuTLS 3.7 reads none of them but `good`.
ODD = {
    "good": Parts(),
    "fraction": Parts(end=tlv(0x18, b"20700101000000.500Z")),
    "offset": Parts(end=tlv(0x17, b"4501010000+0100")),
    "no-seconds": Parts(end=tlv(0x17, b"4501010000Z")),
    "no-time": Parts(end=tlv(0x18, b"soon")),
    "empty-name": Parts(extensions=[SOUND[0], alternative(b"", b"mx.example.org")]),
    "no-names": Parts(extensions=[SOUND[0], alternative()]),
    "bad-names": Parts(extensions=[SOUND[0], extension("551d11", b"\x30\x05\x82\x01")]),
    "repeated": Parts(extensions=[*SOUND, SOUND[1]]),
    "repeated-unknown": Parts(extensions=[*SOUND, *[extension("2a0304", b"\x05\x00")] * 2]),
    "critical": Parts(extensions=[*SOUND, extension("2a030405", b"\x05\x00", True)]),
    "two-algorithms": Parts(inner=ECDSA_SHA384),
    "v1-extensions": Parts(version=b""),
    "v2-extensions": Parts(version=tlv(0xA0, b"\x02\x01\x01")),
    "version-4": Parts(version=tlv(0xA0, b"\x02\x01\x03")),
    "version-many": Parts(version=tlv(0xA0, b"\x02\x05\x01\x02\x03\x04\x05")),
    "version-minus": Parts(version=tlv(0xA0, b"\x02\x01\xff")),
    "v1": Parts(version=b"", extensions=[]),
    "v3-bare": Parts(extensions=[]),
    "negative-serial": Parts(serial=b"\x02\x01\x81"),
    "zero-serial": Parts(serial=b"\x02\x01\x00"),
    "long-serial": Parts(serial=tlv(2, b"\x7f" * 40)),
    "unique-ids": Parts(unique=b"\x81\x02\x00\x01\x82\x02\x00\x02"),
    "bad-basic": Parts(extensions=[extension("551d13", b"\x04\x00", True), SOUND[1]]),
    "bad-usage": Parts(extensions=[extension("551d0f", b"\x30\x00", True), SOUND[1]]),
    "bad-algorithm": Parts(inner=bytes.fromhex("300c06082a8648ce3d0403020500")),
}


# Keys with which no handshake is held, as `openssl genpkey` makes them.
_EC = ("-algorithm", "EC", "-pkeyopt")
USELESS_KEYS = {
    "secp256k1": (*_EC, "ec_paramgen_curve:secp256k1"),
    "brainpool": (*_EC, "ec_paramgen_curve:brainpoolP256r1"),
    "p-224": (*_EC, "ec_paramgen_curve:P-224"),
    "binary": (*_EC, "ec_paramgen_curve:K-283"),
    "explicit-k1": (*_EC, "ec_paramgen_curve:secp256k1", "-pkeyopt",
                    "ec_param_enc:explicit"),
    "x25519": ("-algorithm", "X25519"),
    "sm2": ("-algorithm", "SM2"),
}


def no_certificates(sound: bytes) -> dict[str, bytes]:
    """What is no certificate (RFC 5280 4.1), made of one."""
    return {"rubbish": b"rubbish" * 40, "cut": sound[:-1], "longer": sound + b"\0",
            "indefinite": b"\x30\x80" + sound[4:] + b"\0\0",
            "long-form": b"\x30\x84\0\0" + sound[2:]}


def openssl(*words: str, stdin: Optional[bytes] = None) -> bytes:
    """What openssl prints."""
    return subprocess.run(["openssl", *words], input=stdin, check=True,
                          capture_output=True).stdout


class Keys:
    """Keys made once, in PEM files, and their public halves."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def make(self, word: str, *options: str) -> Path:
        """A new key by `openssl genpkey`."""
        path = self._directory / f"{word}.key"
        if not path.exists():
            openssl("genpkey", *options, "-out", str(path))
        return path

    def written(self, key: Path, word: str, *options: str) -> tuple[Path, bytes]:
        """The same key written otherwise by `openssl ec`, and its SubjectPublicKeyInfo."""
        path = self._directory / f"{word}.key"
        openssl("ec", "-in", str(key), *options, "-out", str(path))
        return path, openssl("ec", "-in", str(key), *options, "-pubout", "-outform", "DER")


def public(key: Path) -> bytes:
    """The SubjectPublicKeyInfo of a private key."""
    return openssl("pkey", "-in", str(key), "-pubout", "-outform", "DER")
