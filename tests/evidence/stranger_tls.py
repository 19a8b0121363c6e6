"""Handshakes of TLS: what a server has signed.

A server's signature over a random that could not be chosen before the answers were known says
that the holder of its key signed after them. In TLS 1.3 it covers all that was said (RFC 8446
4.4.3), in TLS 1.2 both randoms and the parameters alone (RFC 5246 7.4.3, RFC 8422 5.4).
"""

import functools
import hashlib
import json
import struct
import types

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from dns.wire import Parser

CLIENT_HELLO, SERVER_HELLO, EXTENSIONS, CERTIFICATE, KEY_EXCHANGE = 1, 2, 8, 11, 12
REQUEST, VERIFY, STATUS = 13, 15, 22
SNI, OFFERED, RAW_KEYS, VERSIONS, PSK, EARLY = (bytes([0, x]) for x in (0, 13, 20, 43, 41, 42))
RETRY = hashlib.sha256(b"HelloRetryRequest").digest()  # RFC 8446 4.1.3
SUITES13 = ("1301", "1302", "1303", "1304", "1305")
# Suites of TLS 1.2 in which the server signs parameters: DHE_RSA; ECDHE_ECDSA and ECDHE_RSA.
DHE = """0016 0033 0039 0045 0067 006b 0088 009e 009f 00be 00c4 c044 c045 c052 c053 c07c c07d c09e
         c09f c0a2 c0a3 ccaa""".split()
ECDHE = """c006 c007 c008 c009 c00a c010 c011 c012 c013 c014 c023 c024 c027 c028 c02b c02c c02f c030
           c048 c049 c04c c04d c05c c05d c060 c061 c072 c073 c076 c077 c086 c087 c08a c08b c0ac c0ad
           c0ae c0af cca8 cca9""".split()
# Signature schemes: the class of the key, and what its verification wants beside the data.
SCHEMES = {"0807": (ed25519.Ed25519PublicKey,), "0808": (ed448.Ed448PublicKey,),
           "0201": (rsa.RSAPublicKey, padding.PKCS1v15(), hashes.SHA1()),
           "0203": (ec.EllipticCurvePublicKey, ec.ECDSA(hashes.SHA1()))}
for _i, _hash in enumerate((hashes.SHA256(), hashes.SHA384(), hashes.SHA512()), 4):
    _pss = padding.PSS(padding.MGF1(_hash), _hash.digest_size)
    SCHEMES[f"0{_i}01"] = rsa.RSAPublicKey, padding.PKCS1v15(), _hash
    SCHEMES[f"0{_i}03"] = ec.EllipticCurvePublicKey, ec.ECDSA(_hash)
    SCHEMES[f"080{_i}"] = SCHEMES[f"08{_i + 5:02x}"] = rsa.RSAPublicKey, _pss, _hash
# Those that TLS 1.3 has, which ties ECDSA to a curve of so many bits.
SCHEMES13 = {"0403": 256, "0503": 384, "0603": 521,
             **{scheme: None for scheme in SCHEMES if scheme.startswith("08")}}


class Fault(Exception):
    """Why a handshake, an answer or a whole bundle proves nothing, and how little it is trusted."""

    def __init__(self, why, security="bogus"):
        super().__init__(why)
        self.security = security


def must(condition, why, security="bogus"):
    """Ends what is looked at unless the condition holds."""
    if not condition:
        raise Fault(why, security)


def rows(data, *sizes):
    """The rows of fields that octets are; a size below zero is of the length before a vector.
    dnspython's cursor reads the presentation language of TLS (RFC 8446 3) as well."""
    parser, out = Parser(data), []
    while parser.remaining():
        out.append([parser.get_bytes(size) if size > 0 else parser.get_counted_bytes(-size)
                    for size in sizes])
    return out


def row(data, *sizes):
    """The fields of the only row."""
    found = rows(data, *sizes)
    must(len(found) == 1, "octets behind the last field of a message")
    return found[0]


def extensions_in(data):
    """The extensions of a message, by number."""
    found = rows(data, 2, -2)
    must(len(dict(found)) == len(found), "an extension stands twice")
    return dict(found)


def hello(message):
    """Version, random, suites and extensions of a ClientHello or ServerHello."""
    is_server = message[0] == SERVER_HELLO
    if is_server and len(message) == 42 + message[38]:
        message += b"\0\0"  # it may have no extensions at all
    sizes = (2, 1) if is_server else (-2, -1)
    _, version, random, _, suites, _, more = row(message, 4, 2, 32, -1, *sizes, -2)
    return version, random, [suite for suite, in rows(suites, 2)], extensions_in(more)


def der_items(data):
    """The elements of DER that stand side by side: the content and the whole of each."""
    out, at = [], 0
    while at < len(data):
        start, size, at = at, data[at + 1], at + 2
        if size & 0x80:
            size, at = int.from_bytes(data[at : at + size % 128], "big"), at + size % 128
        must(at + size <= len(data), "DER is cut short")
        out.append((data[at : at + size], data[start : at + size]))
        at += size
    return out


def spki(certificate):
    """The SubjectPublicKeyInfo of a certificate, as it stands there (RFC 5280 4.1)."""
    parts = der_items(der_items(der_items(certificate)[0][0])[0][0])
    return parts[6 if parts[0][1][0] == 0xA0 else 5][1]


def read_tls13(messages, kinds, at, suite):
    """What is signed, scheme, signature, what is shown, and the server's other extensions."""
    must(kinds[at + 2 :] in ([EXTENSIONS, CERTIFICATE, VERIFY],
                             [EXTENSIONS, REQUEST, CERTIFICATE, VERIFY]),
         "other messages than those of TLS 1.3 up to CertificateVerify")
    must(suite in SUITES13, "no suite of TLS 1.3")
    digest = functools.partial(hashlib.new, "sha384" if suite == "1302" else "sha256")
    before = list(messages[:-1])
    if at:  # RFC 8446 4.4.1
        first = digest(messages[0]).digest()
        before[0] = b"\xfe\0\0" + bytes([len(first)]) + first
    signed = (b" " * 64 + b"TLS 1.3, server CertificateVerify\0"
              + digest(b"".join(before)).digest())
    _, scheme, signature = row(messages[-1], 4, 2, -2)
    _, context, entries = row(messages[-2], 4, -1, -3)
    must(not context, "a certificate for a request")
    told = extensions_in(row(messages[at + 2], 4, -2)[1])
    return signed, scheme.hex(), signature, [der for der, _ in rows(entries, -3, -2)], told


def read_tls12(messages, kinds, suite, randoms, told):
    """The same of TLS 1.2, where the server has told all in its hello."""
    must(kinds in ([CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, KEY_EXCHANGE],
                   [CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, STATUS, KEY_EXCHANGE]),
         "other messages than those of TLS 1.2 up to ServerKeyExchange")
    must(suite in DHE or suite in ECDHE, "a suite in which the server signs nothing")
    fields = (1, 2, -1) if suite in ECDHE else (-2, -2, -2)
    _, kind, *_, scheme, signature = row(messages[-1], 4, *fields, 2, -2)
    must(suite in DHE or kind == b"\3", "no named curve")
    signed = b"".join(randoms) + messages[-1][4 : -4 - len(signature)]
    shown = row(messages[2], 4, -3)[1]
    is_raw = told.get(RAW_KEYS) == b"\2"  # RFC 7250 3
    chain = [shown] if is_raw else [der for der, in rows(shown, -3)]
    return signed, scheme.hex(), signature, chain, told


def client_random(peer, name):
    """The random that commits to the answers that were known before a handshake."""
    known = []
    for answer in peer["known"]:
        out = {"name": answer["name"], "type": answer["type"]}
        if "error" in answer:
            out["error"] = answer["error"]["code"]
        else:
            out["rcode"] = answer["rcode"]
            for section in ("answer", "authority"):
                out[section] = [one.mark for one in answer[section]]
        known.append(out)
    text = json.dumps(known, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(
        b"ucspi-dane evidence v1 hello\0" + peer["blind"] + hashlib.sha256(text.encode()).digest()
        + peer["previous"] + struct.pack("!HQH", peer["port"], peer["moment"], len(name)) + name
    ).digest()


def read_handshakes(peers):
    """The peers whose handshakes prove something, each with what it signed and `where` it stood;
    and why the others prove nothing."""
    held, wrong = [], []
    for peer in peers:
        where = f"{peer['host']} {peer['address']}"
        try:
            held.append((peer, types.SimpleNamespace(where=where, **read_handshake(peer))))
        except Exception as error:  # of any kind: a stranger made it
            wrong.append(f"{where}: {error}")
    return held, wrong


def read_handshake(peer):
    """What the server of a peer signed: `chain` or raw `key` (DER), `tls`, `binds`, `bits` of an
    RSA key and `sha1`."""
    messages, name = peer["messages"], peer["serverName"].encode()
    is_whole = all(int.from_bytes(x[1:4], "big") == len(x) - 4 for x in messages)
    must(is_whole, "a message has another length than its header says")
    kinds, hellos = [message[0] for message in messages], [CLIENT_HELLO, SERVER_HELLO]
    at = 2 if kinds[:2] == hellos and hello(messages[1])[1] == RETRY else 0
    must(kinds[at : at + 2] == hellos, "does not begin with two hellos")
    versions, randoms, suites, more = zip(*map(hello, messages[: at + 2]))
    must(set(randoms[::2]) == {client_random(peer, name)},
         "the client's random is not the commitment")
    sni = struct.pack("!HBH", len(name) + 3, 0, len(name)) + name if name else None
    must(all(x.get(SNI) == sni for x in more[::2]), "the server name is another in the hello")
    must(all({PSK, EARLY}.isdisjoint(x) for x in more), "a session may have been resumed")
    must(all(x == suites[-1] and x[0] in suites[-2] for x in suites[1::2]),
         "the server chose what was not offered")
    client, told, suite = more[-2], more[-1], suites[-1][0].hex()
    is_tls13 = told.get(VERSIONS) == b"\3\4"
    must(VERSIONS in client if is_tls13 else versions[1] == b"\3\3" and VERSIONS not in told,
         "neither TLS 1.3 nor TLS 1.2")
    signed, scheme, signature, shown, told = (
        read_tls13(messages, kinds, at, suite) if is_tls13
        else read_tls12(messages, kinds, suite, randoms, told))
    is_raw = told.get(RAW_KEYS) == b"\2"
    is_asked = b"\2" in client.get(RAW_KEYS, b"")[1:]
    must(is_asked or not is_raw, "a raw public key that nobody asked for")
    must(0 < len(shown) <= (1 if is_raw else 32), "no chain is shown")
    offered = row(client.get(OFFERED, b""), -2)[0]
    must([bytes.fromhex(scheme)] in rows(offered, 2), "a signature scheme that was not offered")
    must(scheme in (SCHEMES13 if is_tls13 else SCHEMES), "a signature scheme that is not known")
    key, (key_class, *how) = shown[0] if is_raw else spki(shown[0]), SCHEMES[scheme]
    try:
        public = serialization.load_der_public_key(key)
        must(isinstance(public, key_class), "another key")
        must(not is_tls13 or SCHEMES13[scheme] in (None, getattr(public, "key_size", 0)), "a curve")
        public.verify(signature, signed, *how)
    except Exception as error:  # of which the library has many
        raise ValueError("the server's signature is wrong") from error
    return dict(
        chain=[] if is_raw else shown, key=key, tls="TLS 1.3" if is_tls13 else "TLS 1.2",
        bits=public.key_size if key_class is rsa.RSAPublicKey else 0, sha1=scheme[:2] == "02",
        binds=("key, chain, name and version" if is_tls13 else "the key alone")
        + (", SHA-1" if scheme[:2] == "02" else ""))
