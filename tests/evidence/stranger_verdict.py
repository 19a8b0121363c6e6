#!/usr/bin/python3
"""What evidence comes to: the second part of the stranger's reader, which reads all of a bundle.

    stranger_verdict.py [--anchor FILE] [--at TIME] [--witness CA.pem] BUNDLE...

stranger.py says what records and handshakes prove; here the keys are matched against TLSA records
by DANE alone (RFC 6698, 7671, 7672), and the verdict is derived anew: what `dane audit` says of a
domain (docs/audit.md), and the other commands of the addresses of a host. That a server refuses, is
silent, has no STARTTLS, or was not asked, leaves nothing that could be shown: there the verdict's
own word is taken, never for a better one than what is shown, and said to be `claimed`.
"""

import calendar
import collections
import contextlib
import hashlib
import ipaddress
import re
import sys
import types
import unicodedata

import dns.exception
import dns.name
import dns.rdatatype
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

import stranger
from stranger import RANK, TLSA, must
from stranger_tls import spki

A, MX, AAAA = 1, 15, 28
# What a sender that enforces DANE gets to at a host, best first.
REACHED = ("proved", "encrypted", "open")
ACCESS = (*REACHED, "refused", "unknown")
NO_ANSWER = RANK[:4]
MOST_HOSTS = 64
BY_DANE = ("dane", "dane+pkix")
DOMAIN = re.compile(r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9]{0,62}\.?")
DIGESTS = {0: bytes, 1: lambda x: hashlib.sha256(x).digest(),
           2: lambda x: hashlib.sha512(x).digest()}
SIZES = {1: 32, 2: 64}
# What may be critical in a certificate, and whom a server's has to be for.
KNOWN = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.NameConstraints,
         x509.SubjectAlternativeName, x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier,
         x509.TLSFeature, x509.IssuerAlternativeName, x509.CertificatePolicies)
SERVERS = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
# `state` is that of the TLSA records, or why there are no addresses; `whole` that the
# addresses of no family are wanting.
Host = collections.namedtuple("Host", "state base records addresses whole")
Way = collections.namedtuple("Way", "access all_proved state all_tried has_records")


def plain(name):
    """A name as the verdict has it: without the final dot."""
    return name.to_text().rstrip(".")


def name_from(text):
    """The name of a text with or without its final dot, in lower case as answers have it."""
    try:
        return dns.name.from_text(text).canonicalize()
    except (dns.exception.DNSException, ValueError):
        return must(False, f"verdict: {text!r} is no name")


def is_mail_host(name):
    """Whether an MX record's target is a host: no address, and more than one label."""
    text = plain(name)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "." in text and not re.search(r"[^a-z0-9_.-]", text.lower())
    return False


def in_unicode(text):
    """A domain name as people write it: A-labels decoded (RFC 3492), lower case."""
    labels = text.lower().rstrip(".").split(".")
    for i, label in enumerate(labels):
        with contextlib.suppress(UnicodeError):  # what stands for nothing stands for itself
            if label.startswith("xn--"):
                labels[i] = label[4:].encode().decode("punycode")
    return unicodedata.normalize("NFKC", ".".join(labels))


class Verdict(stranger.Evidence):
    """A bundle, and what a command said of it."""

    def check(self):
        """Checks the evidence; derives what the command said, and compares."""
        super().check()
        about, verdict = self.bundle["about"], self.bundle["verdict"]
        self.held = {(name_from(peer["host"]), peer["port"], peer["address"]): (peer, shown)
                     for peer, shown in self.shown}
        if accuses(verdict):
            for validator, group in zip(self.later, self.bundle["groups"][1:]):
                for answer in group["answers"]:
                    self.check_again(answer["question"], validator)
        command = about.get("command")
        must(command in ("audit", "check", "connect", "deliver"), "about: an unknown command")
        try:
            if command == "audit":
                self.check_audit(about, verdict)
            elif command in ("check", "connect"):
                self.check_host(about, verdict, [])
            elif verdict:
                self.check_delivery(about, verdict)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            must(False, f"verdict: not as docs/json.md has it: {error!r}")

    def fail(self, where, why):
        """Notes a failure."""
        self.failures.append(f"{where}: {why}")

    # TLSA records, addresses and hosts.

    def ask(self, name, rdtype):
        """The result of a question that the verdict stands on: it must have been asked."""
        if (name, rdtype) not in self.validator.answers:
            self.fail("verdict", f"missing: {name} {dns.rdatatype.to_text(rdtype)}")
        found = self.validator.question(name, rdtype)
        claim = self.validator.answers.get((name, rdtype), {}).get("security")
        # Why no answer came is a claim, and that it was bogus is no better one.
        is_bogus = found.security == "failed" and claim == "bogus"
        is_circle = found.kind == "loop" and found.security == "insecure"
        word = "bogus" if is_bogus else "failed" if is_circle else found.security
        return types.SimpleNamespace(**{**vars(found), "security": word})

    def check_again(self, question, validator):
        """Whether a question that was asked again had the same answer: old records beside a new
        key would accuse whoever did nothing wrong."""
        first, again = (
            (found.security, found.kind, found.final, set(found.records))
            for found in (one.question(*question) for one in (self.validator, validator)))
        if first != again:
            self.fail(f"{question[0]} {dns.rdatatype.to_text(question[1])}",
                      "asked again, it had another answer, which accuses nobody")

    def find_host(self, host, port, families=(A, AAAA)):
        """The addresses and TLSA records of a host (RFC 7672 2.2)."""
        found = [self.ask(host, family) for family in families]
        good = [x for x in found if x.security not in NO_ANSWER]
        addresses = list(dict.fromkeys(r.address for x in good for r in x.records))
        whole = len(good) == len(found)
        if not addresses:
            worst = min((x.security for x in found), key=RANK.index)
            return Host(worst if worst in NO_ANSWER else "no-address", None, [], [], whole)
        lead = max(found, key=lambda x: (bool(x.records), RANK.index(x.security)))
        bases = [host] if lead.own == "secure" else []
        if lead.security == "secure" and lead.final != host:
            bases.insert(0, lead.final)
        state = "insecure-address"
        for base in bases:
            try:
                owner = dns.name.from_text(f"_{port}._tcp", base)
            except dns.name.NameTooLong:  # where no record can stand
                state = "absent"
                continue
            found = self.ask(owner, TLSA)
            if found.security in NO_ANSWER:
                return Host(found.security, base, [], addresses, whole)
            state = "absent" if found.security == "secure" else "insecure"
            if found.security == "secure" and found.records:
                return Host("present", base, found.records, addresses, whole)
        return Host(state, None, [], addresses, whole)

    def access_to(self, name, port, address, host, names, claim):
        """What a sender that enforces DANE gets to at an address; `claim` is what the
        verdict says of it."""
        where, word = f"{plain(name)} {address}", claim.get("access", "unknown")
        peer, shown = self.held.get((name, port, address), (None, None))
        may_be = ("refused", "unknown") if host.state == "present" else ("open", "unknown")
        if shown is None or host.state != "present":
            said = "not shown" if shown is None else f"no TLSA record counts ({host.state})"
            self.lines.append(f"{where}: {said}, claimed {word}")
            if host.state == "present" and "protocol" in claim:
                self.fail(where, "a session is claimed, and no handshake is shown")
            return word if word in may_be else "unknown"
        self.check_binding(where, peer, host.base)
        access, why = prove(host.records, shown, [plain(host.base), *names],
                            self.validator.moment)
        self.lines.append(f"{where}: {'not proved' if access != 'proved' else access}: {why}")
        if access != "refused" and word == "unknown" and "error" in claim:
            self.lines.append(f"{where}: claimed to have ended: {claim['error']}")
            return "unknown"
        return {"unusable": "encrypted"}.get(access, access)

    def check_binding(self, where, peer, base):
        """Whether a handshake was meant for these records: same name, records known before."""
        if peer["serverName"] != plain(base):
            self.fail(where, f"the server name is {peer['serverName']!r}, the TLSA records are "
                             f"of {plain(base)}")
        owner = dns.name.from_text(f"_{peer['port']}._tcp", base)
        if (owner, TLSA) not in [answer["question"] for answer in peer["known"]]:
            self.fail(where, f"{owner} TLSA is not among the answers known before the handshake")

    # The grade of a domain.

    def check_audit(self, about, verdict):
        """The grade of a domain."""
        word, domain, claim = verdict["input"], verdict["domain"], verdict["grade"]
        must(about.get("domain", word) == word, "about: another domain than the verdict's")
        if claim == "bad-input":  # nothing was asked, so nothing can be shown
            self.lines.append(f"{word}: claimed to be no domain name")
            if DOMAIN.fullmatch(word.lower()) or domain:
                self.fail(word, "claimed bad-input, is a domain name")
            return
        if in_unicode(word) != in_unicode(domain):
            self.fail(word, f"the verdict is of another domain, {domain}")
        grade = self.grade(name_from(domain), verdict)
        self.lines.append(f"{domain}: {grade}, claimed {claim}")
        if grade != claim:
            self.fail(domain, f"claimed {claim}, is {grade}")

    def grade(self, domain, verdict):
        """The grade that follows from the records and from what was shown."""
        mx = self.ask(domain, MX)
        if mx.security in NO_ANSWER:
            return "broken" if mx.security == "bogus" else "undecided"
        targets = sorted((r.preference, r.exchange) for r in mx.records)
        is_null = {host for _, host in targets} == {dns.name.root}  # RFC 7505
        if mx.kind == "nxdomain" or is_null:
            return "not-deployed"
        hosts = [(rank, host) for rank, host in targets if is_mail_host(host)]
        if targets and not hosts:
            return "broken"
        hosts = hosts or [(0, domain)]
        # A sender takes so many records in turn, where a host may stand at two preferences.
        claimed = [(claim["preference"], name_from(claim["name"])) for claim in verdict["hosts"]]
        for _, host in sorted(set(claimed) - set(hosts)):
            self.fail(plain(host), "no MX record leads there")
        looked_at = [x for x in hosts if x in claimed]
        beyond = [x for x in hosts if x not in claimed]
        if beyond and (len(looked_at) < MOST_HOSTS or looked_at[-1][0] > beyond[0][0]):
            self.fail(plain(beyond[0][1]), "no word of this mail host")
        if len(looked_at) > MOST_HOSTS:
            self.fail(plain(domain), f"more than {MOST_HOSTS} mail hosts are said to be looked at")
        names = [plain(domain), plain(mx.final)] if mx.security == "secure" else []
        claims = {name_from(claim["name"]): claim for claim in verdict["hosts"]}
        found = {host: self.way(host, names, claims[host], verdict)
                 for host in dict.fromkeys(host for _, host in looked_at)}
        ways = found.values()
        if not targets and [way.state for way in ways] == ["no-address"]:
            return "not-deployed"
        for claim in verdict["hosts"]:
            way = found.get(name_from(claim["name"]))
            if way and way.access != claim["access"]:
                self.fail(claim["name"], f"claimed {claim['access']}, is {way.access}")
        return self.grade_of_ways(ways, mx.security == "secure" and not beyond,
                                  not beyond and all(way.all_tried for way in ways), verdict)

    def grade_of_ways(self, ways, may_be_enforced, all_tried, verdict):
        """The grade of a domain, from what there is at its hosts (docs/audit.md)."""
        if not any(way.access in REACHED for way in ways):
            any_refused = any(way.access == "refused" for way in ways)
            return "broken" if any_refused and all_tried else "undecided"
        if not any(way.has_records for way in ways):
            return "not-deployed"
        errors = [x["code"] for x in verdict["findings"] if x["severity"] == "error"]
        if errors:
            self.lines.append(f"claimed errors: {' '.join(errors)}")
        all_proved = all(way.all_proved for way in ways)
        return ("enforced" if may_be_enforced and all_tried and all_proved and not errors
                else "partial")

    def way(self, name, names, claim, verdict):
        """What a mail host is to a sender, compared with what is claimed of it."""
        port = self.bundle["about"].get("port", 25)
        host = self.find_host(name, port)
        self.lines.append(f"{plain(name)}: TLSA {host.state}")
        said = {x["address"]: x for x in claim.get("addresses", [])}
        no_route = {x["detail"] for x in verdict["findings"]
                    if x["code"] == "no-route" and x["subject"] == plain(name)}
        tried = [address for address in host.addresses if address not in no_route]
        accesses = [self.access_to(name, port, address, host, [plain(name), *names],
                                   said.get(address, {})) for address in tried]
        all_tried, has_records = set(tried) <= set(said), host.state == "present"
        if host.state in ("no-address", *NO_ANSWER):
            all_tried, has_records = True, bool(host.addresses)
            # A TLSA question that fails is no absence (RFC 7672 2.1.2).
            is_refused = host.addresses or host.state in ("bogus", "no-address")
            access = "refused" if is_refused and host.state != "indeterminate" else "unknown"
        elif has_records or said:
            access = min([*accesses, "unknown"], key=ACCESS.index)
            if access == "refused" and not all_tried:
                access = "unknown"
        else:  # not asked, since no TLSA record counts there
            access, all_tried = claim["access"], True
            must(access in ("open", "unknown"), f"{plain(name)}: claimed {access}, was not asked")
            self.lines.append(f"{plain(name)}: not asked, claimed {access}")
        all_proved = bool(tried) and host.whole and all(x == "proved" for x in accesses)
        return Way(access, all_proved, host.state, all_tried, has_records)

    # The addresses of one host.

    def check_delivery(self, about, verdict):
        """What qmail-remote said of the hosts that it tried. What its control files gave in
        place of records, and which relays they name, is their owner's word."""
        must(about["domain"] == verdict["domain"], "about: another domain than the verdict's")
        must(len(about["tries"]) == len(verdict["tries"]), "about: other tries")
        for asked, said in zip(about["tries"], verdict["tries"]):
            peer = said["peer"]
            if peer["dns"].get("dnssec") == "not-asked" or asked["demand"]["records"]:
                self.lines.append(f"{peer['host']}: not asked for records, claimed "
                                  f"{said.get('proof', peer['reason'])}")
                if peer["status"] in BY_DANE and not asked["demand"]["records"]:
                    self.fail(peer["host"], f"claimed {peer['status']}, without records")
                continue
            names = []
            if not about.get("relay"):
                mx = self.ask(name_from(about["domain"]), MX)
                names = [plain(x) for x in (name_from(about["domain"]), mx.final)
                         if mx.security == "secure"]
            self.check_host(asked, peer, names)

    def check_host(self, about, verdict, names):
        """What `dane check` and `dane connect` said of the addresses of a host, whose
        certificate may have these other names, too."""
        name, port = name_from(verdict["host"]), verdict["port"]
        for member in ("host", "port"):
            must(about.get(member, verdict[member]) == verdict[member],
                 f"about: another {member} than the verdict's")
        # A check may have been told to take one family of addresses alone.
        families = [x for x in (A, AAAA) if (name, x) in self.validator.answers] or [A]
        host, accesses = self.find_host(name, port, families), []
        self.lines.append(f"{plain(name)}:{port}: TLSA {host.state}")
        for report in verdict.get("peers", [verdict]):
            if "address" not in report:
                continue
            where, claim = f"{plain(name)} {report['address']}", report["status"]
            must(report["address"] in host.addresses, f"{where}: no address record has it")
            # Whoever was not reached has refused nothing.
            is_refused = claim == "rejected" and (name, port, report["address"]) in self.held
            access = self.access_to(name, port, report["address"], host, [plain(name), *names],
                                    {"access": "refused" if is_refused else "open"})
            if claim in BY_DANE and access != "proved":
                self.fail(where, f"claimed {claim}, is {access}")
            if access == "proved" and report["reason"] == "mismatch":
                self.fail(where, "claimed mismatch, is proved")
            accesses.append(access)
        if "peers" in verdict and verdict["status"] == "proved" and (
                "refused" in accesses or "proved" not in accesses):
            self.fail(plain(name), "claimed proved, is not")


def accuses(verdict):
    """Whether a verdict says that something is wrong with what a server showed."""
    return (verdict.get("grade") in ("broken", "partial")
            or '"status":"rejected"' in stranger.canonical(verdict))


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
    fault = rule_fault([cert for cert in path if isinstance(cert, x509.Certificate)], moment,
                       path[:-1] if record.selector else path)
    if fault:
        return fault
    presented = dns_names(certs[0])
    for issuer in path[1:]:
        if not all(is_allowed(name, issuer) for name in presented):
            return "a name constraint forbids a name of the leaf"
    if not any(is_named(name, wanted) for name in presented for wanted in names):
        return "no name of the leaf is the host's"
    return None


def rule_fault(path, moment, dated):
    """Which rule the certificates of a path break, from the leaf up (RFC 5280 4.2.1, 6.1); None
    if none. The anchor is held to them, too, but for its dates where a record has its key."""
    below = 0
    for depth, cert in enumerate(path):
        begin, end = (calendar.timegm(date_of(cert, x).timetuple())
                      for x in ("not_valid_before", "not_valid_after"))
        if cert in dated and not begin <= moment <= end:
            return "a certificate is not valid at the moment"
        if any(x.critical and not isinstance(x.value, KNOWN) for x in cert.extensions):
            return "a critical extension is not known"
        purposes = extension(cert, x509.ExtendedKeyUsage)
        if purposes is not None and not SERVERS & set(purposes):
            return "a certificate is not for servers"
        basic, usage = extension(cert, x509.BasicConstraints), extension(cert, x509.KeyUsage)
        if usage and not (usage.key_cert_sign if depth else usage.digital_signature
                          or usage.key_encipherment or usage.key_agreement):
            return "a key may not be used so"
        if depth and basic and basic.path_length is not None and below > basic.path_length:
            return "the path is too long for an issuer"
        below += bool(depth and cert.subject != cert.issuer)
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
    """Whether a CA's certificate, or a key, signed a certificate, by what is not weak: that can
    be made by others."""
    public, digest = issuer, certificate.signature_hash_algorithm
    if isinstance(issuer, x509.Certificate):
        basic = extension(issuer, x509.BasicConstraints)
        if certificate.issuer != issuer.subject or basic is None or not basic.ca:
            return False
        public = issuer.public_key()
    keys = public, certificate.public_key()
    is_weak = any(isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048 for key in keys)
    if is_weak or digest and digest.digest_size < 28:  # MD5, SHA-1
        return False
    more = ()
    if isinstance(public, rsa.RSAPublicKey):
        more = padding.PKCS1v15(), digest
    elif isinstance(public, ec.EllipticCurvePublicKey):
        more = (ec.ECDSA(digest),)
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


if __name__ == "__main__":
    sys.exit(stranger.main(Verdict))
