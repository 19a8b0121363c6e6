"""Servers, name servers and zones that no honest operator has, under `dane audit`: each run
ends in bounded time and says what it found.

    audit_hostile.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import json
import resource
import socket
import ssl
import struct
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Callable

import sslclient_behaviour_support as support
from audit_behaviour import Own, Page, main, many, scripted
from sslclient_behaviour_support import Server, context


def hangs_up_first(calls: list[socket.socket], then: Callable[[socket.socket], None],
                   by_reset: bool = False) -> Callable[[socket.socket], None]:
    """A server that goes away at its first handshake; what it does with others. All its
    connections are put into `calls`."""

    def serve(peer: socket.socket) -> None:
        calls.append(peer)
        if peer is not calls[0]:
            return then(peer)
        for reply in (b"220 mx ESMTP\r\n", b"250-mx\r\n250 STARTTLS\r\n"):
            peer.sendall(reply)
            peer.recv(4096)
        peer.sendall(b"220 go\r\n")
        peer.recv(65536)  # unread, it would make a reset of either end
        if by_reset:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return peer.close()

    return serve


class Hostile(Own):
    """Servers and zones that mean ill."""

    def test_servers(self) -> None:
        """Each is done, and says what is wrong."""
        names = [f"smtp-{habit}.secure.example" for habit in (
            "silent", "drip", "flood", "long", "garbage", "closes", "refused", "absent",
            "injected", "busy")]
        done = self.audit("--json", "--timeout", "3", "--retries", "0", *names,
                          "blackhole.mail.example", "good.mail.example", status=1)
        self.assertEqual(len(done.objects), len(names) + 2)
        for one in done.objects:
            codes = {finding["code"] for finding in one["findings"]}
            if one["input"].startswith("smtp-"):
                self.assertIn(one["grade"], ("broken", "undecided"), one)
                self.assertTrue(codes & {
                    "unreachable", "temporarily-refused", "refused", "garbage",
                    "starttls-not-offered", "starttls-refused", "starttls-injection",
                    "handshake-fails"}, one)

    def test_what_a_server_says(self) -> None:
        self.publish(f"@ MX 10 mx\nmx A {self.MX}\n_25._tcp.mx TLSA {self.tlsa('good')}\n")
        said = b"554 </script><img src=x>\x1b[31m\x07\xff\xe2\x80\xae\r\n"
        with Server(scripted(context, said), port=25, address=self.MX):
            file = self.path("page.html")
            text = self.here("--html", file, "d.own").out + self.here("d.own", "-v").out
            (one,) = self.here("--json", "d.own").objects
        self.assertIn("</script><img src=x>", json.dumps(one))
        self.assertNotIn("\x1b", text)
        page = Page(Path(file).read_text())
        self.assertEqual((page.tags["img"], page.links), (0, []))
        self.assertIn("</script><img src=x>", page.islands["domains"].replace("\\u003c", "<"))
        json.loads(page.islands["domains"])

    def test_zones(self) -> None:
        """1,000 mail hosts, loops of aliases, answers of 64 KiB."""
        rows = [f"many MX {i} h{i}" for i in range(1000)]
        rows += [f"fifty MX {i} f{i}\nf{i} A 127.62.21.{i + 1}" for i in range(50)]
        rows += [f"loop{i} CNAME loop{(i + 1) % 3}" for i in range(3)]
        rows += [f"chain{i} CNAME chain{i + 1}" for i in range(30)]
        rows += ["looped MX 10 loop0", "chained MX 10 chain0", "chain30 A 127.62.20.1"]
        rows += ["large MX 10 mx-large", f"mx-large A {self.MX}"]
        rows += [f"_25._tcp.mx-large TLSA 3 1 1 {i:064x}" for i in range(900)]
        rows += ["beyond MX 10 mx-beyond", f"mx-beyond A {self.MX}"]
        rows += [f"_25._tcp.mx-beyond TLSA 3 1 1 {i:064x}" for i in range(1300)]
        rows += ["addresses MX 10 mx-addresses"]
        rows += [f"mx-addresses A 127.62.{22 + i // 250}.{i % 250 + 1}" for i in range(1000)]
        rows += [f"_25._tcp.mx-addresses TLSA {self.tlsa('good')}"]
        rows += [f"_mta-sts.large TXT \"{'x' * 250}\" \"{i}\"" for i in range(200)]
        self.publish("\n".join(rows))
        names = ["many.d.own", "fifty.d.own", "loop0.d.own", "looped.d.own", "chain0.d.own",
                 "chained.d.own", "large.d.own", "beyond.d.own", "addresses.d.own"]
        with Server(scripted(context), port=25, address=self.MX):
            for words in ((), ("--probe", "all")):
                done = self.here("--json", "--timeout", "3", *words, *names, status=1)
                self.assertEqual(len(done.objects), len(names))
                got = {one["input"].partition(".")[0]: one for one in done.objects}
                self.assertIn("mx-too-many",
                              [finding["code"] for finding in got["many"]["findings"]])
                self.assertEqual(len(got["many"]["hosts"]), 64)
                self.assertEqual(len(got["fifty"]["hosts"]), 50)
                self.assertEqual(len(got["large"]["hosts"][0]["tlsa"]["records"]), 900)
                self.assertEqual((got["large"]["grade"], got["beyond"]["grade"]),
                                 ("broken", "broken"))
                self.assertEqual(len(got["addresses"]["hosts"][0]["addresses"]), 64)

    def test_name_servers(self) -> None:
        """Very many of them, below one that is silent."""
        rows = ["@ MX 10 mx", f"mx A {self.MX}", f"_25._tcp.mx TLSA {self.tlsa('good')}",
                "dead NS ns-dead", "ns-dead A 127.53.1.8"]
        rows += [f"@ NS ns{i}.dead" for i in range(300)]
        self.publish("\n".join(rows))
        with Server(scripted(context), port=25, address=self.MX):
            (one,) = self.here("--json", "--dns-timeout", "1", "d.own").objects
        self.assertEqual(one["grade"], "enforced", one)

    def long_chain(self, more: int) -> Callable[[], ssl.SSLContext]:
        """A server's settings with so many certificates behind a good chain."""
        certs = support.certs()
        chain = Path(self.write("chain.pem", (certs.parent / "chains/good.pem").read_text()
                                + (certs / "ca.pem").read_text() * more))

        def settings() -> ssl.SSLContext:
            tls = context()
            tls.load_cert_chain(chain, certs / "good.key")
            return tls

        return settings

    def test_large_chains(self) -> None:
        """At many addresses of a host: some are judged, the rest is said to be untried."""
        large = self.long_chain(100)
        addresses = [f"127.62.23.{i + 1}" for i in range(40)]
        self.publish(f"@ MX 10 mx\n_25._tcp.mx TLSA {self.tlsa('good')}\n"
                     + "".join(f"mx A {address}\n" for address in addresses))
        with ExitStack() as stack:
            for address in addresses:
                stack.enter_context(Server(scripted(large), port=25, address=address))
            (one,) = self.here("--json", "d.own").objects
        codes = {finding["code"] for finding in one["findings"]}
        self.assertIn("host-many-addresses", codes, one)
        self.assertEqual(one["grade"], "partial")
        (host,) = one["hosts"]
        self.assertEqual({address["access"] for address in host["addresses"]}, {"proved"})

    def test_look_ups_that_fail_at_first(self) -> None:
        """They are made again before a domain is called broken."""
        words = ("--json", "--probe", "none", "--retry-wait", "6")
        for retries, name, fails in (("0", "mx.late.example", True),
                                     ("1", "www.late.example", False)):
            (one,) = self.audit(*words, "--retries", retries, name).objects
            codes = {finding["code"] for finding in one["findings"]}
            self.assertEqual("tlsa-lookup-fails" in codes, fails, one)
            self.assertEqual(one["grade"] == "broken", fails, one)

    def test_a_handshake_that_is_lost_once(self) -> None:
        """It is made again too."""
        self.publish(f"@ MX 10 mx\nmx A {self.MX}\n_25._tcp.mx TLSA {self.tlsa('good')}\n")
        words = ("--json", "--quick", "--retries", "1", "--retry-wait", "1", "d.own")
        for by_reset in (False, True):
            calls: list[socket.socket] = []
            with Server(hangs_up_first(calls, scripted(context), by_reset), port=25,
                        address=self.MX):
                (one,) = self.here(*words).objects
            self.assertEqual((one["grade"], len(calls)), ("enforced", 2), one)

    def test_a_handshake_that_takes_its_time(self) -> None:
        """A sender may wait longer than an audit: it is no fault that is proved."""
        self.publish(f"@ MX 10 mx\nmx A {self.MX}\n_25._tcp.mx TLSA {self.tlsa('good')}\n")

        def slow() -> ssl.SSLContext:
            time.sleep(4)
            return context()

        with Server(scripted(slow), port=25, address=self.MX):
            (one,) = self.here("--json", "--timeout", "2", "d.own").objects
        self.assertEqual(one["grade"], "undecided", one)
        self.assertIn("garbage", [finding["code"] for finding in one["findings"]])

    def test_one_silent_address_with_many_names(self) -> None:
        """It is waited for a few times, and the others do not wait for it."""
        rows = ["good MX 10 mx", f"mx A {self.MX}", f"_25._tcp.mx TLSA {self.tlsa('good')}"]
        for i in range(60):
            rows += [f"bad{i} MX 10 mx{i}", f"mx{i} A 127.62.20.2",
                     f"_25._tcp.mx{i} TLSA {self.tlsa('good')}"]
        self.publish("\n".join(rows))
        names = [f"bad{i}.d.own" for i in range(60)] + ["good.d.own"]
        with Server(scripted(context), port=25, address=self.MX), \
                Server(lambda peer: time.sleep(5), port=25, address="127.62.20.2"):
            done = self.here("--json", "--timeout", "2", "-f", self.domains(names),
                             "--parallel", "10")
        grades = Counter(one["grade"] for one in done.objects)
        self.assertEqual(grades, {"undecided": 60, "enforced": 1})

    def test_replies_that_come_just_in_time(self) -> None:
        rows = [f"@ MX {i} mx{i}\nmx{i} A {self.MX}\n"
                f"_25._tcp.mx{i} TLSA {self.tlsa('good')}" for i in range(64)]
        self.publish("\n".join(rows))

        def drip(peer: socket.socket) -> None:
            for _ in range(100):
                time.sleep(1.5)
                peer.sendall(b"220-mx\r\n")

        with Server(drip, port=25, address=self.MX):
            (one,) = self.here("--json", "--timeout", "2", "d.own").objects
        self.assertEqual(one["grade"], "undecided")

    def test_an_address_that_is_slow_under_many_names(self) -> None:
        """It is good, and each reply comes in time: after a while it is left alone."""
        rows = [f"@ MX {i} mx{i}\nmx{i} A {self.MX}\n"
                f"_25._tcp.mx{i} TLSA {self.tlsa('good')}" for i in range(64)]
        self.publish("\n".join(rows))
        calls = []

        def answer(peer: socket.socket, replies: tuple[bytes, ...]) -> None:
            for reply in replies:
                time.sleep(1.2)
                peer.sendall(reply)
                if not reply.startswith(b"220 go"):
                    peer.recv(4096)

        def serve(peer: socket.socket) -> None:
            calls.append(peer)
            answer(peer, (b"220 mx ESMTP\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"220 go\r\n"))
            with context().wrap_socket(peer, server_side=True) as secure:
                answer(secure, (b"250 mx\r\n", b"221 bye\r\n"))

        with Server(serve, port=25, address=self.MX):
            (one,) = self.here("--json", "--timeout", "2", "--retries", "0", "--per-address",
                               "16", "--per-network", "16", "d.own").objects
        self.assertEqual(one["grade"], "partial")
        self.assertIn("host-slow", [finding["code"] for finding in one["findings"]])
        self.assertLess(len(calls), 42)  # 32 come in two rounds of six seconds

    def test_a_retry_at_an_address_that_has_gone_silent(self) -> None:
        """A handshake that was lost once is no fault that is proved."""
        self.publish("\n".join(
            f"{name} MX 10 mx-{name}\nmx-{name} A {self.MX}\n"
            f"_25._tcp.mx-{name} TLSA {self.tlsa('good')}" for name in ("a", "b")))
        silent = hangs_up_first([], lambda peer: time.sleep(5))
        with Server(silent, port=25, address=self.MX):
            done = self.here("--json", "--timeout", "2", "--retries", "1", "--retry-wait", "6",
                             "a.d.own", "b.d.own")
        self.assertEqual([one["grade"] for one in done.objects], ["undecided"] * 2)
        codes = Counter(finding["code"] for one in done.objects for finding in one["findings"])
        self.assertEqual((codes["handshake-fails"], codes["host-slow"], codes["garbage"]),
                         (1, 1, 1), codes)

    def test_starttls_that_is_not_always_there(self) -> None:
        self.publish(f"@ MX 10 mx\nmx A {self.MX}\n_25._tcp.mx TLSA {self.tlsa('good')}\n")
        good, calls = scripted(context), []

        def serve(peer: socket.socket) -> None:
            calls.append(peer)
            if len(calls) == 1:
                return good(peer)
            peer.sendall(b"220 mx ESMTP\r\n")
            peer.recv(4096)
            return peer.sendall(b"250 mx\r\n")

        with Server(serve, port=25, address=self.MX):
            (one,) = self.here("--json", "d.own").objects
        found = {finding["code"]: finding["detail"] for finding in one["findings"]}
        self.assertIn("starttls-not-offered", found)
        self.assertIn("on another connection", found["starttls-not-offered"])
        self.assertEqual(one["grade"], "partial")

    def test_certificates_that_take_turns(self) -> None:
        """It is not the server name that makes the difference."""
        self.publish(f"@ MX 10 mx\nmx A {self.MX}\n_25._tcp.mx TLSA {self.tlsa('good')}\n")
        calls = []

        def turns() -> ssl.SSLContext:
            calls.append(1)
            tls = context()
            if len(calls) % 2 == 0:
                certs = support.certs()
                tls.load_cert_chain(certs / "other.pem", certs / "other.key")
            return tls

        with Server(scripted(turns), port=25, address=self.MX):
            (one,) = self.here("--json", "--retries", "0", "d.own").objects
        codes = {finding["code"] for finding in one["findings"]}
        self.assertNotIn("name-demanded", codes)
        self.assertIn("mismatch", codes)
        self.assertEqual(one["grade"], "partial", one)

    def test_hosts_beyond_those_that_are_tried(self) -> None:
        """Neither enforced nor broken is known of them."""
        rows = []
        for i in range(65):
            rows += [f"good MX 10 g{i:02}", f"g{i:02} A {self.MX}",
                     f"_25._tcp.g{i:02} TLSA {self.tlsa('good')}",
                     f"bad MX 10 b{i:02}"]
        self.publish("\n".join(rows))
        with Server(scripted(context), port=25, address=self.MX):
            done = self.here("--json", "good.d.own", "bad.d.own", "--per-address", "50",
                             "--quick", "--rate", "1000")
        got = {one["input"]: one["grade"] for one in done.objects}
        self.assertEqual(got, {"good.d.own": "partial", "bad.d.own": "undecided"})

    def test_records_that_cost_a_search_each(self) -> None:
        """A chain whose certificates all have one name, and hundreds of foreign anchors."""
        large = self.long_chain(30)
        addresses = [f"127.62.24.{i + 1}" for i in range(16)]
        foreign = self.tlsa("other-ca", "2 0 0")
        rows = ["@ MX 10 mx", *(f"mx A {address}" for address in addresses)]
        rows += [f"_25._tcp.mx TLSA {foreign}", f"_25._tcp.mx TLSA {self.tlsa('evil-ca', '2 0 0')}"]
        rows += [f"_25._tcp.mx TLSA 2 1 1 {i:064x}" for i in range(300)]
        self.publish("\n".join(rows))
        with ExitStack() as stack:
            for address in addresses:
                stack.enter_context(Server(scripted(large), port=25, address=address))
            (one,) = self.here("--json", "d.own", "--per-network", "99").objects
        self.assertEqual(one["grade"], "broken", one)

    def test_a_reader_that_is_away(self) -> None:
        """Nobody's deadline passes because somebody does not read."""
        rows = []
        for i in range(120):
            rows += [f"d{i} MX 10 mx{i}", f"mx{i} A {self.MX}",
                     f"_25._tcp.mx{i} TLSA {self.tlsa('good')}"]
        self.publish("\n".join(rows))

        def slow() -> ssl.SSLContext:
            time.sleep(0.5)
            return context()

        file = self.domains([f"d{i}.d.own" for i in range(120)])
        with Server(scripted(slow), port=25, address=self.MX):
            running = self.start("--json", "--quick", "--retries", "0", "--timeout", "3",
                                 "--per-address", "10", "--parallel", "60", "-f", file,
                                 conf=self.internet.conf)
            time.sleep(8)
            done = self.finish(running)
        self.assertEqual(Counter(one["grade"] for one in done.objects), {"enforced": 120})

    def test_few_descriptors(self) -> None:
        """What is in flight fits what there may be."""

        def few(soft: int, hard: int) -> Callable[[], None]:
            return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

        file = self.domains(many(500))
        for soft, hard in ((64, 64), (64, 4096), (256, 256)):
            done = self.audit("--json", "--parallel", "500", "-f", file, status=1,
                              preexec_fn=few(soft, hard))
            self.assertEqual(Counter(one["grade"] for one in done.objects)["undecided"], 0,
                             (soft, hard))
            self.assertEqual(len(done.objects), 500)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
