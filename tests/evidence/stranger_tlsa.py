"""What TLSA records say of a shown key or chain, by DANE alone (RFC 6698, 7671, 7672)."""

import calendar
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from stranger_tls import spki


def is_usable(record):
    """Whether a TLSA record has a form that can match (RFC 6698 2.1), for DANE alone."""
    sizes = {1: 32, 2: 64}
    return (
        record.usage in (2, 3)
        and record.selector in (0, 1)
        and record.mtype in (0, 1, 2)
        and len(record.cert) == sizes.get(record.mtype, len(record.cert))
        and len(record.cert) > 0
    )


def matches(record, certificate, key):
    """Whether a record has the data of a certificate (None: not shown) and its key."""
    data = key if record.selector else certificate
    if data is None:
        return False
    digest = {
        0: lambda x: x,
        1: lambda x: hashlib.sha256(x).digest(),
        2: lambda x: hashlib.sha512(x).digest(),
    }[record.mtype]
    return digest(data) == record.cert


def prove(records, shown, names, moment):
    """(proved, refused or unusable; why) of what was shown, by TLSA records alone."""
    usable = [record for record in records if is_usable(record)]
    # Digest agility (RFC 7671 9): a weaker digest does not count beside a stronger one.
    best = {}
    for r in usable:
        best[r.usage, r.selector] = max(best.get((r.usage, r.selector), 0), r.mtype)
    usable = [r for r in usable if r.mtype in (0, best[r.usage, r.selector])]
    if not usable:
        pkix = sum(record.usage in (0, 1) for record in records)
        return "unusable", f"no record can be used, {pkix} of them want a trust store"
    why = "no record matches"
    for record in usable:
        said = f"{record.usage} {record.selector} {record.mtype}"
        if record.usage == 3:
            if matches(record, shown.chain[0] if shown.chain else None, shown.key):
                return "proved", said
            continue
        for depth, certificate in enumerate(shown.chain):
            if matches(record, certificate, spki(certificate)):
                fault = path_fault(shown.chain[: depth + 1], names, moment)
                if fault is None:
                    return "proved", f"{said} at depth {depth}"
                why = f"{said} matches at depth {depth}, but {fault}"
    return "refused", why


def path_fault(chain, names, moment):
    """Why a path from the leaf to a matched anchor does not hold; None if it does."""
    try:
        certs = [x509.load_der_x509_certificate(der) for der in chain]
        if len(certs) < 2:
            return "that is the leaf itself"
        for cert in certs[:-1]:
            begin, end = (
                calendar.timegm(x.timetuple())
                for x in (cert.not_valid_before, cert.not_valid_after)
            )
            if not begin <= moment <= end:
                return "a certificate is not valid at the moment"
        for cert, issuer in zip(certs, certs[1:]):
            if (
                cert.issuer != issuer.subject
                or not issuer.extensions.get_extension_for_class(
                    x509.BasicConstraints
                ).value.ca
            ):
                return "an issuer is no CA"
            if not is_issued(cert, issuer.public_key()):
                return "a signature is wrong"
        alternative = certs[0].extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
        presented = alternative.value.get_values_for_type(x509.DNSName)
    except Exception as error:  # as above
        return f"it cannot be read ({type(error).__name__})"
    if not any(is_named(name.lower(), wanted) for name in presented for wanted in names):
        return "no name of the leaf is the host's"
    return None


def is_issued(certificate, public):
    """Whether a key signed a certificate."""
    signature, data = certificate.signature, certificate.tbs_certificate_bytes
    digest = certificate.signature_hash_algorithm
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, padding.PKCS1v15(), digest)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(digest))
        else:
            public.verify(signature, data)
    except Exception:  # as above
        return False
    return True


def is_named(presented, wanted):
    """Whether a presented name, perhaps with `*` as its first label, is a name (RFC 9525
    6.3)."""
    return presented == wanted or (
        presented.startswith("*.") and presented[2:] == wanted.partition(".")[2]
    )
