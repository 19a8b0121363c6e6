#!/usr/bin/python3
"""A stranger's reader of evidence bundles: it believes records and signatures, never words.

    stranger.py [--anchor FILE] [--at TIME] [--witness CA.pem] BUNDLE...

It follows docs/evidence-format.md and the RFCs, and has no code of the programs that write bundles.
From the root's keys (IANA's, or the DS and DNSKEY lines of FILE) it validates each answer at the
bundle's moment (or TIME, in seconds since 1970), checks handshakes (stranger_tls.py) and the place
in a run, and says how much all that proves. What it comes to is said by stranger_verdict.py. Exit
0: all holds; 1: a line `FILE: what: why` per failure.
"""
import argparse, base64, contextlib, functools, hashlib, json
import math, pathlib, re, struct, subprocess, sys, time, types

from dns import dnssec, rdata, rdatatype, zonefile
from dns.name import Name, from_text, root
from dns.rdtypes.util import Bitmap
from dns.wire import Parser

from stranger_tls import Fault, must, read_handshakes

NS, CNAME, DNAME, DS, RRSIG, NSEC, DNSKEY, NSEC3, TLSA = 2, 5, 39, 43, 46, 47, 48, 50, 52
# The root's DS records, behind the dates between which each counts (RFC 9718).
ROOT_KEYS = """
20100715 20190111 19036 8 2 49aac11d7b6f6446702e54a1607371607a1a41855200fd2ce1cdde32f24e8fb5
20170202 99991231 20326 8 2 e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d
20240718 99991231 38696 8 2 683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16"""
RSA, CURVES, ED448, DIGESTS = (5, 7, 8, 10), {13: 64, 14: 96, 15: 32, 16: 57}, 16, (1, 2, 4)
# Whoever makes a zone chooses how much work it is (CVE-2023-50387, CVE-2023-50868).
QUESTION_WORK, BUNDLE_WORK, MOST_ITERATIONS = 64, 65536, 150
RANK = ["refused", "bogus", "failed", "indeterminate", "insecure", "secure"]  # least trusted first
SIGNED = set()  # what was right once is not computed again in another bundle
canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # RFC 8785

def stamp(seconds, form="%Y-%m-%dT%H:%M:%SZ"):
    """A time in words."""
    return time.strftime(form, time.gmtime(seconds))

# The form of the file. Readers that take a file differently could be shown two bundles in it.

def ordered(value, left=32):
    """A JSON value with names in the order of RFC 8785, that of UTF-16."""
    must(left or not isinstance(value, (dict, list)), "json: nested too deeply")
    must(type(value) is not int or abs(value) < 1 << 53, "json: a number is not below 2^53")
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {name: ordered(value[name], left - 1) for name in names}
    return [ordered(part, left - 1) for part in value] if isinstance(value, list) else value

def octets(value, where, size=None):
    """What a text of base64 stands for, if it is the one that an encoder writes."""
    out = base64.b64decode(shape(value, str, where) + "====")
    is_right = base64.b64encode(out).decode() == value and size in (None, len(out))
    must(is_right, f"{where}: is no canonical base64, or has another length")
    return out

class Set(list):
    """The records of one owner and type, in canonical wire form, and the signatures over them."""
    def __init__(self, value, where):
        super().__init__()
        self.wire, self.sigs, self.rdclass, self.sha1 = octets(value, where), [], 1, False
        parser, wire = Parser(self.wire), b""
        while parser.remaining():
            self.owner = parser.get_name()
            rdtype, rdclass, ttl, size = parser.get_struct("!HHIH")
            with parser.restrict_to(size):
                record = rdata.from_wire_parser(rdclass, rdtype, parser)
            (self.sigs if rdtype == RRSIG else self).append(record)
        kinds = {x.rdtype for x in self} | {x.type_covered for x in self.sigs}
        must(self and len(kinds) == 1 and len(self.wire) < 1 << 16, f"{where}: is no RRset")
        self.owner, self.rdtype = self.key = self.owner, self[0].rdtype
        head = self.owner.to_digestable()
        for kind, part in (self.rdtype, self), (RRSIG, self.sigs):
            for raw in sorted({x.to_digestable() for x in part}):
                wire += head + struct.pack("!HHIH", kind, 1, ttl, len(raw)) + raw
        must(wire == self.wire, f"{where}: is not canonical: each record once, in order, one TTL")
        must(all(ttl == x.original_ttl for x in self.sigs[:1]), f"{where}: has another TTL")
        self.mark = base64.b64encode(hashlib.sha256(wire).digest()).decode()
        self.what = f"{self.owner} {rdatatype.to_text(self.rdtype)}"

def shape(value, form, where):
    """The value if it has this form: a type, what it may be, [form, how many], {member: form} (one
    that may be absent has a question mark behind its name) or what decodes it."""
    if isinstance(form, dict):
        forms = {name.rstrip("?"): part for name, part in form.items()}
        odd = [x for x in shape(value, dict, where).keys() ^ forms.keys() if f"{x}?" not in form]
        must(not odd, f"{where}: unknown or lacking: {', '.join(sorted(odd))}")
        return {name: shape(value[name], forms[name], f"{where}.{name}") for name in value}
    if isinstance(form, list):
        must(len(shape(value, list, where)) <= form[1], f"{where}: has more than {form[1]}")
        return [shape(part, form[0], f"{where}[{i}]") for i, part in enumerate(value)]
    if callable(form) and form not in (str, dict, list):
        return form(value, where)
    fits = type(value) is form if callable(form) else type(value) is type(form[0]) and value in form
    return value if fits else must(False, f"{where}: is not in {form}")

COUNT, SHORT, TIME = range(1 << 53), range(1 << 16), range(1, (1 << 32) - 1)
HASH, INDICES = functools.partial(octets, size=32), [COUNT, 16384]
ANSWERS = [{"name": str, "type": SHORT, "rcode?": COUNT, "why?": str, "octets?": COUNT,
            "security?": ("bogus", "insecure", "secure"), "answer?": INDICES, "authority?": INDICES,
            "error?": {"code": str, "detail": str, "kind": range(4)}}, 4096]
PEER = {"address": str, "port": SHORT, "host": str, "serverName": str, "moment": COUNT,
        "how": ("usual", "nameless", "again", "other-key"), "blind": HASH, "previous": HASH,
        "answers": INDICES, "messages": [octets, 16]}
BUNDLE = {"mediaType": ("application/vnd.ucspi-dane.evidence.v1+json",), "rules": (1,),
          "maker": str, "about": dict, "facts": lambda facts, _: facts, "verdict": dict,
          # A bundle that chose its own skew could make old signatures count for ever.
          "dns": {"skew": {"least": (3600,), "most": (86400,)}, "sets": [Set, 16384],
                  "answers": ANSWERS, "again?": [{"moment": TIME, "answers": ANSWERS}, 129]},
          "moment": TIME, "peers": [PEER, 4096],
          "run?": {"checkpoint": str, "index": COUNT, "path": [HASH, 64], "stamps": [octets, 16]}}

def pick(things, indices, where):
    """The things that have these indices, which ascend."""
    must(indices == sorted({i for i in indices if i < len(things)}), f"{where}: indices are wrong")
    return [things[i] for i in indices]

def read_bundle(raw):
    """The JSON of a bundle, and its parts decoded, with sets and answers in place of indices."""
    must(len(raw) <= 1 << 24, "file: is larger than 16 MiB")
    value = ordered(json.loads(raw.decode(), parse_float=int, parse_constant=int))
    must(canonical(value) + "\n" == raw.decode(), "json: is not canonical, or without line feed")
    bundle, used, asked = shape(value, BUNDLE, "bundle"), set(), None
    part, peers = bundle["dns"], bundle["peers"]
    groups = bundle["groups"] = [{**part, "moment": bundle["moment"]}, *part.get("again", [])]
    moments, wires = [x["moment"] for x in groups[1:]], [x.wire for x in part["sets"]]
    must(moments == sorted(moments) and part.get("again") != [], "again: empty, or not in order")
    must(wires == sorted(set(wires)), "sets: are not sorted, each once")
    for group in groups:
        for answer in group["answers"]:
            name, owner = answer["name"], from_text(answer["name"])
            must(owner.to_text() == name == name.lower(), f"{name}: the name is not canonical")
            must(len(answer) == (3 if "error" in answer else 8), f"{name}: no answer nor an error")
            answer["question"] = owner, answer["type"]
            for section in {"answer", "authority"} & answer.keys():
                used.update(answer[section])
                at = answer[section] = pick(part["sets"], answer[section], name)
                must(len({x.key for x in at}) == len(at), name + ": two sets of one owner and type")
                must(sum(len(x.wire) for x in at) < 1 << 16, f"{name}: longer than a message")
        keys = [(answer["name"].encode(), answer["type"]) for answer in group["answers"]]
        asked = asked or set(keys)
        must(keys == sorted(asked & {*keys}), "answers: unsorted, two answers, or not asked before")
    must(len(used) == len(wires), "sets: one is used by no answer")
    must(len({tuple(x["messages"]) for x in peers}) == len(peers), "peers: show one handshake")
    must(len({x["previous"] for x in peers}) < 2, "peers: are of different runs")
    for peer in peers:
        peer["known"] = pick(part["answers"], peer["answers"], f"peer {peer['host']}")
        groups.append({"moment": peer["moment"], "answers": peer["known"]})
    must(max(x["moment"] for x in groups) <= bundle["moment"] + 3600, "a moment after the verdict")
    return value, bundle

# DNSSEC from the root's keys down (RFC 4035, 5155, 6840). What a bundle claims is not looked at.

def read_anchors(path, moment):
    """The root's DS records: of a file with DS or DNSKEY lines, or IANA's at the moment."""
    rows, day = [x.split(maxsplit=2) for x in ROOT_KEYS.split("\n")[1:]], stamp(moment, "%Y%m%d")
    text = "\n".join(f". IN DS {row}" for begin, end, row in rows if begin <= day < end)
    text = pathlib.Path(path).read_text(encoding="utf-8") if path else text
    return [x if x.rdtype == DS else dnssec.make_ds(root, x, "SHA256")
            for rrset in zonefile.read_rrsets(text, rdclass=None, default_ttl=0)
            if rrset.name == root for x in rrset if x.rdtype in (DS, DNSKEY)]

def bits_of(key):
    """How long an RSA key is (RFC 3110 2), 0 of a curve; None where a key counts for nothing."""
    if key.algorithm not in RSA:
        return 0 if len(key.key) == CURVES.get(key.algorithm) else None
    size = key.key[0] if key.key else 0
    bits = int.from_bytes(key.key[1 + size :], "big").bit_length()
    return bits if 0 < size < 9 and bits <= 4096 else None  # an exponent has 64 bits at most

class Validator:
    """Answers judged at one moment by the root's keys and these algorithms, each once."""
    def __init__(self, answers, anchors, moment, known, work):
        self.answers, self.anchors, self.moment, self.known = answers, anchors, moment, known
        self.links, self.checked, self.hashes, self.spent, self.work = [], {}, {}, 0, work
        self.said = {}  # what an alias's answer says of its target
        self.zone, self.step = functools.cache(self.zone), functools.cache(self.step)
        self.question = functools.cache(self.question)  # what was judged once is kept

    def spend(self, what):
        """Counts what is computed."""
        self.spent += 1
        must(self.spent <= QUESTION_WORK and next(self.work, 0), f"too many {what}", "refused")

    def verify(self, rrset, zone, keys):
        """Finds one good signature by a zone; the closest encloser if a wildcard made the set."""
        if (rrset.wire, zone) in self.checked:
            return self.checked[rrset.wire, zone]
        why, own = f"no signature by {zone}", len(rrset.owner) - 1 - rrset.owner.is_wild()
        for sig in sorted((x for x in rrset.sigs if x.signer == zone), key=lambda x: -x.expiration):
            self.spend("signature checks")
            # The times near the moment that 32 bits of them stand for (RFC 1982).
            begin, end = (self.moment + (bits - self.moment + 2**31) % 2**32 - 2**31
                          for bits in (sig.inception, sig.expiration))
            skew, size = min(max((end - begin) // 10, 3600), 86400), len(sig.signature)
            counts = (len(zone) - 1 <= sig.labels <= own and begin <= end
                      and begin - skew <= self.moment <= end + skew
                      and (sig.algorithm not in (13, 14) or size == CURVES[sig.algorithm]))
            why = "no key made the signature" if counts else (
                f"a signature over {sig.labels} labels counts from {stamp(begin)} to {stamp(end)}")
            for key in keys.get((sig.algorithm, sig.key_tag), ()) if counts else ():
                self.spend("signature checks")
                encloser = rrset.owner.split(sig.labels + 1)[1] if sig.labels < own else None
                owner = Name((b"*", *encloser)) if encloser else rrset.owner
                with contextlib.suppress(Exception):  # the library has many
                    if (owner, rrset.mark, sig, key) not in SIGNED:
                        # No date is before or behind NaN: dnspython leaves the dates to us.
                        dnssec.validate_rrsig((owner, rrset), sig, {zone: [key]}, now=math.nan)
                    SIGNED.add((owner, rrset.mark, sig, key))
                    is_sha1 = rrset.sha1 or sig.algorithm < 8
                    self.links.append((begin, end, rrset.what, bits_of(key), is_sha1))
                    self.checked[rrset.wire, zone] = encloser
                    return encloser
        raise Fault(f"{rrset.what}: {why}")

    def zone(self, name):
        """The apex of the zone that a name lies in, found from the root down, and its keys."""
        trusted, answer, keys, named = self.anchors, self.answers.get((name, DNSKEY), {}), {}, {}
        if name != root:
            above, ds = self.zone(name.parent()), self.step(name, DS, False)
            must(ds.security == "secure", ds.why, ds.security)
            must(ds.zone == above[0], f"DS of {name} is not from {above[0]}")
            must(ds.kind != "cut", f"{name} is delegated without DS", "insecure")
            if ds.kind != "data" or ds.target:  # of an alias nothing is delegated
                return above
            trusted = ds.records
        usable = [x for x in trusted if x.digest_type in DIGESTS and x.algorithm in self.known]
        must(usable, f"no DS of {name} is of what is known", "insecure" if trusted else "bogus")
        # Beside a better digest SHA-1 does not count (RFC 4509 3).
        usable = [ds for ds in usable if ds.digest_type != 1] or usable
        what, why = f"{name} DNSKEY", "failed" if answer else "indeterminate"
        must(answer.get("rcode") == 0, f"{what}: missing", why)
        rrset = next((x for x in answer["answer"] if x.key == (name, DNSKEY)), [])
        for key in rrset:
            is_known = key.algorithm in self.known and bits_of(key) is not None
            if key.flags & 0x180 == 0x100 and key.protocol == 3 and is_known:
                keys.setdefault((key.algorithm, dnssec.key_id(key)), []).append(key)
        for ds in usable:
            for key in keys.get((ds.algorithm, ds.key_tag), ()):
                self.spend("signature checks")
                if dnssec.make_ds(name, key, ds.digest_type, validating=True) == ds:
                    named.setdefault((ds.algorithm, ds.key_tag), []).append(key)
        must(named, f"{what}: none matches DS or trust anchor")
        rrset.sha1 = usable[0].digest_type == 1
        must(self.verify(rrset, name, named) is None, f"{what}: made of a wildcard")
        return name, keys

    def step(self, name, rdtype, is_whole=True, via_alias=False):
        """What one answer says, or its denials alone; its kind: data, nodata, nxdomain, cut."""
        out = types.SimpleNamespace(final=name, security="secure", why="", zone=None, kind="none",
                                    records=[], target=None)
        try:
            self.judge(out, name, rdtype, is_whole, via_alias)
        except Fault as fault:
            out.why, out.security = f"{name} {rdatatype.to_text(rdtype)}: {fault}", fault.security
            if out.security != "insecure":
                out.records, out.target = [], None
        return out

    def judge(self, out, name, rdtype, is_whole, via_alias):
        """Validates one answer."""
        answer = self.answers.get((name, rdtype))
        must(answer, "missing", "indeterminate")  # neither absent nor unsigned
        # A target's own servers may fail where those of the alias knew it.
        is_said = via_alias and answer.get("rcode") not in (0, 3)
        answer = self.said[name, rdtype] if is_said else answer
        must(answer.get("rcode") in (0, 3), "no answer came", "failed")
        self.spent, rcode, sets = 0, answer["rcode"], {one.key: one for one in answer["answer"]}
        found, cname = sets.get((name, rdtype)), sets.get((name, CNAME))
        dname = next((x for x in sets.values() if x.rdtype == DNAME and x.owner != name
                      and name.is_subdomain(x.owner)), None)
        if dname:
            # A synthesised CNAME needs no signature: it is made again (RFC 6672 3.1).
            found, out.target = dname, name.relativize(dname.owner) + dname[0].target
            must(not cname or cname[0].target == out.target, "is not what the DNAME makes")
            out.target = None if rdtype == CNAME else out.target  # it is what was asked for
        elif not found and cname:
            found, out.target = cname, cname[0].target
        used = found, cname if found is dname else found
        must(all(len(x) == 1 for x in sets.values() if x.rdtype in (CNAME, DNAME)), "two aliases")
        there = self.answers.get((out.target, rdtype), {})
        rest = there["answer"] if there.get("rcode") in (0, 3) else answer["answer"]
        rest = {one.key: one for one in rest} if out.target else {}
        self.said[out.target, rdtype] = {
            **answer, "answer": [x for x in answer["answer"] if x not in used],
            "authority": [x for x in answer["authority"] if not x.sigs or out.target and any(
                out.target.is_subdomain(sig.signer) for sig in x.sigs)]}
        is_same = all(x in used or rest.get(x.key) == x for x in sets.values())
        must(is_same, "a set does not belong to the answer, or to the alias's", "refused")
        must(not rcode or not found or out.target or found is dname, "records of no such name")
        out.kind, out.records = "data" if found else "nxdomain" if rcode else "nodata", found or []
        signers = {sig.signer for x in ([found] if found else answer["authority"]) for sig in x.sigs
                   if name.is_subdomain(sig.signer) and (rdtype != DS or sig.signer != name)}
        # Only below an insecure delegation nothing needs to be signed.
        above = name.parent() if rdtype == DS and name != root else name
        out.zone, keys = self.zone(max(signers, key=len, default=above))
        must(signers, "no signature in a signed zone")
        must(out.zone in signers, "the signer is no zone")
        beside = [x for x in answer["authority"] if is_whole or x.rdtype in (NSEC, NSEC3)]
        proof, encloser = (beside, out.zone, keys), found and self.verify(found, out.zone, keys)
        if not found:
            out.kind = self.deny(name, rdtype, rcode, proof)
        elif encloser:
            after = name.split(len(encloser) + 1)[1]
            covered = self.look(after, *proof)[1]
            must(covered and found.rdtype not in (DNAME, DS), f"nothing denies next closer {after}")
            must(covered != "opt-out", "opt-out where a wildcard was used", "insecure")

    def look(self, name, beside, zone, keys):
        """What the denials of a zone say of a name: its types (none at an empty non-terminal, None
        if not shown), whether neither it nor a name below exists, whether it can be an encloser."""
        kinds, covered, exists = None, None, False
        sets = [x for x in beside if any(sig.signer == zone for sig in x.sigs)]
        # A wildcard's NSEC at an expanded name would deny what it likes (CVE-2017-15105).
        must(not any([self.verify(x, zone, keys) for x in sets]), "a denial was made of a wildcard")
        for rrset in (x for x in sets if x.rdtype in (NSEC, NSEC3) and len(x) == 1):
            record, is_hashed = rrset[0], rrset.rdtype == NSEC3
            if is_hashed:
                if rrset.owner[1:] != zone[:] or record.algorithm != 1 or record.flags > 1:
                    continue
                must(record.iterations <= MOST_ITERATIONS, "too many iterations", "insecure")
                key = name, record.salt, record.iterations
                if key not in self.hashes:
                    self.spend("NSEC3 hashes")
                    self.hashes[key] = dnssec.nsec3_hash(*key, 1).encode()
                begin, end = rrset.owner[0].upper(), base64.b32hexencode(record.next)
                at = self.hashes[key]
            else:  # places are names, last label first, so that they sort
                at, begin, end = name[::-1], rrset.owner[::-1], record.next.canonicalize()[::-1]
            inside = begin < at < end or end <= begin and (begin < at or at < end)
            is_above, is_below = begin[: len(at)] == at, end[: len(at)] == at != end
            there = set(Bitmap(record.windows).to_text().split()) if inside or begin == at else ()
            is_end = "NS" in there and "SOA" not in there or "DNAME" in there
            exists = exists or is_below or is_above and not (begin == at and is_end)
            if begin == at or inside and is_below:
                kinds = there if begin == at else set()
            # What lies below a delegation or a DNAME is not the zone's to deny.
            elif inside and not (is_end and at[: len(begin)] == begin):
                covered = "opt-out" if is_hashed and record.flags else "covered"
        return kinds, covered, exists

    def deny(self, name, rdtype, rcode, proof):
        """Checks that an answer's records deny a name or a type; nodata, nxdomain or cut."""
        kinds, covered, star = None if rcode else self.look(name, *proof)[0], "covered", None
        if kinds is None:
            encloser = name
            while encloser == name or not self.look(encloser, *proof)[2]:
                must(encloser != proof[1], "no closest encloser is shown")
                encloser = encloser.parent()
            after, star = name.split(len(encloser) + 1)[1], Name((b"*", *encloser))
            covered, (kinds, no_star, _) = self.look(after, *proof)[1], self.look(star, *proof)
            must(covered, f"nothing denies {after}")
            must(no_star or not rcode, f"nothing denies {star}")
            kinds = set() if rcode or covered == "opt-out" else kinds
            must(kinds is not None, "nothing denies the type")
        is_cut, is_alias = {"NS", "SOA"} & kinds == {"NS"}, "CNAME" in kinds and rdtype != DS
        must(not is_alias and rdatatype.to_text(rdtype) not in kinds, "the denial says it exists")
        must("SOA" not in kinds if rdtype == DS else not is_cut, "the cut's other side denies it")
        must(covered != "opt-out", "opt-out", "insecure")  # may hide delegations (RFC 5155 9.2)
        own = [x for x in proof[0] if x.rdtype == NS or proof[1] in {sig.signer for sig in x.sigs}]
        must(own == proof[0], "what stands beside is not the zone's")
        return "nxdomain" if rcode else "cut" if is_cut and not star else "nodata"  # RFC 4592 4.2

    def question(self, name, rdtype):
        """The last step with the aliases followed; it counts as the least; `own`: as the first."""
        steps = [self.step(name, rdtype)]
        while steps[-1].target and len(steps) < 32:
            steps.append(self.step(steps[-1].target, rdtype, True, True))
        worst = min(steps, key=lambda step: RANK.index(step.security))
        end, why, security = vars(steps[-1]), worst.why, worst.security
        if steps[-1].target:  # they go round in a circle, in which nothing can be secure
            end, why = {**end, "kind": "loop", "records": []}, why or "alias loop"
            security = "bogus" if security == "secure" else security
        return types.SimpleNamespace(**{
            **end, "own": steps[0].security, "why": why, "security": security})

class Evidence:
    """One bundle: `lines` to be said, `failures`, and the usual handshakes that are `shown`."""
    def __init__(self, options):
        self.options, self.lines, self.failures, self.shown, self.bound = options, [], [], [], []

    def read(self, path):
        """Checks a file, and says how much it proves."""
        try:
            with open(path, "rb") as file:
                self.value, self.bundle = read_bundle(file.read((1 << 24) + 1))
            self.check()
            self.say_strength("run" in self.bundle and self.check_run())
        except Exception as error:  # of any kind: a stranger made it
            self.failures.append(f"bundle: {error if isinstance(error, Fault) else repr(error)}")

    def check(self):
        """Judges the answers and the handshakes."""
        # Not every validator knows Ed448, and the claims say whether their maker's did. Who lies
        # there makes a zone unsigned, as it is to those who lack it; nothing gets secure by it.
        found = self.judge({*RSA, *CURVES} - {ED448})
        if found[0]:
            found = min(found, self.judge({*RSA, *CURVES}), key=lambda one: len(one[0]))
        self.failures, self.lines, (self.validator, *self.later) = found
        held, wrong = read_handshakes(self.bundle["peers"])
        self.failures += wrong
        for peer, shown in held:
            self.lines.append(f"{shown.where}: {shown.tls}, {peer['how']}: binds {shown.binds}")
            if peer["how"] == "usual":
                self.shown.append((peer, shown))
                wanted = f"_{peer['port']}._tcp.{peer['serverName']}.", TLSA
                found = [self.validator.question(*x["question"]) for x in peer["known"]
                         if (x["name"], x["type"]) == wanted]
                self.bound += [shown for x in found if x.security == "secure" and x.records]

    def judge(self, known):
        """What is wrong, what is to be told, and the validator of each moment, by algorithms."""
        failures, lines, made, work = [], [], [], iter(range(1, BUNDLE_WORK))
        for group in self.bundle["groups"]:
            answers = {answer["question"]: answer for answer in group["answers"]}
            at = group["moment"] if self.options.at is None else self.options.at
            every = {**made[0].answers, **answers} if made else answers
            made.append(Validator(every, read_anchors(self.options.anchor, at), at, known, work))
            for question, answer in answers.items():
                result = made[-1].question(*question)
                where = f"{question[0]} {rdatatype.to_text(question[1])}"
                claim, security = answer.get("security", "failed"), result.security
                # A failed look-up has no state, and what depends on one is bogus to a validator.
                is_open = claim == "bogus" or answer.get("rcode") not in (0, 3)
                if security != claim and (security != "failed" or claim == "secure" or not is_open):
                    failures.append(f"{where}: claimed {claim}, is {security}: {result.why}")
                if result.why:
                    lines.append(f"{where}: {claim}, as anybody can have made it: {result.why}")
        return failures, lines, made

    def check_run(self):
        """Checks inclusion (RFC 9162 2.1.3.2) and stamps; whether a witness saw the run."""
        run, witness, is_witnessed = self.bundle["run"], self.options.witness, False
        form = r"ucspi-dane evidence v1\n([1-9]\d{0,15})\n(\S{44})\n(\S{44})\n"
        found = re.fullmatch(form, run["checkpoint"], re.ASCII)
        must(found, "checkpoint: is none")
        size, top, before = int(found[1]), *(HASH(x, "checkpoint") for x in found.groups()[1:])
        text = canonical({name: part for name, part in self.value.items() if name != "run"})
        node = hashlib.sha256(b"\0" + hashlib.sha256(text.encode()).digest()).digest()
        index, last, path = run["index"], size - 1, run["path"][::-1]
        while last:
            if index & 1 or index < last:
                other = path.pop() if path else b""  # of too short a path comes no root
                both = other + node if index & 1 else node + other
                node = hashlib.sha256(b"\1" + both).digest()
            index, last = index >> 1, last >> 1
        must(node == top and not path and run["index"] < size, "run: the path ends at another root")
        runs = {peer["previous"] for peer in self.bundle["peers"]}
        must(runs <= {before}, "run: a handshake names another run before than the checkpoint")
        self.lines.append(f"run: bundle {run['index']} of {size}")
        imprint = hashlib.sha256(run["checkpoint"].encode()).hexdigest()
        words = ["-digest", imprint, "-in", "/dev/stdin", "-token_in", "-CAfile", witness]
        for token in run["stamps"]:
            must(bytes.fromhex(f"0420{imprint}") in token, "run: a stamp is over something else")
            said = "a stamp, whose signature nobody checked (--witness)"
            if witness:
                done = subprocess.run(["openssl", "ts", "-verify", *words], input=token,
                                      capture_output=True, check=False)
                when = re.search(rb"\x18.(\d{14})", token.split(bytes.fromhex(imprint))[1])[1]
                is_old = when.decode() < stamp(self.bundle["moment"] - 3600, "%Y%m%d%H%M%S")
                is_good = not done.returncode and not is_old
                said = "a stamp by the witness" if is_good else "a stamp that does not count"
                is_witnessed = is_witnessed or is_good
            self.lines.append(f"run: {said}")
        return is_witnessed

    def say_strength(self, is_witnessed):
        """The window of the signatures, the weakest of them, and what they prove together."""
        links = self.validator.links
        needed = [link for link in links if link[2] != ". SOA"]
        if needed:
            last, (_, end, what, *_) = max(needed)[0], min(needed, key=lambda link: link[1])
            self.lines.append(f"window: {stamp(last)} to {stamp(end)}, narrowest {what}; "
                              f"records not before {stamp(max(links)[0])}")
            self.lines += ["window: the signatures never stood together"] * (last > end)
        weak = [link[3:] for link in links] + [(shown.bits, shown.sha1) for shown in self.bound]
        bits = min((bits for bits, _ in weak if bits), default=0)
        said = f"least RSA key {bits} bits" if bits else "no RSA key"
        more = "; SHA-1 was used, and can be forged" if any(sha1 for _, sha1 in weak) else ""
        level = "P0" if not self.bound or self.failures else "P2" if is_witnessed else "P1"
        self.lines += [f"strength: {said}{more}", f"level: {level}"]

def main(reader=Evidence):
    """Reads bundles, whose words are told without control characters; the exit status."""
    parser, failed = argparse.ArgumentParser(description="reads bundles as a stranger"), False
    parser.add_argument("--anchor", metavar="FILE", help="the root's DS or DNSKEY records")
    parser.add_argument("--at", metavar="TIME", type=int, help="seconds since 1970")
    parser.add_argument("--witness", metavar="CA.pem", help="whose time stamps count")
    parser.add_argument("bundle", nargs="+")
    options = parser.parse_args()
    for path in options.bundle:
        one = reader(options)
        one.read(path)
        for lines, file in (one.lines, sys.stdout), (one.failures, sys.stderr):
            print(*(f"{path}: {repr(line)[1:-1]}\n" for line in lines), sep="", end="", file=file)
        failed = failed or bool(one.failures)
    return int(failed)

if __name__ == "__main__":
    sys.exit(main())
