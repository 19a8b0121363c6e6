#!/usr/bin/python3
"""A stranger's reader of evidence bundles: it believes records and signatures, never
words.

    stranger.py [--anchor FILE] [--at TIME] [--witness CA.pem] BUNDLE...

It was written from docs/evidence-format.md alone and has no code in common with the
programs that write bundles, so that what both find is more than one program's opinion. It
starts from the root's keys (IANA's, or DS and DNSKEY lines of FILE), validates every DNS
answer at the bundle's moment (or TIME, in seconds since 1970), checks the servers'
signatures over the handshakes, matches keys against TLSA records and derives the verdict
anew. What nothing in the bundle proves it calls a claim. Exit 0: all agrees; 1: a line
`FILE: what: why` per failure.

stranger_form.py is the file's form, stranger_dns.py and stranger_denial.py DNSSEC,
stranger_tls.py handshakes, stranger_tlsa.py TLSA records; here is what follows from them,
and where a bundle stands in its run.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile

import dns.exception
import dns.name
import dns.rdatatype

from stranger_anchors import read_anchors
from stranger_dns import A, AAAA, MX, RANK, SOA, TLSA, Validator, stamp
from stranger_form import Refused, canonical, need, octets, read_answers, read_json
from stranger_tls import Fault, read_handshake
from stranger_tlsa import prove

REACHED, NO_ANSWER = ("proved", "encrypted", "open"), ("bogus", "failed", "indeterminate")


def plain(name):
    """A name as the verdict has it: without the final dot."""
    return name.to_text().rstrip(".")


def name_from(text):
    """The name of a text with or without its final dot."""
    try:
        return dns.name.from_text(text)
    except (dns.exception.DNSException, ValueError) as error:
        raise Refused(f"verdict: {text!r} is no name") from error


class Reader:
    """One bundle: `lines` to be said and `failures`, in order."""

    def __init__(self, options):
        self.options, self.lines, self.failures = options, [], []
        self.shown, self.leaned = {}, []

    def fail(self, what, why):
        """Notes a failure."""
        self.failures.append(f"{what}: {why}")

    def read(self, path):
        """Checks everything that the parts of a bundle let be checked."""
        try:
            with open(path, "rb") as file:
                value, self.bundle = read_json(file.read((1 << 24) + 1))
            read_answers(self.bundle)
            self.check_dns()
            self.check_peers()
            self.check_verdict()
            self.say_strength(self.check_run(value))
        except (Refused, RecursionError, OSError) as error:
            self.failures.append(str(error))

    def check_dns(self):
        """Judges every answer and compares it with its claim."""
        part, self.validator = self.bundle["dns"], None
        groups = [(self.bundle["moment"], part["answers"], [])]
        groups += [
            (again["moment"], again["answers"], part["answers"])
            for again in part.get("again", [])
        ]
        for moment, answers, more in groups:
            moment = moment if self.options.at is None else self.options.at
            known = {(answer["owner"], answer["type"]) for answer in answers}
            support = [x for x in more if (x["owner"], x["type"]) not in known]
            anchors = read_anchors(self.options.anchor, moment)
            validator = Validator(answers + support, anchors, moment)
            self.validator = self.validator or validator
            for answer in answers:
                result = validator.question(answer["owner"], answer["type"])
                claim = answer.get("security", "failed")
                before = self.validator.question(answer["owner"], answer["type"])
                if sorted(map(str, result.records)) != sorted(map(str, before.records)):
                    self.fail(answer["name"], "asked again, it had another answer")
                if result.security != claim and (result.security, claim) != (
                    "failed",
                    "bogus",
                ):
                    self.fail(
                        f"{answer['name']} {dns.rdatatype.to_text(answer['type'])}",
                        f"claimed {claim}, is {result.security}: {result.why}",
                    )

    def check_peers(self):
        """Checks every handshake; keeps by host and address what the usual one showed."""
        answers = self.bundle["dns"]["answers"]
        need(len(self.bundle["peers"]) <= 1024, "peers", "are more than 1024")
        for peer in self.bundle["peers"]:
            where = f"{peer['host']} {peer['address']}"
            need(
                peer["port"] < 65536 and len(peer["serverName"]) < 256,
                where,
                "is no peer",
            )
            need(
                peer["answers"] == sorted(set(peer["answers"]))
                and len(peer["answers"]) <= 1024
                and all(i < len(answers) for i in peer["answers"]),
                where,
                "indices are wrong",
            )
            try:
                shown = read_handshake(peer, answers)
            except Fault as fault:
                self.fail(where, str(fault))
                continue
            shown.peer = peer
            self.lines.append(
                f"{where}: {shown.tls}, {peer['how']}: binds {shown.binds}"
                f"{', SHA-1' if shown.sha1 else ''}"
            )
            if peer["how"] == "usual":
                self.shown[name_from(peer["host"]), peer["port"], peer["address"]] = shown

    # TLSA records, addresses and hosts.

    def ask(self, name, rdtype):
        """The result of a question that the verdict stands on: it must have been
        asked."""
        if (name, rdtype) not in self.validator.answers:
            self.fail("verdict", f"missing: {name} {dns.rdatatype.to_text(rdtype)}")
        return self.validator.question(name, rdtype)

    def find_host(self, host, port, families=(A, AAAA)):
        """State, base domain, TLSA records and addresses of a host (RFC 7672 2.2)."""
        v4, v6 = (self.ask(host, families[0]), self.ask(host, families[-1]))
        lead = max((v4, v6), key=lambda x: (bool(x.records), RANK.index(x.security)))
        addresses = list(
            dict.fromkeys(
                r.address
                for x in (v6, v4)
                if x.security not in NO_ANSWER
                for r in x.records
            )
        )
        if not addresses:
            worst = min((v4, v6), key=lambda x: RANK.index(x.security)).security
            return (worst if worst in NO_ANSWER else "no-address"), None, [], []
        bases = [host] if lead.own == "secure" else []
        if lead.security == "secure" and lead.final != host:
            bases.insert(0, lead.final)
        state = "insecure-address"
        for base in bases:
            owner = dns.name.from_text(f"_{port}._tcp", base)
            found = self.ask(owner, TLSA)
            if found.security in NO_ANSWER:
                return found.security, base, [], addresses
            state = "absent" if found.security == "secure" else "insecure"
            if found.security == "secure" and found.records:
                return "present", base, found.records, addresses
        return state, None, [], addresses

    def access_to(self, host, port, address, found, names, claim):
        """What a sender that enforces DANE gets to at an address, by what was shown; only
        what cannot be shown, such as a server without STARTTLS, is taken from the
        claim."""
        state, base, records, _ = found
        where = f"{plain(host)} {address}"
        shown = self.shown.get((host, port, address))
        if shown is None:
            self.lines.append(f"{where}: not shown, claimed {claim}")
            if state == "present" and claim in ("proved", "encrypted", "open"):
                return "unknown"
            return claim if claim in ("refused", "open") else "unknown"
        if state != "present":
            self.lines.append(f"{where}: no TLSA record counts ({state})")
            return "open"
        self.check_binding(where, shown, base, port)
        word, why = prove(records, shown, [plain(base), *names], self.validator.moment)
        self.lines.append(f"{where}: {'not proved' if word != 'proved' else word}: {why}")
        return {"unusable": "encrypted"}.get(word, word)

    def check_binding(self, where, shown, base, port):
        """Whether a handshake was meant for these records: same name, records known
        before."""
        peer, answers = shown.peer, self.bundle["dns"]["answers"]
        if peer["serverName"] != plain(base):
            self.fail(
                where,
                f"the server name is {peer['serverName']!r}, the TLSA records are of "
                f"{plain(base)}",
            )
        owner = dns.name.from_text(f"_{port}._tcp", base)
        if not any(
            (answers[i]["owner"], answers[i]["type"]) == (owner, TLSA)
            for i in peer["answers"]
        ):
            self.fail(
                where, f"{owner} TLSA is not among the answers known before the handshake"
            )
        self.leaned.append(shown)

    # Verdicts.

    def check_verdict(self):
        """Derives what the command said, and compares."""
        about, verdict = self.bundle["about"], self.bundle["verdict"]
        command = about.get("command")
        need(
            command in ("audit", "check", "connect", "deliver"),
            "about",
            "an unknown command",
        )
        try:
            if command == "audit":
                self.check_audit(about, verdict)
            elif command in ("check", "connect"):
                self.check_peers_of(about, verdict)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise Refused(f"verdict: not as docs/json.md has it: {error!r}") from error

    def check_audit(self, about, verdict):
        """The grade of a domain."""
        domain = name_from(verdict["domain"])
        need(
            about.get("domain", verdict["input"]) == verdict["input"],
            "about",
            "another domain than the verdict's",
        )
        derived = self.grade(domain, verdict)
        self.lines.append(f"{plain(domain)}: {derived}, claimed {verdict['grade']}")
        if derived != verdict["grade"]:
            self.fail(plain(domain), f"claimed {verdict['grade']}, is {derived}")

    def grade(self, domain, verdict):
        """The grade that follows from the records and from what was shown."""
        mx = self.ask(domain, MX)
        if mx.security in NO_ANSWER:
            return "broken" if mx.security == "bogus" else "undecided"
        if mx.kind == "nxdomain":
            return "not-deployed"
        order = sorted((r.preference, r.exchange) for r in mx.records)
        hosts = [host for _, host in order if host != dns.name.root] or [domain]
        if mx.records and order[-1][1] == dns.name.root:
            return "not-deployed"
        claims = {name_from(claim["name"]): claim for claim in verdict["hosts"]}
        for host in sorted(set(claims) - set(hosts)):
            self.fail(plain(host), "no MX record leads there")
        port = self.bundle["about"].get("port", 25)
        ways = [
            self.way(
                host, port, plain(domain) if mx.security == "secure" else None, claims
            )
            for host in dict.fromkeys(hosts)
        ]
        if not mx.records and ways[0][2] == "no-address":
            return "not-deployed"
        if not any(access in REACHED for access, *_ in ways):
            refused = any(access == "refused" for access, *_ in ways)
            return "broken" if refused and all(way[3] for way in ways) else "undecided"
        if all(way[2] not in ("present", *NO_ANSWER) for way in ways):
            return "not-deployed"
        has_error = any(x["severity"] == "error" for x in verdict["findings"])
        proved = all(way[1] and way[3] for way in ways)
        return (
            "enforced"
            if proved and mx.security == "secure" and not has_error
            else "partial"
        )

    def way(self, host, port, domain, claims):
        """Access to a host, whether each address is proved, its TLSA state, whether all
        of its addresses were tried."""
        found = self.find_host(host, port)
        state, _, _, addresses = found
        claim = claims.get(host, {})
        self.lines.append(f"{plain(host)}: TLSA {state}")
        tried = {x["address"]: x["access"] for x in claim.get("addresses", [])}
        names = [plain(host)] + ([domain] if domain else [])
        accesses = [
            self.access_to(
                host, port, address, found, names, tried.get(address, "unknown")
            )
            for address in addresses
        ]
        for address, access in zip(addresses, accesses):
            if tried.get(address) == "proved" and access == "refused":
                self.fail(f"{plain(host)} {address}", "claimed proved, does not match")
        all_tried = set(addresses) <= set(tried)
        if state in ("bogus", "no-address"):
            return "refused", False, state, True
        if (
            state in NO_ANSWER
        ):  # a TLSA question that fails is no absence (RFC 7672 2.1.2)
            is_seen = addresses and state != "indeterminate"
            return ("refused" if is_seen else "unknown"), False, state, True
        best = min(accesses, key=(*REACHED, "refused", "unknown").index)
        best = "unknown" if best == "refused" and not all_tried else best
        return best, all(access == "proved" for access in accesses), state, all_tried

    def check_peers_of(self, about, verdict):
        """What `dane check` and `dane connect` said of the addresses of a host."""
        host, port = name_from(verdict["host"]), verdict["port"]
        for member in ("host", "port"):
            need(
                about.get(member, verdict[member]) == verdict[member],
                "about",
                f"another {member} than the verdict's",
            )
        # A check may have been told to take one family of addresses alone.
        families = [x for x in (A, AAAA) if (host, x) in self.validator.answers] or [A]
        found = self.find_host(host, port, families)
        any_refused = any_proved = False
        self.lines.append(f"{plain(host)}:{port}: TLSA {found[0]}")
        for report in verdict.get("peers", [verdict]):
            if "address" not in report:
                continue
            where, claim = f"{plain(host)} {report['address']}", report["status"]
            need(report["address"] in found[3], where, "no address record has it")
            access = self.access_to(
                host, port, report["address"], found, [plain(host)], claim
            )
            if claim in ("dane", "dane+pkix") and access != "proved":
                self.fail(where, f"claimed {claim}, is {access}")
            if access == "proved" and report["reason"] == "mismatch":
                self.fail(where, "claimed mismatch, is proved")
            any_proved, any_refused = (
                any_proved or access == "proved",
                any_refused or access == "refused",
            )
        if (
            "peers" in verdict
            and verdict["status"] == "proved"
            and (any_refused or not any_proved)
        ):
            self.fail(plain(host), "claimed proved, is not")

    # Where the bundle stands, and how strong it is.

    def check_run(self, value):
        """Checks the inclusion proof and the stamps; the time before which a witness saw
        it."""
        run = self.bundle.get("run")
        if run is None:
            return None
        lines = run["checkpoint"].split("\n")
        need(
            len(lines) == 5
            and lines[0] == "ucspi-dane evidence v1"
            and lines[4] == ""
            and lines[1].isdigit()
            and str(int(lines[1])) == lines[1],
            "checkpoint",
            "is none",
        )
        size, root, before = int(lines[1]), *(
            octets(x, "checkpoint", 32) for x in lines[2:4]
        )
        leaf = hashlib.sha256(
            canonical({k: v for k, v in value.items() if k != "run"})
        ).digest()
        if inclusion_root(leaf, run["index"], size, run["path"]) != root:
            self.fail(
                "run", "the path does not lead from the bundle to the checkpoint's root"
            )
        if any(peer["previous"] != before for peer in self.bundle["peers"]):
            self.fail("run", "a handshake names another run before than the checkpoint")
        self.lines.append(f"run: bundle {run['index']} of {size}")
        return self.check_stamps(
            hashlib.sha256(run["checkpoint"].encode()).digest(), run["stamps"]
        )

    def check_stamps(self, imprint, stamps):
        """Whether the tokens are over the checkpoint; and by whom, if a witness is
        known."""
        witnessed = None
        for token in stamps:
            # MessageImprint (RFC 3161 2.4.1): SHA-256 with or without its NULL, and the
            # hash.
            oid, octet_string = (
                bytes.fromhex("0609608648016503040201"),
                b"\4\x20" + imprint,
            )
            if (
                oid + octet_string not in token
                and oid + b"\5\0" + octet_string not in token
            ):
                self.fail("run", "a stamp is not over the checkpoint")
            elif self.options.witness is None:
                self.lines.append(
                    "run: a stamp, whose signature nobody checked (--witness)"
                )
            else:
                with tempfile.NamedTemporaryFile() as file:
                    file.write(token)
                    file.flush()
                    done = subprocess.run(
                        [
                            "openssl",
                            "ts",
                            "-verify",
                            "-digest",
                            imprint.hex(),
                            "-in",
                            file.name,
                            "-token_in",
                            "-CAfile",
                            self.options.witness,
                        ],
                        capture_output=True,
                        check=False,
                    )
                if done.returncode:
                    self.fail("run", "a stamp is not the witness's")
                witnessed = witnessed or not done.returncode
        return witnessed

    def say_strength(self, witnessed):
        """The window of the signatures, the weakest of them, and what they prove
        together."""
        links = self.validator.links
        needed = [
            link for link in links if link.what != f". {dns.rdatatype.to_text(SOA)}"
        ]
        if needed:
            last, first = max(link.begin for link in needed), min(
                needed, key=lambda x: x.end
            )
            self.lines.append(
                f"window: {stamp(last)} to {stamp(first.end)}, narrowest {first.what}; "
                f"records not before {stamp(max(link.begin for link in links))}"
            )
            if last > first.end:
                self.lines.append("window: the signatures never stood together")
        bits = [x.bits for x in [*links, *self.leaned] if x.bits]
        self.lines.append(
            f"strength: least RSA key {min(bits)} bits"
            if bits
            else "strength: no RSA key"
        )
        if any(x.sha1 for x in [*links, *self.leaned]):
            self.lines.append("strength: SHA-1 was used, and can be forged")
        level = "P0" if not self.leaned or self.failures else "P2" if witnessed else "P1"
        self.lines.append(f"level: {level}")


def inclusion_root(leaf, index, size, path):
    """The root to which a path leads (RFC 9162 2.1.3.2); None if it has a wrong
    length."""
    node, last, path = hashlib.sha256(b"\0" + leaf).digest(), size - 1, list(path)
    if index > last:
        return None
    while last:
        if index & 1 or index < last:
            if not path:
                return None
            left, right = (path.pop(0), node) if index & 1 else (node, path.pop(0))
            node = hashlib.sha256(b"\1" + left + right).digest()
        index, last = index >> 1, last >> 1
    return None if path else node


def main():
    """Reads the bundles; returns the exit status."""
    parser = argparse.ArgumentParser(
        description="reads bundles of evidence as a stranger"
    )
    parser.add_argument(
        "--anchor", metavar="FILE", help="the root's DS or DNSKEY records"
    )
    parser.add_argument("--at", metavar="TIME", type=int, help="seconds since 1970")
    parser.add_argument("--witness", metavar="CA.pem", help="whose time stamps count")
    parser.add_argument("bundle", nargs="+")
    options = parser.parse_args()
    failed = False
    for path in options.bundle:
        reader = Reader(options)
        reader.read(path)
        for line in reader.lines:
            print(f"{path}: {line}")
        for line in reader.failures:
            print(f"{path}: {line}", file=sys.stderr)
        failed = failed or bool(reader.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
