"""Handshakes made by hand: messages of TLS 1.3 and TLS 1.2 with a server's real
signature."""

import datetime
import hashlib
import os
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from signed_world import MOMENT

RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def vector(size, data):
    """A vector behind its length in `size` octets."""
    return len(data).to_bytes(size, "big") + data


def message(kind, body):
    """A handshake message with its header."""
    return bytes([kind]) + vector(3, body)


def extension(kind, data):
    """An extension."""
    return struct.pack("!H", kind) + vector(2, data)


class Server:
    """A key with a certificate, or with a chain below a CA of its own."""

    def __init__(self, name, kind="ecdsa", with_ca=False):
        self.private = self.new_key(kind)
        ca_key = self.new_key("ecdsa")
        issuer = ca_key if with_ca else self.private
        self.chain = [
            self.certificate(name, self.private, "CA" if with_ca else name, issuer)
        ]
        if with_ca:
            self.chain.append(self.certificate("CA", ca_key, "CA", ca_key, True))

    @staticmethod
    def new_key(kind):
        """A key."""
        if kind == "rsa":
            return rsa.generate_private_key(65537, 2048)
        return ec.generate_private_key(ec.SECP256R1())

    @staticmethod
    def certificate(subject, key, issuer, issuer_key, is_ca=False, *more, **how):
        """A certificate in DER, with more extensions: (value, is critical); `how` has its path
        length, its last `day`, and the `digest` that is signed."""

        def named(text):
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        now = datetime.datetime.fromtimestamp(MOMENT, datetime.timezone.utc)
        return (
            x509.CertificateBuilder(
                issuer_name=named(issuer),
                subject_name=named(subject),
                public_key=key.public_key(),
                serial_number=x509.random_serial_number(),
                not_valid_before=now - datetime.timedelta(30),
                not_valid_after=now + datetime.timedelta(how.get("day", 60)),
                extensions=[
                    x509.Extension(
                        x509.SubjectAlternativeName.oid,
                        False,
                        x509.SubjectAlternativeName([x509.DNSName(subject)]),
                    ),
                    x509.Extension(
                        x509.BasicConstraints.oid,
                        True,
                        x509.BasicConstraints(is_ca, how.get("length")),
                    ),
                    *(x509.Extension(one.oid, is_critical, one) for one, is_critical in more),
                ],
            )
            .sign(issuer_key, how.get("digest", hashes.SHA256()))
            .public_bytes(serialization.Encoding.DER)
        )

    def spki(self):
        """SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def tlsa(self, usage=3):
        """The text of a TLSA record: of the key, or for usage 2 of the last
        certificate."""
        data, selector = (self.spki(), 1) if usage == 3 else (self.chain[-1], 0)
        return f"{usage} {selector} 1 {hashlib.sha256(data).hexdigest()}"

    def sign(self, data, tls13):
        """Scheme and signature."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return 0x0403, self.private.sign(data, ec.ECDSA(hashes.SHA256()))
        if tls13:
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            return 0x0804, self.private.sign(data, pss, hashes.SHA256())
        return 0x0401, self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def client_hello(random, server_name, group=29):
    """A ClientHello that offers TLS 1.3 and 1.2."""
    schemes = struct.pack("!5H", 0x0403, 0x0804, 0x0401, 0x0807, 0x0503)
    extensions = [
        extension(43, vector(1, b"\3\4\3\3")),
        extension(13, vector(2, schemes)),
        extension(10, vector(2, struct.pack("!2H", 29, 24))),
        extension(51, vector(2, struct.pack("!H", group) + vector(2, b"\7" * 32))),
        extension(20, vector(1, b"\2\0")),
    ]
    if server_name:
        extensions.append(
            extension(0, vector(2, b"\0" + vector(2, server_name.encode())))
        )
    suites = struct.pack("!4H", 0x1301, 0x1302, 0xC02B, 0xC02F)
    return message(
        1,
        b"\3\3"
        + random
        + vector(1, b"s" * 32)
        + vector(2, suites)
        + vector(1, b"\0")
        + vector(2, b"".join(extensions)),
    )


def server_hello(suite, extensions, random=None):
    """A ServerHello."""
    return message(
        2,
        b"\3\3"
        + (random or os.urandom(32))
        + vector(1, b"s" * 32)
        + struct.pack("!H", suite)
        + b"\0"
        + vector(2, b"".join(extensions)),
    )


def tls13(server, random, server_name, suite=0x1301, retry=False, raw=False):
    """The messages of TLS 1.3 up to CertificateVerify."""
    digest = {0x1301: "sha256", 0x1302: "sha384"}[suite]
    version = extension(43, b"\3\4")
    out = [client_hello(random, server_name)]
    seen = out[0]
    if retry:
        group = extension(51, struct.pack("!H", 24))
        out += [
            server_hello(suite, [version, group], RETRY),
            client_hello(random, server_name, 24),
        ]
        hashed = hashlib.new(digest, out[0]).digest()
        seen = b"\xfe\0\0" + bytes([len(hashed)]) + hashed + out[1] + out[2]
    entries = [server.spki()] if raw else server.chain
    more = [
        server_hello(suite, [version, extension(51, b"\0\x1d" + vector(2, b"\7" * 32))]),
        message(8, vector(2, extension(20, b"\2") if raw else b"")),
        message(
            11,
            vector(1, b"")
            + vector(3, b"".join(vector(3, entry) + vector(2, b"") for entry in entries)),
        ),
    ]
    seen += b"".join(more)
    signed = (
        b" " * 64
        + b"TLS 1.3, server CertificateVerify\0"
        + hashlib.new(digest, seen).digest()
    )
    scheme, signature = server.sign(signed, True)
    return out + more + [message(15, struct.pack("!H", scheme) + vector(2, signature))]


def tls12(server, random, server_name, raw=False):
    """The messages of TLS 1.2 up to ServerKeyExchange."""
    is_rsa = isinstance(server.private, rsa.RSAPrivateKey)
    hello = server_hello(
        0xC02F if is_rsa else 0xC02B, [extension(20, b"\2")] if raw else []
    )
    shown = (
        vector(3, server.spki())
        if raw
        else vector(3, b"".join(vector(3, der) for der in server.chain))
    )
    parameters = b"\3\0\x1d" + vector(1, b"\7" * 32)
    scheme, signature = server.sign(random + hello[6:38] + parameters, False)
    return [
        client_hello(random, server_name),
        hello,
        message(11, shown),
        message(12, parameters + struct.pack("!H", scheme) + vector(2, signature)),
    ]
