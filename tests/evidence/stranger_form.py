"""The form of a bundle: canonical JSON, its members, and RRsets in canonical wire form.

Two readers that take a file differently can be made to see two bundles in it. So whatever
is not exactly as docs/evidence-format.md has it refuses the whole file. A name that stands
twice, octets behind the end, white space: none of it survives being written again.
"""

import base64
import functools
import json
import re
import struct

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype

SECTIONS = ("answer", "authority")
MOST_OCTETS, MOST_SET, MOST_DEPTH = 1 << 24, 1 << 20, 32


class Refused(Exception):
    """The bundle is none, or costs too much: nothing of it counts."""


def need(condition, where, why):
    """Refuses the bundle unless the condition holds."""
    if not condition:
        raise Refused(f"{where}: {why}")


def integer(text):
    """A number that every reader holds exactly."""
    need(re.fullmatch("-?[0-9]{1,16}", text) and abs(int(text)) < 1 << 53, "json",
         f"{text[:20]} is no integer below 2^53")
    return int(text)


def canonical(value):
    """The octets of RFC 8785: names in the order of their UTF-16 code units."""

    def ordered(part, depth):
        need(depth > 0 or not isinstance(part, (dict, list)), "json", "nested too deeply")
        if isinstance(part, dict):
            names = sorted(part, key=lambda name: name.encode("utf-16-be"))
            return {name: ordered(part[name], depth - 1) for name in names}
        return [ordered(x, depth - 1) for x in part] if isinstance(part, list) else part

    text = json.dumps(ordered(value, MOST_DEPTH), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def octets(value, where, size=None):
    """What a text of base64 stands for, if it is the one that an encoder writes."""
    try:
        out = base64.b64decode(shape(value, str, where), validate=True)
    except ValueError:
        out = b"\0"
    need(base64.b64encode(out).decode() == value, where, "is no canonical base64")
    need(size in (None, len(out)), where, f"has not {size} octets")
    return out


hash_form = functools.partial(octets, size=32)
INDICES = [int, 4096]
ANSWERS = [{"name": str, "type": int, "rcode?": int, "security?": str, "why?": str,
            "octets?": int, "answer?": INDICES, "authority?": INDICES,
            "error?": {"code": str, "detail": str, "kind": int}}, 1024]
PEER = {"address": str, "port": int, "host": str, "how": str, "serverName": str,
        "moment": int, "blind": hash_form, "answers": INDICES, "previous": hash_form,
        "messages": [octets, 16]}
BUNDLE = {
    "mediaType": str, "maker": str, "rules": int, "about": dict, "moment": int,
    "dns": {"skew": {"least": int, "most": int}, "sets": [octets, 4096], "answers": ANSWERS,
            "again?": [{"moment": int, "answers": ANSWERS}, 16]},
    "peers": [PEER, 256], "facts": lambda value, where: value, "verdict": dict,
    "run?": {"checkpoint": str, "index": int, "path": [hash_form, 64], "stamps": [octets, 16]},
}


def shape(value, form, where):
    """The value if it has this form: a type, [form, how many], {member: form} or a decoder;
    names of members that may be absent end in a question mark."""
    if isinstance(form, dict):
        shape(value, dict, where)
        forms = {name.rstrip("?"): kind for name, kind in form.items()}
        unknown = ", ".join(sorted(set(value) - set(forms)))
        need(not unknown, where, f"unknown member {unknown}")
        lacking = ", ".join(sorted(x for x in form if x[-1] != "?" and x not in value))
        need(not lacking, where, f"lacks {lacking}")
        return {name: shape(value[name], forms[name], f"{where}.{name}") for name in value}
    if isinstance(form, list):
        need(len(shape(value, list, where)) <= form[1], where, f"has more than {form[1]}")
        return [shape(x, form[0], f"{where}[{i}]") for i, x in enumerate(value)]
    if isinstance(form, type):
        need(type(value) is form, where, f"is no {form.__name__}")
        need(form is not int or value >= 0, where, "is no integer from 0 on")
        return value
    return form(value, where)


def read_json(raw):
    """The JSON of a bundle, and its members decoded."""
    need(len(raw) <= MOST_OCTETS, "file", "is larger than 16 MiB")
    try:
        value = json.loads(raw.decode(), parse_int=integer, parse_float=integer,
                           parse_constant=integer)
        need(canonical(value) + b"\n" == raw, "json",
             "is not canonical (RFC 8785), with one line feed behind it")
    except (ValueError, RecursionError) as error:
        raise Refused(f"json: {error}") from error
    bundle = shape(value, BUNDLE, "bundle")
    need(bundle["mediaType"] == "application/vnd.ucspi-dane.evidence.v1+json"
         and bundle["rules"] == 1, "mediaType", "is not that of version 1, with its rules")
    # A bundle that chose its own skew could make old signatures count for ever.
    need(bundle["dns"]["skew"] == {"least": 3600, "most": 86400}, "skew", "is another")
    return value, bundle


class Set:
    """The records of one owner and type, with their signatures, in canonical form."""

    def __init__(self, wire, where):
        self.wire, self.raws, self.records, self.sigs, at = wire, [], [], [], 0
        ttls, order = set(), []
        while at < len(wire):
            end = at
            while wire[end]:
                need(wire[end] < 64, where, "an owner name is compressed")
                end += 1 + wire[end]
            owner, end = wire[at : end + 1], end + 1
            rdtype, rdclass, ttl, size = struct.unpack_from("!HHIH", wire, end)
            raw, at = wire[end + 10 : end + 10 + size], end + 10 + size
            record, is_sig = dns.rdata.from_wire(1, rdtype, raw, 0, size), rdtype == 46
            if not order:
                self.owner_wire, self.type = owner, rdtype
                self.owner = dns.name.from_wire(owner, 0)[0]
            need(owner == self.owner_wire == owner.lower() and rdclass == 1 and len(raw) == size
                 and (record.type_covered if is_sig else rdtype) == self.type,
                 where, "is no RRset, or not canonical")
            need(record.to_digestable() == raw, where, "RDATA is not canonical")
            ttls.add(ttl)
            order.append((is_sig, raw))
            (self.sigs if is_sig else self.records).append(record)
        self.raws = [raw for is_sig, raw in order if not is_sig]
        need(self.raws and order == sorted(set(order)), where, "records are not in order")
        need(len(ttls | {sig.original_ttl for sig in self.sigs[:1]}) == 1, where,
             "TTLs are not the original one")

    def __str__(self):
        return f"{self.owner} {dns.rdatatype.to_text(self.type)}"


def are_indices(indices, size):
    """Whether numbers ascend and are below a size."""
    return indices == sorted(set(indices)) and all(i < size for i in indices)


def read_answers(bundle):
    """Replaces the indices of all answers by their sets; checks order and use."""
    part, again, used = bundle["dns"], bundle["dns"].get("again", []), set()
    wires = part["sets"]
    need(wires == sorted(set(wires)), "sets", "are not sorted, each once")
    need(all(len(wire) < MOST_SET for wire in wires), "sets", "one is larger than 1 MiB")
    try:
        sets = [Set(wire, f"sets[{i}]") for i, wire in enumerate(wires)]
    except (struct.error, IndexError, ValueError, dns.exception.DNSException) as error:
        raise Refused(f"sets: no wire form: {error}") from error
    for answers in [part["answers"], *(x["answers"] for x in again)]:
        for answer in answers:
            answer["owner"] = read_name(answer["name"], f"answer {answer['name']}")
        keys = [(answer["name"].encode(), answer["type"]) for answer in answers]
        need(keys == sorted(set(keys)), "answers",
             "are not sorted, or two answers stand for one question")
        for answer in answers:
            where = f"answer {answer['name']} {answer['type']}"
            members = set(answer) - {"name", "type", "owner"}
            need(answer["type"] < 65536, where, "is no type")
            need(members in ({"error"}, {"rcode", "security", "why", "octets", *SECTIONS}),
                 where, "is neither an answer nor an error")
            for section in members.intersection(SECTIONS):
                indices = answer[section]
                need(are_indices(indices, len(sets)), where, "indices are wrong")
                used.update(indices)
                answer[section] = [sets[i] for i in indices]
                need(len({(s.owner, s.type) for s in answer[section]}) == len(indices), where,
                     "two sets of one owner and type")
    need(len(used) == len(sets), "sets", "one is used by no answer")
    moments = [x["moment"] for x in again]
    need(moments == sorted(moments) and part.get("again") != [], "again", "is empty, or not in order of moment")
    need(all(0 < x < 2**32 - 1 for x in [*moments, bundle["moment"]]), "moment",
         "signatures have no such time")


def read_name(text, where):
    """The name of a text in its one presentation form."""
    try:
        name = dns.name.from_text(text, None)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise Refused(f"{where}: {error}") from error
    need(name.is_absolute() and name.to_text() == text == text.lower(), where,
         "the name is not canonical")
    return name
