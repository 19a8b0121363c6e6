"""What owners see of a running sslserver: its log and limits, strangers, signals, processes in
advance; tried on the real one with clients of OpenSSL and GnuTLS, over loopback alone.

    sslserver_running.py SSLSERVER [NAME...]

As root it tries users, groups and chroot too, and goes into a network namespace of its own
where it can. The last line is `N passed, N failed`."""

import contextlib
import os
import re
import signal
import socket
import struct
import sys
import threading
import time
from pathlib import Path

import sslserver_case as shared
import sslserver_support as support
from harness import HANG_SECONDS, SOON_SECONDS
from sslserver_case import CAT, Case, EXIT_111, LOCAL, SAY, TLS_1_2
from sslserver_support import (SIX, Pair, Sslserver, Talk, ask, client_hello, connect, context,
                               openssl, plain_end, replace, talk, until, with_ipv6,
                               with_many_addresses)


class Log(Case):
    """What is written, and when."""

    def begin(self) -> list[str]:
        """The lines of every verbose start."""
        ecdsa = shared.MATERIAL.ecdsa
        return [f"cert {ecdsa.chain}", f"key {ecdsa.key}", "status: 0/40"]

    def expect_lines(self, server: Sslserver, lines: list[str]) -> None:
        """All lines of a log, without the name of the program."""
        self.assertEqual(server.lines, [f"sslserver: {line}" for line in lines])

    def test_every_line_of_a_connection(self) -> None:
        server = self.server(*SAY)
        with talk(server, source="127.0.0.4") as peer:
            self.assertEqual(peer.read_to_end(), b"started\n")
            port = peer.socket.getsockname()[1]
        server.find("sslserver: status: 0/40", 2)
        pid = server.find(r"sslserver: pid (\d+) from .*")[0][1]
        self.expect_lines(server, [
            *self.begin(), "status: 1/40", f"pid {pid} from 127.0.0.4",
            f"ok {pid} 0:127.0.0.1:{server.port} :127.0.0.4::{port}",
            f"tls {pid} accept ", f"end {pid} status 0", "status: 0/40"])

    def test_protocol_and_cipher_with_capital_v(self) -> None:
        server = self.server(*SAY, options="-V")
        ask(server)
        ask(server, context(only=TLS_1_2))
        server.statuses(2)
        lines = [line for line in server.lines if " tls " in line]
        self.assertRegex(lines[0], r"^sslserver: tls \d+ accept TLSv1\.3:TLS_AES_256_GCM_SHA384$")
        self.assertRegex(lines[1], r"^sslserver: tls \d+ accept TLSv1\.2:\S+$")
        self.assertEqual(len(server.lines), 3 + 2 * 6)

    def test_a_denied_connection(self) -> None:
        server = self.server(*SAY, options=self.rules("127.0.0.4:deny\n"))
        peer = self.connect(server, "127.0.0.4")
        self.assertEqual(plain_end(peer), b"")
        server.find("sslserver: status: 0/40", 2)
        pid = server.find(r"sslserver: pid (\d+) from .*")[0][1]
        self.expect_lines(server, [
            *self.begin(), "status: 1/40", f"pid {pid} from 127.0.0.4",
            f"deny {pid} 0:127.0.0.1:{server.port} :127.0.0.4::{peer.getsockname()[1]}",
            f"end {pid} status 25600", "status: 0/40"])

    def test_a_failed_handshake(self) -> None:
        server = self.server(*SAY)
        peer = self.connect(server)
        peer.sendall(b"GET / HTTP/1.0\r\n\r\n")
        plain_end(peer)
        server.find("sslserver: status: 0/40", 2)
        pid = server.find(r"sslserver: pid (\d+) from .*")[0][1]
        reason = server.find(rf"sslserver: (warning: dropping connection {pid} from "
                             r"127\.0\.0\.1: .+)")[0][1]
        self.expect_lines(server, [
            *self.begin(), "status: 1/40", f"pid {pid} from 127.0.0.1",
            f"ok {pid} 0:127.0.0.1:{server.port} :127.0.0.1::{peer.getsockname()[1]}",
            reason, f"end {pid} status 28416", "status: 0/40"])

    def test_names_in_it(self) -> None:
        server = self.server(*SAY, base="-1vR", options=self.names() + " -l here.example")
        peer = self.talk(server, source="127.0.0.5")
        peer.read_to_end()
        server.find(rf"sslserver: ok \d+ here\.example:127\.0\.0\.1:{server.port} "
                    rf"good\.example:127\.0\.0\.5::{peer.socket.getsockname()[1]}")

    @with_ipv6
    def test_addresses_of_ipv6(self) -> None:
        for host, source in (("::1", "::1"), (":0", "::1"), (":0", LOCAL)):
            server = self.server(*SAY, host=host)
            peer = self.talk(server, source=source)
            peer.read_to_end()
            server.find(f"sslserver: pid \\d+ from {re.escape(source)}")
            server.find(rf"sslserver: ok \d+ 0:{re.escape(source)}:{server.port} "
                        rf":{re.escape(source)}::{peer.socket.getsockname()[1]}")

    def test_errors_alone_by_default(self) -> None:
        for base in ("-1RHl0", "-1vQRHl0"):
            server = self.server(*SAY, base=base)
            self.expect_alive(server)
            with connect(server) as peer:
                peer.sendall(b"nonsense\r\n")
                plain_end(peer)
            server.find(r"sslserver: warning: dropping connection \d+ from 127\.0\.0\.1: .+")
            self.expect_alive(server)
            self.assertEqual(len(server.lines), 1, server.log)

    def test_quiet(self) -> None:
        server = self.server(*SAY, base="-1qRHl0", settings={"MAXCONIP": "1"})
        with connect(server) as peer, connect(server) as second:
            self.assertEqual(plain_end(second), b"")
            peer.sendall(b"nonsense\r\n")
            plain_end(peer)
        until(lambda: not support.children(server.pid)[1:], "the end of all talkers")
        self.expect_alive(server)
        self.assertEqual(server.log, "")

    def test_files_of_client_certificates(self) -> None:
        root = str(shared.MATERIAL.root.file)
        server = self.server(*SAY, options="-i", settings={"CCAFILE": root, "CAFILE": root})
        self.assertIn(f"sslserver: ccafile {root}", server.lines)
        self.assertIn(f"sslserver: cafile {root}", server.lines)

    def test_connections_at_once(self) -> None:
        server = self.server(*CAT, options="-c 30")
        peers = [self.talk(server) for _ in range(20)]
        for number, peer in enumerate(peers):
            self.assertEqual(peer.say(b"%d" % number), b"%d" % number)
        self.assertEqual(server.statuses(20), [0] * 20)
        server.find("sslserver: status: 0/30", 2)
        for number in range(1, 21):
            server.find(f"sslserver: status: {number}/30")


class Limits(Case):
    """-c and MAXCONIP."""

    def test_at_the_limit_nobody_is_accepted_until_one_has_ended(self) -> None:
        server = self.server(*CAT, options="-c 2")
        peers = [self.talk(server) for _ in range(2)]
        third = self.connect(server)
        third.sendall(client_hello())
        third.settimeout(0.5)
        self.assertRaises(TimeoutError, third.recv, 1)
        third.settimeout(HANG_SECONDS)
        self.assertEqual(peers[0].say(b"x"), b"x")
        self.assertEqual(third.recv(1), b"\x16")
        server.find("sslserver: status: 2/2", 2)
        self.assertEqual(peers[1].say(b"y"), b"y")
        self.assertFalse([line for line in server.lines if "status: 3" in line])

    def expect_one_each(self, server: Sslserver, first: str, same: str, other: str) -> None:
        """A second connection of the same network is dropped; one of another is not; when
        the first has ended there may be one again."""
        peer = self.talk(server, source=first)
        self.expect_refused(server, source=same)
        server.find(rf"sslserver: warning: dropping connection from {re.escape(same)}: "
                    r"too many connections \(MAXCONIP\)")
        if other:
            self.assertEqual(self.talk(server, source=other).say(b"other"), b"other")
        self.assertEqual(peer.say(b"first"), b"first")
        # What was dropped may have been a connection with an end of its own.
        until(lambda: not server.talkers(), "the end of all connections")
        self.assertEqual(self.talk(server, source=same).say(b"again"), b"again")

    def test_connections_of_one_address(self) -> None:
        server = self.server(*CAT, settings={"MAXCONIP": "1"})
        self.expect_one_each(server, LOCAL, LOCAL, "127.0.0.2")
        server.find("sslserver: status: 1/40/1")

    @with_ipv6
    def test_connections_of_one_address_of_ipv6(self) -> None:
        server = self.server(*CAT, host=":0", settings={"MAXCONIP": "1"})
        self.expect_one_each(server, "::1", "::1", LOCAL)

    @with_many_addresses
    def test_connections_of_one_network_of_ipv6(self) -> None:
        server = self.server(*CAT, host="::1", settings={"MAXCONIP": "1"})
        self.expect_one_each(server, *SIX)

    def test_a_limit_that_is_no_number_lets_nobody_in(self) -> None:
        server = self.server(*SAY, options=self.rules('127.0.0.3:allow,MAXCONIP="x"\n:allow\n'))
        self.expect_refused(server, source="127.0.0.3")
        self.assertRegex(server.log, "MAXCONIP of a rule x is not a number")
        self.expect_alive(server)

    def test_a_rule_may_set_it(self) -> None:
        rules = self.rules('127.0.0.3:allow,MAXCONIP="1"\n:allow\n')
        server = self.server(*CAT, options=rules)
        self.expect_one_each(server, "127.0.0.3", "127.0.0.3", "")
        peers = [self.talk(server) for _ in range(3)]
        self.assertEqual([peer.say(b"x") for peer in peers], [b"x"] * 3)

    def test_a_rule_may_allow_more(self) -> None:
        server = self.server(*CAT, options=self.rules('127.0.0.3:allow,MAXCONIP="3"\n'),
                             settings={"MAXCONIP": "1"})
        peers = [self.talk(server, source="127.0.0.3") for _ in range(3)]
        self.assertEqual([peer.say(b"x") for peer in peers], [b"x"] * 3)
        self.expect_one_each(server, LOCAL, LOCAL, "127.0.0.2")


class Strangers(Case):
    """Clients that are slow, silent, broken or hostile: each ends alone, in time."""

    def expect_dropped(self, server: Sslserver, began: float) -> None:
        """One connection failed, in time and with a line, and no other will."""
        self.assertEqual(server.status(), EXIT_111)
        self.assertLess(time.monotonic() - began, SOON_SECONDS)
        server.find(r"sslserver: warning: dropping connection \d+ from 127\.0\.0\.1: .+")
        self.expect_alive(server)

    def expect_timed_out(self, first: bytes) -> None:
        """A client that says this and no more has a second, and not much more."""
        server = self.server(*SAY, options="-T 1")
        began = time.monotonic()
        peer = self.connect(server)
        peer.sendall(first)
        plain_end(peer)
        self.assertGreater(time.monotonic() - began, 0.9)
        self.expect_dropped(server, began)

    def test_one_that_says_nothing(self) -> None:
        self.expect_timed_out(b"")

    def test_one_that_says_half_a_hello(self) -> None:
        self.expect_timed_out(client_hello()[:100])

    def test_one_that_stops_after_its_hello(self) -> None:
        self.expect_timed_out(client_hello())

    def test_one_that_says_an_octet_now_and_then(self) -> None:
        server = self.server(*SAY, options="-T 1")
        began = time.monotonic()
        peer = self.connect(server)
        with contextlib.suppress(OSError):
            for octet in client_hello():
                peer.sendall(bytes([octet]))
                time.sleep(0.2)
                if time.monotonic() - began > SOON_SECONDS:
                    break
        self.expect_dropped(server, began)

    def test_garbage(self) -> None:
        for garbage in (b"\0" * 5000, b"SSH-2.0-x\r\n", b"EHLO x.example\r\n",
                        bytes(range(256)) * 20, b"\x15\x03\x03\x00\x02\x02\x28",
                        b"\x16\x03\x01\xff\xff" + b"x" * 65535,
                        b"\x16\x03\x01\x00\x04\x01\x00\x00\x00",
                        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00", b"\x80\x2e\x01\x00\x02" * 20):
            with self.subTest(garbage[:8]):
                server = self.server(*SAY, options="-T 2")
                began = time.monotonic()
                peer = self.connect(server)
                with contextlib.suppress(OSError):
                    peer.sendall(garbage)
                    peer.shutdown(socket.SHUT_WR)
                plain_end(peer)
                self.expect_dropped(server, began)

    def test_endless_records(self) -> None:
        for record in ("15030300020170", "140303000101", "16030304000100fffc" + "00" * 1020):
            with self.subTest(record[:18]):
                server = self.server(*SAY, options="-T 1")
                began = time.monotonic()
                peer = self.connect(server)
                with contextlib.suppress(OSError):
                    while time.monotonic() - began < SOON_SECONDS:
                        peer.sendall(bytes.fromhex(record) * 400)
                self.expect_dropped(server, began)

    def test_one_that_goes_at_once(self) -> None:
        server = self.server(*SAY)
        began = time.monotonic()
        connect(server).close()
        self.expect_dropped(server, began)

    def test_one_that_resets(self) -> None:
        server = self.server(*SAY)
        began = time.monotonic()
        with connect(server) as peer:
            peer.sendall(client_hello()[:10])
            server.find("sslserver: ok .*")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.expect_dropped(server, began)

    def test_a_broken_record_after_the_handshake(self) -> None:
        server = self.server("sh", "-c", "cat; echo over")
        peer = self.talk(server)
        peer.socket.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
        with contextlib.suppress(OSError):
            peer.read_to_end()
        self.assertEqual(server.status(), EXIT_111)

    def test_silence_after_the_handshake_has_a_limit_too(self) -> None:
        server = self.server("sh", "-c", "cat; echo over", options="-w 1")
        began = time.monotonic()
        peer = self.talk(server)
        self.assertEqual(peer.read_to_end(), b"over\n")
        self.assertGreater(time.monotonic() - began, 0.9)
        self.assertLess(time.monotonic() - began, SOON_SECONDS)
        peer.socket.close()
        self.assertEqual(server.status(), 0)
        server.find(r"sslserver: warning: connection \d+ from 127\.0\.0\.1: .+")

    def test_many_silent_ones_keep_nobody_out(self) -> None:
        server = self.server(*SAY)
        silent = [self.connect(server) for _ in range(20)]
        self.expect_alive(server)
        for peer in silent:
            peer.close()
        self.assertEqual(sorted(server.statuses(21)), [0] + [EXIT_111] * 20)


class Signals(Case):
    """SIGTERM, SIGHUP, and processes that are killed."""

    def served(self, server: Sslserver) -> bytes:
        """The certificate of a new connection, which must work."""
        with talk(server, context(shared.MATERIAL.root.file)) as peer:
            return peer.der

    def expect_echo(self, peer: Talk, word: bytes) -> None:
        """A connection that goes on."""
        peer.write(word)
        self.assertEqual(peer.read(len(word)), word)

    def test_sigterm(self) -> None:
        server = self.server(*CAT)
        peer = self.talk(server)
        self.expect_echo(peer, b"before")
        left = support.descendants(server.pid)
        self.assertEqual(server.stop(), 0)
        self.expect_echo(peer, b"after")
        self.assertRaises(ConnectionRefusedError, connect, server)
        second = self.server(*SAY, port=server.port)
        self.expect_alive(second)
        self.assertEqual(peer.say(b"end"), b"end")
        until(lambda: not any(one.is_alive() for one in left), "the end of all processes")

    def test_sigterm_leaves_nobody_behind_when_nobody_is_there(self) -> None:
        server = self.server(*SAY)
        self.expect_alive(server)
        left = support.descendants(server.pid)
        self.assertEqual(server.stop(), 0)
        until(lambda: not any(one.is_alive() for one in left), "the end of all processes")

    def test_sigterm_while_a_handshake_goes_on(self) -> None:
        server = self.server(*SAY)
        tls = context(shared.MATERIAL.root.file)

        def send(peer: socket.socket, data: bytes) -> None:
            if server.running.poll() is None:
                peer.sendall(data[:50])
                server.find("sslserver: ok .*")
                server.stop()
                data = data[50:]
            peer.sendall(data)

        self.assertEqual(ask(server, tls, send=send), b"started\n")

    def reloading(self, *program: str) -> tuple[Sslserver, Pair]:
        """A server whose files may be replaced."""
        live = shared.MATERIAL.ecdsa.copy_to(self.scratch)
        return self.server(*(program or CAT), settings=live.environment), live

    def test_sighup_brings_the_new_certificate(self) -> None:
        server, _ = self.reloading()
        peer = self.talk(server)
        self.assertEqual(self.served(server), shared.MATERIAL.ecdsa.der)
        shared.MATERIAL.new.copy_to(self.scratch)
        self.assertEqual(self.served(server), shared.MATERIAL.ecdsa.der)
        server.hang_up()
        until(lambda: self.served(server) == shared.MATERIAL.new.der, "the new certificate")
        self.expect_echo(peer, b"goes on")
        self.assertEqual(peer.say(b"end"), b"end")
        until(lambda: len(server.keepers()) == 1, "the end of the old keeper")
        self.assertEqual(self.served(server), shared.MATERIAL.new.der)
        self.assertEqual(server.warnings(), [])

    def test_a_broken_new_pair_changes_nothing(self) -> None:
        """All at once: each server waits a while for its files to become better."""
        broken = (shared.MATERIAL.rsa.key.read_bytes(), b"",
                  shared.MATERIAL.ecdsa.chain.read_bytes())
        tried = []
        for number, data in enumerate(broken):
            folder = self.scratch / str(number)
            folder.mkdir()
            live = shared.MATERIAL.ecdsa.copy_to(folder)
            server = self.server(*CAT, settings=live.environment)
            tried.append((server, folder, self.talk(server)))
            replace(live.key, data)
            server.hang_up()
        for server, folder, peer in tried:
            server.find("sslserver: warning: .*the old certificate stays.*")
            self.assertEqual(self.served(server), shared.MATERIAL.ecdsa.der)
            self.expect_echo(peer, b"goes on")
            shared.MATERIAL.new.copy_to(folder)
            server.hang_up()
            until(lambda one=server: self.served(one) == shared.MATERIAL.new.der,
                  "the new certificate")

    def test_files_that_are_gone_change_nothing(self) -> None:
        server, live = self.reloading()
        live.chain.unlink()
        server.hang_up()
        server.find("sslserver: warning: .*the old certificate stays.*")
        self.assertEqual(self.served(server), shared.MATERIAL.ecdsa.der)

    def test_files_replaced_one_after_the_other(self) -> None:
        for first in ("key", "chain"):
            with self.subTest(first):
                server, live = self.reloading()
                new = {live.key: shared.MATERIAL.new.key.read_bytes(),
                       live.chain: shared.MATERIAL.new.chain.read_bytes()}
                before, after = ((live.key, live.chain) if first == "key"
                                 else (live.chain, live.key))
                replace(before, new[before])
                server.hang_up()
                time.sleep(1)
                self.assertEqual(self.served(server), shared.MATERIAL.ecdsa.der)
                replace(after, new[after])
                until(lambda: self.served(server) == shared.MATERIAL.new.der, "the new certificate")
                self.assertEqual(server.warnings(), [])

    def test_no_connection_fails_while_files_are_read_anew(self) -> None:
        server, _ = self.reloading(*SAY)
        stop = threading.Event()

        def hang_up() -> None:
            number = 0
            while not stop.wait(0.05):
                number += 1
                (shared.MATERIAL.new if number % 2 else shared.MATERIAL.ecdsa).copy_to(self.scratch)
                server.hang_up()

        other = threading.Thread(target=hang_up)
        other.start()
        try:
            for _ in range(40):
                self.assertEqual(ask(server, context(shared.MATERIAL.root.file)), b"started\n")
        finally:
            stop.set()
            other.join()
        until(lambda: len(server.keepers()) == 1, "one keeper alone")

    def test_a_new_pair_whose_key_is_encrypted_too(self) -> None:
        """The password was read once, and descriptor 3 is closed since."""
        chain, key = self.scratch / "live.pem", self.scratch / "live.key"

        def put(pair: Pair) -> None:
            openssl("pkcs8", "-topk8", "-in", pair.key, "-out", key, "-passout", "pass:word")
            replace(chain, pair.chain.read_bytes())

        put(shared.MATERIAL.ecdsa)
        (self.scratch / "password").write_text("word")
        server = self.server(
            *CAT, options="-3", settings=Pair(chain, key).environment,
            before=("sh", "-c", f'exec "$@" 3<{self.scratch / "password"}', "sh"))
        self.assertEqual(self.served(server), shared.MATERIAL.ecdsa.der)
        put(shared.MATERIAL.new)
        server.hang_up()
        until(lambda: self.served(server) == shared.MATERIAL.new.der, "the new certificate")

    def test_a_parent_that_ignores_its_children(self) -> None:
        """SIGCHLD that is ignored above: whoever ended must free a place all the same."""
        server = self.server(*SAY, options="-c 1", preexec_fn=lambda: signal.signal(
            signal.SIGCHLD, signal.SIG_IGN))
        for number in range(1, 4):
            self.expect_alive(server)
            self.assertEqual(server.statuses(number), [0] * number)

    def test_signals_that_were_ignored_or_blocked_above(self) -> None:
        """As by nohup."""
        both = (signal.SIGHUP, signal.SIGTERM)

        def ignore() -> None:
            for number in both:
                signal.signal(number, signal.SIG_IGN)

        for number, before in enumerate((
                ignore, lambda: signal.pthread_sigmask(signal.SIG_BLOCK, both))):
            with self.subTest(number):
                live = shared.MATERIAL.ecdsa.copy_to(self.scratch)
                server = self.server(*SAY, settings=live.environment, preexec_fn=before)
                self.expect_alive(server)
                shared.MATERIAL.new.copy_to(self.scratch)
                server.hang_up()
                until(lambda one=server: self.served(one) == shared.MATERIAL.new.der,
                      "the new certificate")
                self.assertEqual(server.stop(), 0)

    def test_nothing_piles_up(self) -> None:
        """Descriptors, processes and zombies, in listener and keeper."""
        server, _ = self.reloading(*SAY)

        def state() -> tuple[int, ...]:
            (keeper,) = until(lambda: server.keepers()[:2 - len(server.keepers())],
                              "one keeper alone")
            lines = [Path(f"/proc/{name}/stat").read_text(encoding="ascii", errors="replace")
                     for name in os.listdir("/proc") if name.isdigit()
                     and Path(f"/proc/{name}").exists()]
            below = [line for line in lines
                     if line.rpartition(")")[2].split()[1] == str(server.pid)]
            return (len(os.listdir(f"/proc/{server.pid}/fd")), len(below),
                    len(os.listdir(f"/proc/{keeper.pid}/fd")) if support.is_root() else 0)

        self.expect_alive(server)
        server.statuses()
        before = state()
        for number in range(30):
            if number % 10 == 9:
                server.hang_up()
                server.find("sslserver: certificates have been read", number // 10 + 1)
            if number % 2:
                connect(server).close()
            else:
                self.expect_alive(server)
        server.statuses(31)
        until(lambda: state() == before, f"a state as before, {before} and not {state()}")

    def test_a_talker_that_is_killed(self) -> None:
        server = self.server("sh", "-c", "echo $$; exec cat")
        peer = self.talk(server)
        program = support.process(int(peer.read_line()))
        (talker,) = server.talkers()
        talker.end()
        self.assertEqual(server.status(), 9)
        until(lambda: not program.is_alive(), "the program's end")
        self.assertNotEqual(self.talk(server).read_line(), "")

    def test_a_program_that_is_killed(self) -> None:
        server = self.server("sh", "-c", "echo $$; exec cat")
        peer = self.talk(server)
        support.process(int(peer.read_line())).end()
        self.assertEqual(peer.end(), (b"", False))
        peer.socket.close()
        self.assertEqual(server.status(), EXIT_111)
        self.assertNotEqual(self.talk(server).read_line(), "")

    def test_a_keeper_that_is_killed(self) -> None:
        server, _ = self.reloading()
        peer = self.talk(server)
        for _ in range(3):
            (keeper,) = until(server.keepers, "a keeper")
            keeper.end()

            def works() -> bool:
                with contextlib.suppress(OSError), talk(server) as new:
                    return new.say(b"new") == b"new"
                return False

            until(works, "a server that serves")
            self.expect_echo(peer, b"goes on")
        shared.MATERIAL.new.copy_to(self.scratch)
        server.hang_up()
        until(lambda: self.served(server) == shared.MATERIAL.new.der, "the new certificate")


class InAdvance(Signals):
    """--prefork: what the class before shows holds for talkers that wait, too."""

    def server(self, *program: str, options: str = "", **more) -> Sslserver:
        return super().server(*program, options=f"--prefork 3 {options}", **more)

    def test_they_wait_and_are_replaced(self) -> None:
        server = self.server(*SAY)
        until(lambda: len(server.waiting()) == 3, "three that wait")
        before = {one.pid for one in server.waiting()}
        self.expect_alive(server)
        until(lambda: len(server.waiting()) == 3, "three that wait again")
        self.assertEqual(len(before & {one.pid for one in server.waiting()}), 2)

    def test_new_rules_hold_at_once(self) -> None:
        server = self.server(*SAY, options=self.rules(":allow"))
        self.expect_alive(server)
        self.rules(":deny")
        self.expect_refused(server)

    def test_sslhandle(self) -> None:
        """The name under which as many wait as -c says, and SIGTERM ends connections."""
        server = super().server(*CAT, options="-c 2 -f lock", base="-1vRHl0",
                                before=("bash", "-c", 'exec -a sslhandle "$0" "$@"'))
        until(lambda: len(server.waiting()) == 2, "two that wait")
        peer = self.talk(server)
        self.expect_echo(peer, b"word")
        self.assertEqual(server.stop(), 0)
        with contextlib.suppress(OSError):
            self.assertEqual(peer.read_to_end(), b"")

    def test_more_clients_than_wait(self) -> None:
        server = self.server(*CAT, options="-c 5")
        peers = [self.talk(server) for _ in range(5)]
        for peer in peers:
            self.expect_echo(peer, b"word")
        late = self.connect(server)
        until(lambda: server.log.count("status: 5/5") >= 1, "the limit")
        self.assertEqual(peers[0].say(b"end"), b"end")
        self.assertEqual(Talk(late).say(b"late"), b"late")


if __name__ == "__main__":
    sys.exit(shared.main(sys.modules[__name__], sys.argv))
