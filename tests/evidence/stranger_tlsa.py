"""What TLSA records say of a shown key or chain, by DANE alone (RFC 6698, 7671, 7672)."""

import calendar
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from stranger_tls import spki

DIGESTS = {0: lambda x: x, 1: lambda x: hashlib.sha256(x).digest(),
           2: lambda x: hashlib.sha512(x).digest()}
SIZES = {1: 32, 2: 64}


def is_usable(record):
    """Whether a TLSA record has a form that can match (RFC 6698 2.1), for DANE alone."""
    size = len(record.cert)
    return (record.usage in (2, 3) and record.selector in (0, 1) and record.mtype in DIGESTS
            and size == SIZES.get(record.mtype, size) and size > 0)


def matches(record, certificate, key):
    """Whether a record has the data of a certificate (None: not shown) or of its key."""
    data = key if record.selector else certificate
    return data is not None and DIGESTS[record.mtype](data) == record.cert


def prove(records, shown, names, moment):
    """(proved, refused or unusable; why) of what was shown, by TLSA records alone."""
    usable = [record for record in records if is_usable(record)]
    if not usable:
        return "unusable", "no record can be used"
    # Digest agility (RFC 7671 9): a weaker digest does not count beside a stronger one.
    best = {}
    for r in usable:
        best[r.usage, r.selector] = max(best.get((r.usage, r.selector), 0), r.mtype)
    why = "no record matches"
    for record in usable:
        said = f"{record.usage} {record.selector} {record.mtype}"
        if record.mtype not in (0, best[record.usage, record.selector]):
            continue
        if record.usage == 3:
            if matches(record, shown.chain[0] if shown.chain else None, shown.key):
                return "proved", said
            continue
        try:
            fault = path_fault(record, shown.chain, names, moment)
        except Exception as error:  # the library has many for what is no certificate
            fault = f"it cannot be read ({type(error).__name__})"
        if fault is None:
            return "proved", said
        why = f"{said}: {fault}" if fault else why
    return "refused", why


def path_fault(record, chain, names, moment):
    """Why no path leads from the leaf to the anchor that a record names; empty if there is no
    such anchor, None if a path holds. A whole certificate or key in a record is an anchor
    that need not be sent (RFC 7671 5.2.2, 5.2.3)."""
    certs = [x509.load_der_x509_certificate(der) for der in chain]
    anchors = [cert for cert, der in zip(certs, chain) if matches(record, der, spki(der))]
    if record.mtype == 0 and not anchors:
        load = serialization.load_der_public_key if record.selector else (
            x509.load_der_x509_certificate)
        anchors = [load(record.cert)]
    if not certs or not anchors:
        return ""
    path = climb([certs[0]], certs[1:], anchors)
    if path is None:
        return "no path leads from the leaf to the anchor"
    for cert in path[:-1]:
        begin, end = (calendar.timegm(date_of(cert, x).timetuple())
                      for x in ("not_valid_before", "not_valid_after"))
        if not begin <= moment <= end:
            return "a certificate is not valid at the moment"
    presented = dns_names(certs[0])
    for issuer in path[1:]:
        if not all(is_allowed(name, issuer) for name in presented):
            return "a name constraint forbids a name of the leaf"
    if not any(is_named(name, wanted) for name in presented for wanted in names):
        return "no name of the leaf is the host's"
    return None


def climb(path, sent, anchors):
    """The path from a leaf through what was sent to an anchor (a certificate or a key), the
    first that is signed all the way; no certificate is tried twice."""
    for anchor in anchors:
        if is_issued(path[-1], anchor):
            return [*path, anchor]
    for cert in [cert for cert in sent if cert.subject == path[-1].issuer]:
        if cert in sent and is_issued(path[-1], cert):
            sent.remove(cert)
            found = climb([*path, cert], sent, anchors)
            if found:
                return found
    return None


def is_issued(certificate, issuer):
    """Whether a CA's certificate, or a key, signed a certificate."""
    public = issuer
    if isinstance(issuer, x509.Certificate):
        basic = extension(issuer, x509.BasicConstraints)
        if certificate.issuer != issuer.subject or basic is None or not basic.ca:
            return False
        public = issuer.public_key()
    more = ()
    if isinstance(public, rsa.RSAPublicKey):
        more = padding.PKCS1v15(), certificate.signature_hash_algorithm
    elif isinstance(public, ec.EllipticCurvePublicKey):
        more = (ec.ECDSA(certificate.signature_hash_algorithm),)
    try:
        public.verify(certificate.signature, certificate.tbs_certificate_bytes, *more)
    except Exception:  # as above
        return False
    return True


def date_of(cert, name):
    """A date of a certificate in UTC; the attributes without a zone go since cryptography 42."""
    return getattr(cert, f"{name}_utc", None) or getattr(cert, name)


def extension(certificate, kind):
    """An extension of a certificate; None if it has none of that kind."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def dns_names(certificate):
    """The DNS names that a certificate presents, in lower case."""
    names = extension(certificate, x509.SubjectAlternativeName)
    return [x.lower() for x in names.get_values_for_type(x509.DNSName)] if names else []


def is_allowed(presented, issuer):
    """Whether the name constraints of an issuer allow a DNS name (RFC 5280 4.2.1.10)."""
    rules = isinstance(issuer, x509.Certificate) and extension(issuer, x509.NameConstraints)
    if not rules:
        return True
    permitted, excluded = (
        [x.value.lower().lstrip(".") for x in trees or () if isinstance(x, x509.DNSName)]
        for trees in (rules.permitted_subtrees, rules.excluded_subtrees))
    within = [f".{presented}".endswith(f".{tree}") or not tree for tree in permitted + excluded]
    return (any(within[: len(permitted)]) or not permitted) and not any(within[len(permitted) :])


def is_named(presented, wanted):
    """Whether a presented name, perhaps with `*` as its first label, is a name (RFC 9525
    6.3)."""
    return presented == wanted or (
        presented.startswith("*.") and presented[2:] == wanted.partition(".")[2])
