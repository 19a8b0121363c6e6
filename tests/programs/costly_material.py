"""Keys, certificates and zones that are made to be slow: large numbers where large numbers
may stand, and signatures that nobody made."""

import base64
import hashlib
import os
import struct

RSA = "2a864886f70d010101"
RSA_PSS = "2a864886f70d01010a"
RSA_X500 = "55080101"
DSA = "2a8648ce380401"


def der(tag: int, *parts: bytes) -> bytes:
    """One value in DER (X.690)."""
    content = b"".join(parts)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def number(octets: int) -> bytes:
    """An odd INTEGER of so many octets, no small one."""
    return der(2, b"\x7f" + os.urandom(max(octets, 2) - 2) + b"\xff" if octets > 1 else b"\x03")


def key(algorithm: str, modulus: int, exponent: int) -> bytes:
    """A SubjectPublicKeyInfo with an RSA key of so many octets."""
    identifier = der(0x30, der(6, bytes.fromhex(algorithm)), der(5))
    if algorithm == DSA:
        values = der(0x30, number(modulus), number(exponent), number(modulus))
        identifier = der(0x30, der(6, bytes.fromhex(algorithm)), values)
        return der(0x30, identifier, der(3, b"\0", number(modulus)))
    numbers = der(0x30, number(modulus), number(exponent))
    return der(0x30, identifier, der(3, b"\0", numbers))


def certificate(spki: bytes, *, serial: bytes = b"\x01", names: int = 1,
                attributes: int = 1) -> bytes:
    """A certificate of this key that nobody signed."""
    algorithm = der(0x30, der(6, bytes.fromhex("2a864886f70d01010b")), der(5))
    one = der(0x31, der(0x30, der(6, b"\x55\x04\x03"), der(0x0C, b"slow.d.own")))
    name = der(0x30, one * attributes)
    validity = der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"490101000000Z"))
    alternative = der(0x30, *(der(0x82, b"n%d.d.own" % i) for i in range(names)))
    extension = der(0x30, der(6, b"\x55\x1d\x11"), der(4, alternative))
    tbs = der(0x30, der(0xA0, der(2, b"\x02")), der(2, serial), algorithm, name, validity,
              name, spki, der(0xA3, der(0x30, extension)))
    return der(0x30, tbs, algorithm, der(3, b"\0" + b"\x11" * 256))


def handshake_12(leaf: bytes, exchange: bytes, suite: bytes) -> bytes:
    """A TLS 1.2 server's first flight in clear text, up to ServerHelloDone: the
    certificate, and a ServerKeyExchange of these octets."""
    def message(kind: int, body: bytes) -> bytes:
        return bytes([kind]) + len(body).to_bytes(3, "big") + body

    hello = b"\x03\x03" + os.urandom(32) + b"\0" + suite + b"\0" + b"\0\x05\xff\x01\0\x01\0"
    chain = len(leaf).to_bytes(3, "big") + leaf
    flight = (message(2, hello) + message(11, len(chain).to_bytes(3, "big") + chain)
              + message(12, exchange) + message(14, b""))
    records = b""
    for at in range(0, len(flight), 16000):
        part = flight[at:at + 16000]
        records += b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part
    return records


def ecdhe(signature: int) -> bytes:
    """ServerKeyExchange by X25519, with a signature of so many octets (RFC 8422 5.4)."""
    return (b"\x03\x00\x1d\x20" + b"\x09" + os.urandom(31) + b"\x04\x01"
            + signature.to_bytes(2, "big") + b"\x11" * signature)


def dhe(prime: int, signature: int = 256) -> bytes:
    """ServerKeyExchange with a group of so many octets (RFC 5246 7.4.3)."""
    numbers = (b"\x7f" + os.urandom(prime - 2) + b"\xff", b"\x02",
               b"\x3f" + os.urandom(prime - 1))
    params = b"".join(len(one).to_bytes(2, "big") + one for one in numbers)
    return params + b"\x04\x01" + signature.to_bytes(2, "big") + b"\x11" * signature


# --- DNSSEC

def dnskey(modulus: int, exponent: int, algorithm: int = 8) -> bytes:
    """RDATA of a DNSKEY with an RSA key of so many octets (RFC 3110 2)."""
    head = bytes([exponent]) if exponent < 256 else b"\0" + exponent.to_bytes(2, "big")
    numbers = b"\x7f" + os.urandom(exponent - 1) if exponent > 3 else b"\x01\0\x01"
    return (struct.pack("!HBB", 257, 3, algorithm) + head + numbers
            + b"\x7f" + os.urandom(modulus - 2) + b"\xff")


def key_tag(rdata: bytes) -> int:
    """RFC 4034 appendix B."""
    total = sum(octet << 8 if index % 2 == 0 else octet for index, octet in enumerate(rdata))
    return (total + (total >> 16)) & 0xFFFF


def with_tag(rdata: bytes, tag: int) -> bytes:
    """The same key with two octets of its modulus chosen so that it has this tag."""
    at = len(rdata) - 8 - len(rdata) % 2
    without = rdata[:at] + b"\0\0" + rdata[at + 2:]
    guess = tag - key_tag(without)
    for value in (guess + more for more in (0, -1, 1, -2, 2)):
        changed = rdata[:at] + (value & 0xFFFF).to_bytes(2, "big") + rdata[at + 2:]
        if key_tag(changed) == tag:
            return changed
    raise ValueError("no such key")


def ds(owner: str, rdata: bytes) -> str:
    """The DS record's data for a key of `owner`."""
    wire = b"".join(bytes([len(label)]) + label.encode() for label in owner.split(".")) + b"\0"
    digest = hashlib.sha256(wire + rdata).hexdigest()
    return f"DS {key_tag(rdata)} {rdata[3]} 2 {digest}"


def rrsig(covered: str, owner: str, tag: int, octets: int, algorithm: int = 8) -> str:
    """RRSIG data that nobody signed, for a record set of the zone `owner`."""
    signature = base64.b64encode(b"\x11" + os.urandom(octets - 1)).decode()
    labels = len(owner.split("."))
    return (f"RRSIG {covered} {algorithm} {labels} 300 20450101000000 20260101000000 "
            f"{tag} {owner}. {signature}")


def zone(owner: str, keys: list[bytes], signatures: int, octets: int) -> str:
    """A zone of these keys, of which each record set has so many signatures by each tag."""
    rows = [f"$ORIGIN {owner}.", "$TTL 300", "@ SOA ns. hostmaster. 1 3600 900 86400 300",
            "@ NS ns.", "@ A 127.62.99.1"]
    rows += [f"@ DNSKEY 257 3 {one[3]} {base64.b64encode(one[4:]).decode()}" for one in keys]
    for covered in ("SOA", "NS", "A", "DNSKEY"):
        for tag in sorted({key_tag(one) for one in keys}):
            rows += [f"@ {rrsig(covered, owner, tag, octets)}" for _ in range(signatures)]
    return "\n".join(rows) + "\n"
