"""DNSSEC from the root's keys down: what the records of a bundle prove at a moment.

RFC 4035 5 as amended by RFC 5155 (NSEC3) and RFC 6840. The claims of a bundle are not
looked at here. A question that is not in the bundle is `indeterminate`: were it taken as
unsigned, whoever leaves out a DS record would have made a zone unsigned.
"""

import collections
import hashlib
import struct
import time
import types

import dns.dnssec
import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
from cryptography import exceptions
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, utils

from stranger_denial import MOST_ITERATIONS, Nsec, Nsec3, child, wildcard
from stranger_form import need

A, NS, CNAME, SOA, MX, AAAA, DNAME, DS = 1, 2, 5, 6, 15, 28, 39, 43
NSEC, DNSKEY, NSEC3, TLSA = 47, 48, 50, 52
# Signatures to be tried for one set, for one question and for a bundle; NSEC3 hashes for
# one question. Whoever makes a zone chooses how much work it is (CVE-2023-50387, -50868).
SET_CHECKS, QUESTION_CHECKS, BUNDLE_CHECKS = 8, 64, 16384
QUESTION_HASHES, BUNDLE_HASHES = 64, 65536
RSA = {5: hashes.SHA1, 7: hashes.SHA1, 8: hashes.SHA256, 10: hashes.SHA512}
CURVES = {13: (ec.SECP256R1, hashes.SHA256, 32), 14: (ec.SECP384R1, hashes.SHA384, 48)}
EDWARDS = {15: ed25519.Ed25519PublicKey, 16: ed448.Ed448PublicKey}
ALGORITHMS = {*RSA, *CURVES, *EDWARDS}
DIGESTS = {1: "sha1", 2: "sha256", 4: "sha384"}
# Least trusted first; `failed` is a question that came to an error of its own.
RANK = ["bogus", "failed", "indeterminate", "insecure", "secure"]
Link = collections.namedtuple("Link", "begin end what bits sha1")


class Outcome(Exception):
    """Why an answer is not secure: a word of RANK, and a line for people."""

    def __init__(self, security, why):
        super().__init__(why)
        self.security, self.why = security, why


def is_signed_by(key, sig, data):
    """Whether a DNSKEY made a signature (RFC 3110, 6605, 8080)."""
    blob, signature = key.key, sig.signature
    try:
        if sig.algorithm in RSA:
            exponent, modulus = rsa_numbers(blob)
            if modulus.bit_length() > 4096 or exponent.bit_length() > 64:
                return False
            public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
            public.verify(signature, data, padding.PKCS1v15(), RSA[sig.algorithm]())
        elif sig.algorithm in CURVES:
            curve, digest, size = CURVES[sig.algorithm]
            public = ec.EllipticCurvePublicKey.from_encoded_point(curve(), b"\4" + blob)
            r, s = (int.from_bytes(x, "big") for x in (signature[:size], signature[size:]))
            public.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(digest()))
            return len(signature) == 2 * size
        else:
            EDWARDS[sig.algorithm].from_public_bytes(blob).verify(signature, data)
    except (exceptions.InvalidSignature, exceptions.UnsupportedAlgorithm, ValueError, IndexError):
        return False
    return True


def rsa_numbers(blob):
    """Exponent and modulus of an RSA key (RFC 3110 2)."""
    size, at = (blob[0], 1) if blob[0] else (int.from_bytes(blob[1:3], "big"), 3)
    return tuple(int.from_bytes(x, "big") for x in (blob[at : at + size], blob[at + size :]))


class Result(types.SimpleNamespace):
    """What an answer came to: `security` with its aliases and `own` without, `kind` (data,
    nodata, nxdomain, cut), `zone`, `records`, `final` name, `passed` sets."""


class Validator:
    """Answers judged at one moment by the root's keys; each question once."""

    def __init__(self, answers, anchors, moment):
        self.answers = {(answer["owner"], answer["type"]): answer for answer in answers}
        self.anchors, self.moment = anchors, moment
        self.results, self.zones, self.checked, self.links = {}, {}, {}, []
        self.checks, self.left, self.hashes = 0, BUNDLE_CHECKS, BUNDLE_HASHES

    def spend(self):
        """Counts a signature or a digest that is computed."""
        self.checks, self.left = self.checks + 1, self.left - 1
        need(self.checks <= QUESTION_CHECKS and self.left >= 0, "dns", "too many signature checks")

    def spend_hash(self, count):
        """Counts a hash of NSEC3, beside those that the question has had."""
        self.hashes -= 1
        need(count < QUESTION_HASHES and self.hashes >= 0, "dns", "too many NSEC3 hashes")

    def verify(self, rrset, zone, keys):
        """Finds one good signature of a zone; the closest encloser in () if a wildcard made
        the set."""
        if (rrset, zone) not in self.checked:
            self.checked[rrset, zone] = self.try_signatures(rrset, zone, keys)
        known = self.checked[rrset, zone]
        if isinstance(known, str):
            raise Outcome("bogus", f"{rrset}: {known}")
        return known

    def try_signatures(self, rrset, zone, keys):
        """The number of labels that are signed in (), or the reason why none is good."""
        why, tries = f"no signature by {zone}", 0
        own = len(rrset.owner.labels) - 1 - (rrset.owner.labels[0] == b"*")
        for sig in sorted(rrset.sigs, key=lambda sig: -self.absolute(sig.expiration)):
            begin, end = self.absolute(sig.inception), self.absolute(sig.expiration)
            skew = min(max((end - begin) // 10, 3600), 86400)
            if sig.signer != zone or sig.algorithm not in ALGORITHMS:
                continue
            if not len(zone.labels) - 1 <= sig.labels <= own:
                why = "a signature with a wrong number of labels"
            elif end < begin or self.moment > end + skew:
                why = f"the signature expired {stamp(end)}"
            elif self.moment < begin - skew:
                why = f"the signature is not valid before {stamp(begin)}"
            else:
                closest = dns.name.Name(rrset.owner.labels[-sig.labels - 1 :])
                is_expanded = sig.labels < own
                owner = wildcard(closest).to_digestable() if is_expanded else rrset.owner_wire
                head = owner + struct.pack("!HHI", rrset.type, 1, sig.original_ttl)
                data = sig.to_digestable()[:18] + sig.signer.to_digestable() + b"".join(
                    head + struct.pack("!H", len(raw)) + raw for raw in rrset.raws)
                for key in keys:
                    if (key.algorithm, dns.dnssec.key_id(key)) != (sig.algorithm, sig.key_tag):
                        continue
                    self.spend()
                    tries += 1
                    need(tries <= SET_CHECKS, str(rrset), "too many signature checks")
                    if is_signed_by(key, sig, data):
                        is_rsa = sig.algorithm in RSA
                        bits = rsa_numbers(key.key)[1].bit_length() if is_rsa else 0
                        self.links.append(Link(begin, end, str(rrset), bits, sig.algorithm < 8))
                        return (closest,) if is_expanded else ()
                why = "no key made the signature"
        return why

    def absolute(self, serial):
        """The time near the moment that 32 bits of it stand for (RFC 1982)."""
        return self.moment + (serial - self.moment + (1 << 31)) % (1 << 32) - (1 << 31)

    def zone(self, name):
        """The apex and the keys of the zone that a name lies in, by DS records alone."""
        if name not in self.zones:
            try:
                self.zones[name] = self.find_zone(name)
            except Outcome as outcome:
                self.zones[name] = outcome
        if isinstance(self.zones[name], Outcome):
            raise self.zones[name]
        return self.zones[name]

    def find_zone(self, name):
        """Goes down by one label: a delegation, signed or not, or no end of the zone."""
        if name == dns.name.root:
            return name, self.keys(name, self.anchors)
        parent = self.zone(name.parent())
        ds = self.question(name, DS)
        if ds.own != "secure":
            raise Outcome(ds.own, ds.why)
        if ds.zone != parent[0]:
            raise Outcome("bogus", f"DS of {name} is not from {parent[0]}")
        if ds.final != name:  # an alias, of which nothing is delegated
            return parent
        if ds.kind == "cut":
            raise Outcome("insecure", f"{name} is delegated without DS")
        return (name, self.keys(name, ds.records)) if ds.kind == "data" else parent

    def keys(self, zone, trusted):
        """The keys of a zone, if one that the DS records name has signed them."""
        usable = [ds for ds in trusted
                  if ds.algorithm in ALGORITHMS and ds.digest_type in DIGESTS]
        if not usable:
            raise Outcome("insecure" if trusted else "bogus", f"no DS of {zone} can be used")
        # Beside a better digest SHA-1 does not count (RFC 4509 3).
        usable = [ds for ds in usable if ds.digest_type != 1] or usable
        answer = self.answers.get((zone, DNSKEY))
        if answer is None or "error" in answer or answer["rcode"]:
            raise Outcome("failed" if answer else "indeterminate", f"missing: {zone} DNSKEY")
        rrset = next((s for s in answer["answer"] if (s.owner, s.type) == (zone, DNSKEY)), None)
        keys = [key for key in (rrset.records if rrset else ())
                if key.flags & 0x180 == 0x100 and key.protocol == 3]
        anchors = [key for key in keys if any(self.is_named(zone, key, ds) for ds in usable)]
        if not anchors:
            raise Outcome("bogus", f"{zone} DNSKEY: none matches DS or trust anchor")
        if self.verify(rrset, zone, anchors):
            raise Outcome("bogus", f"{zone} DNSKEY: made of a wildcard")
        return keys

    def is_named(self, zone, key, ds):
        """Whether a DS record has the digest of a key (RFC 4034 5.1.4)."""
        if (ds.key_tag, ds.algorithm) != (dns.dnssec.key_id(key), key.algorithm):
            return False
        self.spend()
        data = zone.to_digestable() + key.to_digestable()
        return hashlib.new(DIGESTS[ds.digest_type], data).digest() == ds.digest

    def question(self, name, rdtype):
        """The result of a question, judged once."""
        if (name, rdtype) not in self.results:
            where = f"{name} {dns.rdatatype.to_text(rdtype)}"
            out = self.results[name, rdtype] = Result(
                security="bogus", own="bogus", why=f"{where}: alias loop", kind="none",
                zone=None, records=[], final=name, passed={})
            try:
                self.judge(name, rdtype, where, out)
            except Outcome as outcome:
                out.security = out.own = outcome.security
                out.why = outcome.why
        return self.results[name, rdtype]

    def judge(self, name, rdtype, where, out):
        """Validates one answer, then what its alias leads to."""
        answer = self.answers.get((name, rdtype))
        if answer is None:  # not asked is neither absent nor unsigned
            raise Outcome("indeterminate", f"missing: {where}")
        if "error" in answer or answer["rcode"] not in (0, 3):
            raise Outcome("failed", f"{where}: no answer came")
        self.checks = 0
        shown = {(s.owner, s.type): s for s in answer["answer"]}
        link, target = find_link(name, rdtype, shown, out.passed)
        need(link or not shown, where, "a set does not belong to the question")
        own, why = "secure", ""
        try:
            out.kind, out.zone = self.validate(name, rdtype, answer, link)
        except Outcome as outcome:
            own, why = outcome.security, outcome.why
            out.kind = "data" if link else "nxdomain" if answer["rcode"] else "nodata"
        if RANK.index(own) < RANK.index("insecure"):
            raise Outcome(own, why)
        security, out.records = own, link.records if link else []
        if target is not None:  # until `security` is set who comes here again is in a loop
            rest = self.question(target, rdtype)
            out.kind, out.records, out.final = rest.kind, rest.records, rest.final
            out.passed = {**rest.passed, **out.passed}
            if RANK.index(rest.security) < RANK.index(own):
                security, why = rest.security, rest.why
        out.security, out.own, out.why = security, own, why
        if RANK.index(security) < RANK.index("insecure"):
            return
        for key, rrset in shown.items():
            need(key in out.passed, where, f"{rrset} does not belong to the answer")
            need(rrset.raws == out.passed[key].raws, where, f"{rrset} has another answer too")

    def validate(self, name, rdtype, answer, link):
        """Checks the first link or the denial; returns its kind and the zone."""
        denials = [s for s in answer["authority"] if s.type in (NSEC, NSEC3, SOA)]
        signers = {sig.signer for source in ([link] if link else denials) for sig in source.sigs
                   if name.is_subdomain(sig.signer) and (rdtype != DS or sig.signer != name)}
        if not signers:  # only below an insecure delegation nothing needs to be signed
            self.zone(name.parent() if rdtype == DS and name != dns.name.root else name)
            raise Outcome("bogus", f"{name}: no signature in a signed zone")
        apex = max(signers, key=len)
        zone, keys = self.zone(apex)
        if zone != apex:
            raise Outcome("bogus", f"{name}: the signer {apex} is no zone")
        if link is None:
            denials = self.denials(answer, zone, keys)
            return self.deny(name, rdtype, answer["rcode"], denials), zone
        if link.type == rdtype and answer["rcode"]:
            raise Outcome("bogus", f"{link}: there are records, and no such name")
        for closest in self.verify(link, zone, keys):
            next_closer = child(name, closest)
            covered = self.denials(answer, zone, keys).covers(next_closer)
            if link.type in (DNAME, DS) or not covered:
                raise Outcome("bogus", f"{link}: made of a wildcard, and no denial of the next "
                                       f"closer name {next_closer}")
            if covered == "opt-out":
                raise Outcome("insecure", f"{link}: opt-out where a wildcard was used")
        return "data", zone

    def denials(self, answer, zone, keys):
        """The NSEC or NSEC3 records of a zone in an answer, all of which must be right."""
        good = [s for s in answer["authority"] if s.type in (NSEC, NSEC3)
                and any(sig.signer == zone for sig in s.sigs)]
        for rrset in good:
            need(len(rrset.records) == 1, str(rrset), "more than one record")
            # A wildcard's NSEC at an expanded name would deny what it likes (CVE-2017-15105).
            if self.verify(rrset, zone, keys):
                raise Outcome("bogus", f"{rrset}: its owner was made of a wildcard")
        kind = NSEC if any(rrset.type == NSEC for rrset in good) else NSEC3
        sets = [rrset for rrset in good if rrset.type == kind]
        out = (Nsec if kind == NSEC else Nsec3)(zone, sets, self.spend_hash)
        if out.too_costly:
            raise Outcome("insecure", f"{zone}: more than {MOST_ITERATIONS} NSEC3 iterations")
        return out

    def deny(self, name, rdtype, rcode, denials):
        """Checks that the records deny a name or a type; nodata, nxdomain or cut."""
        where = f"{name} {dns.rdatatype.to_text(rdtype)}"
        kinds, opt_out = (None if rcode else denials.match(name)), False
        if kinds is None:
            closest = name
            while not denials.exists(closest) or closest == name:
                if closest == denials.zone:
                    raise Outcome("bogus", f"{where}: no closest encloser is shown")
                closest = closest.parent()
            covered = denials.covers(child(name, closest))
            if not covered:
                raise Outcome("bogus", f"{where}: nothing denies {child(name, closest)}")
            opt_out = covered == "opt-out"
            kinds = set() if opt_out and not rcode else denials.match(wildcard(closest))
            if rcode and not denials.covers(wildcard(closest)):
                raise Outcome("bogus", f"{where}: nothing denies {wildcard(closest)}")
            if not rcode and kinds is None:
                raise Outcome("bogus", f"{where}: nothing denies the type")
        is_cut = NS in (kinds or ()) and SOA not in kinds
        if not rcode and (rdtype in kinds or CNAME in kinds and rdtype != DS):
            raise Outcome("bogus", f"{where}: the denial says that it exists")
        if rdtype == DS and SOA in (kinds or ()):
            raise Outcome("bogus", f"{where}: the denial is of the child's side")
        if rdtype != DS and is_cut:
            raise Outcome("bogus", f"{where}: the denial is of the parent's side")
        # An opt-out span hides unsigned delegations: below it nothing is known (RFC 5155 9.2).
        if opt_out:
            raise Outcome("insecure", f"{where}: opt-out")
        return "nxdomain" if rcode else "cut" if is_cut else "nodata"


def find_link(name, rdtype, shown, passed):
    """The set that answers or leads on, and where to; adds to the sets gone through."""
    if (name, rdtype) in shown:
        passed[name, rdtype] = shown[name, rdtype]
        return shown[name, rdtype], None
    cname = shown.get((name, CNAME))
    dname = next((s for (owner, kind), s in shown.items()
                  if kind == DNAME and owner != name and name.is_subdomain(owner)), None)
    for rrset in filter(None, (cname, dname)):
        need(len(rrset.records) == 1, str(rrset), "more than one alias")
        passed[rrset.owner, rrset.type] = rrset
    if dname is None or cname is not None and cname.sigs:
        return cname, cname and cname.records[0].target
    try:  # a synthesised CNAME has no signature: it is made again (RFC 6672 3.1)
        kept = name.labels[: -len(dname.owner.labels)]
        target = dns.name.Name(kept + dname.records[0].target.labels)
    except dns.exception.DNSException as error:
        raise Outcome("bogus", f"{dname}: {error}") from error
    if cname is not None and cname.records[0].target != target:
        raise Outcome("bogus", f"{cname}: is not what the DNAME makes")
    return dname, target


def stamp(seconds):
    """A time in words."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
