"""The form of a bundle: canonical JSON, its members, and RRsets in canonical wire form.

Two readers that take a file differently can be made to see two bundles in it. So whatever
is not exactly as docs/evidence-format.md has it refuses the whole file.
"""

import base64
import collections
import functools
import json
import struct

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype

SECTIONS = {"answer", "authority"}
MOST_OCTETS, MOST_ITEMS, MOST_DEPTH = 1 << 24, 1 << 16, 32


class Refused(Exception):
    """The bundle is none, or costs too much: nothing of it counts."""


def need(condition, where, why):
    """Refuses the bundle unless the condition holds."""
    if not condition:
        raise Refused(f"{where}: {why}")


def object_once(pairs):
    """A JSON object in which no name stands twice: readers differ in which one they
    take."""
    for name, count in collections.Counter(name for name, _ in pairs).items():
        need(count == 1, "json", f"the name {name!r} stands twice")
    return dict(pairs)


def integer(text):
    """A number that every reader holds exactly."""
    need(
        text.isdigit() and len(text) < 17 and int(text) < 1 << 53,
        "json",
        f"{text[:20]} is no integer from 0 to 2^53 - 1",
    )
    return int(text)


def canonical(value):
    """The octets of RFC 8785: names in the order of their UTF-16 code units."""

    def ordered(part, depth):
        need(depth < MOST_DEPTH, "json", "nested too deeply")
        if isinstance(part, dict):
            return {
                name: ordered(part[name], depth + 1)
                for name in sorted(part, key=lambda name: name.encode("utf-16-be"))
            }
        return [ordered(x, depth + 1) for x in part] if isinstance(part, list) else part

    return json.dumps(
        ordered(value, 0), ensure_ascii=False, separators=(",", ":")
    ).encode()


def shape(value, kind, where):
    """The value if it has this form: a type, [form], {member: form}, or a decoder; names
    of members that may be absent end in a question mark."""
    if isinstance(kind, dict):
        need(isinstance(value, dict), where, "is no object")
        unknown = sorted(set(value) - {name.rstrip("?") for name in kind})
        need(not unknown, where, f"unknown member {', '.join(unknown)}")
        lacking = sorted(
            set(kind) - set(value) - {name for name in kind if name[-1] == "?"}
        )
        need(not lacking, where, f"lacks {', '.join(lacking)}")
        forms = {name.rstrip("?"): form for name, form in kind.items()}
        return {
            name: shape(value[name], forms[name], f"{where}.{name}") for name in value
        }
    if isinstance(kind, list):
        need(
            isinstance(value, list) and len(value) <= MOST_ITEMS,
            where,
            "is no short array",
        )
        return [shape(x, kind[0], f"{where}[{i}]") for i, x in enumerate(value)]
    if isinstance(kind, type):
        need(type(value) is kind, where, f"is no {kind.__name__}")
        return value
    return kind(value, where)


def octets(value, where, size=None):
    """What a text of base64 stands for, if it is the one that an encoder writes."""
    shape(value, str, where)
    try:
        out = base64.b64decode(value, validate=True)
    except ValueError:
        out = None
    need(
        out is not None and base64.b64encode(out).decode() == value,
        where,
        "is no canonical base64",
    )
    need(size in (None, len(out)), where, f"has not {size} octets")
    return out


hash_form = functools.partial(octets, size=32)
ANSWER = {
    "name": str,
    "type": int,
    "rcode?": int,
    "security?": str,
    "why?": str,
    "octets?": int,
    "answer?": [int],
    "authority?": [int],
    "error?": {"code": str, "detail": str, "kind": str},
}
PEER = {
    "address": str,
    "port": int,
    "host": str,
    "how": str,
    "serverName": str,
    "moment": int,
    "blind": hash_form,
    "answers": [int],
    "previous": hash_form,
    "messages": [octets],
}
BUNDLE = {
    "mediaType": str,
    "maker": str,
    "rules": int,
    "about": dict,
    "moment": int,
    "dns": {
        "skew": {"least": int, "most": int},
        "sets": [octets],
        "answers": [ANSWER],
        "again?": [{"moment": int, "answers": [ANSWER]}],
    },
    "peers": [PEER],
    "facts": lambda value, where: value,
    "verdict": dict,
    "run?": {"checkpoint": str, "index": int, "path": [hash_form], "stamps": [octets]},
}


def read_json(raw):
    """The JSON of a bundle, and its members decoded."""
    need(len(raw) <= MOST_OCTETS, "file", "is larger than 16 MiB")
    try:
        text = raw.decode()
        value = json.loads(
            text,
            object_pairs_hook=object_once,
            parse_int=integer,
            parse_float=integer,
            parse_constant=integer,
        )
        need(isinstance(value, dict), "json", "is no object")
        need(
            canonical(value) + b"\n" == raw,
            "json",
            "is not canonical (RFC 8785), with one " "line feed behind it",
        )
    except (ValueError, RecursionError) as error:
        raise Refused(f"json: {error}") from error
    need(
        value.get("mediaType") == "application/vnd.ucspi-dane.evidence.v1+json",
        "mediaType",
        "is not that of version 1",
    )
    bundle = shape(value, BUNDLE, "bundle")
    need(bundle["rules"] == 1, "rules", "are not those of version 1")
    # A bundle that chose its own skew could make old signatures count for ever.
    need(bundle["dns"]["skew"] == {"least": 3600, "most": 86400}, "skew", "is another")
    return value, bundle


class Set:
    """The records of one owner and type, with their signatures, in canonical form."""

    def __init__(self, wire, where):
        self.wire, self.raws, self.records, self.sigs, at = wire, [], [], [], 0
        ttls, last = set(), (0, b"")
        while at < len(wire):
            end = at
            while wire[end]:
                need(wire[end] < 64, where, "an owner name is compressed")
                end += 1 + wire[end]
            owner, end = wire[at : end + 1], end + 1
            rdtype, rdclass, ttl, size = struct.unpack_from("!HHIH", wire, end)
            raw, at = wire[end + 10 : end + 10 + size], end + 10 + size
            record = dns.rdata.from_wire(1, rdtype, raw, 0, size)
            if not self.raws:
                self.owner, self.type, self.ttl = (
                    dns.name.from_wire(owner, 0)[0],
                    rdtype,
                    ttl,
                )
                self.owner_wire = owner
                need(owner == owner.lower() and rdtype != 46, where, "is not canonical")
            is_sig = rdtype == 46
            need(
                owner == self.owner_wire
                and rdclass == 1
                and at <= len(wire)
                and (record.type_covered if is_sig else rdtype) == self.type,
                where,
                "is no RRset",
            )
            need((is_sig, raw) > last or not self.raws, where, "records are not in order")
            need(record.to_digestable() == raw, where, "RDATA is not canonical")
            ttls.add(ttl)
            last = (is_sig, raw)
            (self.sigs if is_sig else self.records).append(record)
            self.raws += [] if is_sig else [raw]
        need(self.raws, where, "is empty")
        ttls |= {sig.original_ttl for sig in self.sigs[:1]}
        need(len(ttls) == 1, where, "TTLs are not the original one")

    def __str__(self):
        return f"{self.owner} {dns.rdatatype.to_text(self.type)}"


def read_answers(bundle):
    """Replaces the indices of all answers by their sets; checks order and use."""
    dns_part, used = bundle["dns"], set()
    wires = dns_part["sets"]
    need(
        all(a < b for a, b in zip(wires, wires[1:])), "sets", "are not sorted, each once"
    )
    need(all(len(wire) < 1 << 20 for wire in wires), "sets", "one is larger than 1 MiB")
    try:
        sets = [Set(wire, f"sets[{i}]") for i, wire in enumerate(wires)]
    except (struct.error, IndexError, ValueError, dns.exception.DNSException) as error:
        raise Refused(f"sets: no wire form: {error}") from error
    for answers in [
        dns_part["answers"],
        *(x["answers"] for x in dns_part.get("again", [])),
    ]:
        for answer in answers:
            answer["owner"] = read_name(answer["name"], f"answer {answer['name']!r}")
        keys = [(answer["name"].encode(), answer["type"]) for answer in answers]
        need(
            all(a < b for a, b in zip(keys, keys[1:])),
            "answers",
            "are not sorted, or two " "answers stand for one question",
        )
        for answer in answers:
            where = f"answer {answer['name']} {answer['type']}"
            need(answer["type"] < 65536, where, "is no type")
            members = set(answer) - {"name", "type", "owner"}
            need(
                members in ({"error"}, {"rcode", "security", "why", "octets", *SECTIONS}),
                where,
                "is neither an answer nor an error",
            )
            for section in members & SECTIONS:
                indices = answer[section]
                need(
                    all(a < b for a, b in zip(indices, indices[1:]))
                    and all(i < len(sets) for i in indices),
                    where,
                    "indices are wrong",
                )
                used.update(indices)
                answer[section] = [sets[i] for i in indices]
                need(
                    len({(s.owner, s.type) for s in answer[section]}) == len(indices),
                    where,
                    "two sets of one owner and type",
                )
    need(len(used) == len(sets), "sets", "one is used by no answer")
    moments = [again["moment"] for again in dns_part.get("again", [])]
    need(moments == sorted(moments), "again", "is not in order of moment")
    moments.append(bundle["moment"])
    need(max(moments) < 1 << 40, "moment", "is no time")


def read_name(text, where):
    """The name of a text in its one presentation form."""
    try:
        name = dns.name.from_text(text, None)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise Refused(f"{where}: {error}") from error
    need(
        name.is_absolute() and name.to_text() == text == text.lower(),
        where,
        "the name is not canonical",
    )
    return name
