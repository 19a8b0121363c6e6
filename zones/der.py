"""The little DER and PEM that TLSA records need (X.690, RFC 7468)."""

import base64
from pathlib import Path


def from_pem(path: Path) -> bytes:
    """The DER of the first block of a PEM file."""
    body = path.read_text().split("-----BEGIN ", 1)[1].split("-----", 2)[1]
    return base64.b64decode(body)


def _element(der: bytes, offset: int) -> tuple[int, int]:
    """Where the content of the element at `offset` begins and ends."""
    length, begin = der[offset + 1], offset + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(der[begin:begin + count], "big")
        begin += count
    return begin, begin + length


def public_key(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo inside a certificate, as it stands there (RFC 5280 4.1)."""
    position, _ = _element(certificate, 0)            # Certificate
    position, _ = _element(certificate, position)     # TBSCertificate
    if certificate[position] == 0xA0:                 # version
        position = _element(certificate, position)[1]
    for _field in ("serial", "signature", "issuer", "validity", "subject"):
        position = _element(certificate, position)[1]
    return certificate[position:_element(certificate, position)[1]]
