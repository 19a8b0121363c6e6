"""What sslserver starts with and shows: settings, certificates, names, algorithms, tickets, and
certificates of clients; tried on the real one with clients of OpenSSL and GnuTLS, over loopback
alone.

    sslserver_settings.py SSLSERVER [NAME...]

As root it tries users, groups and chroot too, and goes into a network namespace of its own
where it can. The last line is `N passed, N failed`."""

import os
import shutil
import socket
import ssl
import struct
import sys
from typing import Optional

import sslserver_case as shared
import sslserver_support as support
from sslserver_case import Case, EXIT_111, LOCAL, SAY, TLS_1_2, TLS_1_3
from sslserver_support import (ENV, Pair, Sslserver, as_root, ask, context, openssl, pem_of, run,
                               s_client, talk, until, variables, with_ipv6)


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
                self.expect_fault(run(*words, settings=shared.MATERIAL.ecdsa.environment), 100)

    def test_help_and_version(self) -> None:
        self.assertRegex(run("--help").out, r"\Ausage: sslserver ")
        self.assertRegex(run("--version").out, r"\Asslserver ")
        self.assertEqual([run(word).status for word in ("--help", "--version")], [0, 0])

    def test_a_port_that_is_taken(self) -> None:
        with socket.create_server((LOCAL, 0)) as taken:
            port = str(taken.getsockname()[1])
            self.expect_fault(
                run(LOCAL, port, *SAY, settings=shared.MATERIAL.ecdsa.environment), 111)

    def test_addresses_and_ports_that_are_none_of_ours(self) -> None:
        for host, port in (("192.0.2.1", "0"), ("no-such-host.invalid", "0"),
                           (LOCAL, "no-such-service"), (LOCAL, "65536")):
            with self.subTest(host=host, port=port):
                got = run(host, port, *SAY, settings=shared.MATERIAL.ecdsa.environment)
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
        good = shared.MATERIAL.ecdsa.environment
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
                    self.expect_no_start({**shared.MATERIAL.ecdsa.environment, name: str(file)})

    def test_a_key_that_does_not_fit(self) -> None:
        for other in (shared.MATERIAL.new, shared.MATERIAL.rsa):
            self.expect_no_start({**shared.MATERIAL.ecdsa.environment, "KEYFILE": str(other.key)})

    def test_ciphers_that_nobody_knows(self) -> None:
        self.expect_no_start({**shared.MATERIAL.ecdsa.environment, "CIPHERS": "NONE-SUCH"})

    def test_certificate_and_key_in_one_file(self) -> None:
        file = self.scratch / "both.pem"
        ecdsa = shared.MATERIAL.ecdsa
        file.write_text(ecdsa.chain.read_text() + ecdsa.key.read_text())
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
        server = self.server(*SAY, settings={"CERTCHAINFILE": str(shared.MATERIAL.rsa.chain),
                                             "KEYFILE": str(shared.MATERIAL.rsa.key)})
        self.assertEqual(self.talk(server).der, shared.MATERIAL.rsa.der)

    def test_intermediate_certificates_are_sent(self) -> None:
        for name in ("CERTFILE", "CERTCHAINFILE"):
            with self.subTest(name):
                server = self.server(*SAY, settings={name: str(shared.MATERIAL.ecdsa.chain)})
                shown = s_client(server, "-showcerts", "-CAfile", shared.MATERIAL.root.file)
                self.assertEqual(shown.count("BEGIN CERTIFICATE"), 2, shown)
                self.assertIn("Verification: OK", shown)
                self.assertEqual(ask(server, context(shared.MATERIAL.root.file)), b"started\n")

    def encrypted(self, text: bytes) -> dict:
        """Words for a server whose key is encrypted, with this on descriptor 3."""
        key, password = self.scratch / "secret.key", self.scratch / "password"
        openssl("pkcs8", "-topk8", "-in", shared.MATERIAL.ecdsa.key, "-out", key, "-passout",
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
        settings = {**shared.MATERIAL.ecdsa.environment, **more["settings"]}
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
        made = shared.MATERIAL.with_chain(f"{name}-{next(self.COUNT)}", names)
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
        with talk(server, context(shared.MATERIAL.root.file), name) as peer:
            self.assertEqual(peer.read_to_end(), b"started\n")
            return peer.der

    def test_names_of_certificates_not_of_files(self) -> None:
        server = self.serve()
        for name, pair in (("www.sni.example", self.exact), ("second.sni.example", self.exact),
                           ("mail.wild.example", self.wild), ("exact", shared.MATERIAL.ecdsa)):
            self.assertEqual(self.served(server, name), pair.der, name)

    def test_names_that_nobody_has_get_the_default(self) -> None:
        server = self.serve()
        for name in (None, "other.example", "sni.example", "a.www.sni.example",
                     "wild.example", "a.b.wild.example"):
            self.assertEqual(self.served(server, name), shared.MATERIAL.ecdsa.der, name)

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
        self.assertEqual(self.served(server, "new.example"), shared.MATERIAL.ecdsa.der)
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
        pairs = (shared.MATERIAL.ecdsa, shared.MATERIAL.rsa)
        return self.server(*SAY, settings={"CERTFILE": ":".join(str(p.chain) for p in pairs),
                                           "KEYFILE": ":".join(str(p.key) for p in pairs)})

    def test_a_client_gets_the_kind_of_key_that_it_understands(self) -> None:
        server = self.both()
        for kind, pair in (("RSA", shared.MATERIAL.rsa), ("ECDSA", shared.MATERIAL.ecdsa)):
            tls = context(shared.MATERIAL.root.file, only=TLS_1_2,
                          ciphers=f"ECDHE-{kind}-AES128-GCM-SHA256")
            with self.subTest(kind), talk(server, tls) as peer:
                self.assertEqual(peer.der, pair.der)
                self.assertEqual(peer.read_to_end(), b"started\n")

    def test_a_client_of_tls_1_3_too(self) -> None:
        server = self.both()
        for schemes, pair in (("rsa_pss_rsae_sha256", shared.MATERIAL.rsa),
                              ("ECDSA+SHA256", shared.MATERIAL.ecdsa)):
            shown = s_client(server, "-tls1_3", "-sigalgs", schemes)
            self.assertIn(pem_of(pair.chain), shown, schemes)

    def test_tls_1_2_and_1_3(self) -> None:
        server = self.server(*ENV, options="-s")
        for version, name in ((TLS_1_2, "TLSv1.2"), (TLS_1_3, "TLSv1.3")):
            v = variables(ask(server, context(shared.MATERIAL.root.file, only=version)))
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
        got = support.gnutls_cli(server, "--x509cafile", shared.MATERIAL.root.file,
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
            "CAFILE": str(shared.MATERIAL.root.file), "CCAFILE": str(shared.MATERIAL.root.file)})
        for tls in (context(), context(own=shared.MATERIAL.client)):
            self.assertFalse(self.again(server, tls, self.session(server, tls)))

    def test_a_session_is_worth_nothing_where_more_is_demanded(self) -> None:
        root = str(shared.MATERIAL.root.file)
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
        self.assertEqual(sorted(server.statuses(3)), [0, 0, EXIT_111])

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
        live = shared.MATERIAL.ecdsa.copy_to(self.scratch)
        server, tls = self.server(*SAY, settings=live.environment), context()
        session = self.session(server, tls)
        shared.MATERIAL.new.copy_to(self.scratch)
        server.hang_up()
        until(lambda: self.talk(server).der == shared.MATERIAL.new.der, "the new certificate")
        self.again(server, tls, session)

    def test_a_ticket_that_was_changed_does_no_harm(self) -> None:
        """RFC 8446 4.2.11: a binder that is wrong ends the connection, and that one alone."""
        server, tls = self.server(*SAY), context(only=TLS_1_3)
        session = self.session(server, tls)

        def send(peer: socket.socket, data: bytes) -> None:
            # A hello ends with the binder.
            peer.sendall(data[:-1] + bytes([data[-1] ^ 1]) if data[5] == 1 else data)

        self.expect_refused(server, tls, session=session, send=send)
        # Two talkers, and either may be the first whose end is heard of.
        self.assertEqual(sorted(server.statuses(2)), [0, EXIT_111])
        self.expect_alive(server)


class ClientCertificates(Case):
    """-i, -m, -z, CAFILE, CCAFILE, CRLFILE."""

    def asking(self, options: str, settings: Optional[dict[str, str]] = None) -> Sslserver:
        """A server that asks for certificates of our authority."""
        root = str(shared.MATERIAL.root.file)
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
        self.expect_program(server, shared.MATERIAL.client)
        self.expect_no_program(self.asking("-i"), shared.MATERIAL.strange_client)

    def test_one_that_must_be_there(self) -> None:
        self.expect_program(self.asking("-m"), shared.MATERIAL.client)
        self.expect_no_program(self.asking("-m"), None)
        server = self.asking("-m")
        self.expect_no_program(server, shared.MATERIAL.strange_client)
        server.find(r"sslserver: warning: .*; its certificate is of /CN=strange, "
                    r"issued by /CN=Other Root", 2)

    def test_none_is_asked_for_by_default(self) -> None:
        for options in ("", "-mZ", "-zZ"):
            self.expect_program(self.asking(options), None)
            self.assertIn("No client certificate CA names sent",
                          s_client(self.asking(options), "-tls1_2"))

    def test_one_with_the_name_of_the_host(self) -> None:
        options = f"-z {self.names()}"
        self.expect_program(self.asking(options), shared.MATERIAL.client, source="127.0.0.7")
        for source in ("127.0.0.5", "127.0.0.8"):
            self.expect_no_program(self.asking(options), shared.MATERIAL.client, source=source)

    def test_a_hyphen_cancels(self) -> None:
        for options in ("-i", "-m", "-z"):
            self.expect_program(self.asking(options, {"CCAFILE": "-"}), None)

    def test_one_that_is_expired(self) -> None:
        old = shared.MATERIAL.root.issue(self.scratch / "old", "DNS:client.example",
                                  dates=("20200101000000Z", "20210101000000Z"))
        self.expect_no_program(self.asking("-i"), old)

    def test_one_that_is_revoked(self) -> None:
        pair = shared.MATERIAL.root.issue(self.scratch / "revoked", "DNS:client.example")
        self.expect_program(self.asking("-i"), pair)
        shared.MATERIAL.root.revoke(pair)
        file = str(shared.MATERIAL.root.write_list(self.scratch / "list.pem"))
        self.expect_no_program(self.asking("-i", {"CRLFILE": file}), pair)
        self.expect_program(self.asking("-i", {"CRLFILE": file}), shared.MATERIAL.client)

    def test_a_rule_may_cancel(self) -> None:
        rules = self.rules('127.0.0.4:allow,CCAFILE="-"\n:allow\n')
        server = self.asking(f"-m {rules}")
        self.expect_no_program(server, None)
        self.expect_program(server, None, source="127.0.0.4")

    def test_files_that_are_not_there(self) -> None:
        root, none = str(shared.MATERIAL.root.file), str(self.scratch / "none")
        for settings in ({"CAFILE": none}, {"CCAFILE": none}, {"CADIR": none}, {},
                         {"CCAFILE": root, "CRLFILE": none}):
            with self.subTest(settings):
                self.expect_no_start({**shared.MATERIAL.ecdsa.environment, **settings}, "-m")


if __name__ == "__main__":
    sys.exit(shared.main(sys.modules[__name__], sys.argv))
