"""Evidence of `dane connect` and sslclient, written inside the test internet and replayed
without any network.

    evidence_connect.py DANE SSLCLIENT ZONES_DIR [NAME...]

Every row of cases.tsv is run by sslclient with --evidence, and by `dane connect` as far as
that has its options. Then each bundle is replayed in a network of its own: the same verdict
must come out, good or bad. The last line is `N passed, N failed`.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import evidence_check
import evidence_support as support
import run_cases
from evidence_support import BAD_INPUT, certs, other_verdicts, replay, run, stranger
from harness import HANG_SECONDS

SSLCLIENT = ""
WWW = "www.secure.example"
AT_ONCE = 4
PROVED = ("dane", "pkix", "dane+pkix", "unauthenticated")
# Reasons by which sslclient ends before it asks anybody.
LOCAL = ("bad-trust-store", "bad-trust-anchor", "bad-unbound-conf", "bad-certificate-file",
         "no-trust-store")


def connect(bundle: Path, verdict: Path, *words: str) -> subprocess.CompletedProcess:
    """A connection with evidence, of which nothing is sent."""
    return subprocess.run(
        [support.PROGRAM, "connect", "--unbound-conf",
         str(support.DIRECTORY / "unbound.conf"), "--timeout", "3", "--evidence",
         str(bundle), f"--json={verdict}", *words], check=False, text=True,
        capture_output=True, errors="replace", stdin=subprocess.DEVNULL,
        timeout=HANG_SECONDS)


def sslclient(bundle: Path, verdict: Path, *words: str) -> subprocess.CompletedProcess:
    """A run of sslclient with evidence, with a program that says nothing."""
    return run(SSLCLIENT, "--unbound-conf", str(support.DIRECTORY / "unbound.conf"),
               "-RHl0", "-T", "3+3", "--evidence", str(bundle), f"--json={verdict}", *words,
               "true")


def words_of(case: run_cases.Case) -> list[str]:
    """The words of sslclient for a row."""
    named = {"ca": certs() / "ca.pem", "certs": certs(), "dir": support.DIRECTORY}
    out = [word.format(**named) for word in case.arguments.split()]
    return [word for word in out if not word.startswith("--json")] + [case.host, case.port]


def stores_of(words: list[str]) -> list[str]:
    """What a replay has to be told of the trust store among the words."""
    for option in ("-a", "-A", "--ca"):
        if option in words:
            return ["--ca", words[words.index(option) + 1]]
    return []


def is_usual(bundle: Path) -> bool:
    """Whether all that was demanded is what the DNS says of a name."""
    about = json.loads(bundle.read_text())["about"]
    demand = about["demand"]
    return ("trustStore" not in about and "serverName" not in about
            and demand["policy"] == "dane" and demand["nameCheck"] == "compare"
            and not demand["names"] and not demand["records"]
            and about["host"][-1].isalpha())


class Case(support.Case):
    """Connections and their replays."""

    def fault(self, number: int, words: list[str], program: Callable) -> str:
        """What is wrong with the replay of one connection; nothing if it is right."""
        bundle, verdict = self.folder / f"{number}.json", self.folder / f"{number}.verdict"
        told = program(bundle, verdict, *words)
        if not verdict.exists():
            return "evidence of bad input" if bundle.exists() else ""
        said = json.loads(verdict.read_text())
        if not bundle.exists():
            return "" if said["reason"] in LOCAL else f"no evidence: {said}"
        again = replay(bundle, *stores_of(words))
        if again.returncode == BAD_INPUT:
            return f"{told.stderr}\nreplayed: {again.returncode} {again.stdout}{again.stderr}"
        if (again.returncode == 0) != (said["status"] in PROVED):
            return f"{said['status']}: status {again.returncode}"
        # How much is proved stands behind the verdict.
        line = (again.stderr.removeprefix("dane: fatal: ")
                or again.stdout.split("\n\n")[0]).strip()
        if program is connect:
            return "" if line in told.stderr else f"{told.stderr} replayed: {line}"
        reason = f"({said['reason']})"
        return "" if again.returncode == 0 or line.endswith(reason) else f"no {reason}: {line}"

    def replays(self, program: Callable, rows: list[list[str]]) -> list[str]:
        """What is wrong with these."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            faults = pool.map(lambda row: self.fault(*row, program), enumerate(rows))
            out = [f"{' '.join(words)}: {fault}" for words, fault in zip(rows, faults)
                   if fault]
        return out or other_verdicts([
            (bundle, json.loads(bundle.with_suffix(".verdict").read_text()), stores_of(words))
            for number, words in enumerate(rows)
            if (bundle := self.folder / f"{number}.json").exists()])



class Replays(Case):
    """The same comes out."""

    def test_every_case_of_sslclient(self) -> None:
        rows = [words_of(case) for case in run_cases.load()]
        self.assertGreater(len(rows), 200)
        rows = support.some(rows)
        self.assertEqual(self.replays(sslclient, rows), [])
        made = sorted(self.folder.glob("*.json"))
        self.assertGreater(len(made), len(rows) - 20)
        said = stranger([one for one in made if is_usual(one)])
        self.assertEqual([line for line in said
                          if not any(f": {name}." in line for name in evidence_check.OF_DANE_ALONE)], [])

    def test_every_case_of_dane_connect(self) -> None:
        rows = evidence_check.all_words()
        self.assertGreater(len(rows), 150)
        self.assertEqual(self.replays(connect, support.some(rows)), [])

    def test_other_ways_to_ask_sslclient(self) -> None:
        pin = "3 1 1 " + "00" * 32
        self.assertEqual(self.replays(sslclient, [
            ["-4", WWW, "443"], ["-6", WWW, "443"], ["-X", WWW, "443"], ["-N", WWW, "443"],
            ["-M", "absent.secure.example", "443"], ["--sni", "other.example", WWW, "443"],
            ["--record", pin, WWW, "443"], ["--record", pin, "127.0.0.1", "1"],
            ["127.0.0.1", "1"], ["www.bücher.example", "443"], ["mail.example", "443"],
            ["-V", "0", "--ca", str(certs() / "ca.pem"), "absent.secure.example", "443"],
            ["--policy", "none", WWW, "443"], ["several.secure.example", "443"]]), [])

    def test_other_ways_to_ask_dane_connect(self) -> None:
        pin = "3 1 1 " + "00" * 32
        self.assertEqual(self.replays(connect, [
            ["-4", WWW], ["-6", WWW], ["several.secure.example"], ["--record", pin, WWW],
            ["--record", pin, "127.0.0.1", "1"], ["127.0.0.1", "1"], ["mail.example"],
            ["www.bücher.example"], [f"https://{WWW}/x"], ["absent.secure.example"],
            ["--ca", str(certs() / "ca.pem"), "absent.secure.example"],
            ["--policy", "may", "mismatch.secure.example"]]), [])


class Promises(Case):
    """What the evidence of a connection is good for, and when there is none."""

    def bundle(self, program: Callable, *words: str) -> dict:
        """What was written."""
        path = self.folder / "bundle.json"
        program(path, self.folder / "verdict", *words)
        return json.loads(path.read_text())

    def test_handshakes_are_signed(self) -> None:
        for program in (connect, sslclient):
            for host in (WWW, "mismatch.secure.example"):
                got = self.bundle(program, host, "443")
                tries = [one for connection in got["facts"]["connections"]
                         for one in connection["tries"]]
                self.assertTrue(got["peers"], host)
                self.assertTrue(any("session" in one for one in tries), host)
                self.assertFalse([one for one in tries if "chain" in one], host)

    def test_an_accusation_is_asked_for_again(self) -> None:
        for program in (connect, sslclient):
            self.bundle(program, "mismatch.secure.example", "443")
            self.assert_asked_again(self.folder / "bundle.json")
            self.assertNotIn("again", self.bundle(program, WWW, "443")["dns"])

    def test_what_is_changed_is_found(self) -> None:
        good = self.bundle(sslclient, WWW, "443")

        def demand(value: dict) -> dict:
            return value["about"]["demand"]

        for change, why in (
                (lambda value: demand(value).update(policy="may"), "another one"),
                (lambda value: demand(value).update(policy="x"), "cannot be read"),
                (lambda value: demand(value).update(nameCheck="x"), "cannot be read"),
                (lambda value: demand(value).update(names=["a b"]), "cannot be read"),
                (lambda value: demand(value).update(records=["3 1 1 00"]), "."),
                (lambda value: demand(value).update(more=1), "not in its one form"),
                (lambda value: demand(value).pop("service"), "of another type"),
                (lambda value: value["about"].update(more=1), "not in its one form"),
                (lambda value: value["about"].update(addresses="x"), "not in its one form"),
                (lambda value: value["about"].update(sendName="x"), "not in its one form"),
                (lambda value: value["about"].update(host="mail.example"), "no answer to"),
                (lambda value: value["about"].update(port=25), "."),
                (lambda value: value["about"].update(serverName="other.example"),
                 "with another server name"),
                (lambda value: value["about"].update(trustStore="x"), "trustStore is no hash"),
                (lambda value: value["verdict"].update(status="rejected"), "another one"),
                (lambda value: value["facts"].update(connections=[]), "nobody's")):
            value = json.loads(json.dumps(good))
            change(value)
            bad = self.folder / "bad.json"
            bad.write_text(json.dumps(value, sort_keys=True, ensure_ascii=False,
                                      separators=(",", ":")) + "\n")
            again = replay(bad)
            with self.subTest(why=why):
                self.assertEqual((again.returncode, again.stdout), (BAD_INPUT, ""))
                self.assertRegex(again.stderr, why)

    def test_a_trust_store_is_the_same(self) -> None:
        store = str(certs() / "ca.pem")
        path = self.folder / "bundle.json"
        sslclient(path, self.folder / "verdict", "-a", store, "absent.secure.example", "443")
        self.assertEqual(replay(path, "--ca", store).returncode, 0)
        for words, why in (((), "it was judged with a trust store: --ca"),
                           (("--ca", str(certs() / "other-ca.pem")), "another trust store"),
                           (("--ca", str(certs() / "none.pem")), "unable to load")):
            again = replay(path, *words)
            self.assertEqual((again.returncode, again.stdout), (BAD_INPUT, ""), why)
            self.assertIn(why, again.stderr)

    def test_a_file_that_cannot_be_written_is_a_failure_before_anything(self) -> None:
        nowhere = self.folder / "nothing" / "x.json"
        for program, status in ((connect, BAD_INPUT), (sslclient, 111)):
            out = program(nowhere, self.folder / "verdict", WWW, "443")
            self.assertEqual((out.returncode, out.stdout), (status, ""))
            self.assertIn(str(nowhere), out.stderr)

    def test_a_folder_gets_a_file_of_its_own(self) -> None:
        for program in (connect, sslclient):
            folder = self.folder / program.__name__
            program(f"{folder}/", self.folder / "verdict", WWW, "443")
            self.assertEqual([one.name for one in folder.iterdir()], [f"{WWW}_443.json"])

    def test_sslclient_writes_before_the_program_runs(self) -> None:
        path = self.folder / "bundle.json"
        out = run(SSLCLIENT, "--unbound-conf", str(support.DIRECTORY / "unbound.conf"),
                  "-RHl0", "--evidence", str(path), WWW, "443", "cat", str(path))
        self.assertEqual(json.loads(out.stdout)["verdict"]["status"], "dane")

    def test_delayed_tls_leaves_none(self) -> None:
        path = self.folder / "bundle.json"
        out = sslclient(path, self.folder / "verdict", "-y", WWW, "443")
        self.assertEqual(out.returncode, 100)
        self.assertIn("not -y", out.stderr)
        self.assertFalse(path.exists())


if __name__ == "__main__":
    sys.exit(support.main(sys.modules[__name__], sys.argv, "SSLCLIENT"))
