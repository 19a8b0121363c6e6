"""Evidence of `dane check`, written inside the test internet and replayed without any network.

    evidence_check.py DANE ZONES_DIR [NAME...]

Every host and port of cases.tsv is checked with --evidence, by the options of its row as far
as `dane check` has them. Then each bundle is replayed in a network of its own: exit status and
standard output must be the same, but for what it says of the proof. The last line is
`N passed, N failed`.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import evidence_support as support
import run_cases
from evidence_support import BAD_INPUT, certs, other_verdicts, replay, run

AT_ONCE = 4
# What the reader knows nothing of: common names, key usage, and how much work a chain may be.
OF_DANE_ALONE = ("cn-only", "encipher-both", "hundred")
FINDINGS = 1
# Options of sslclient that are those of dane check, by how many values they have.
SAME = {"--starttls": 1, "--policy": 1, "--name": 1, "--dane-ee-names": 0}


def check(bundle: Path, *words: str) -> subprocess.CompletedProcess:
    """A check with evidence."""
    return run(support.PROGRAM, "check", "--unbound-conf", str(support.DIRECTORY / "unbound.conf"),
               "--timeout", "3", "--evidence", str(bundle), *words)


def words_of(case: run_cases.Case) -> list[str] | None:
    """The words of `dane check` for a row; nothing if it has an option that is none there."""
    out = []
    words = iter(case.arguments.split())
    for word in words:
        if word == "-T":
            next(words)
        elif word == "-a":
            out += ["--ca", next(words).format(certs=certs(), ca=certs() / "ca.pem",
                                               dir=support.DIRECTORY)]
        elif word in SAME:
            out += [word, *(next(words) for _ in range(SAME[word]))]
        else:
            return None
    return [*out, case.host, case.port]


def all_words() -> list[list[str]]:
    """What is checked, each once."""
    found = {tuple(words): words for case in run_cases.load()
             if (words := words_of(case))}
    return list(found.values())


def store_of(words: list[str]) -> list[str]:
    """The trust store among the words."""
    return words[words.index("--ca"):][:2] if "--ca" in words else []


def is_usual(bundle: Path) -> bool:
    """Whether all that was demanded is what the DNS says of a name."""
    about = json.loads(bundle.read_text())["about"]
    other = ("--record", "--name", "--policy", "--dane-ee-names")
    return ("trustStore" not in about and about["host"][-1].isalpha()
            and not any(option.startswith(other) for option in about["options"]))


class Case(support.Case):
    """Checks and their replays."""

    def fault(self, number: int, words: list[str]) -> str:
        """What is wrong with the replay of one check; nothing if it is right."""
        bundle = self.folder / f"{number}.json"
        told = check(bundle, *words)
        if told.returncode == BAD_INPUT:
            return "" if not bundle.exists() else "evidence of bad input"
        again = replay(bundle, *store_of(words))
        # Below the same text it says how much of that is proved.
        strength = again.stdout.removeprefix(told.stdout)
        if again.returncode != told.returncode or not again.stdout.startswith(told.stdout) or (
                told.stdout and not strength.startswith("\n  Proof    ")):
            return (f"{told.returncode} {told.stdout}{told.stderr}\nreplayed: "
                    f"{again.returncode} {again.stdout}{again.stderr}")
        if again.stderr != told.stderr:
            return f"{told.stderr} replayed: {again.stderr}"
        return ""

    def replays(self, *rows: list[str]) -> list[str]:
        """What is wrong with these."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            faults = pool.map(self.fault, range(len(rows)), rows)
            out = [f"{' '.join(words)}: {fault}" for words, fault in zip(rows, faults)
                   if fault]
        return out or other_verdicts([
            (bundle, json.loads(bundle.read_text())["verdict"], store_of(words))
            for number, words in enumerate(rows)
            if (bundle := self.folder / f"{number}.json").exists()])


class Replays(Case):
    """The same comes out."""

    def test_every_case(self) -> None:
        rows = all_words()
        self.assertGreater(len(rows), 150)
        self.assertEqual(self.replays(*support.some(rows)), [])
        made = sorted(self.folder.glob("*.json"))
        self.assertGreater(len(made), 100 // support.PART)
        said = support.stranger([one for one in made if is_usual(one)])
        self.assertEqual([line for line in said
                          if not any(f": {name}." in line for name in OF_DANE_ALONE)], [])

    def test_other_ways_to_ask(self) -> None:
        pin = "3 1 1 " + "00" * 32
        self.assertEqual(self.replays(
            ["--first", "www.secure.example"], ["--first", "several.secure.example"],
            ["--all-addresses", "several.secure.example"], ["-v", "u211.secure.example"],
            ["-4", "www.secure.example"], ["-6", "www.secure.example"],
            ["--first", "absent.secure.example"], ["--first", "mismatch.secure.example"],
            ["--record", pin, "www.secure.example"], ["--record", pin, "127.0.0.1", "1"],
            ["127.0.0.1", "1"], ["mail.example"], ["www.bücher.example"],
            ["https://www.secure.example/x"], ["--policy", "dane-only", "www.secure.example:443"],
            ["--srv", "imaps", "svc-good.secure.example"],
            ["--srv", "imaps", "svc-half.secure.example"],
            ["--srv", "imaps", "svc-many.secure.example"],
            ["--srv", "imaps", "svc.plain.example"],
            ["--srv", "pop3s", "svc-good.secure.example"],
            ["--srv", "imaps", "--ca", str(certs() / "ca.pem"), "svc.plain.example"]), [])

    def test_handshakes_are_signed(self) -> None:
        for words in (["www.secure.example"], ["--first", "www.secure.example"],
                      ["mx1.mail.example", "25"]):
            bundle = self.folder / "bundle.json"
            check(bundle, *words)
            got = json.loads(bundle.read_text())
            tries = [one for connection in got["facts"]["connections"]
                     for one in connection["tries"]]
            if any("session" in one for one in tries):
                self.assertTrue(got["peers"], words)
                self.assertFalse([one for one in tries if "chain" in one], words)


    def test_what_is_bogus_is_not_called_signed(self) -> None:
        bundle = self.folder / "bundle.json"
        check(bundle, "www.expired.example")
        said = replay(bundle)
        self.assertEqual(said.returncode, 3, said.stderr)
        self.assertRegex(" ".join(said.stdout.split()),
                         r"P0: the DNS records were signed; but \d+ answers? (was|were) bogus")
        self.assertRegex(" ".join(replay("--explain", bundle).stdout.split()),
                         r"But \d+ answers? (was|were) bogus or did not come: that is the word")

    def test_an_accusation_is_asked_for_again(self) -> None:
        bundle = self.folder / "bundle.json"
        for words in (["mismatch.secure.example"], ["--first", "mismatch.secure.example"]):
            self.assertEqual(check(bundle, *words).returncode, FINDINGS)
            self.assert_asked_again(bundle)
        check(bundle, "www.secure.example")
        self.assertNotIn("again", json.loads(bundle.read_text())["dns"])


class Tampered(Case):
    """What was changed is found, and why."""

    def good(self, *words: str) -> Path:
        """A bundle that holds."""
        bundle = self.folder / "good.json"
        self.assertEqual(check(bundle, *words).returncode, 0)
        self.assertEqual(replay(bundle, *store_of(list(words))).returncode, 0)
        return bundle

    def refused(self, bundle: Path, change: Callable[[dict], None], why: str) -> None:
        """A changed copy fails with this reason."""
        value = json.loads(bundle.read_text())
        change(value)
        bad = self.folder / "bad.json"
        bad.write_text(json.dumps(value, sort_keys=True, ensure_ascii=False,
                                  separators=(",", ":")) + "\n")
        again = replay(bad)
        self.assertEqual((again.returncode, again.stdout), (BAD_INPUT, ""), why)
        self.assertRegex(again.stderr, why)

    def test_what_is_changed_is_found(self) -> None:
        bundle = self.good("www.secure.example")

        def connection(value: dict) -> dict:
            return value["facts"]["connections"][0]

        def first(value: dict) -> dict:
            return connection(value)["tries"][0]

        def flip(octets: str) -> str:
            raw = bytearray(base64.b64decode(octets))
            raw[-1] ^= 1
            return base64.b64encode(raw).decode()

        def message(value: dict) -> None:
            messages = value["peers"][0]["messages"]
            messages[-1] = flip(messages[-1])

        def chain(value: dict) -> None:
            messages = value["peers"][0]["messages"]
            at = next(i for i, one in enumerate(messages) if base64.b64decode(one)[0] == 11)
            messages[at] = flip(messages[at])

        def chain_as_fact(value: dict) -> None:
            first(value)["chain"] = {"certificates": [base64.b64encode(b"x").decode()]}

        def no_tls(value: dict) -> None:
            del first(value)["session"], first(value)["handshake"]
            value["peers"] = []

        for change, why in (
                (lambda value: value["verdict"].update(status="not-proved"),
                 "the verdict that follows from it is another one"),
                (lambda value: value["verdict"]["peers"][0].update(address="192.0.2.1"),
                 "the verdict that follows from it is another one"),
                (lambda value: first(value)["session"].update(protocol="TLSv1.2"),
                 "facts: another version of TLS than was spoken"),
                (lambda value: first(value)["session"].update(cipher="other"),
                 "facts: another cipher suite than was agreed on"),
                (lambda value: first(value)["session"].update(group="X448"),
                 "facts: another group than was agreed on"),
                (lambda value: first(value).update(error={"code": "handshake", "detail": "x",
                                                          "kind": 2}),
                 "the verdict that follows from it is another one"),
                (lambda value: connection(value).update(address="192.0.2.1"),
                 "facts: a handshake with somebody else"),
                (lambda value: value["peers"][0].update(address="192.0.2.1"),
                 "facts: a handshake with somebody else"),
                (lambda value: (connection(value).update(address="192.0.2.1"),
                                value["peers"][0].update(address="192.0.2.1")),
                 "the addresses that were asked are not those of"),
                (lambda value: connection(value).update(host="other.example"),
                 "facts: a handshake with somebody else"),
                (lambda value: first(value).update(more=1), "facts: not in their one form"),
                (lambda value: first(value).pop("progress"), "a member of another type, or none"),
                (lambda value: value["facts"].update(connections=[]),
                 "facts: a handshake that is nobody's"),
                (lambda value: (value["facts"].update(connections=[]), value.update(peers=[])),
                 "nothing was written down of a connection"),
                (lambda value: value["facts"]["connections"].append(
                    {**connection(value), "tries": [
                        {"progress": "connected", "milliseconds": 1, "error": {
                            "code": "timeout", "detail": "x", "kind": 2}}]}),
                 "connections that nobody would have made"),
                (lambda value: connection(value)["tries"].append(
                    {"progress": "connected", "milliseconds": 1, "error": {
                        "code": "timeout", "detail": "x", "kind": 2}}),
                 "more connections than there would have been"),
                (message, "signature"), (chain, "."),
                (chain_as_fact, "facts: not in their one form"),
                (no_tls, "ended well without TLS"),
                (lambda value: value["peers"][0].update(moment=value["moment"] - 9),
                 "not held for this bundle"),
                (lambda value: value["about"].update(options=["--ca=/etc/passwd"]),
                 "about: options that are not for a replay"),
                (lambda value: value["about"].update(options=["--evidence=/tmp/x"]),
                 "about: options that are not for a replay"),
                (lambda value: value["about"].update(options=["--pol=may"]),
                 "about: options that are not for a replay"),
                (lambda value: value["about"].update(options=["--policy=nonsense"]), "about: "),
                (lambda value: value["about"].update(
                    options=["--name=no.example", "--dane-ee-names"]), "about: |another"),
                (lambda value: value["about"].update(more=1), "about: not in its one form"),
                (lambda value: value["about"].update(command="deliver"), "about: "),
                (lambda value: value["about"].update(command="x"), "not replayed"),
                (lambda value: value["about"].update(host="mail.example"), "no answer to")):
            with self.subTest(why=why):
                self.refused(bundle, change, why)

    def test_a_trust_store_is_the_same(self) -> None:
        store = str(certs() / "ca.pem")
        bundle = self.good("--ca", store, "absent.secure.example")
        for words, why in (((), "it was judged with a trust store: --ca"),
                           (("--ca", str(certs() / "other-ca.pem")), "another trust store"),
                           (("--ca", str(certs() / "none.pem")), "unable to load")):
            again = replay(bundle, *words)
            self.assertEqual((again.returncode, again.stdout), (BAD_INPUT, ""), why)
            self.assertIn(why, again.stderr)

    def test_another_moment_is_another_judgement(self) -> None:
        bundle = self.good("u211.secure.example")
        again = replay(bundle, "--at", "2001-01-01")
        self.assertEqual(again.returncode, BAD_INPUT)


if __name__ == "__main__":
    sys.exit(support.main(sys.modules[__name__], sys.argv))
