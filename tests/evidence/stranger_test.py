#!/usr/bin/python3
"""The stranger's reader accepts the good bundles and refuses each attack for its own
reason: stranger.py reads the evidence, stranger_verdict.py what it comes to as well.

The bundles come from make_bundle.py, which shares no line with the reader.
"""

import contextlib
import hashlib
import io
import pathlib
import sys
import tempfile
import time
import types
import unittest
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

import make_bundle
import stranger
import stranger_verdict
from good_bundles import GOOD, Bundle, make_world
from hostile_bundles import spoilt
from made_tls import Server
from signed_world import DAY, MOMENT, name, number, wire_set
from stranger_tls import spki

# Of processor time: a trap that works costs hours, a fair bundle a fraction of a second.
MOST_SECONDS = 60
MOST_LINES = 500  # so that whoever doubts reads it
# Attacks on the verdict: their records and handshakes are right.
OF_THE_VERDICT = """address-look-up-fails broken-as-enforced dane-as-mismatch
domain-as-bad-input enforced-as-broken handshake-of-a-stranger hidden-address
mail-host-kept-back mail-host-kept-back-for-a-later-one mail-host-of-another
mismatch-as-dane mismatch-that-nobody-showed most-hosts-as-all not-shown-as-enforced
old-records-accuse other-access-to-the-host partial-as-enforced
records-after-the-handshake untried-address verdict-of-another-domain""".split()


class Stranger(unittest.TestCase):
    """Bundles that are made once, each read by itself."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.world = make_bundle.main(cls.folder)
        rows = (cls.folder / "expected.tsv").read_text().splitlines()
        cls.rows = [row.split("\t") for row in rows]

    def read(self, label, part=stranger_verdict.Verdict, **more):
        """The reader, or its first part, after it has read a bundle."""
        options = types.SimpleNamespace(
            **{"anchor": self.folder / "anchor.ds", "at": None, "witness": None, **more}
        )
        reader = part(options)
        reader.read(self.folder / f"{label}.json")
        return reader

    def test_good_bundles_agree(self):
        for label, kind, _ in self.rows:
            for part in (stranger.Evidence, stranger_verdict.Verdict):
                with self.subTest(label, part=part):
                    if kind == "good":
                        self.assertEqual(self.read(label, part).failures, [])

    def test_evidence_is_judged_without_a_verdict(self):
        """What only the verdict says wrong is good evidence; all else is refused without it."""
        good = []
        for label, kind, words in self.rows:
            if kind == "bad":
                failures = self.read(label, stranger.Evidence).failures
                if not failures:
                    good.append(label)
                    continue
                with self.subTest(label):
                    self.assertTrue(any(words in x for x in failures), failures)
        self.assertEqual(sorted(good), sorted(OF_THE_VERDICT))

    def test_the_reader_of_evidence_is_short(self):
        path = pathlib.Path(stranger.__file__)
        self.assertLessEqual(len(path.read_text().splitlines()), MOST_LINES)

    def test_each_attack_fails_for_its_own_reason(self):
        for label, kind, words in self.rows:
            if kind == "bad":
                with self.subTest(label):
                    begin = time.process_time()
                    failures = self.read(label).failures
                    self.assertTrue(
                        any(words in line for line in failures),
                        f"{words!r} is not in {failures}",
                    )
                    self.assertLess(time.process_time() - begin, MOST_SECONDS)

    def test_another_time_ends_the_signatures(self):
        self.assertEqual(self.read("positive", at=MOMENT + DAY).failures, [])
        failures = self.read("positive", at=MOMENT + 40 * DAY).failures
        self.assertTrue(any("labels counts from" in line for line in failures), failures)

    def test_a_retired_root_key_vouches_for_nothing_after_its_end(self):
        text = (self.folder / "anchor.ds").read_text().split("DS ", 1)[1].strip()
        for end, is_good in (("99991231", True), ("20260922", True), ("20260921", False)):
            with self.subTest(end), mock.patch.object(
                stranger, "ROOT_KEYS", f"\n20100715 {end} {text}"
            ):
                self.assertEqual(
                    self.read("positive", anchor=None).failures == [], is_good
                )

    def test_the_anchor_may_be_a_key(self):
        world = make_world()
        path = self.folder / "anchor.key"
        path.write_text(
            f". IN DNSKEY {world.zones[name('.')].keys[0].dnskey.to_text()}\n"
        )
        bundle = Bundle(world, GOOD["positive"])
        (self.folder / "by-key.json").write_bytes(bundle.octets())
        self.assertEqual(self.read("by-key", anchor=path).failures, [])

    def test_strength_is_told(self):
        lines = "\n".join(self.read("rsa-tls13").lines)
        self.assertIn("least RSA key 2048 bits", lines)
        self.assertIn("level: P1", lines)
        self.assertIn("binds key, chain, name and version", lines)
        self.assertIn("mail.rsa.test 192.0.2.3: proved", lines)
        lines = "\n".join(self.read("tls12").lines)
        self.assertIn("binds the key alone", lines)
        self.assertIn("level: P0", "\n".join(self.read("positive").lines))
        alone = "\n".join(self.read("rsa-tls13", stranger.Evidence).lines)
        self.assertIn("level: P1", alone)
        self.assertNotIn("proved", alone)

    def judged(self, label, alter, *questions):
        """The failures of evidence that was altered."""
        bundle = Bundle(self.world, questions)
        alter(bundle)
        (self.folder / f"{label}.json").write_bytes(bundle.octets())
        return self.read(label, stranger.Evidence).failures

    def test_what_a_dname_makes_answers_who_asks_for_the_alias(self):
        """No bundle of ours has the question: libunbound wants to know of a DS record there."""
        question = ("mail.old.alias.example.", "CNAME")
        self.assertEqual(self.judged("made", lambda _: None, question), [])

        def other(bundle):
            target = name("mx2.good.example.").to_digestable()
            at = bundle.at(*question)
            at["answer"][1] = wire_set(name(question[0]), number("CNAME"), [target])

        failures = self.judged("other", other, question)
        self.assertIn("is not what the DNAME makes", failures[0])

        def unsigned(bundle):
            del bundle.at(*question)["answer"][0]

        failures = self.judged("unsigned", unsigned, question, *GOOD["dname"])
        self.assertIn("no signature in a signed zone", failures[0])

    def test_on_the_way_to_a_zone_denials_alone_count(self):
        """As libunbound has it: what stands beside them is for who has asked."""
        def spoilt_soa(bundle):
            at = bundle.at("plain.example.", "DS")
            soa, nsec = at["authority"]
            at.update(security="bogus", authority=[spoilt(soa), nsec])

        def spoilt_nsec(bundle):
            at = bundle.at("plain.example.", "DS")
            soa, nsec = at["authority"]
            at.update(security="bogus", authority=[soa, spoilt(nsec)])

        question = ("plain.example.", "MX")
        self.assertEqual(self.judged("soa", spoilt_soa, question), [])
        failures = self.judged("nsec", spoilt_nsec, question)
        self.assertIn("plain.example. MX: claimed insecure, is bogus", failures[0])

    def test_a_signed_alias_below_a_dname_is_made_all_the_same(self):
        """Knot signs it; what counts is the DNAME."""
        owner, question = name("no.old.alias.example."), ("no.old.alias.example.", "A")

        def signed(to):
            def alter(bundle):
                zone = self.world.zones[name("alias.example.")]
                at = bundle.at(*question)
                wire = zone.set(owner, number("CNAME"), [name(to).to_digestable()])
                at["answer"][1] = wire

            return self.judged("signed", alter, question)

        self.assertEqual(signed("no.good.example."), [])
        self.assertIn("is not what the DNAME makes", signed("mail.good.example.")[0])

    def test_who_lacks_ed448_is_told_of(self):
        words = "no DS of curve.example. is of what is known"
        told = "\n".join(self.read("ed448-unknown").lines)
        self.assertIn("www.curve.example. A: insecure, as anybody can have made it", told)
        self.assertIn(words, told)
        self.assertNotIn(words, "\n".join(self.read("ed448").lines))

    def test_what_was_bogus_by_a_claim_is_a_claim(self):
        told = "\n".join(self.read("failed-ds").lines)
        self.assertIn("good.example. MX: bogus, as anybody can have made it: ", told)
        self.assertIn("good.example: broken, claimed broken", told)

    def test_a_change_accuses_nobody(self):
        word = "asked again, it had another answer"
        self.assertNotIn(word, "\n".join(self.read("asked-again-changed").failures))
        for grade, is_accused in (("enforced", 0), ("undecided", 0), ("partial", 1), ("broken", 1)):
            self.assertEqual(stranger_verdict.accuses({"grade": grade}), is_accused, grade)
        for status, is_accused in (("dane", False), ("rejected", True)):
            verdict = {"status": "not-proved", "peers": [{"status": status}]}
            self.assertEqual(stranger_verdict.accuses(verdict), is_accused, status)

    def test_a_delivery_that_asked_for_nothing_is_not_proved(self):
        for status, records, is_good in (
            ("dane", ["3 1 1 00"], True),
            ("pkix", [], True),
            ("dane", [], False),
            ("dane+pkix", [], False),
        ):
            reader = stranger_verdict.Verdict(None)
            peer = {"host": "mail", "reason": "ok", "status": status,
                    "dns": {"dnssec": "not-asked"}}
            about = {"domain": "x", "tries": [{"demand": {"records": records}}]}
            reader.check_delivery(about, {"domain": "x", "tries": [{"peer": peer}]})
            self.assertEqual(reader.failures == [], is_good, status)

    def test_null_mx_may_stand_twice(self):
        """RFC 7505 3 has it once; whoever publishes it twice wants no mail either."""
        targets = [types.SimpleNamespace(preference=i, exchange=name(".")) for i in (0, 10)]
        for records, grade in ((targets[:1], "not-deployed"), (targets, "not-deployed")):
            reader = stranger_verdict.Verdict(None)
            reader.ask = lambda *_, records=records: types.SimpleNamespace(
                security="secure", records=records, kind="data"
            )
            self.assertEqual(reader.grade(name("null.example."), {"hosts": []}), grade)

    def test_the_digest_of_a_ds_record_is_told(self):
        weak = "SHA-1 was used"
        self.assertIn(weak, "\n".join(self.read("sha1-digest").lines))
        self.assertNotIn(weak, "\n".join(self.read("positive").lines))

    def test_paths_of_certificates(self):
        """What dane-verify refuses, too (verify/path_rules.cpp)."""
        leaf, middle, top = (Server.new_key("ecdsa") for _ in range(3))
        short = rsa.generate_private_key(65537, 1024)

        def usage(**bits):
            names = ("digital_signature content_commitment key_encipherment data_encipherment "
                     "key_agreement key_cert_sign crl_sign encipher_only decipher_only")
            bits = {x: bits.get(x, False) for x in names.split()}
            return x509.KeyUsage(**bits), True

        def purposes(*oids):
            return x509.ExtendedKeyUsage(oids), False

        def fault(of_leaf=(), of_middle=(), of_top=(), key=leaf, how=(), how_top=(), how_leaf=(),
                  selector=0):
            make, host = Server.certificate, "mail.good.example"
            chain = [
                make(host, key, "middle", middle, False, *of_leaf, **dict(how_leaf)),
                make("middle", middle, "top", top, True, *of_middle, **dict(how)),
                make("top", top, "top", top, True, *of_top, **dict(how_top)),
            ]
            data = spki(chain[2]) if selector else chain[2]
            record = types.SimpleNamespace(
                usage=2, selector=selector, mtype=1, cert=hashlib.sha256(data).digest()
            )
            return stranger_verdict.prove([record], types.SimpleNamespace(
                chain=chain, key=None), [host], MOMENT)

        server, client = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")
        signs, issues = usage(digital_signature=True), usage(key_cert_sign=True)
        for is_good, words, how in (
            (True, "2 0 1", {}),
            (True, "2 0 1", {"of_leaf": [signs], "of_middle": [issues], "of_top": [issues]}),
            (True, "2 0 1", {"of_leaf": [purposes(client, server)], "how": {"length": 0}}),
            (True, "2 0 1", {"of_leaf": [(unknown, False)], "how_top": {"length": 1}}),
            (False, "too long", {"how_top": {"length": 0}}),
            (False, "may not be used so", {"of_middle": [signs]}),
            (False, "may not be used so", {"of_top": [signs]}),
            (False, "may not be used so", {"of_leaf": [issues]}),
            (False, "not for servers", {"of_leaf": [purposes(client)]}),
            (False, "not for servers", {"of_middle": [purposes(client)]}),
            (False, "is not known", {"of_middle": [(unknown, True)]}),
            (False, "not valid at the moment", {"how_leaf": {"day": -1}}),
            (False, "not valid at the moment", {"how_top": {"day": -1}}),
            (True, "2 1 1", {"how_top": {"day": -1}, "selector": 1}),
            (False, "no path leads", {"key": short}),
            (False, "no path leads", {"how": {"digest": hashes.SHA1()}}),
        ):
            with self.subTest(words, **how):
                result, why = fault(**how)
                self.assertEqual(result, "proved" if is_good else "refused", why)
                self.assertIn(words, why)

    def test_the_program_exits_by_what_it_found(self):
        for reader, label, status in (
            (stranger.Evidence, "positive", 0),
            (stranger.Evidence, "expired", 1),
            (stranger.Evidence, "enforced-as-broken", 0),
            (stranger_verdict.Verdict, "enforced-as-broken", 1),
        ):
            words = [
                "stranger.py",
                "--anchor",
                str(self.folder / "anchor.ds"),
                str(self.folder / f"{label}.json"),
            ]
            with mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(
                io.StringIO()
            ), contextlib.redirect_stderr(io.StringIO()) as errors:
                self.assertEqual(stranger.main(reader), status)
            self.assertEqual(bool(errors.getvalue()), bool(status))


if __name__ == "__main__":
    unittest.main()
