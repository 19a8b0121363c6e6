"""Handshakes: what a server has signed.

A server's signature over a random that could not be chosen before the answers were known
says that the holder of its key signed after them. In TLS 1.3 it covers all that was said
(RFC 8446 4.4.3), in TLS 1.2 both randoms and the parameters alone (RFC 5246 7.4.3, RFC
8422 5.4).
"""

import base64
import functools
import hashlib
import struct
import types

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from stranger_form import canonical

CLIENT_HELLO, SERVER_HELLO, EXTENSIONS, CERTIFICATE, KEY_EXCHANGE = 1, 2, 8, 11, 12
REQUEST, VERIFY, STATUS = 13, 15, 22
SNI, SCHEMES_OFFERED, SERVER_CERTIFICATE_TYPE, PSK, VERSIONS = 0, 13, 20, 41, 43
RETRY = hashlib.sha256(b"HelloRetryRequest").digest()  # RFC 8446 4.1.3
SUITES = {0x1301: "sha256", 0x1302: "sha384", 0x1303: "sha256", 0x1304: "sha256",
          0x1305: "sha256"}
# TLS 1.2 suites in which the server signs parameters: over finite fields, over curves.
DHE = {0x33, 0x39, 0x45, 0x67, 0x6B, 0x88, 0x9E, 0x9F, 0xBE, 0xC4, 0xC052, 0xC053, 0xC07C,
       0xC07D, 0xC09E, 0xC09F, 0xC0A2, 0xC0A3, 0xCCAA}
ECDHE = {*range(0xC007, 0xC00B), *range(0xC011, 0xC015), 0xC023, 0xC024,
         *range(0xC027, 0xC02D), 0xC02F, 0xC030, 0xC048, 0xC049, 0xC04C, 0xC04D,
         *range(0xC05C, 0xC062), 0xC072, 0xC073, 0xC076, 0xC077, 0xC086, 0xC087, 0xC08A,
         0xC08B, *range(0xC0AC, 0xC0B0), 0xCCA8, 0xCCA9}
# Signature schemes: kind of key, hash, and the curve to which TLS 1.3 ties ECDSA.
SHA1, *SHA2 = hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512
SCHEMES = {0x0201: ("rsa", SHA1, None), 0x0203: ("ecdsa", SHA1, None),
           0x0807: ("ed25519", None, None), 0x0808: ("ed448", None, None)}
for _i, _curve in enumerate(("secp256r1", "secp384r1", "secp521r1")):
    SCHEMES[0x0401 + 0x100 * _i] = ("rsa", SHA2[_i], None)
    SCHEMES[0x0403 + 0x100 * _i] = ("ecdsa", SHA2[_i], _curve)
    SCHEMES[0x0804 + _i] = SCHEMES[0x0809 + _i] = ("pss", SHA2[_i], None)


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


def numbers(data):
    """Numbers of two octets."""
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]


def extensions_in(body):
    """The extensions that a message has, by number."""
    out = {}
    while body.left():
        kind, data = body.number(2), body.vector(2).data
        must(kind not in out, "an extension stands twice")
        out[kind] = data
    return out


def hello(message, is_client):
    """The members of a ClientHello or ServerHello."""
    body, out = Octets(message[4:]), types.SimpleNamespace()
    out.version, out.random, _ = body.number(2), body.take(32), body.vector(1)
    out.suites = numbers(body.vector(2).data if is_client else body.take(2))
    _ = body.vector(1) if is_client else body.take(1)
    out.extensions = extensions_in(body.vector(2) if body.left() else body)
    must(not body.left(), "octets behind a hello")
    return out


def server_name(client):
    """The host name in a ClientHello, empty if there is none (RFC 6066 3)."""
    if SNI not in client.extensions:
        return ""
    names = Octets(client.extensions[SNI]).vector(2)
    must(names.number(1) == 0, "a server name is no host name")
    out = names.vector(2).data.decode("ascii", "replace")
    must(not names.left(), "two server names")
    return out


def known(answer):
    """The JSON text by which a handshake names an answer, made once."""
    if "known" not in answer:
        out = {"name": answer["name"], "type": answer["type"]}
        if "error" in answer:
            out["error"] = answer["error"]["code"]
        else:
            out["rcode"] = answer["rcode"]
            for section in ("answer", "authority"):
                out[section] = [base64.b64encode(hashlib.sha256(s.wire).digest()).decode()
                                for s in answer[section]]
        answer["known"] = canonical(out)
    return answer["known"]


def client_random(peer, answers):
    """The random that commits to the answers that were known before the handshake."""
    text = b"[" + b",".join(known(answers[i]) for i in peer["answers"]) + b"]"
    name = peer["serverName"].encode()
    return hashlib.sha256(
        b"ucspi-dane evidence v1 hello\0" + peer["blind"] + hashlib.sha256(text).digest()
        + peer["previous"] + struct.pack("!HQH", peer["port"], peer["moment"], len(name)) + name
    ).digest()


def is_signed(public, scheme, signature, data, tls13):
    """Whether a key made a signature of TLS under a scheme."""
    kind, digest, curve = SCHEMES[scheme]
    words = {"rsa": (rsa.RSAPublicKey, lambda: (padding.PKCS1v15(), digest())),
             "pss": (rsa.RSAPublicKey, lambda: (
                 padding.PSS(padding.MGF1(digest()), digest.digest_size), digest())),
             "ecdsa": (ec.EllipticCurvePublicKey, lambda: (ec.ECDSA(digest()),)),
             "ed25519": (ed25519.Ed25519PublicKey, tuple),
             "ed448": (ed448.Ed448PublicKey, tuple)}
    key_class, more = words[kind]
    if not isinstance(public, key_class) or (
            tls13 and kind == "ecdsa" and public.curve.name != curve):
        return False
    try:
        public.verify(signature, data, *more())
    except Exception:  # the library has many for what is no signature
        return False
    return True


def certificates(message, tls13, is_raw):
    """What a Certificate message shows: DER of certificates, or of one raw public key."""
    body, out = Octets(message[4:]), []
    if is_raw and not tls13:
        return [body.vector(3).data]  # RFC 7250 3
    must(not tls13 or not body.vector(1).data, "a certificate for a request")
    entries = body.vector(3)
    while entries.left():
        out.append(entries.vector(3).data)
        _ = entries.vector(2) if tls13 else None
    must(out and not body.left() and len(out) <= (1 if is_raw else 32), "no chain is shown")
    return out


def read_handshake(peer, answers):
    """What the server of a peer signed: `chain` or raw `key` (DER), `tls`, `binds`, `bits`
    of an RSA key and `sha1`."""
    messages, expected = peer["messages"], client_random(peer, answers)
    for message in messages:
        must(len(message) > 3 and int.from_bytes(message[1:4], "big") == len(message) - 4,
             "a message has another length than its header says")
    kinds = [message[0] for message in messages]
    must(kinds[:2] == [CLIENT_HELLO, SERVER_HELLO], "does not begin with two hellos")
    at = 2 if hello(messages[1], False).random == RETRY else 0
    must(kinds[at : at + 2] == [CLIENT_HELLO, SERVER_HELLO], "no hellos behind the retry")
    clients = [hello(message, True) for message in messages[: at + 1 : 2]]
    servers = [hello(message, False) for message in messages[1 : at + 2 : 2]]
    client, server = clients[-1], servers[-1]
    for one in clients:
        must(one.random == expected, "the client's random is not the commitment")
        must(server_name(one) == peer["serverName"], "the server name is another in the hello")
    for one in clients + servers:
        must(PSK not in one.extensions, "a session may have been resumed")
    must(all(one.suites == server.suites and one.suites[0] in client.suites for one in servers),
         "the server chose what was not offered")
    must(SCHEMES_OFFERED in client.extensions, "no signature scheme was offered")
    tls13 = server.extensions.get(VERSIONS) == b"\3\4"
    read = read_tls13 if tls13 else read_tls12
    scheme, signature, signed, shown, is_raw = read(messages, kinds, at, client, server)
    offered = numbers(Octets(client.extensions[SCHEMES_OFFERED]).vector(2).data)
    must(scheme in SCHEMES and scheme in offered, "a signature scheme that was not offered")
    must(not tls13 or SCHEMES[scheme][0] != "rsa" and SCHEMES[scheme][1] is not SHA1,
         "a signature scheme that TLS 1.3 has not")
    key = shown[0] if is_raw else spki(shown[0])
    try:
        public = serialization.load_der_public_key(key)
    except Exception as error:  # of any kind
        raise Fault("the key cannot be read") from error
    must(is_signed(public, scheme, signature, signed, tls13), "the server's signature is wrong")
    return types.SimpleNamespace(
        chain=[] if is_raw else shown, key=key, tls="TLS 1.3" if tls13 else "TLS 1.2",
        bits=public.key_size if isinstance(public, rsa.RSAPublicKey) else 0,
        sha1=SCHEMES[scheme][1] is SHA1,
        binds="key, chain, name and version" if tls13 else "the key alone")


def read_tls13(messages, kinds, at, client, server):
    """Scheme, signature, what is signed, what is shown and whether it is a raw key."""
    must(kinds[at + 2 :] in ([EXTENSIONS, CERTIFICATE, VERIFY],
                             [EXTENSIONS, REQUEST, CERTIFICATE, VERIFY]),
         "other messages than those of TLS 1.3 up to CertificateVerify")
    must(server.suites[0] in SUITES and VERSIONS in client.extensions, "no suite of TLS 1.3")
    told = extensions_in(Octets(messages[at + 2][4:]).vector(2))
    is_raw = told.get(SERVER_CERTIFICATE_TYPE) == b"\2"
    digest = functools.partial(hashlib.new, SUITES[server.suites[0]])
    before = list(messages[:-1])
    if at:  # RFC 8446 4.4.1
        first = digest(messages[0]).digest()
        before[0] = b"\xfe\0\0" + bytes([len(first)]) + first
    signed = (b" " * 64 + b"TLS 1.3, server CertificateVerify\0"
              + digest(b"".join(before)).digest())
    verify = Octets(messages[-1][4:])
    scheme, signature = verify.number(2), verify.vector(2).data
    must(not verify.left(), "octets behind CertificateVerify")
    return scheme, signature, signed, certificates(messages[-2], True, is_raw), is_raw


def read_tls12(messages, kinds, at, client, server):
    """Scheme, signature, what is signed, what is shown and whether it is a raw key."""
    must(at == 0 and server.version == 0x0303 and VERSIONS not in server.extensions,
         "neither TLS 1.3 nor TLS 1.2")
    must(kinds[2:] in ([CERTIFICATE, KEY_EXCHANGE], [CERTIFICATE, STATUS, KEY_EXCHANGE]),
         "other messages than those of TLS 1.2 up to ServerKeyExchange")
    suite, body = server.suites[0], Octets(messages[-1][4:])
    must(suite in DHE or suite in ECDHE, "a suite in which the server signs nothing")
    if suite in DHE:
        _ = [body.vector(2) for _ in "pgY"]
    else:
        must(body.number(1) == 3, "no named curve")
        _ = body.take(2), body.vector(1)
    signed = client.random + server.random + body.data[: body.at]
    scheme, signature = body.number(2), body.vector(2).data
    must(not body.left(), "octets behind ServerKeyExchange")
    is_raw = server.extensions.get(SERVER_CERTIFICATE_TYPE) == b"\2"
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
