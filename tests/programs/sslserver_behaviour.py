"""What UCSPI programs, their owners and strangers see of sslserver, tried on the real one
with clients of OpenSSL and GnuTLS, beside the real tcpserver, over loopback alone.

    sslserver_behaviour.py SSLSERVER [NAME...]

As root it tries users, groups and chroot too, and goes into a network namespace of its own
where it can. The last line is `N passed, N failed`."""

import base64
import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Optional

import sslserver_support as support
from harness import HANG_SECONDS, SOON_SECONDS, run_cases
from sslserver_support import (ENV, NOBODY, SIX, Material, Pair, Sslserver, Talk, Tcpserver,
                               as_root, ask, block, client_hello, connect, context, fact,
                               openssl, plain_end, pem_of, replace, run, s_client, talk, until,
                               variables, with_ipv6, with_many_addresses, write_rules)

SAY = ("sh", "-c", "echo started")
CAT = ("cat",)
LOCAL = "127.0.0.1"
TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
# Raw wait statuses, as `end` has them.
EXIT_100, EXIT_111 = 100 << 8, 111 << 8
MEBIBYTE = 1 << 20
MATERIAL: Material


class Case(unittest.TestCase):
    """Shared assertions."""

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="behaviour."))
        self.scratch.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)

    def server(self, *program: str, settings: Optional[dict[str, str]] = None,
               **more) -> Sslserver:
        """A server for the time of the test, with the ECDSA certificate unless told."""
        return self.enterContext(Sslserver(
            *program, settings={**MATERIAL.ecdsa.environment, **(settings or {})}, **more))

    def talk(self, *words, **more) -> Talk:
        """A connection for the time of the test."""
        return self.enterContext(talk(*words, **more))

    def connect(self, *words, **more) -> socket.socket:
        """A connection without TLS for the time of the test."""
        return self.enterContext(connect(*words, **more))

    def expect_fault(self, result: support.Run, status: int, pattern: str = "") -> None:
        """A status, and one line on standard error."""
        self.assertEqual((result.status, len(result.lines), result.out), (status, 1, ""),
                         result.err)
        self.assertRegex(result.err, r"^sslserver: fatal: .*" + pattern)

    def expect_no_start(self, settings: dict[str, str], options: str = "") -> None:
        """The settings are no ones to listen with."""
        self.expect_fault(run(*options.split(), LOCAL, "0", *SAY, settings=settings), 111)

    def expect_refused(self, server: Sslserver, *words, **more) -> None:
        """A connection that no program speaks in."""
        heard = b""
        with contextlib.suppress(OSError):
            heard = ask(server, *words, **more)
        self.assertEqual(heard, b"")

    def expect_alive(self, server: Sslserver) -> None:
        """A program that says `started` still does."""
        self.assertEqual(ask(server), b"started\n")

    def rules(self, text: str, name: str = "rules") -> str:
        """The option for rules that were just compiled."""
        letter = "y" if name == "early" else "x"
        return f"-{letter} {write_rules(self.scratch / f'{name}.cdb', text)}"

    def names(self) -> str:
        """The options for a world of names: good.example is 127.0.0.5 and the other way
        round, 127.0.0.6 says that it is good.example too, client.example is 127.0.0.7."""
        file = self.scratch / "unbound.conf"
        # An anchor of a private zone alone: so no root is asked whether the rest is signed.
        file.write_text('server:\n  trust-anchor: "anchored.invalid. DS 1 13 2 ' + "00" * 32 +
                        '"\n  local-zone: "127.in-addr.arpa." static\n'
                        '  local-data-ptr: "127.0.0.5 good.example"\n'
                        '  local-data-ptr: "127.0.0.6 good.example"\n'
                        '  local-data-ptr: "127.0.0.7 client.example"\n'
                        '  local-zone: "example." static\n'
                        '  local-data: "good.example. A 127.0.0.5"\n'
                        '  local-data: "client.example. A 127.0.0.7"\n')
        return f"--unbound-conf {file} -h"


class Start(Case):
    """The command line, up to the moment when it listens."""

    def test_it_says_where_it_listens(self) -> None:
        server = self.server(*SAY)
        self.assertEqual(server.told, f"127.0.0.1 : {server.port} [40/0]\n")
        self.expect_alive(server)

    def test_it_says_its_limits(self) -> None:
        server = self.server(*SAY, options="-c 7", settings={"MAXCONIP": "3"})
        self.assertEqual(server.limits, (7, 3))

    @with_ipv6
    def test_every_form_of_a_host(self) -> None:
        for host, told in ((LOCAL, LOCAL), ("0", "0.0.0.0"), ("::1", "::1"), ("[::1]", "::1"),
                           (":0", "::"), ("::", "::")):
            with self.subTest(host):
                server = self.server(*SAY, host=host)
                self.assertEqual(server.ip, told)
                self.assertEqual(ask(server, source="::1" if ":" in told else ""), b"started\n")

    def test_a_host_by_name(self) -> None:
        server = self.server(*SAY, host="localhost")
        self.assertIn(server.ip, (LOCAL, "::1"))
        self.expect_alive(server)

    @as_root
    def test_a_port_by_name(self) -> None:
        if support.MARK not in os.environ:
            self.skipTest("another server may have the port")
        server = self.server(*SAY, port="smtps")
        self.assertEqual(server.port, 465)

    def test_standard_output_is_closed_once_it_listens(self) -> None:
        server = self.server(*SAY)
        self.assertEqual(server.running.stdout.read(), b"")
        self.expect_alive(server)
        for descriptor in (0, 1):
            self.assertEqual(os.readlink(f"/proc/{server.pid}/fd/{descriptor}"), "/dev/null")

    def test_every_letter_is_accepted(self) -> None:
        server = self.server(*SAY, base="-1", options="-vVqQ46dDoOpPrRhHeEsSaAXZnN -Rl 0 -t 2 "
                             "-b 5 -c9 -w 9 -T9")
        self.assertEqual(server.limits, (9, 0))
        self.expect_alive(server)

    def test_two_hyphens_end_the_options(self) -> None:
        self.expect_alive(self.server(*SAY, options="--"))

    def test_options_behind_the_host_are_the_programs(self) -> None:
        self.assertEqual(ask(self.server("echo", "-q", "--help")), b"-q --help\n")

    def test_wrong_command_lines(self) -> None:
        for words in ((), (LOCAL,), (LOCAL, "0"), ("-5", LOCAL, "0", "true"), ("-c",),
                      ("--none-such", LOCAL, "0", "true"), ("-c", "x", LOCAL, "0", "true"),
                      ("-T", "x", LOCAL, "0", "true"), ("-u", "x", LOCAL, "0", "true")):
            with self.subTest(words):
                self.expect_fault(run(*words, settings=MATERIAL.ecdsa.environment), 100)

    def test_help_and_version(self) -> None:
        self.assertRegex(run("--help").out, r"\Ausage: sslserver ")
        self.assertRegex(run("--version").out, r"\Asslserver ")
        self.assertEqual([run(word).status for word in ("--help", "--version")], [0, 0])

    def test_a_port_that_is_taken(self) -> None:
        with socket.create_server((LOCAL, 0)) as taken:
            port = str(taken.getsockname()[1])
            self.expect_fault(run(LOCAL, port, *SAY, settings=MATERIAL.ecdsa.environment), 111)

    def test_addresses_and_ports_that_are_none_of_ours(self) -> None:
        for host, port in (("192.0.2.1", "0"), ("no-such-host.invalid", "0"),
                           (LOCAL, "no-such-service"), (LOCAL, "65536")):
            with self.subTest(host=host, port=port):
                got = run(host, port, *SAY, settings=MATERIAL.ecdsa.environment)
                # A word that stands for nothing may count as a wrong command line.
                self.assertIn(got.status, (111,) if host == "192.0.2.1" else (100, 111))
                self.expect_fault(got, got.status)

    def test_quiet_faults_have_a_status_alone(self) -> None:
        got = run("-q", LOCAL, "0", *SAY, settings={"CERTFILE": "/none", "KEYFILE": "/none"})
        self.assertEqual((got.status, got.out, got.err), (111, "", ""))


class Certificates(Case):
    """CERTFILE, KEYFILE, CERTCHAINFILE, -3."""

    def test_no_certificate_at_all(self) -> None:
        self.expect_no_start({})
        self.expect_no_start({"CERTFILE": "", "KEYFILE": ""})

    def test_files_that_are_not_there(self) -> None:
        good = MATERIAL.ecdsa.environment
        for name in ("CERTFILE", "KEYFILE", "CERTCHAINFILE", "CERTDIR"):
            with self.subTest(name):
                self.expect_no_start({**good, name: str(self.scratch / "none")})

    def test_files_with_something_else_in_them(self) -> None:
        file = self.scratch / "file"
        for text in ("", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n"
                     "-----END CERTIFICATE-----\n"):
            file.write_text(text)
            for name in ("CERTFILE", "KEYFILE"):
                with self.subTest(name=name, text=text):
                    self.expect_no_start({**MATERIAL.ecdsa.environment, name: str(file)})

    def test_a_key_that_does_not_fit(self) -> None:
        for other in (MATERIAL.new, MATERIAL.rsa):
            self.expect_no_start({**MATERIAL.ecdsa.environment, "KEYFILE": str(other.key)})

    def test_ciphers_that_nobody_knows(self) -> None:
        self.expect_no_start({**MATERIAL.ecdsa.environment, "CIPHERS": "NONE-SUCH"})

    def test_certificate_and_key_in_one_file(self) -> None:
        file = self.scratch / "both.pem"
        file.write_text(MATERIAL.ecdsa.chain.read_text() + MATERIAL.ecdsa.key.read_text())
        self.expect_alive(self.server(*SAY, settings={"CERTFILE": str(file),
                                                      "KEYFILE": str(file)}))

    def test_empty_settings_are_as_good_as_none(self) -> None:
        settings = {name: "" for name in ("CERTCHAINFILE", "CERTDIR", "CIPHERS", "CCAFILE",
                                          "MAXCONIP", "ALPN", "DHFILE", "CRLFILE",
                                          "VERIFYDEPTH", "SSL_CHROOT", "SSL_UID", "SSL_GID")}
        server = self.server(*SAY, settings=settings)
        self.assertEqual(server.limits, (40, 0))
        self.expect_alive(server)

    def test_the_chain_file_wins(self) -> None:
        server = self.server(*SAY, settings={"CERTCHAINFILE": str(MATERIAL.rsa.chain),
                                             "KEYFILE": str(MATERIAL.rsa.key)})
        self.assertEqual(self.talk(server).der, MATERIAL.rsa.der)

    def test_intermediate_certificates_are_sent(self) -> None:
        for name in ("CERTFILE", "CERTCHAINFILE"):
            with self.subTest(name):
                server = self.server(*SAY, settings={name: str(MATERIAL.ecdsa.chain)})
                shown = s_client(server, "-showcerts", "-CAfile", MATERIAL.root.file)
                self.assertEqual(shown.count("BEGIN CERTIFICATE"), 2, shown)
                self.assertIn("Verification: OK", shown)
                self.assertEqual(ask(server, context(MATERIAL.root.file)), b"started\n")

    def encrypted(self, text: bytes) -> dict:
        """Words for a server whose key is encrypted, with this on descriptor 3."""
        key, password = self.scratch / "secret.key", self.scratch / "password"
        openssl("pkcs8", "-topk8", "-in", MATERIAL.ecdsa.key, "-out", key, "-passout",
                "pass:secret word")
        password.write_bytes(text)
        return {"settings": {"KEYFILE": str(key)},
                "before": ("sh", "-c", f'exec "$@" 3<{password}', "sh")}

    def test_a_key_password_on_descriptor_3(self) -> None:
        for text in (b"secret word", b"secret word\0more", b"secret word\n"):
            server = self.server("ls", "-x", "/proc/self/fd", options="-3",
                                 **self.encrypted(text))
            self.assertEqual(ask(server).split(), [b"0", b"1", b"2", b"3"])

    def test_a_key_password_that_is_wrong_or_missing(self) -> None:
        more = self.encrypted(b"wrong")
        settings = {**MATERIAL.ecdsa.environment, **more["settings"]}
        with open(self.scratch / "password", "rb") as file:
            got = run("-3", LOCAL, "0", *SAY, settings=settings,
                      preexec_fn=lambda: os.dup2(file.fileno(), 3), pass_fds=(3,))
        self.expect_fault(got, 111)
        self.expect_no_start(settings)


class Names(Case):
    """CERTDIR: a certificate for each server name."""

    COUNT = iter(range(1000))

    def setUp(self) -> None:
        super().setUp()
        self.folder = self.scratch / "certs"
        self.folder.mkdir()
        self.exact = self.put("exact", "DNS:www.sni.example,DNS:second.sni.example")
        self.wild = self.put("wild", "DNS:*.wild.example", certbot=True)

    def put(self, name: str, names: str, certbot: bool = False) -> Pair:
        """A new pair in the folder."""
        made = MATERIAL.with_chain(f"{name}-{next(self.COUNT)}", names)
        if certbot:
            (self.folder / name).mkdir()
            shutil.copy(made.chain, self.folder / name / "fullchain.pem")
            shutil.copy(made.key, self.folder / name / "privkey.pem")
        else:
            (self.folder / f"{name}.pem").write_text(made.chain.read_text() +
                                                     made.key.read_text())
        return made

    def serve(self, **more) -> Sslserver:
        """A server that has the folder, and the ECDSA certificate by default."""
        return self.server(*SAY, settings={"CERTDIR": str(self.folder)}, **more)

    def served(self, server: Sslserver, name: Optional[str]) -> bytes:
        """The certificate for a name."""
        with talk(server, context(MATERIAL.root.file), name) as peer:
            self.assertEqual(peer.read_to_end(), b"started\n")
            return peer.der

    def test_names_of_certificates_not_of_files(self) -> None:
        server = self.serve()
        for name, pair in (("www.sni.example", self.exact), ("second.sni.example", self.exact),
                           ("mail.wild.example", self.wild), ("exact", MATERIAL.ecdsa)):
            self.assertEqual(self.served(server, name), pair.der, name)

    def test_names_that_nobody_has_get_the_default(self) -> None:
        server = self.serve()
        for name in (None, "other.example", "sni.example", "a.www.sni.example",
                     "wild.example", "a.b.wild.example"):
            self.assertEqual(self.served(server, name), MATERIAL.ecdsa.der, name)

    def test_upper_case(self) -> None:
        server = self.serve()
        for name, pair in (("WWW.SNI.EXAMPLE", self.exact), ("MAIL.Wild.Example", self.wild)):
            shown = s_client(server, "-servername", name)
            self.assertIn(pem_of(pair.chain), shown, name)

    def test_an_exact_name_before_a_wildcard(self) -> None:
        special = self.put("a-special", "DNS:special.wild.example")
        last = self.put("z-last", "DNS:last.wild.example")
        server = self.serve()
        for name, pair in (("special.wild.example", special), ("last.wild.example", last),
                           ("mail.wild.example", self.wild)):
            self.assertEqual(self.served(server, name), pair.der, name)

    def test_a_new_name_after_a_hang_up(self) -> None:
        server = self.serve()
        new = self.put("new", "DNS:new.example")
        self.assertEqual(self.served(server, "new.example"), MATERIAL.ecdsa.der)
        server.hang_up()
        until(lambda: self.served(server, "new.example") == new.der, "the new name")
        self.assertEqual(self.served(server, "www.sni.example"), self.exact.der)

    def test_the_program_is_told_the_name(self) -> None:
        server = self.server(*ENV, options="-s", settings={"CERTDIR": str(self.folder)})
        v = variables(ask(server, name="www.sni.example"))
        self.assertEqual(v["SSL_TLS_SNI"], "www.sni.example")
        self.assertEqual(v["SSL_SERVER_CERT"], pem_of(self.exact.chain))
        self.assertNotIn("SSL_TLS_SNI", variables(ask(server)))


class Algorithms(Case):
    """RSA and ECDSA side by side, versions, ciphers, ALPN, odd but lawful ways to say hello."""

    def both(self) -> Sslserver:
        """A server with two certificates of one name."""
        pairs = (MATERIAL.ecdsa, MATERIAL.rsa)
        return self.server(*SAY, settings={"CERTFILE": ":".join(str(p.chain) for p in pairs),
                                           "KEYFILE": ":".join(str(p.key) for p in pairs)})

    def test_a_client_gets_the_kind_of_key_that_it_understands(self) -> None:
        server = self.both()
        for kind, pair in (("RSA", MATERIAL.rsa), ("ECDSA", MATERIAL.ecdsa)):
            tls = context(MATERIAL.root.file, only=TLS_1_2,
                          ciphers=f"ECDHE-{kind}-AES128-GCM-SHA256")
            with self.subTest(kind), talk(server, tls) as peer:
                self.assertEqual(peer.der, pair.der)
                self.assertEqual(peer.read_to_end(), b"started\n")

    def test_a_client_of_tls_1_3_too(self) -> None:
        server = self.both()
        for schemes, pair in (("rsa_pss_rsae_sha256", MATERIAL.rsa),
                              ("ECDSA+SHA256", MATERIAL.ecdsa)):
            shown = s_client(server, "-tls1_3", "-sigalgs", schemes)
            self.assertIn(pem_of(pair.chain), shown, schemes)

    def test_tls_1_2_and_1_3(self) -> None:
        server = self.server(*ENV, options="-s")
        for version, name in ((TLS_1_2, "TLSv1.2"), (TLS_1_3, "TLSv1.3")):
            v = variables(ask(server, context(MATERIAL.root.file, only=version)))
            self.assertEqual(v["SSL_PROTOCOL"], name)

    def test_older_versions_are_refused(self) -> None:
        server = self.server(*SAY)
        for number, word in enumerate(("-tls1_1", "-tls1"), 1):
            shown = s_client(server, word, "-cipher", "DEFAULT@SECLEVEL=0")
            self.assertIn("alert protocol version", shown)
            self.assertEqual(server.statuses(number), [EXIT_111] * number)
        self.expect_alive(server)

    def test_a_list_of_ciphers(self) -> None:
        server = self.server(*ENV, options="-s",
                             settings={"CIPHERS": "TLS_CHACHA20_POLY1305_SHA256"})
        self.assertIn("CHACHA20", variables(ask(server))["SSL_CIPHER"])

    def test_application_protocols(self) -> None:
        server = self.server(*SAY, settings={"ALPN": "smtp,http/1.1"})
        for offered, chosen in ((["http/1.1"], "http/1.1"), (["x", "smtp"], "smtp"),
                                ((), None)):
            with self.subTest(offered), talk(server, context(alpn=offered)) as peer:
                self.assertEqual(peer.tls.selected_alpn_protocol(), chosen)
                self.assertEqual(peer.read_to_end(), b"started\n")

    def test_no_application_protocol_is_chosen_unless_told(self) -> None:
        with talk(self.server(*SAY), context(alpn=["smtp"])) as peer:
            self.assertEqual(peer.tls.selected_alpn_protocol(), None)
            self.assertEqual(peer.read_to_end(), b"started\n")

    def test_a_hello_in_segments_of_one_octet(self) -> None:
        def send(peer: socket.socket, data: bytes) -> None:
            for octet in data:
                peer.sendall(bytes([octet]))

        for version in (TLS_1_2, TLS_1_3):
            self.assertEqual(ask(self.server(*SAY), context(only=version), send=send),
                             b"started\n")

    def test_a_hello_in_many_records(self) -> None:
        def send(peer: socket.socket, data: bytes) -> None:
            # Messages after the first one may be encrypted: those go as they are.
            if data[:3] == b"\x16\x03\x01":
                head, text = data[:3], data[5:]
                parts = [text[at:at + 30] for at in range(0, len(text), 30)]
                data = b"".join(head + struct.pack("!H", len(part)) + part for part in parts)
            peer.sendall(data)

        self.assertEqual(ask(self.server(*SAY), send=send), b"started\n")

    def test_gnutls_as_a_client(self) -> None:
        server = self.server("sh", "-c", "read line; echo you said $line")
        got = support.gnutls_cli(server, "--x509cafile", MATERIAL.root.file,
                                 "--verify-hostname", "server.example", data=b"hello\n")
        self.assertEqual(got.status, 0, got.err + got.out)
        self.assertIn("you said hello\n", got.out)


class Tickets(Case):
    """Resumed sessions."""

    def session(self, server: Sslserver, tls: ssl.SSLContext) -> ssl.SSLSession:
        """What a first connection leaves."""
        with talk(server, tls) as peer:
            self.assertEqual(peer.read_to_end(), b"started\n")
            return peer.tls.session

    def again(self, server: Sslserver, tls: ssl.SSLContext, session: ssl.SSLSession) -> bool:
        """Whether it helps a second one, which works whether or not."""
        with talk(server, tls, session=session) as peer:
            self.assertEqual(peer.read_to_end(), b"started\n")
            return peer.tls.session_reused

    def test_a_session_of_tls_1_3_is_resumed(self) -> None:
        server, tls = self.server(*SAY, options="-V"), context()
        self.assertTrue(self.again(server, tls, self.session(server, tls)))
        lines = server.find(r"sslserver: tls \d+ accept (TLSv1\.3:\S+)( resumed)?", 2)
        self.assertEqual([line[2] for line in lines], [None, " resumed"])

    def test_the_program_is_told_the_same(self) -> None:
        server, tls = self.server(*ENV, options="-s"), context()
        told = []
        session = None
        for _ in range(2):
            with talk(server, tls, session=session) as peer:
                told.append(variables(peer.read_to_end()))
                session = peer.tls.session
        self.assertTrue(peer.tls.session_reused)
        own = [{name: value for name, value in one.items()
                if name.startswith(("SSL_SERVER_", "SSL_CLIENT_", "SSL_CIPHER"))}
               for one in told]
        self.assertEqual(*own)
        self.assertIn("BEGIN CERTIFICATE", own[1]["SSL_SERVER_CERT"])

    def test_a_session_of_tls_1_2_is_not(self) -> None:
        server, tls = self.server(*SAY), context(only=TLS_1_2)
        self.assertFalse(self.again(server, tls, self.session(server, tls)))

    def test_none_where_client_certificates_are_asked_for(self) -> None:
        server = self.server(*SAY, options="-i", settings={
            "CAFILE": str(MATERIAL.root.file), "CCAFILE": str(MATERIAL.root.file)})
        for tls in (context(), context(own=MATERIAL.client)):
            self.assertFalse(self.again(server, tls, self.session(server, tls)))

    def test_a_session_is_worth_nothing_where_more_is_demanded(self) -> None:
        root = str(MATERIAL.root.file)
        rules = self.rules('127.0.0.4:allow,CCAFILE="-"\n:allow\n')
        server, tls = self.server(*SAY, options=f"-m {rules}",
                                  settings={"CAFILE": root, "CCAFILE": root}), context()
        with talk(server, tls, source="127.0.0.4") as peer:
            self.assertEqual(peer.read_to_end(), b"started\n")
            session = peer.tls.session
        with talk(server, tls, source="127.0.0.4", session=session) as peer:
            self.assertTrue(peer.tls.session_reused)
            self.assertEqual(peer.read_to_end(), b"started\n")
        self.expect_refused(server, tls, session=session)
        self.assertEqual(server.statuses(3), [0, 0, EXIT_111])

    def test_a_session_of_one_name_is_none_of_another(self) -> None:
        server, tls = self.server(*SAY), context()
        with talk(server, tls, "one.example") as peer:
            self.assertEqual(peer.read_to_end(), b"started\n")
            session = peer.tls.session
        for name, reused in (("two.example", False), ("one.example", True)):
            with talk(server, tls, name, session=session) as peer:
                self.assertEqual(peer.read_to_end(), b"started\n")
                self.assertEqual(peer.tls.session_reused, reused, name)

    def test_a_session_from_before_a_hang_up_does_no_harm(self) -> None:
        live = MATERIAL.ecdsa.copy_to(self.scratch)
        server, tls = self.server(*SAY, settings=live.environment), context()
        session = self.session(server, tls)
        MATERIAL.new.copy_to(self.scratch)
        server.hang_up()
        until(lambda: self.talk(server).der == MATERIAL.new.der, "the new certificate")
        self.again(server, tls, session)

    def test_a_ticket_that_was_changed_does_no_harm(self) -> None:
        """RFC 8446 4.2.11: a binder that is wrong ends the connection, and that one alone."""
        server, tls = self.server(*SAY), context(only=TLS_1_3)
        session = self.session(server, tls)

        def send(peer: socket.socket, data: bytes) -> None:
            # A hello ends with the binder.
            peer.sendall(data[:-1] + bytes([data[-1] ^ 1]) if data[5] == 1 else data)

        self.expect_refused(server, tls, session=session, send=send)
        self.assertEqual(server.statuses(2), [0, EXIT_111])
        self.expect_alive(server)


class Program(Case):
    """What the program gets, and what becomes of its status."""

    def test_the_peer_is_on_descriptors_0_and_1(self) -> None:
        peer = self.talk(self.server(*CAT))
        self.assertEqual(peer.say(b"hello"), b"hello")

    def test_no_descriptor_of_ours_reaches_it(self) -> None:
        for options in ("", "-s", "-h -x /none -X"):
            server = self.server("ls", "-x", "/proc/self/fd", options=options)
            self.assertEqual(ask(server).split(), [b"0", b"1", b"2", b"3"], options)

    def test_descriptors_from_above_reach_it(self) -> None:
        file = self.scratch / "file"
        file.write_text("from above\n")
        server = self.server("sh", "-c", "cat <&7; exec ls -x /proc/self/fd",
                             before=("sh", "-c", f'exec "$@" 7<{file}', "sh"))
        self.assertEqual(ask(server), b"from above\n0  1  2  3  7\n")

    def test_standard_error_is_the_log(self) -> None:
        server = self.server("sh", "-c", "echo of the program >&2")
        self.assertEqual(ask(server), b"")
        server.find("of the program")

    def test_closed_standard_descriptors_are_not_reused(self) -> None:
        server = self.server(*CAT, before=("sh", "-c", 'exec "$@" 0<&- 2>&-', "sh"))
        self.assertEqual(self.talk(server).say(b"hello"), b"hello")
        self.assertEqual(server.log, "")

    def test_signals_are_as_they_came(self) -> None:
        server = self.server("grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status")
        self.assertEqual(ask(server).decode().split()[1::2], ["0" * 16] * 2)

    def test_its_parent_is_the_talker_of_the_log(self) -> None:
        server = self.server("sh", "-c", "echo $PPID")
        parent = ask(server).decode().strip()
        self.assertEqual(server.find(r"sslserver: pid (\d+) from .*")[0][1], parent)

    def test_a_program_that_is_not_there(self) -> None:
        for program in ("/no/such/program", "no-such-program", str(self.scratch)):
            server = self.server(program)
            self.assertEqual(self.talk(server).end(), (b"", False))
            self.assertEqual(server.status(), EXIT_111)

    def test_its_status_becomes_that_of_the_talker(self) -> None:
        for status in (0, 1, 7, 99, 100, 111, 255):
            server = self.server("sh", "-c", f"echo bye; exit {status}")
            self.assertEqual(self.talk(server).end(), (b"bye\n", True))
            self.assertEqual(server.status(), status << 8)

    def test_killed_by_a_signal_is_111(self) -> None:
        for number in (9, 15, 11):
            server = self.server("sh", "-c", f"ulimit -c 0; echo half; kill -{number} $$")
            self.assertEqual(self.talk(server).end(), (b"half\n", False))
            self.assertEqual(server.status(), EXIT_111)

    def test_whether_its_end_is_a_clean_one(self) -> None:
        rows = {                  # close_notify says that nothing was cut off
            "true": True,
            "exec >&- <&-; sleep 1": True,
            "exec >&-; sleep 1; exit 3": True,
            "exit 1": False,
            "exit 111": False,
            "kill -9 $$": False,
            "sleep 0.3 & kill -9 $$": False,
            "exec no-such-program": False,
        }
        for script, is_clean in rows.items():
            with self.subTest(script=script):
                server = self.server("sh", "-c", script)
                self.assertEqual(self.talk(server).end(), (b"", is_clean))

    def test_a_banner_comes_first(self) -> None:
        server = self.server(*SAY, options="-B220")
        self.assertEqual(ask(server), b"220started\n")
        server = self.server(*SAY, before=("sh", "-c", 'program=$1; shift; exec "$program" '
                                           '-B "220 hello world\r\n" "$@"', "sh"))
        self.assertEqual(ask(server), b"220 hello world\r\nstarted\n")

    def test_it_runs_only_after_the_handshake(self) -> None:
        mark = self.scratch / "mark"
        server = self.server("touch", str(mark))
        with self.connect(server) as peer:
            peer.sendall(client_hello()[:20])
            server.find(r"sslserver: ok .*")
        self.assertEqual(server.status(), EXIT_111)
        self.assertFalse(mark.exists())


class Variables(Case):
    """What the program is told."""

    def asked(self, options: str = "", *, source: str = "", name: Optional[str] = None,
              **more) -> dict[str, str]:
        """The variables of a connection."""
        return variables(ask(self.server(*ENV, options=options, **more), name=name,
                             source=source))

    def test_addresses_and_ports(self) -> None:
        server = self.server(*ENV)
        peer = self.talk(server, source="127.0.0.9")
        v = variables(peer.read_to_end())
        self.assertEqual(v["PROTO"], "SSL")
        self.assertEqual((v["SSLREMOTEIP"], v["SSLREMOTEPORT"]),
                         ("127.0.0.9", str(peer.socket.getsockname()[1])))
        self.assertEqual((v["SSLLOCALIP"], v["SSLLOCALPORT"]), (LOCAL, str(server.port)))
        self.assertEqual(v["SSLLOCALHOST"], "0")

    @with_ipv6
    def test_addresses_of_ipv6(self) -> None:
        for host in ("::1", ":0"):
            v = self.asked("-e", host=host, source="::1")
            self.assertEqual((v["PROTO"], v["SSLREMOTEIP"], v["SSLLOCALIP"], v["TCPREMOTEIP"]),
                             ("SSL6", "::1", "::1", "::1"))

    @with_ipv6
    def test_ipv4_on_a_socket_of_both_kinds(self) -> None:
        v = self.asked("-e", host=":0", source="127.0.0.1")
        self.assertEqual((v["PROTO"], v["SSLREMOTEIP"], v["SSLLOCALIP"], v["TCPREMOTEIP"]),
                         ("SSL", LOCAL, LOCAL, LOCAL))

    def test_copies_with_e(self) -> None:
        v = self.asked("-e -h", settings={"TCPREMOTEINFO": "inherited"})
        for name in ("LOCALIP", "LOCALPORT", "LOCALHOST", "REMOTEIP", "REMOTEPORT",
                     "REMOTEHOST"):
            self.assertEqual(v[f"TCP{name}"], v[f"SSL{name}"])
        self.assertNotIn("TCPREMOTEINFO", v)
        self.assertNotIn("TCPREMOTEIP", self.asked("-eE"))
        self.assertNotIn("TCPREMOTEIP", self.asked())

    def test_others_are_inherited(self) -> None:
        v = self.asked(settings={"MINE": "a b", "TCPREMOTEIP": "192.0.2.1"})
        self.assertEqual((v["MINE"], v["TCPREMOTEIP"]), ("a b", "192.0.2.1"))

    def test_what_is_not_known_is_removed_even_if_inherited(self) -> None:
        names = ["SSLREMOTEHOST", "SSLREMOTEINFO", "SSLREMOTEIP", "PROTO", "SSL_CLIENT_S_DN",
                 "SSL_CLIENT_CERT", "SSL_SERVER_S_DN_O", "SSL_TLS_SNI", "SSL_CLIENT_VERIFY"]
        v = self.asked("-s", settings={name: "inherited" for name in names})
        self.assertNotIn("inherited", v.values())
        for name in (*names[:2], *names[4:8]):
            self.assertNotIn(name, v)

    def test_no_descriptors_of_delayed_tls(self) -> None:
        v = self.asked()
        self.assertEqual([name for name in v if name in ("SSLCTLFD", "SSLREADFD",
                                                         "SSLWRITEFD")], [])

    def test_host_names(self) -> None:
        server = self.server(*ENV, base="-1vR", options=self.names())
        for source, host in (("127.0.0.5", "good.example"), ("127.0.0.6", "good.example"),
                             ("127.0.0.8", "")):
            v = variables(ask(server, source=source))
            self.assertEqual(v.get("SSLREMOTEHOST"), host, source)
            self.assertNotIn("SSLREMOTEINFO", v)

    def test_h_is_the_default(self) -> None:
        settings = self.names().replace(" -h", "")
        v = self.asked(settings, base="-1vRl0", source="127.0.0.5")
        self.assertEqual(v["SSLREMOTEHOST"], "good.example")
        v = self.asked(f"{settings} -H", base="-1vRl0", source="127.0.0.5")
        self.assertNotIn("SSLREMOTEHOST", v)

    def test_paranoia(self) -> None:
        server = self.server(*ENV, options=self.names() + " -p")
        for source, host in (("127.0.0.5", "good.example"), ("127.0.0.6", None),
                             ("127.0.0.8", "")):
            self.assertEqual(variables(ask(server, source=source)).get("SSLREMOTEHOST"), host)

    def test_addresses_without_a_name_are_served_at_once(self) -> None:
        began = time.monotonic()
        v = self.asked(base="-1v", source="127.0.0.2")
        self.assertEqual(v["SSLREMOTEHOST"], "")
        self.assertLess(time.monotonic() - began, SOON_SECONDS)

    def test_local_host(self) -> None:
        self.assertEqual(self.asked("-l server.example")["SSLLOCALHOST"], "server.example")
        self.assertEqual(self.asked(base="-1vRH")["SSLLOCALHOST"], "localhost")

    def ident(self, answer: str, source: str = "127.0.0.9") -> None:
        """An IDENT server of the client's machine; `{}` is the question."""
        listener = self.enterContext(socket.create_server((source, 113)))

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    peer, _ = listener.accept()
                    with peer:
                        question = peer.recv(100).decode().strip()
                        peer.sendall(answer.format(question).encode())
                        peer.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)

    @as_root
    def test_the_peers_user(self) -> None:
        server = self.server(*ENV, options="-r -t 5")
        for number, (answer, info) in enumerate((("{} : USERID : UNIX : joe\r\n", "joe"),
                                                 ("{} : ERROR : NO-USER\r\n", None),
                                                 ("nonsense\r\n", None)), 9):
            with self.subTest(answer):
                source = f"127.0.0.{number}"
                self.ident(answer, source)
                v = variables(ask(server, source=source))
                self.assertEqual(v.get("SSLREMOTEINFO"), info)
                server.find(rf"sslserver: ok .* :{re.escape(source)}:{info or ''}:\d+")

    @as_root
    def test_a_hostile_user_name(self) -> None:
        self.ident("{} : USERID : UNIX : j\x1b[2Joe%:\r\n")
        server = self.server(*ENV, options="-r -t 5")
        v = variables(ask(server, source="127.0.0.9"))
        self.assertEqual(v["SSLREMOTEINFO"], "j?[2Joe%:")
        self.assertNotIn("\x1b", server.log)
        server.find(r"sslserver: ok .* :127\.0\.0\.9:j\?\[2Joe\?\?:\d+")

    @as_root
    def test_a_silent_ident_server_does_not_hold_us_up(self) -> None:
        self.ident("")
        began = time.monotonic()
        v = self.asked("-r -t 1", source="127.0.0.9")
        self.assertNotIn("SSLREMOTEINFO", v)
        self.assertLess(time.monotonic() - began, SOON_SECONDS)

    # With -s.

    def test_the_session(self) -> None:
        v = self.asked("-s", name="server.example")
        self.assertEqual((v["SSL_PROTOCOL"], v["SSL_TLS_SNI"], v["SSL_CLIENT_VERIFY"]),
                         ("TLSv1.3", "server.example", "NONE"))
        self.assertRegex(v["SSL_CIPHER"], "^TLS_")
        self.assertEqual(v["SSL_CIPHER_USEKEYSIZE"], v["SSL_CIPHER_ALGKEYSIZE"])
        self.assertEqual((v["SSL_CIPHER_EXPORT"], v["SSL_VERSION_INTERFACE"]),
                         ("false", "ucspi-ssl"))
        self.assertRegex(v["SSL_VERSION_LIBRARY"], "^GnuTLS/3")
        self.assertRegex(v.get("SSL_SESSION_ID", "00"), "^([0-9a-f]{2})+$")

    def expect_certificate(self, v: dict[str, str], who: str, file: Path) -> None:
        """The variables of a certificate against openssl."""
        def shown(*words: str) -> str:
            return openssl("x509", "-in", file, "-noout", *words).strip().split("=", 1)[1]

        self.assertEqual(int(v[f"SSL_{who}_M_SERIAL"]), int(shown("-serial"), 16))
        self.assertEqual(v[f"SSL_{who}_M_VERSION"], "3")
        self.assertEqual(v[f"SSL_{who}_S_DN"], shown("-subject", "-nameopt", "compat"))
        self.assertEqual(v[f"SSL_{who}_I_DN"], shown("-issuer", "-nameopt", "compat"))
        self.assertEqual(v[f"SSL_{who}_V_START"], shown("-startdate"))
        self.assertEqual(v[f"SSL_{who}_V_END"], shown("-enddate"))
        self.assertEqual(v[f"SSL_{who}_CERT"], pem_of(file))

    def test_our_own_certificate(self) -> None:
        for pair in (MATERIAL.ecdsa, MATERIAL.rsa):
            v = self.asked("-s", settings=pair.environment)
            self.expect_certificate(v, "SERVER", pair.chain)
            self.assertEqual(v["SSL_SERVER_S_DN_CN"], pair.chain.stem)

    def test_the_clients_certificate(self) -> None:
        server = self.server(*ENV, options="-s -i", settings={
            "CAFILE": str(MATERIAL.root.file), "CCAFILE": str(MATERIAL.root.file)})
        v = variables(ask(server, context(own=MATERIAL.client)))
        self.assertEqual(v["SSL_CLIENT_VERIFY"], "SUCCESS")
        self.expect_certificate(v, "CLIENT", MATERIAL.client.chain)
        v = variables(ask(server))
        self.assertEqual(v["SSL_CLIENT_VERIFY"], "NONE")
        self.assertNotIn("SSL_CLIENT_S_DN", v)

    def test_a_forged_name_makes_no_second_line(self) -> None:
        pair = MATERIAL.root.issue(self.scratch / "forged", "DNS:x.example",
                                   subject="/CN=x\nSSL_CLIENT_VERIFY=NONE")
        server = self.server(*ENV, options="-s -i", settings={
            "CAFILE": str(MATERIAL.root.file), "CCAFILE": str(MATERIAL.root.file)})
        v = variables(ask(server, context(own=pair)))
        self.assertEqual(v["SSL_CLIENT_VERIFY"], "SUCCESS")
        self.assertNotIn("\n", v["SSL_CLIENT_S_DN"])

    def test_without_s_there_are_none(self) -> None:
        for options in ("", "-sS"):
            v = self.asked(options)
            self.assertEqual([name for name in v if name.startswith("SSL_")], [])


class Log(Case):
    """What is written, and when."""

    def begin(self) -> list[str]:
        """The lines of every verbose start."""
        return [f"cert {MATERIAL.ecdsa.chain}", f"key {MATERIAL.ecdsa.key}", "status: 0/40"]

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
        root = str(MATERIAL.root.file)
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


class Relay(Case):
    """Data both ways, and every kind of end."""

    def test_much_from_the_client(self) -> None:
        data = hashlib.sha256(b"up").digest() * MEBIBYTE
        peer = self.talk(self.server("sha256sum"))
        self.assertEqual(peer.say(data).split()[0].decode(), hashlib.sha256(data).hexdigest())

    def file(self, size: int) -> Path:
        """A file of so many octets."""
        file = self.scratch / "data"
        with file.open("wb") as out:
            for number in range(size >> 16):
                out.write(hashlib.sha256(b"%d" % number).digest() * 2048)
        return file

    def test_much_to_the_client(self) -> None:
        file = self.file(32 * MEBIBYTE)
        got = hashlib.sha256()
        for block in self.talk(self.server("cat", str(file))).blocks():
            got.update(block)
        self.assertEqual(got.hexdigest(), hashlib.sha256(file.read_bytes()).hexdigest())

    def test_there_and_back(self) -> None:
        peer = self.talk(self.server(*CAT))
        for number in range(100):
            data = hashlib.sha256(b"%d" % number).digest() * 1024
            peer.write(data)
            self.assertEqual(peer.read(len(data)), data)

    def test_a_slow_reader_holds_up_its_program_alone(self) -> None:
        file, done = self.file(64 * MEBIBYTE), self.scratch / "done"
        server = self.server("sh", "-c", f"cat {file}; touch {done}")
        peer = self.talk(server)
        time.sleep(0.7)
        self.assertFalse(done.exists())
        (talker,) = server.talkers()
        self.assertLess(int(fact(talker.pid, "RssAnon").split()[0]), 32 * 1024)
        self.assertEqual(sum(map(len, peer.blocks())), 64 * MEBIBYTE)
        self.assertEqual(server.status(), 0)

    def test_a_slow_program_holds_up_its_client(self) -> None:
        peer = self.talk(self.server("sh", "-c", "sleep 0.7; wc -c"))
        sent = 0
        peer.socket.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            while sent < 64 * MEBIBYTE:
                peer.write(bytes(65536))
                sent += 65536
        self.assertLess(sent, 32 * MEBIBYTE)

    def test_the_client_closes_first(self) -> None:
        server = self.server("sh", "-c", "cat; sleep 0.2; echo the rest")
        self.assertEqual(self.talk(server).say(b"hello\n"), b"hello\nthe rest\n")
        self.assertEqual(server.status(), 0)

    def test_the_program_closes_first(self) -> None:
        file = self.scratch / "heard"
        server = self.server("sh", "-c", f"echo bye; exec >&-; cat >{file}")
        peer = self.talk(server)
        self.assertEqual(peer.read_to_end(), b"bye\n")
        peer.write(b"still here")
        peer.close_notify()
        peer.socket.close()
        self.assertEqual(server.status(), 0)
        self.assertEqual(file.read_bytes(), b"still here")

    def test_a_grandchild_keeps_the_line_open(self) -> None:
        server = self.server("sh", "-c", "(sleep 0.3; echo late) & exit 3")
        self.assertEqual(ask(server), b"late\n")
        self.assertEqual(server.status(), 3 << 8)

    def test_an_end_without_a_word_is_a_fault(self) -> None:
        for option, status in (("", EXIT_111), ("--allow-truncation", 0)):
            file = self.scratch / "heard"
            server = self.server("sh", "-c", f"cat >{file}", options=option)
            peer = self.talk(server)
            peer.write(b"half of it")
            peer.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(server.status(), status, option)
            self.assertEqual(file.read_bytes(), b"half of it")

    def test_a_program_that_does_not_read(self) -> None:
        server = self.server("sh", "-c", "exec <&-; sleep 0.2; echo bye")
        peer = self.talk(server)
        peer.write(b"x" * 100000)
        self.assertEqual(peer.read_to_end(), b"bye\n")
        peer.socket.close()
        self.assertEqual(server.status(), 0)


@as_root
class Users(Case):
    """Who is who: -u, -g, -U, SSL_UID, SSL_GID, SSL_CHROOT."""

    def pair(self, options: str = "", settings: Optional[dict[str, str]] = None,
             source: str = "") -> tuple[Sslserver, int, int]:
        """A server, and the numbers of a program and of its talker, which go on."""
        server = self.server("sh", "-c", "echo $$; exec cat", options=options,
                             settings=settings, extra_groups=[4, 20])
        program = int(self.talk(server, source=source).read_line())
        return server, program, int(fact(program, "PPid"))

    def expect_user(self, pid: int, user: int, group: int) -> None:
        """All four numbers of each kind, and no supplementary groups."""
        self.assertEqual(fact(pid, "Uid").split(), [str(user)] * 4)
        self.assertEqual(fact(pid, "Gid").split(), [str(group)] * 4)
        self.assertIn(fact(pid, "Groups").split(), ([], [str(group)]))

    def expect_unowned(self, pid: int) -> None:
        """A user and a group that no other process has."""
        self.expect_user(pid, 0x70000000 + pid, 0x70000000 + pid)

    def test_user_and_group_of_the_program(self) -> None:
        server, program, talker = self.pair("-u 12345 -g 23456")
        self.expect_user(program, 12345, 23456)
        self.expect_unowned(talker)
        self.assertEqual(fact(server.pid, "Uid").split(), ["0"] * 4)

    def test_user_and_group_from_the_environment(self) -> None:
        _, program, talker = self.pair("-U", {"UID": "12345", "GID": "23456"})
        self.expect_user(program, 12345, 23456)
        self.expect_unowned(talker)

    def test_the_environment_counts_with_capital_u_alone(self) -> None:
        _, program, _ = self.pair("", {"UID": "12345", "GID": "23456"})
        self.assertEqual(fact(program, "Uid").split(), ["0"] * 4)

    def test_the_talker_has_a_user_of_its_own(self) -> None:
        _, program, talker = self.pair("-u 12345 -g 23456",
                                       {"SSL_UID": "3333", "SSL_GID": "4444"})
        self.expect_user(program, 12345, 23456)
        self.expect_user(talker, 3333, 4444)

    def test_the_talkers_user_by_name(self) -> None:
        _, _, talker = self.pair("-u 12345 -g 23456",
                                 {"SSL_USER": "daemon", "SSL_GROUP": "daemon"})
        self.expect_user(talker, 1, 1)

    def test_a_rule_may_set_the_talkers_user(self) -> None:
        rules = self.rules('127.0.0.4:allow,SSL_UID="3333",SSL_GID="4444"\n')
        _, program, talker = self.pair(f"{rules} -u 12345 -g 23456", source="127.0.0.4")
        self.expect_user(talker, 3333, 4444)
        self.expect_user(program, 12345, 23456)

    def test_without_any_setting_talker_and_keeper_are_nobody_else(self) -> None:
        server, program, talker = self.pair()
        self.expect_unowned(talker)
        self.assertEqual(fact(program, "Uid").split(), ["0"] * 4)
        (keeper,) = server.keepers()
        self.expect_unowned(keeper.pid)

    def test_a_talker_is_never_root(self) -> None:
        self.expect_no_start({**MATERIAL.ecdsa.environment, "SSL_UID": "0"})
        server = self.server(*SAY, options=self.rules('127.0.0.4:allow,SSL_UID="0"\n'))
        self.expect_refused(server, source="127.0.0.4")
        self.assertRegex(server.log, "root is not to hear strangers")
        self.expect_alive(server)

    def test_users_and_roots_that_are_not_there(self) -> None:
        """Known before anybody comes."""
        for name, value in (("SSL_USER", "no-such-user"), ("SSL_GROUP", "no-such-group"),
                            ("SSL_CHROOT", str(self.scratch / "none"))):
            self.expect_no_start({**MATERIAL.ecdsa.environment, name: value})

    def test_a_user_without_a_group(self) -> None:
        """The program's group stays, as tcpserver has it; the talker's does not."""
        server, program, talker = self.pair("-u 12345")
        self.assertEqual(fact(program, "Uid").split(), ["12345"] * 4)
        self.assertEqual(fact(program, "Gid").split(), [str(os.getgid())] * 4)
        self.expect_unowned(talker)
        self.assertRegex(server.log, "-u without -g")

    def test_rights_are_given_up_before_a_stranger_is_read(self) -> None:
        server = self.server(*SAY)
        self.connect(server)
        (talker,) = until(server.talkers, "a talker")
        until(lambda: fact(talker.pid, "Uid").split() == [str(0x70000000 + talker.pid)] * 4,
              "its user")
        until(lambda: fact(talker.pid, "NoNewPrivs") == "1", "its vow")

    def test_nobody_else_looks_into_talker_and_keeper(self) -> None:
        server, _, talker = self.pair()
        (keeper,) = server.keepers()
        for pid in (talker, keeper.pid):
            # The files of a process that may not be dumped belong to root.
            self.assertEqual(Path(f"/proc/{pid}/environ").stat().st_uid, 0)
            self.assertEqual(int(fact(pid, "CapEff"), 16), 0)
            self.assertEqual(int(fact(pid, "CapPrm"), 16), 0)

    def test_the_program_may_gain_rights_as_ever(self) -> None:
        _, program, talker = self.pair("-u 12345 -g 23456")
        self.assertEqual((fact(program, "NoNewPrivs"), fact(talker, "NoNewPrivs")), ("0", "1"))
        self.assertEqual(fact(program, "Seccomp"), "0")

    def test_the_talker_may_live_in_another_root(self) -> None:
        root = self.scratch / "root"
        root.mkdir()
        for by in ("environment", "rule"):
            with self.subTest(by):
                settings = {"SSL_CHROOT": str(root)} if by == "environment" else {}
                options = self.rules(f'127.0.0.4:allow,SSL_CHROOT="{root}"\n')
                _, program, talker = self.pair(options if by == "rule" else "", settings,
                                               source="127.0.0.4")
                self.assertEqual(os.readlink(f"/proc/{talker}/root"), str(root))
                self.assertEqual(os.readlink(f"/proc/{program}/root"), "/")

    def test_a_root_of_a_rule_that_is_not_there(self) -> None:
        """Nobody is served outside of it."""
        server = self.server(*SAY, options=self.rules(
            f'127.0.0.4:allow,SSL_CHROOT="{self.scratch}/none"\n'))
        self.expect_refused(server, source="127.0.0.4")
        self.assertNotEqual(server.status(), 0)

    def test_talkers_have_no_socket_that_listens(self) -> None:
        server, program, talker = self.pair()

        def sockets(pid: int) -> set[str]:
            found = (os.readlink(f"/proc/{pid}/fd/{name}")
                     for name in os.listdir(f"/proc/{pid}/fd"))
            return {one for one in found if one.startswith("socket:")}

        (keeper,) = server.keepers()
        port = f"{server.port:04X}"
        lines = Path(f"/proc/{server.pid}/net/tcp").read_text(encoding="ascii").splitlines()
        listening = {f"socket:[{line.split()[9]}]" for line in lines
                     if line.split()[1].endswith(f":{port}") and line.split()[3] == "0A"}
        self.assertTrue(listening & sockets(server.pid))
        for pid in (talker, program, keeper.pid):
            self.assertFalse(listening & sockets(pid))

    @staticmethod
    def holds(pid: int, secrets: list[bytes]) -> bool:
        """Whether one of them is in the memory of a process."""
        with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
                open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in maps:
                begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                # AddressSanitizer's own memory is terabytes of address space.
                if "rw" not in line.split()[1] or "[v" in line or end - begin > 1 << 30:
                    continue
                with contextlib.suppress(OSError):
                    memory.seek(begin)
                    data = memory.read(end - begin)
                    if any(secret in data for secret in secrets):
                        return True
        return False

    def test_the_keeper_alone_has_the_private_key(self) -> None:
        text = MATERIAL.ecdsa.key.read_text()
        der = openssl("pkey", "-in", MATERIAL.ecdsa.key, "-text", "-noout")
        number = bytes.fromhex(re.search(r"priv:([\s0-9a-f:]+)pub:", der)[1]
                               .replace(":", "").replace(" ", "").replace("\n", ""))[-32:]
        lines = [line.encode() for line in text.splitlines() if "--" not in line]
        secrets = [number, number[::-1], base64.b64encode(number), *lines]
        server, program, talker = self.pair()
        (keeper,) = server.keepers()
        self.assertTrue(self.holds(keeper.pid, secrets))
        for pid in (talker, server.pid, program):
            self.assertFalse(self.holds(pid, secrets))


class Sockets(Case):
    """-d, -D, -o, -O, -I: seen by a program that has the connection itself, with -n."""

    LOOK = ("import socket; s = socket.socket(fileno=0); "
            "print(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), "
            "s.getsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, 40).hex(), flush=True)")
    RECORD_ROUTE = bytes((7, 7, 4, 0, 0, 0, 0, 0))

    def seen(self, options: str) -> list[str]:
        """What -D and -O are about, of a client that has its route recorded."""
        server = self.server(sys.executable, "-c", self.LOOK, options=f"-n {options}")
        with socket.socket() as peer:
            peer.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, self.RECORD_ROUTE)
            peer.settimeout(HANG_SECONDS)
            peer.connect((LOCAL, server.port))
            return plain_end(peer).decode().strip("\n").split(" ")

    def test_options_of_a_connection(self) -> None:
        for options, delays, routes in (("", False, False), ("-DO", False, False),
                                        ("-d", True, False), ("-o", False, True),
                                        ("-do", True, True), ("-doDO", False, False)):
            with self.subTest(options=options):
                no_delay, route = self.seen(options)
                self.assertEqual((no_delay == "0", route != ""), (delays, routes))

    def test_the_interface_of_an_address_that_is_of_the_link(self) -> None:
        """In a network of its own, whose only link has such an address."""
        script = ("ip link set lo up; ip -6 addr add fe80::7/64 dev lo nodad; "
                  f"{support.PROGRAM} -1RHl0 -I lo fe80::7 4433 echo hello & "
                  "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; "
                  "echo | openssl s_client -quiet -connect '[fe80::7%lo]:4433' 2>&3 && break; "
                  "done; kill $!")
        got = subprocess.run(
            ["unshare", "--net", "sh", "-c", "exec 3>/dev/null; " + script],
            env=support.environment(MATERIAL.ecdsa.environment), capture_output=True,
            text=True, timeout=HANG_SECONDS, check=False)
        self.assertIn("fe80::7 : 4433 [40/0]\n", got.stdout, got.stderr)
        self.assertTrue(got.stdout.endswith("hello\n"), got.stdout + got.stderr)

    def test_an_interface_that_is_not_there(self) -> None:
        got = run("-I", "no-such-0", "::1", "0", *SAY, settings=MATERIAL.ecdsa.environment)
        self.expect_fault(got, 100, "-I no-such-0: no such interface")


class Rules(Case):
    """-x, -X, -y, with rules of the real tcprules."""

    def expect_denied(self, server: Sslserver, source: str = LOCAL, count: int = 1) -> None:
        """Closed before any TLS, with status 100."""
        with connect(server, source) as peer:
            self.assertEqual(plain_end(peer), b"")
        self.assertEqual(len(server.statuses(count)), count)
        talker = server.find(r"sslserver: deny (\d+) .*")[-1][1]
        server.find(f"sslserver: end {talker} status {EXIT_100}")

    def expect_closed(self, server: Sslserver) -> None:
        """Whatever the status is: no program, and no good one."""
        self.expect_refused(server)
        self.assertNotIn(0, server.statuses())

    def asked(self, text: str, source: str = LOCAL, options: str = "", **more) -> dict[str, str]:
        """The variables of a connection under these rules."""
        server = self.server(*ENV, options=f"{self.rules(text)} {options}", **more)
        return variables(ask(server, source=source))

    def test_who_is_denied_and_who_is_not(self) -> None:
        server = self.server(*SAY, options=self.rules("127.0.0.2:deny\n127.0.1.:deny\n"))
        self.expect_denied(server, "127.0.0.2")
        self.expect_denied(server, "127.0.1.77", 2)
        self.assertEqual(ask(server, source="127.0.0.3"), b"started\n")

    def test_variables(self) -> None:
        v = self.asked('127.:allow,A="x y",B=/"/,EMPTY=""\n')
        self.assertEqual((v["A"], v["B"], v["EMPTY"]), ("x y", '"', ""))

    def test_variables_of_a_rule_are_on_top(self) -> None:
        v = self.asked(':allow,SSLREMOTEHOST="x",TCPREMOTEIP="y",SSL_PROTOCOL="z",HOME="h"\n',
                       options="-es", settings={"HOME": "/inherited"})
        self.assertEqual((v["SSLREMOTEHOST"], v["TCPREMOTEIP"], v["HOME"]), ("x", "y", "h"))
        self.assertEqual(v["SSL_PROTOCOL"], "z")

    def test_a_block_of_addresses(self) -> None:
        text = (f'{block("127.0.16.0", 20)}:allow,BLOCK="20"\n'
                f'{block("127.0.16.0", 24)}:allow,BLOCK="24"\n'
                f'{block("127.0.32.0", 19)}:deny\n')
        server = self.server(*ENV, options=self.rules(text))
        for source, value in (("127.0.16.9", "24"), ("127.0.17.9", "20"), ("127.0.31.9", "20"),
                              ("127.0.0.9", None)):
            self.assertEqual(variables(ask(server, source=source)).get("BLOCK"), value, source)
        self.expect_denied(server, "127.0.33.1", 5)

    @with_ipv6
    def test_addresses_of_ipv6(self) -> None:
        for text, value in (('::1:allow,A="x"\n:deny\n', "x"), (':allow,A="y"\n', "y"),
                            (f'{block("::1", 128)}:allow,A="z"\n:deny\n', "z"),
                            (f'{block("::", 64)}:allow,A="w"\n:deny\n', "w")):
            with self.subTest(text[:12]):
                self.assertEqual(self.asked(text, "::1", host="::1")["A"], value)
        server = self.server(*SAY, options=self.rules("::1:deny\n"), host=":0")
        self.expect_denied(server, "::1")
        self.assertEqual(ask(server, source=LOCAL), b"started\n")

    @with_ipv6
    def test_ipv4_on_a_socket_of_both_kinds(self) -> None:
        self.assertEqual(self.asked('127.0.0.1:allow,A="x"\n:deny\n', host=":0")["A"], "x")

    @with_many_addresses
    def test_blocks_of_ipv6(self) -> None:
        text = f'{block(SIX[0], 64)}:allow,A="64"\n{block(SIX[0], 48)}:allow,A="48"\n:deny\n'
        server = self.server(*ENV, options=self.rules(text), host="::1")
        self.assertEqual([variables(ask(server, source=one))["A"] for one in SIX],
                         ["64", "64", "48"])
        self.expect_denied(server, "::1", 4)

    def test_host_names(self) -> None:
        text = '=good.example:allow,A="good"\n=.example:allow,A="some"\n=:allow,A="named"\n'
        server = self.server(*ENV, options=f"{self.rules(text + ':deny')} {self.names()}")
        for source, value in (("127.0.0.5", "good"), ("127.0.0.6", "good"),
                              ("127.0.0.7", "some")):
            self.assertEqual(variables(ask(server, source=source))["A"], value)
        self.expect_denied(server, "127.0.0.8", 4)

    def test_a_name_that_is_not_confirmed_opens_nothing_to_the_paranoid(self) -> None:
        text = "=good.example:allow\n:deny\n"
        server = self.server(*SAY, options=f"{self.rules(text)} {self.names()} -p")
        self.assertEqual(ask(server, source="127.0.0.5"), b"started\n")
        self.expect_denied(server, "127.0.0.6", 2)

    def test_a_file_that_is_missing(self) -> None:
        options = f"-x {self.scratch / 'none.cdb'}"
        self.expect_alive(self.server(*SAY, options=f"-X {options}"))
        try:
            server = self.server(*SAY, options=options)
        except ChildProcessError:
            return
        self.expect_closed(server)

    def test_a_file_that_goes_away(self) -> None:
        server = self.server(*SAY, options=self.rules(":allow\n"))
        (self.scratch / "rules.cdb").unlink()
        self.expect_closed(server)

    def test_files_that_are_broken(self) -> None:
        whole = write_rules(self.scratch / "whole.cdb", ':deny\n1.:allow,A="x"\n').read_bytes()
        # With -X it is only the absence of the file that does no harm.
        for option in ("", "-X"):
            for data in (b"", b"x", whole[:1000], whole[:2050], b"\xff" * 4096):
                server = self.server(*SAY, options=f"{option} {self.rules(':allow')}")
                replace(self.scratch / "rules.cdb", data)
                with self.subTest(option=option, data=data[:8]):
                    self.expect_closed(server)

    def test_rules_that_change_while_it_runs(self) -> None:
        server = self.server(*ENV, options=self.rules(':allow,A="one"\n'))
        self.assertEqual(variables(ask(server))["A"], "one")
        self.rules(':allow,A="two"\n')
        self.assertEqual(variables(ask(server))["A"], "two")
        self.rules("127.:deny\n")
        self.expect_denied(server, count=3)

    def test_early_rules_deny_or_allow_before_the_others(self) -> None:
        early = self.rules('127.0.0.2:deny\n127.0.0.3:allow,A="early"\n', "early")
        late = self.rules('127.0.0.4:allow,A="late"\n127.0.0.2:allow\n127.0.0.3:deny\n')
        server = self.server(*ENV, options=f"{early} {late}")
        self.expect_denied(server, "127.0.0.2")
        self.assertEqual(variables(ask(server, source="127.0.0.3"))["A"], "early")
        self.assertEqual(variables(ask(server, source="127.0.0.4"))["A"], "late")

    def test_a_certificate_for_an_address(self) -> None:
        pair = MATERIAL.rsa
        for name in ("CERTFILE", "CERTCHAINFILE"):
            rules = self.rules(f'127.0.0.5:allow,{name}="{pair.chain}",KEYFILE="{pair.key}"\n')
            server = self.server(*SAY, options=rules)
            for source, der in (("127.0.0.5", pair.der), (LOCAL, MATERIAL.ecdsa.der)):
                with talk(server, context(MATERIAL.root.file), source=source) as peer:
                    self.assertEqual(peer.der, der, source)
                    self.assertEqual(peer.read_to_end(), b"started\n")

    def test_a_certificate_for_an_address_in_rules_that_change(self) -> None:
        server = self.server(*SAY, options=self.rules(":allow\n"))
        self.assertEqual(self.talk(server).der, MATERIAL.ecdsa.der)
        pair = MATERIAL.rsa
        self.rules(f'127.:allow,CERTFILE="{pair.chain}",KEYFILE="{pair.key}"\n')

        def served() -> bytes:
            with contextlib.suppress(OSError), talk(server) as peer:
                return peer.der
            return b""

        until(lambda: served() == pair.der, "the certificate of the rule")

    def test_a_certificate_of_a_rule_that_is_not_there(self) -> None:
        """Another one in its place would be a lie."""
        rules = self.rules('127.0.0.5:allow,CERTFILE="/none",KEYFILE="/none"\n')
        try:
            server = self.server(*SAY, options=rules)
        except ChildProcessError:
            return
        self.expect_refused(server, source="127.0.0.5")
        self.assertEqual(ask(server, source=LOCAL), b"started\n")


# Rules, and the addresses from which a connection comes under them.
BESIDE = (
    ("127.0.0.2:deny\n127.0.0.3:allow,A=\"x y\",B=/q\"q/\n127.0.0.10-12:deny\n"
     ":allow,D=\"default\"\n",
     ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.10", "127.0.0.11", "127.0.0.12",
      "127.0.0.13", "127.0.0.9")),
    ("127.0.1.:allow,A=\"three\"\n127.0.:allow,A=\"two\"\n127.:allow,A=\"one\"\n"
     "127.0.1.9:deny\n127.0.2.:deny\n127.0.2.7:allow\n",
     ("127.0.1.1", "127.0.1.9", "127.0.2.1", "127.0.2.7", "127.0.3.1", "127.9.1.1",
      "127.0.1.90", "127.0.10.1")),
    (":deny\n127.0.0.1:allow\n12:allow\n127.0.0:allow\n127.0.0.1.:allow\n",
     ("127.0.0.1", "127.0.0.2", "127.0.0.11", "127.1.0.1")),
    ("127.0.0.1:deny\n", ("127.0.0.1", "127.0.0.2")),
    ("=:allow,A=\"named\"\n=localhost:deny\njoe@127.0.0.2:deny\n@127.0.0.3:deny\n"
     ":allow,A=\"rest\"\n",
     ("127.0.0.1", "127.0.0.2", "127.0.0.3")),
    (":allow,A=\"\",A=\"last\",PATH=\"/usr/bin:/bin\",LONG=\"" + "x" * 3000 + "\"\n",
     ("127.0.0.1",)),
    ("", ("127.0.0.1",)),
    ("::1:allow,A=\"six\"\n127.0.0.1:deny\n:deny\n", ("::1",)),
    ("::1:deny\n:allow\n", ("::1",)),
    (":allow,A=\"any\"\n", ("::1",)),
    ("::allow,A=\"short\"\n:deny\n", ("::1",)),
    ("fd00:1:2:3::1:deny\nfd00:1:2:3::allow,A=\"four\"\nfd00:1::allow,A=\"two\"\n"
     ":allow,A=\"rest\"\n", SIX),
    ("fd00:1:2:3::deny\nfd00:1:2::allow,A=\"three\"\n:deny\n", SIX),
)


# Where ours goes another way on purpose: what an owner has written down as an address or a
# block, and tcprules took as it stands, tcpserver finds for nobody, so that a `deny` does not
# deny.
OTHERWISE = (
    ("127.0.0.0/24:deny\n:allow\n", "127.0.0.9"),
    ("127.0.0.0/255.255.255.0:deny\n:allow\n", "127.0.0.9"),
    ("0:0:0:0:0:0:0:1:deny\n:allow\n", "::1"),
    ("::/64:deny\n:allow\n", "::1"),
    (f"{block('127.0.0.0', 24)}:deny\n:allow\n", "127.0.0.9"),
    (f"{block('::', 64)}:deny\n:allow\n", "::1"),
)


class Beside(Case):
    """The real tcpserver beside ours, on the same rules."""

    def test_the_same_verdict_and_the_same_variables(self) -> None:
        tried = 0
        for text, sources in BESIDE:
            file = write_rules(self.scratch / "rules.cdb", text)
            names = set(re.findall(r"[,]([A-Z]+)=", text)) - {"PATH"}
            host = "::1" if ":" in sources[0] else LOCAL
            here = [source for source in sources if support.has_address(source)]
            if not here:
                continue
            with Tcpserver(file, host) as theirs, \
                    Sslserver(*ENV, settings=MATERIAL.ecdsa.environment, host=host,
                              options=f"-e -x {file}") as ours:
                for number, source in enumerate(here, 1):
                    with self.subTest(rules=text[:60], source=source):
                        tried += 1
                        expected, got = theirs.ask(source), {}
                        with contextlib.suppress(OSError):
                            got = variables(ask(ours, source=source))
                        self.assertEqual(ours.statuses(number)[-1],
                                         0 if expected else EXIT_100)
                        for name in {*names, "TCPREMOTEIP", "TCPREMOTEHOST", "TCPREMOTEINFO",
                                     "TCPLOCALIP", "TCPLOCALHOST"}:
                            self.assertEqual(got.get(name), expected.get(name), name)
        self.assertGreaterEqual(tried, 25)

    def test_where_ours_goes_another_way(self) -> None:
        for text, source in OTHERWISE:
            if not support.has_address(source):
                continue
            file = write_rules(self.scratch / "rules.cdb", text)
            host = "::1" if ":" in source else LOCAL
            with self.subTest(text), Tcpserver(file, host) as theirs:
                self.assertNotEqual(theirs.ask(source), {})
                ours = self.server(*ENV, options=f"-x {file}", host=host)
                self.assertEqual(plain_end(self.connect(ours, source)), b"")
                self.assertEqual(ours.status(), EXIT_100)


class Signals(Case):
    """SIGTERM, SIGHUP, and processes that are killed."""

    def served(self, server: Sslserver) -> bytes:
        """The certificate of a new connection, which must work."""
        with talk(server, context(MATERIAL.root.file)) as peer:
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
        tls = context(MATERIAL.root.file)

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
        live = MATERIAL.ecdsa.copy_to(self.scratch)
        return self.server(*(program or CAT), settings=live.environment), live

    def test_sighup_brings_the_new_certificate(self) -> None:
        server, _ = self.reloading()
        peer = self.talk(server)
        self.assertEqual(self.served(server), MATERIAL.ecdsa.der)
        MATERIAL.new.copy_to(self.scratch)
        self.assertEqual(self.served(server), MATERIAL.ecdsa.der)
        server.hang_up()
        until(lambda: self.served(server) == MATERIAL.new.der, "the new certificate")
        self.expect_echo(peer, b"goes on")
        self.assertEqual(peer.say(b"end"), b"end")
        until(lambda: len(server.keepers()) == 1, "the end of the old keeper")
        self.assertEqual(self.served(server), MATERIAL.new.der)
        self.assertEqual(server.warnings(), [])

    def test_a_broken_new_pair_changes_nothing(self) -> None:
        """All at once: each server waits a while for its files to become better."""
        broken = (MATERIAL.rsa.key.read_bytes(), b"", MATERIAL.ecdsa.chain.read_bytes())
        tried = []
        for number, data in enumerate(broken):
            folder = self.scratch / str(number)
            folder.mkdir()
            live = MATERIAL.ecdsa.copy_to(folder)
            server = self.server(*CAT, settings=live.environment)
            tried.append((server, folder, self.talk(server)))
            replace(live.key, data)
            server.hang_up()
        for server, folder, peer in tried:
            server.find("sslserver: warning: .*the old certificate stays.*")
            self.assertEqual(self.served(server), MATERIAL.ecdsa.der)
            self.expect_echo(peer, b"goes on")
            MATERIAL.new.copy_to(folder)
            server.hang_up()
            until(lambda one=server: self.served(one) == MATERIAL.new.der,
                  "the new certificate")

    def test_files_that_are_gone_change_nothing(self) -> None:
        server, live = self.reloading()
        live.chain.unlink()
        server.hang_up()
        server.find("sslserver: warning: .*the old certificate stays.*")
        self.assertEqual(self.served(server), MATERIAL.ecdsa.der)

    def test_files_replaced_one_after_the_other(self) -> None:
        for first in ("key", "chain"):
            with self.subTest(first):
                server, live = self.reloading()
                new = {live.key: MATERIAL.new.key.read_bytes(),
                       live.chain: MATERIAL.new.chain.read_bytes()}
                before, after = ((live.key, live.chain) if first == "key"
                                 else (live.chain, live.key))
                replace(before, new[before])
                server.hang_up()
                time.sleep(1)
                self.assertEqual(self.served(server), MATERIAL.ecdsa.der)
                replace(after, new[after])
                until(lambda: self.served(server) == MATERIAL.new.der, "the new certificate")
                self.assertEqual(server.warnings(), [])

    def test_no_connection_fails_while_files_are_read_anew(self) -> None:
        server, _ = self.reloading(*SAY)
        stop = threading.Event()

        def hang_up() -> None:
            number = 0
            while not stop.wait(0.05):
                number += 1
                (MATERIAL.new if number % 2 else MATERIAL.ecdsa).copy_to(self.scratch)
                server.hang_up()

        other = threading.Thread(target=hang_up)
        other.start()
        try:
            for _ in range(40):
                self.assertEqual(ask(server, context(MATERIAL.root.file)), b"started\n")
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

        put(MATERIAL.ecdsa)
        (self.scratch / "password").write_text("word")
        server = self.server(
            *CAT, options="-3", settings=Pair(chain, key).environment,
            before=("sh", "-c", f'exec "$@" 3<{self.scratch / "password"}', "sh"))
        self.assertEqual(self.served(server), MATERIAL.ecdsa.der)
        put(MATERIAL.new)
        server.hang_up()
        until(lambda: self.served(server) == MATERIAL.new.der, "the new certificate")

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
                live = MATERIAL.ecdsa.copy_to(self.scratch)
                server = self.server(*SAY, settings=live.environment, preexec_fn=before)
                self.expect_alive(server)
                MATERIAL.new.copy_to(self.scratch)
                server.hang_up()
                until(lambda one=server: self.served(one) == MATERIAL.new.der,
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
        MATERIAL.new.copy_to(self.scratch)
        server.hang_up()
        until(lambda: self.served(server) == MATERIAL.new.der, "the new certificate")


class ClientCertificates(Case):
    """-i, -m, -z, CAFILE, CCAFILE, CRLFILE."""

    def asking(self, options: str, settings: Optional[dict[str, str]] = None) -> Sslserver:
        """A server that asks for certificates of our authority."""
        root = str(MATERIAL.root.file)
        return self.server(*SAY, options=options,
                           settings={"CAFILE": root, "CCAFILE": root, **(settings or {})})

    def expect_no_program(self, server: Sslserver, own: Optional[Pair], **more) -> None:
        """Refused, in either version."""
        for number, version in enumerate((TLS_1_2, TLS_1_3), 1):
            self.expect_refused(server, context(own=own, only=version), **more)
            self.assertEqual(server.statuses(number), [EXIT_111] * number)
        server.find(r"sslserver: warning: dropping connection \d+ from [^ ]+: .+", 2)

    def expect_program(self, server: Sslserver, own: Optional[Pair], **more) -> None:
        """Served, in either version."""
        for version in (TLS_1_2, TLS_1_3):
            self.assertEqual(ask(server, context(own=own, only=version), **more), b"started\n")

    def test_one_that_may_be_absent(self) -> None:
        server = self.asking("-i")
        self.expect_program(server, None)
        self.expect_program(server, MATERIAL.client)
        self.expect_no_program(self.asking("-i"), MATERIAL.strange_client)

    def test_one_that_must_be_there(self) -> None:
        self.expect_program(self.asking("-m"), MATERIAL.client)
        self.expect_no_program(self.asking("-m"), None)
        server = self.asking("-m")
        self.expect_no_program(server, MATERIAL.strange_client)
        server.find(r"sslserver: warning: .*; its certificate is of /CN=strange, "
                    r"issued by /CN=Other Root", 2)

    def test_none_is_asked_for_by_default(self) -> None:
        for options in ("", "-mZ", "-zZ"):
            self.expect_program(self.asking(options), None)
            self.assertIn("No client certificate CA names sent",
                          s_client(self.asking(options), "-tls1_2"))

    def test_one_with_the_name_of_the_host(self) -> None:
        options = f"-z {self.names()}"
        self.expect_program(self.asking(options), MATERIAL.client, source="127.0.0.7")
        for source in ("127.0.0.5", "127.0.0.8"):
            self.expect_no_program(self.asking(options), MATERIAL.client, source=source)

    def test_a_hyphen_cancels(self) -> None:
        for options in ("-i", "-m", "-z"):
            self.expect_program(self.asking(options, {"CCAFILE": "-"}), None)

    def test_one_that_is_expired(self) -> None:
        old = MATERIAL.root.issue(self.scratch / "old", "DNS:client.example",
                                  dates=("20200101000000Z", "20210101000000Z"))
        self.expect_no_program(self.asking("-i"), old)

    def test_one_that_is_revoked(self) -> None:
        pair = MATERIAL.root.issue(self.scratch / "revoked", "DNS:client.example")
        self.expect_program(self.asking("-i"), pair)
        MATERIAL.root.revoke(pair)
        file = str(MATERIAL.root.write_list(self.scratch / "list.pem"))
        self.expect_no_program(self.asking("-i", {"CRLFILE": file}), pair)
        self.expect_program(self.asking("-i", {"CRLFILE": file}), MATERIAL.client)

    def test_a_rule_may_cancel(self) -> None:
        rules = self.rules('127.0.0.4:allow,CCAFILE="-"\n:allow\n')
        server = self.asking(f"-m {rules}")
        self.expect_no_program(server, None)
        self.expect_program(server, None, source="127.0.0.4")

    def test_files_that_are_not_there(self) -> None:
        root, none = str(MATERIAL.root.file), str(self.scratch / "none")
        for settings in ({"CAFILE": none}, {"CCAFILE": none}, {"CADIR": none}, {},
                         {"CCAFILE": root, "CRLFILE": none}):
            with self.subTest(settings):
                self.expect_no_start({**MATERIAL.ecdsa.environment, **settings}, "-m")


class Delayed(Case):
    """-n: UCSPI-TLS, the program decides when TLS begins."""

    START = 'echo hello; read line; eval "printf y >&$SSLCTLFD"; '
    MOVE = 'eval "exec <&$SSLREADFD >&$SSLWRITEFD"; '

    def begin(self, script: str, line: bytes = b"STARTTLS\n", options: str = "",
              ) -> tuple[Sslserver, socket.socket]:
        """A server, and a connection that has greeted and said a line."""
        server = self.server("sh", "-c", script, options=f"-n {options}")
        peer = self.connect(server)
        self.assertEqual(peer.recv(6, socket.MSG_WAITALL), b"hello\n")
        peer.sendall(line)
        return server, peer

    def test_tls_begins_when_the_program_says_so(self) -> None:
        server, peer = self.begin(self.START + self.MOVE + 'read line; echo "you said $line"')
        secure = Talk(peer, context(MATERIAL.root.file))
        self.assertEqual(secure.der, MATERIAL.ecdsa.der)
        self.assertEqual(secure.say(b"secret\n"), b"you said secret\n")
        self.assertEqual(server.status(), 0)
        server.find(r"sslserver: tls \d+ accept ")

    def test_variables_come_with_capital_y(self) -> None:
        _, peer = self.begin('echo hello; read line; eval "printf Y >&$SSLCTLFD; '
                             'cat <&$SSLCTLFD >&$SSLWRITEFD"')
        text = Talk(peer).read_to_end()
        self.assertTrue(text.endswith(b"\0\0"))
        v = variables(text)
        self.assertEqual(v["SSL_PROTOCOL"], "TLSv1.3")
        self.assertEqual(v["SSL_SERVER_CERT"], pem_of(MATERIAL.ecdsa.chain))
        self.assertTrue(all(name.startswith(("SSL_", "DANE_")) for name in v))

    def test_nothing_comes_with_y_but_the_end(self) -> None:
        _, peer = self.begin(self.START + 'eval "cat <&$SSLCTLFD >&$SSLWRITEFD"; ' +
                             self.MOVE + "echo end")
        self.assertEqual(Talk(peer).read_to_end(), b"end\n")

    def test_the_program_is_told_addresses_from_the_start(self) -> None:
        server = self.server(*ENV, options="-n -s -e")
        peer = self.connect(server, "127.0.0.3")
        v = variables(plain_end(peer))
        self.assertEqual((v["PROTO"], v["SSLREMOTEIP"], v["TCPREMOTEIP"]),
                         ("SSL", "127.0.0.3", "127.0.0.3"))
        self.assertNotIn("SSL_PROTOCOL", v)
        for name in ("SSLCTLFD", "SSLREADFD", "SSLWRITEFD"):
            self.assertRegex(v[name], r"^\d+$")

    def test_the_plain_connection_is_on_0_and_1(self) -> None:
        server = self.server("sh", "-c", "readlink /proc/$$/fd/0 /proc/$$/fd/1", options="-n")
        self.assertRegex(plain_end(self.connect(server)).decode(), r"\Asocket:(\S+)\nsocket:\1\n\Z")

    def test_no_descriptor_of_ours_reaches_it(self) -> None:
        server = self.server("sh", "-c", "echo $SSLCTLFD $SSLREADFD $SSLWRITEFD; "
                             "exec ls -x /proc/self/fd", options="-n")
        told, seen = plain_end(self.connect(server)).decode().splitlines()
        expected = {0, 1, 2, *map(int, told.split())}
        # One more is that of ls.
        self.assertEqual(len(set(map(int, seen.split())) - expected), 1, (told, seen))

    def test_a_program_that_never_wants_tls(self) -> None:
        for script in ("exit 5", 'eval "exec $SSLCTLFD>&-"; sleep 0.2; echo more; exit 5'):
            server, peer = self.begin(f"echo hello; read line; echo plain; {script}")
            self.assertRegex(plain_end(peer), rb"\Aplain\n(more\n)?\Z")
            self.assertEqual(server.status(), 5 << 8)

    def test_another_command_ends_the_connection(self) -> None:
        for octet in ("q", "n", "\\001"):
            server, peer = self.begin("echo hello; read line; "
                                      f'eval "printf \'{octet}\' >&$SSLCTLFD"; cat; exit 0')
            self.assertEqual(plain_end(peer), b"")
            self.assertEqual(server.status(), EXIT_111)

    def test_a_handshake_that_fails_ends_the_connection_and_not_the_program(self) -> None:
        mark = self.scratch / "mark"
        server, peer = self.begin(self.START + f'eval "cat <&$SSLREADFD"; touch {mark}; exit 0')
        peer.sendall(b"nonsense\r\n")
        self.assertNotIn(b"nonsense", plain_end(peer))
        self.assertEqual(server.status(), EXIT_111)
        self.assertTrue(mark.exists())

    def test_what_a_client_says_too_early_is_never_taken_for_secret(self) -> None:
        server, peer = self.begin(self.START + self.MOVE + "cat", b"STARTTLS\nEVIL\n")
        with contextlib.suppress(OSError):
            self.assertNotIn(b"EVIL", Talk(peer).say(b"x"))
        self.assertEqual(server.status(), EXIT_111)

    def test_a_client_that_stays_silent_after_the_command(self) -> None:
        began = time.monotonic()
        server, peer = self.begin(self.START + 'eval "cat <&$SSLREADFD"', options="-T 1")
        plain_end(peer)
        self.assertEqual(server.status(), EXIT_111)
        self.assertLess(time.monotonic() - began, SOON_SECONDS)

    def test_a_banner_in_the_clear(self) -> None:
        server = self.server("sh", "-c", "echo started", options="-n -B 220")
        self.assertEqual(plain_end(self.connect(server)), b"220started\n")

    def test_rules_hold_before_anything_else(self) -> None:
        server = self.server(*SAY, options=f"-n {self.rules(':deny')}")
        self.assertEqual(plain_end(self.connect(server)), b"")
        self.assertEqual(server.status(), EXIT_100)


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


def main(words: list[str]) -> int:
    """The command line."""
    global MATERIAL    # pylint: disable=global-statement
    if len(words) < 2:
        print(__doc__, file=sys.stderr)
        return 100
    support.PROGRAM = os.path.abspath(words[1])
    support.enter_own_network([os.path.abspath(words[0]), support.PROGRAM, *words[2:]])
    MATERIAL = Material()
    try:
        return run_cases(sys.modules[__name__], words[2:])
    finally:
        MATERIAL.remove()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
