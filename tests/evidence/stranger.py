#!/usr/bin/python3
"""A stranger's reader of evidence bundles: it believes records and signatures, never words.

    stranger.py [--anchor FILE] [--at TIME] [--witness CA.pem] BUNDLE...

It follows docs/evidence-format.md, docs/audit.md and the RFCs, and has no code in common with
the programs that write bundles, so that what both find is more than one program's opinion. It
starts from the root's keys (IANA's, or DS and DNSKEY lines of FILE), validates every DNS
answer at the bundle's moment (or TIME, in seconds since 1970), checks the servers'
signatures over the handshakes, matches keys against TLSA records and derives the verdict
anew. What nothing in the bundle can prove, such as a server's silence, it takes from the
verdict and says `claimed`. Exit 0: all agrees; 1: a line `FILE: what: why` per failure.

stranger_form.py is the file's form, stranger_dns.py and stranger_denial.py DNSSEC,
stranger_tls.py handshakes, stranger_tlsa.py TLSA records, stranger_audit.py what follows from
them; here is the order of all that, and where a bundle stands in its run.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile

import dns.exception
import dns.rdatatype

from stranger_anchors import read_anchors
from stranger_audit import Verdicts, name_from
from stranger_dns import Validator, stamp
from stranger_form import Refused, are_indices, canonical, need, octets, read_answers, read_json
from stranger_tls import Fault, read_handshake


class Reader(Verdicts):
    """One bundle: `lines` to be said and `failures`, in order."""

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
        except (Refused, RecursionError, OSError, dns.exception.DNSException) as error:
            self.failures.append(str(error))

    def check_dns(self):
        """Judges every answer and compares it with its claim."""
        part, self.validator = self.bundle["dns"], None
        for group in [{**part, "moment": self.bundle["moment"]}, *part.get("again", [])]:
            answers = list(group["answers"])
            asked = {(answer["owner"], answer["type"]) for answer in answers}
            more = [x for x in part["answers"] if (x["owner"], x["type"]) not in asked]
            moment = group["moment"] if self.options.at is None else self.options.at
            validator = Validator(answers + more, read_anchors(self.options.anchor, moment),
                                  moment)
            self.validator = self.validator or validator
            for answer in answers:
                question = answer["owner"], answer["type"]
                result, before = (x.question(*question) for x in (validator, self.validator))
                where = f"{answer['name']} {dns.rdatatype.to_text(answer['type'])}"
                if sorted(map(str, result.records)) != sorted(map(str, before.records)):
                    self.fail(where, "asked again, it had another answer")
                if result.security == "bogus":
                    self.lines.append(f"{where}: bogus, as whoever takes a signature away can "
                                      f"make it: {result.why}")
                # A failed look-up has no words for what validation would have said of it.
                claim = answer.get("security", "failed")
                if result.security != claim and (result.security != "failed"
                                                 or claim == "secure"):
                    self.fail(where, f"claimed {claim}, is {result.security}: {result.why}")

    def check_peers(self):
        """Checks every handshake; keeps by host and address what the usual one showed."""
        answers = self.bundle["dns"]["answers"]
        need(len({peer["previous"] for peer in self.bundle["peers"]}) < 2, "peers",
             "are of different runs")
        heard = [tuple(peer["messages"]) for peer in self.bundle["peers"]]
        need(len(set(heard)) == len(heard), "peers", "a handshake that was shown for another peer")
        for peer in self.bundle["peers"]:
            where = f"{peer['host']} {peer['address']}"
            need(peer["port"] < 65536 and len(peer["serverName"]) < 256, where, "is no peer")
            need(are_indices(peer["answers"], len(answers)), where, "indices are wrong")
            try:
                shown = read_handshake(peer, answers)
            except Fault as fault:
                self.fail(where, str(fault))
                continue
            shown.peer = peer
            self.lines.append(f"{where}: {shown.tls}, {peer['how']}: binds {shown.binds}"
                              f"{', SHA-1' if shown.sha1 else ''}")
            if peer["how"] == "usual":
                self.shown[name_from(peer["host"]), peer["port"], peer["address"]] = shown

    def check_run(self, value):
        """Checks the inclusion proof and the stamps; whether a witness saw it."""
        run = self.bundle.get("run")
        if run is None:
            return False
        head, size, *hashes, end = run["checkpoint"].split("\n") + [""] * 3
        need((head, len(run["checkpoint"].split("\n")), end) == ("ucspi-dane evidence v1", 5, "")
             and size.isdigit() and str(int(size)) == size, "checkpoint", "is none")
        root, before = (octets(x, "checkpoint", 32) for x in hashes[:2])
        alone = {name: part for name, part in value.items() if name != "run"}
        leaf = hashlib.sha256(canonical(alone)).digest()
        if inclusion_root(leaf, run["index"], int(size), run["path"]) != root:
            self.fail("run", "the path does not lead from the bundle to the checkpoint's root")
        if any(peer["previous"] != before for peer in self.bundle["peers"]):
            self.fail("run", "a handshake names another run before than the checkpoint")
        self.lines.append(f"run: bundle {run['index']} of {size}")
        imprint = hashlib.sha256(run["checkpoint"].encode()).digest()
        return any([self.is_witnessed(token, imprint) for token in run["stamps"]])

    def is_witnessed(self, token, imprint):
        """Whether a stamp is over the checkpoint, and by the witness if one is known."""
        # MessageImprint (RFC 3161 2.4.1): SHA-256 with or without its NULL, and the hash.
        oid, last = bytes.fromhex("0609608648016503040201"), b"\4\x20" + imprint
        if oid + last not in token and oid + b"\5\0" + last not in token:
            self.fail("run", "a stamp is not over the checkpoint")
        elif self.options.witness is None:
            self.lines.append("run: a stamp, whose signature nobody checked (--witness)")
        else:
            with tempfile.NamedTemporaryFile() as file:
                file.write(token)
                file.flush()
                done = subprocess.run(
                    ["openssl", "ts", "-verify", "-digest", imprint.hex(), "-in", file.name,
                     "-token_in", "-CAfile", self.options.witness],
                    capture_output=True, check=False)
            if done.returncode == 0:
                return True
            # One whose path leads to no root of the witness's is somebody else's.
            if b"unable to get local issuer certificate" in done.stderr:
                self.lines.append("run: a stamp by somebody else than the witness")
            else:
                self.fail("run", "a stamp of the witness is not right")
        return False

    def say_strength(self, witnessed):
        """The window of the signatures, the weakest of them, and what they prove together."""
        links = self.validator.links
        needed = [link for link in links if link.what != ". SOA"]
        if needed:
            last = max(link.begin for link in needed)
            first = min(needed, key=lambda link: link.end)
            self.lines.append(f"window: {stamp(last)} to {stamp(first.end)}, narrowest "
                              f"{first.what}; records not before "
                              f"{stamp(max(link.begin for link in links))}")
            if last > first.end:
                self.lines.append("window: the signatures never stood together")
        bits = [x.bits for x in [*links, *self.leaned] if x.bits]
        said = f"least RSA key {min(bits)} bits" if bits else "no RSA key"
        self.lines.append(f"strength: {said}")
        if any(x.sha1 for x in [*links, *self.leaned]):
            self.lines.append("strength: SHA-1 was used, and can be forged")
        level = "P0" if not self.leaned or self.failures else "P2" if witnessed else "P1"
        self.lines.append(f"level: {level}")


def inclusion_root(leaf, index, size, path):
    """The root to which a path leads (RFC 9162 2.1.3.2); None if it has a wrong length."""
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
    parser = argparse.ArgumentParser(description="reads bundles of evidence as a stranger")
    parser.add_argument("--anchor", metavar="FILE", help="the root's DS or DNSKEY records")
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
