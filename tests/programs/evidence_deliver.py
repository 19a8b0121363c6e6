"""Evidence of qmail-remote, written inside the test internet and replayed without any network.

    evidence_deliver.py DANE QMAIL_REMOTE ZONES_DIR [NAME...]

Every row of qmail_remote_cases.tsv is delivered with control/evidence. The report must be the
one that it is without, and each bundle must come to the same verdict in a network of its own,
with the words that stand in the report. The last line is `N passed, N failed`.
"""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import evidence_support as support
import qmail_remote_cases as deliveries
from evidence_support import BAD_INPUT, certs, replay, stranger

QMAIL_REMOTE = ""
AT_ONCE = 4


class Case(support.Case):
    """Homes of qmail with a folder for bundles."""

    def deliver(self, case: deliveries.Case, kept: str = "kept") -> deliveries.Result:
        """A delivery with evidence."""
        control = " ;; ".join(filter(None, (case.control, f"evidence={kept}")))
        return deliveries.run(replace(case, control=control), QMAIL_REMOTE,
                              support.DIRECTORY, self.folder)

    def bundles(self, case: deliveries.Case) -> list[Path]:
        """What it left."""
        return sorted((self.folder / case.name / "kept").glob("*"))


def stores_of(case: deliveries.Case, bundle: dict) -> list[str]:
    """What a replay has to be told of the trust store."""
    if not any("trustStore" in one for one in bundle["about"]["tries"]):
        return []
    other = re.search(r"\{other-ca\}|\{other-ca-pem\}", case.control)
    return ["--ca", str(certs() / ("other-ca.pem" if other else "ca.pem"))]


def only(name: str) -> deliveries.Case:
    """A row."""
    return next(case for case in deliveries.load() if case.name == name)


class Replays(Case):
    """The same comes out."""

    def fault(self, case: deliveries.Case) -> str:
        """What is wrong with the evidence of one delivery; nothing if it is right."""
        out = self.deliver(case)
        if out.fault:
            return out.fault
        found = self.bundles(case)
        if not found:
            # The mail itself, or a control file, was at fault, and nobody was asked.
            at_fault = re.search(r"\(#(5\.3\.5|4\.3\.\d|5\.6\.\d|5\.1\.3)\)", out.report)
            return "" if at_fault else f"none: {out.report}"
        bundle = json.loads(found[0].read_text())
        again = replay(found[0], *stores_of(case, bundle))
        if again.returncode == BAD_INPUT or len(found) != 1:
            return f"{again.stderr} {out.report}"
        if (state := bundle["facts"]["report"]["state"]) not in out.report:
            return f"{state}, and {out.report}"
        tries = bundle["verdict"]["tries"]
        if state == "K" and (again.returncode != 0 or tries[-1]["proof"] not in out.report):
            return f"{again.stdout}: {out.report}"
        for one in tries:
            is_named = "proof" in one or f"({one['peer']['reason']})" in out.report
            if state == "Z" and not is_named:
                return f"{one['peer']['reason']} is not in {out.report}"
            if one.get("proof", one["peer"]["reason"]) not in again.stdout:
                return f"{again.stdout}: {one}"
        return ""

    def test_every_case(self) -> None:
        rows = [case for case in deliveries.load()
                if "exim" not in case.host + case.control]
        self.assertGreater(len(rows), 60)
        rows = support.some(rows)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            faults = dict(zip([case.name for case in rows], pool.map(self.fault, rows)))
        self.assertEqual({name: fault for name, fault in faults.items() if fault}, {})
        made = sorted(self.folder.glob("*/kept/*"))
        self.assertGreater(len(made), 60 // support.PART)
        self.assertEqual(stranger(made), [])


class Promises(Case):
    """What comes first is the mail."""

    def test_a_name_says_when_where_to_and_who(self) -> None:
        case = only("mail-dane")
        self.deliver(case)
        self.assertRegex(self.bundles(case)[0].name,
                         rf"^\d{{8}}T\d{{6}}Z\.{case.host}\.\d+\.json$")

    def test_handshakes_are_signed(self) -> None:
        for name in ("mail-dane", "mail-mismatch"):
            case = only(name)
            self.deliver(case)
            got = json.loads(self.bundles(case)[0].read_text())
            self.assertTrue(got["peers"], name)

    def test_an_accusation_is_asked_for_again(self) -> None:
        for name in ("mail-mismatch", "mail-dane"):
            self.deliver(only(name))
        self.assert_asked_again(self.bundles(only("mail-mismatch"))[0])
        good = json.loads(self.bundles(only("mail-dane"))[0].read_text())
        self.assertNotIn("again", good["dns"])

    def test_each_host_may_have_a_trust_store_of_its_own(self) -> None:
        case = replace(only("mail-dane"), host="two-opportunistic.mail.example",
                       expect="^r<0>K & ^Trusted", control=" ;; ".join((
                           "tlshosts/absent.mail.example.pem={other-ca-pem}",
                           "tlshosts/insecure.plain.example.pem={ca-pem}")))
        out = self.deliver(case)
        self.assertEqual(out.fault, "", out.report)
        bundle = self.bundles(case)[0]
        stores = {one["trustStore"] for one in json.loads(bundle.read_text())["about"]["tries"]}
        self.assertEqual(len(stores), 2)
        words = [["--ca", certs() / f"{name}.pem"] for name in ("ca", "other-ca")]
        self.assertEqual(replay(bundle, *words[0], *words[1]).returncode, 0)
        for some in words:
            again = replay(bundle, *some)
            self.assertEqual((again.returncode, again.stdout), (BAD_INPUT, ""))
            self.assertIn("another trust store", again.stderr)

    def test_a_folder_that_cannot_be_written_is_a_line_of_the_report(self) -> None:
        case = only("mail-dane")
        out = self.deliver(case, "/proc/nothing")
        self.assertEqual(out.fault, "")
        self.assertIn("K127", out.report)
        self.assertRegex(out.report, r"Evidence not kept: .*/proc/nothing")

    def test_what_is_changed_is_found(self) -> None:
        case = only("mail-dane")
        self.deliver(case)
        text = self.bundles(case)[0].read_text()

        def first(value: dict) -> dict:
            return value["about"]["tries"][0]

        for change, why in (
                (lambda value: first(value)["demand"].update(policy="may"), "."),
                (lambda value: first(value).update(host="other.example"), "no host that"),
                (lambda value: first(value).update(scope="x"), "cannot be read"),
                (lambda value: first(value).update(more=1), "not in its one form"),
                (lambda value: first(value).update(trustStore="x"), "cannot be read"),
                (lambda value: first(value).update(port=24), "."),
                (lambda value: value["about"].update(domain="mail.example"), "."),
                (lambda value: value["about"].update(relay={"host": "192.0.2.1"}), "."),
                (lambda value: value["about"].update(tries=[]), "connections that nobody"),
                (lambda value: value["facts"].pop("report"), "of another type"),
                (lambda value: value["verdict"]["tries"][0].update(proof="Plain"),
                 "another one")):
            value = json.loads(text)
            change(value)
            bad = self.folder / "bad.json"
            bad.write_text(json.dumps(value, sort_keys=True, ensure_ascii=False,
                                      separators=(",", ":")) + "\n")
            again = replay(bad)
            with self.subTest(why=why):
                self.assertEqual((again.returncode, again.stdout), (BAD_INPUT, ""))
                self.assertRegex(again.stderr, why)


if __name__ == "__main__":
    sys.exit(support.main(sys.modules[__name__], sys.argv, "QMAIL_REMOTE"))
