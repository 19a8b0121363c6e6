"""Handshakes: what a server has signed.

A server's signature over a random that could not be chosen before the answers were known
says that the holder of its key signed after them. In TLS 1.3 it covers all that was said
(RFC 8446 4.4.3), in TLS 1.2 both randoms and the parameters alone (RFC 5246 7.4.3, RFC
8422 5.4).
"""

import base64
import hashlib
import json
import struct
import types

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

(
    CLIENT_HELLO,
    SERVER_HELLO,
    EXTENSIONS,
    CERTIFICATE,
    KEY_EXCHANGE,
    REQUEST,
    VERIFY,
    STATUS,
) = (1, 2, 8, 11, 12, 13, 15, 22)
SNI, SCHEMES_OFFERED, SERVER_CERTIFICATE_TYPE, PSK, VERSIONS = 0, 13, 20, 41, 43
RETRY = hashlib.sha256(b"HelloRetryRequest").digest()  # RFC 8446 4.1.3
SUITES = {
    0x1301: "sha256",
    0x1302: "sha384",
    0x1303: "sha256",
    0x1304: "sha256",
    0x1305: "sha256",
}
# TLS 1.2 suites in which the server signs parameters: over finite fields, over curves.
DHE = {
    0x33,
    0x39,
    0x45,
    0x67,
    0x6B,
    0x88,
    0x9E,
    0x9F,
    0xBE,
    0xC4,
    0xC052,
    0xC053,
    0xC07C,
    0xC07D,
    0xC09E,
    0xC09F,
    0xC0A2,
    0xC0A3,
    0xCCAA,
}
ECDHE = {
    *range(0xC007, 0xC00B),
    *range(0xC011, 0xC015),
    0xC023,
    0xC024,
    *range(0xC027, 0xC02D),
    0xC02F,
    0xC030,
    *range(0xC048, 0xC04A),
    0xC04C,
    0xC04D,
    *range(0xC05C, 0xC062),
    0xC072,
    0xC073,
    0xC076,
    0xC077,
    0xC086,
    0xC087,
    0xC08A,
    0xC08B,
    *range(0xC0AC, 0xC0B0),
    0xCCA8,
    0xCCA9,
}
# Signature schemes: kind of key, hash, and the curve to which TLS 1.3 ties ECDSA.
SHA = hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512
SCHEMES = {
    0x0201: ("rsa", SHA[0], None),
    0x0203: ("ecdsa", SHA[0], None),
    0x0401: ("rsa", SHA[1], None),
    0x0501: ("rsa", SHA[2], None),
    0x0601: ("rsa", SHA[3], None),
    0x0403: ("ecdsa", SHA[1], "secp256r1"),
    0x0503: ("ecdsa", SHA[2], "secp384r1"),
    0x0603: ("ecdsa", SHA[3], "secp521r1"),
    0x0804: ("pss", SHA[1], None),
    0x0805: ("pss", SHA[2], None),
    0x0806: ("pss", SHA[3], None),
    0x0809: ("pss", SHA[1], None),
    0x080A: ("pss", SHA[2], None),
    0x080B: ("pss", SHA[3], None),
    0x0807: ("eddsa", None, None),
    0x0808: ("eddsa", None, None),
}


class Fault(Exception):
    """Why a handshake proves nothing."""


def must(condition, why):
    """Ends a handshake that proves nothing."""
    if not condition:
        raise Fault(why)


class Octets:
    """A cursor over the presentation language of RFC 8446 3."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        """The next octets."""
        must(self.at + size <= len(self.data), "a message is cut short")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size):
        """The next number."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        """A vector behind its length."""
        return Octets(self.take(self.number(size)))

    def left(self):
        """Whether octets are left."""
        return self.at < len(self.data)


def hello(message, is_client):
    """The members of a ClientHello or ServerHello."""
    body, out = Octets(message[4:]), types.SimpleNamespace(extensions={})
    out.version, out.random, out.session = (
        body.number(2),
        body.take(32),
        body.vector(1).data,
    )
    suites = body.vector(2).data if is_client else body.take(2)
    out.suites = struct.unpack(f"!{len(suites) // 2}H", suites)
    _ = body.vector(1) if is_client else body.take(1)
    extensions = body.vector(2) if body.left() else body
    while extensions.left():
        kind, data = extensions.number(2), extensions.vector(2)
        must(kind not in out.extensions, "an extension stands twice")
        out.extensions[kind] = data
    must(not body.left(), "octets behind a hello")
    return out


def server_name(client):
    """The host name in a ClientHello, empty if there is none (RFC 6066 3)."""
    if SNI not in client.extensions:
        return ""
    names = Octets(client.extensions[SNI].data).vector(2)
    must(names.number(1) == 0, "a server name is no host name")
    out = names.vector(2).data.decode("ascii", "replace")
    must(not names.left(), "two server names")
    return out


def client_random(peer, answers):
    """The random that commits to the answers that were known before the handshake."""

    def known(answer):
        if "known" not in answer:
            answer["known"] = described(answer)
        return answer["known"]

    def described(answer):
        if "error" in answer:
            return {
                "name": answer["name"],
                "type": answer["type"],
                "error": answer["error"]["code"],
            }
        sets = {
            section: [
                base64.b64encode(hashlib.sha256(s.wire).digest()).decode()
                for s in answer[section]
            ]
            for section in ("answer", "authority")
        }
        return {
            "name": answer["name"],
            "type": answer["type"],
            "rcode": answer["rcode"],
            **sets,
        }

    text = json.dumps(
        [known(answers[i]) for i in peer["answers"]],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    name = peer["serverName"].encode()
    return hashlib.sha256(
        b"ucspi-dane evidence v1 hello\0"
        + peer["blind"]
        + hashlib.sha256(text.encode()).digest()
        + peer["previous"]
        + struct.pack("!HQH", peer["port"], peer["moment"], len(name))
        + name
    ).digest()


def is_signed(public, scheme, signature, data, tls13):
    """Whether a key made a signature of TLS under a scheme."""
    kind, digest, curve = SCHEMES[scheme]
    try:
        if kind == "ecdsa" and isinstance(public, ec.EllipticCurvePublicKey):
            if tls13 and public.curve.name != curve:
                return False
            public.verify(signature, data, ec.ECDSA(digest()))
        elif kind in ("rsa", "pss") and isinstance(public, rsa.RSAPublicKey):
            pss = (
                padding.PSS(padding.MGF1(digest()), digest.digest_size)
                if kind == "pss"
                else None
            )
            public.verify(signature, data, pss or padding.PKCS1v15(), digest())
        elif kind == "eddsa" and isinstance(
            public,
            (ed25519.Ed25519PublicKey if scheme == 0x0807 else ed448.Ed448PublicKey),
        ):
            public.verify(signature, data)
        else:
            return False
    except Exception:  # the library has many for what is no key or no signature
        return False
    return True


def certificates(message, tls13, is_raw):
    """What a Certificate message shows: DER of certificates, or of one raw public key."""
    body, out = Octets(message[4:]), []
    if tls13:
        must(not body.vector(1).data, "a certificate for a request")
    if is_raw and not tls13:
        return [body.vector(3).data]  # RFC 7250 3
    entries = body.vector(3)
    while entries.left():
        out.append(entries.vector(3).data)
        if tls13:
            entries.vector(2)
    must(
        out and not body.left() and len(out) <= (1 if is_raw else 32), "no chain is shown"
    )
    return out


def read_handshake(peer, answers):
    """What the server of a peer signed: `chain` or raw `key` (DER), `tls`, `binds`,
    `weak`."""
    messages, expected = peer["messages"], client_random(peer, answers)
    for message in messages:
        must(
            len(message) > 3 and int.from_bytes(message[1:4], "big") == len(message) - 4,
            "a message has another length than its header says",
        )
    kinds = [message[0] for message in messages]
    must(kinds[:2] == [CLIENT_HELLO, SERVER_HELLO], "does not begin with two hellos")
    retried = hello(messages[1], False).random == RETRY
    at = 2 if retried else 0
    must(kinds[at : at + 2] == [CLIENT_HELLO, SERVER_HELLO], "no hellos behind the retry")
    clients = [hello(message, True) for message in messages[: at + 1 : 2]]
    servers = [hello(message, False) for message in messages[1 : at + 2 : 2]]
    client, server = clients[-1], servers[-1]
    for one in clients:
        must(one.random == expected, "the client's random is not the commitment")
        must(
            server_name(one) == peer["serverName"],
            "the server name is another in the hello",
        )
        must(PSK not in one.extensions, "a session may have been resumed")
    for one in servers:
        must(
            PSK not in one.extensions
            and one.suites == server.suites
            and one.suites[0] in client.suites,
            "the server chose what was not offered",
        )
    must(SCHEMES_OFFERED in client.extensions, "no signature scheme was offered")
    tls13 = VERSIONS in server.extensions and server.extensions[VERSIONS].data == b"\3\4"
    read = read_tls13 if tls13 else read_tls12
    scheme, signature, signed, shown, is_raw = read(messages, kinds, at, client, server)
    offered = Octets(client.extensions[SCHEMES_OFFERED].data).vector(2).data
    must(
        scheme in SCHEMES and scheme in struct.unpack(f"!{len(offered) // 2}H", offered),
        "a signature scheme that was not offered",
    )
    must(
        not (tls13 and SCHEMES[scheme][0] == "rsa" or tls13 and scheme < 0x0300),
        "a signature scheme that TLS 1.3 has not",
    )
    try:
        public = serialization.load_der_public_key(shown[0] if is_raw else spki(shown[0]))
    except Exception as error:  # as above, of any kind
        raise Fault("the key cannot be read") from error
    must(
        is_signed(public, scheme, signature, signed, tls13),
        "the server's signature is wrong",
    )
    return types.SimpleNamespace(
        chain=[] if is_raw else shown,
        key=shown[0] if is_raw else spki(shown[0]),
        tls="TLS 1.3" if tls13 else "TLS 1.2",
        bits=getattr(public, "key_size", 0)
        if isinstance(public, rsa.RSAPublicKey)
        else 0,
        sha1=SCHEMES[scheme][1] is SHA[0],
        binds="key, chain, name and version" if tls13 else "the key alone",
    )


def read_tls13(messages, kinds, at, client, server):
    """Scheme, signature and what is signed, in TLS 1.3."""
    middle = kinds[at + 2 :]
    must(
        middle
        in (
            [EXTENSIONS, CERTIFICATE, VERIFY],
            [EXTENSIONS, REQUEST, CERTIFICATE, VERIFY],
        ),
        "other messages than those of TLS 1.3 up to CertificateVerify",
    )
    must(
        server.suites[0] in SUITES and VERSIONS in client.extensions,
        "no suite of TLS 1.3",
    )
    body, is_raw = Octets(messages[at + 2][4:]).vector(2), False
    while body.left():
        kind, data = body.number(2), body.vector(2).data
        is_raw = is_raw or kind == SERVER_CERTIFICATE_TYPE and data == b"\2"
    digest = SUITES[server.suites[0]]
    before = list(messages[:-1])
    if at:  # RFC 8446 4.4.1
        first = hashlib.new(digest, messages[0]).digest()
        before[0] = b"\xfe\0\0" + bytes([len(first)]) + first
    signed = (
        b" " * 64
        + b"TLS 1.3, server CertificateVerify\0"
        + hashlib.new(digest, b"".join(before)).digest()
    )
    verify = Octets(messages[-1][4:])
    scheme, signature = verify.number(2), verify.vector(2).data
    must(not verify.left(), "octets behind CertificateVerify")
    return scheme, signature, signed, certificates(messages[-2], True, is_raw), is_raw


def read_tls12(messages, kinds, at, client, server):
    """Scheme, signature and what is signed, in TLS 1.2."""
    must(
        at == 0 and server.version == 0x0303 and VERSIONS not in server.extensions,
        "neither TLS 1.3 nor TLS 1.2",
    )
    must(
        kinds[2:] in ([CERTIFICATE, KEY_EXCHANGE], [CERTIFICATE, STATUS, KEY_EXCHANGE]),
        "other messages than those of TLS 1.2 up to ServerKeyExchange",
    )
    suite, body = server.suites[0], Octets(messages[-1][4:])
    must(suite in DHE or suite in ECDHE, "a suite in which the server signs nothing")
    if suite in DHE:
        for _ in "pgY":
            body.vector(2)
    else:
        must(body.number(1) == 3, "no named curve")
        body.take(2)
        body.vector(1)
    signed = client.random + server.random + body.data[: body.at]
    scheme, signature = body.number(2), body.vector(2).data
    must(not body.left(), "octets behind ServerKeyExchange")
    kind = server.extensions.get(SERVER_CERTIFICATE_TYPE)
    is_raw = kind is not None and kind.data == b"\2"
    return scheme, signature, signed, certificates(messages[2], False, is_raw), is_raw


def der_items(data):
    """The elements of DER that stand side by side: (tag, content, whole)."""
    out, at = [], 0
    while at < len(data):
        start, size, at = at, data[at + 1], at + 2
        if size & 0x80:
            size, at = int.from_bytes(data[at : at + size % 128], "big"), at + size % 128
        out.append((data[start], data[at : at + size], data[start : at + size]))
        at += size
        must(at <= len(data), "DER is cut short")
    return out


def spki(certificate):
    """The SubjectPublicKeyInfo of a certificate, as it stands there (RFC 5280 4.1)."""
    try:
        parts = der_items(der_items(der_items(certificate)[0][1])[0][1])
        return parts[6 if parts[0][0] == 0xA0 else 5][2]
    except IndexError as error:
        raise Fault("a certificate cannot be read") from error
