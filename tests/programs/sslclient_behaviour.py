"""What UCSPI programs expect of sslclient, tried on the real one inside the test internet.

    sslclient_behaviour.py SSLCLIENT ZONES_DIR [NAME...]

RELAY_BYTES in the environment sets the size of the bulk transfers (256 MiB). The last
line is `N passed, N failed`.
"""

import os
import queue
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

import sslclient_behaviour_support as support
from harness import HANG_SECONDS, SOON_SECONDS, run_cases
from sslclient_behaviour_support import (Memory, Server, TlsServer, certs, child, drain, echo,
                               finish, goodbye, json_of, run, start)

WWW = "www.secure.example"
ENV = ("env", "-0")
SAY = ("sh", "-c", "echo started")
RELAY_BYTES = int(os.environ.get("RELAY_BYTES", 256 * 1024 * 1024))


class Case(unittest.TestCase):
    """Shared assertions."""

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="behaviour."))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)

    def expect(self, result, status: int, *, lines: int = 0) -> None:
        """A status, and so many lines on standard error."""
        self.assertEqual((result.status, len(result.lines)), (status, lines), result.err)

    def expect_fault(self, result, status: int = 111, pattern: str = "") -> None:
        """One line on standard error, and no child."""
        self.expect(result, status, lines=1)
        self.assertRegex(result.err, r"^sslclient: fatal: .*" + pattern)
        self.assertEqual(result.out, "")

    def server(self, habit, **more) -> Server:
        """A peer without TLS for the time of the test."""
        made = Server(habit, **more)
        self.addCleanup(made.__exit__)
        return made

    def tls_server(self, habit=echo, **more) -> TlsServer:
        """A peer for the time of the test."""
        made = TlsServer(habit, **more)
        self.addCleanup(made.__exit__)
        return made


class Variables(Case):
    """ucspi-ssl's variables, and ours."""

    def test_addresses_and_ports(self) -> None:
        server = self.tls_server()
        got = run("-X", server.address, 443, *ENV)
        self.expect(got, 0)
        v = got.variables
        self.assertEqual(v["PROTO"], "SSL")
        self.assertEqual(v["SSLREMOTEIP"], server.address)
        self.assertEqual(v["SSLREMOTEPORT"], "443")
        self.assertEqual((v["SSLLOCALIP"], int(v["SSLLOCALPORT"])), server.peers[0])
        self.assertEqual(v["SSLLOCALHOST"], "0")

    def test_what_is_not_known_is_removed_even_if_inherited(self) -> None:
        names = ["SSLREMOTEHOST", "SSLREMOTEINFO", "DANE_TLSA_OWNER", "DANE_USAGE",
                 "SSLREMOTEIP", "PROTO", "DANE_STATUS"]
        v = run("-X", self.tls_server().address, 443, *ENV,
                env={name: "inherited" for name in names}).variables
        for name in names[:4]:
            self.assertNotIn(name, v)
        self.assertNotIn("inherited", v.values())

    def test_what_is_not_known_has_no_tls_variable(self) -> None:
        names = ["SSL_CLIENT_CERT", "SSL_CLIENT_S_DN", "SSL_SERVER_S_DN_O",
                 "SSL_SERVER_I_DN_Email", "SSL_SERVER_CERT_CHAIN_7", "SSL_CLIENT_VERIFY",
                 "SSL_SERVER_SAN_DNS_0"]
        v = run("-s", WWW, 443, *ENV, env={name: "inherited" for name in names}).variables
        for name in names:
            self.assertNotIn(name, v)

    def test_other_variables_are_inherited(self) -> None:
        v = run("", WWW, 443, *ENV, env={"MINE": "a b", "TCPREMOTEIP": "192.0.2.1",
                                         "SSL_PROTOCOL": "mine"}).variables
        self.assertEqual((v["MINE"], v["TCPREMOTEIP"], v["SSL_PROTOCOL"]),
                         ("a b", "192.0.2.1", "mine"))

    def test_tcp_copies_with_e(self) -> None:
        v = run("-e", WWW, 443, *ENV, env={"TCPREMOTEHOST": "inherited"}).variables
        for name in ("LOCALIP", "LOCALPORT", "LOCALHOST", "REMOTEIP", "REMOTEPORT"):
            self.assertEqual(v[f"TCP{name}"], v[f"SSL{name}"])
        self.assertNotIn("TCPREMOTEHOST", v)
        self.assertNotIn("TCPREMOTEIP", run("-eE", WWW, 443, *ENV).variables)

    def test_host_names_by_look_up(self) -> None:
        words = support.command("-h", WWW, 443, *ENV)
        words[words.index("-RHl0")] = "-R"
        v = finish(start(words)).variables
        self.assertEqual(v["SSLLOCALHOST"], "localhost")
        self.assertTrue(v["SSLREMOTEHOST"].endswith(".example"), v["SSLREMOTEHOST"])

    def test_local_host_by_l(self) -> None:
        v = run("-l client.example", WWW, 443, *ENV).variables
        self.assertEqual(v["SSLLOCALHOST"], "client.example")

    def test_dane_variables(self) -> None:
        v = run("", WWW, 443, *ENV).variables
        self.assertEqual((v["DANE_STATUS"], v["DANE_REASON"], v["DANE_POLICY"]),
                         ("dane", "ok", "dane"))
        self.assertEqual((v["DANE_USAGE"], v["DANE_SELECTOR"], v["DANE_MATCHING"]),
                         ("3", "1", "1"))
        self.assertEqual(len(v["DANE_CHANNEL_BINDING"]), 64)


class TlsVariables(Case):
    """-s."""

    def check(self, v, who: str, file: Path) -> None:
        """The variables of one certificate against openssl."""
        ask = support.of_openssl
        self.assertEqual(int(v[f"SSL_{who}_M_SERIAL"]), int(ask(file, "-serial"), 16))
        self.assertEqual(v[f"SSL_{who}_M_VERSION"], "3")
        self.assertEqual(v[f"SSL_{who}_S_DN"], ask(file, "-subject", "-nameopt", "compat"))
        self.assertEqual(v[f"SSL_{who}_I_DN"], ask(file, "-issuer", "-nameopt", "compat"))
        self.assertEqual(v[f"SSL_{who}_V_START"], ask(file, "-startdate"))
        self.assertEqual(v[f"SSL_{who}_V_END"], ask(file, "-enddate"))
        self.assertEqual(v[f"SSL_{who}_CERT"], support.pem_of(file))
        self.assertEqual(v[f"SSL_{who}_A_SIG"],
                         support.line_of_openssl(file, r"Signature Algorithm: (.*)"))
        self.assertEqual(v[f"SSL_{who}_A_KEY"],
                         support.line_of_openssl(file, r"Public Key Algorithm: (.*)"))

    def test_session(self) -> None:
        v = run("-s", WWW, 443, *ENV).variables
        self.assertEqual(v["SSL_PROTOCOL"], "TLSv1.3")
        self.assertRegex(v["SSL_CIPHER"], "^TLS_")
        self.assertEqual(v["SSL_CIPHER_EXPORT"], "false")
        self.assertIn(v["SSL_CIPHER_USEKEYSIZE"], ("128", "256"))
        self.assertEqual(v["SSL_CIPHER_USEKEYSIZE"], v["SSL_CIPHER_ALGKEYSIZE"])
        self.assertEqual(v["SSL_VERSION_INTERFACE"], "ucspi-ssl")
        self.assertRegex(v["SSL_VERSION_LIBRARY"], "^GnuTLS/3")

    def test_session_of_tls_1_2(self) -> None:
        v = run("-s", "tls12.secure.example", 443, *ENV).variables
        self.assertEqual(v["SSL_PROTOCOL"], "TLSv1.2")
        self.assertRegex(v.get("SSL_SESSION_ID", "00"), "^([0-9a-f]{2})+$")

    def test_certificates_of_the_peer(self) -> None:
        for host, leaf in ((WWW, "good"), ("rsa-ee.secure.example", "rsa"),
                           ("ed25519-ee.secure.example", "ed25519")):
            with self.subTest(leaf):
                v = run("-s", host, 443, *ENV).variables
                self.check(v, "SERVER", certs() / f"{leaf}.pem")
                self.assertEqual(v["SSL_SERVER_CERT_CHAIN_0"], v["SSL_SERVER_CERT"])
                self.assertEqual(v["SSL_SERVER_CERT_CHAIN_1"],
                                 support.pem_of(certs() / "ca.pem"))

    def make(self, subject: str, name: str = "rich") -> Path:
        """A self-signed certificate with its key."""
        file = self.scratch / f"{name}.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-subj", subject,
                        "-keyout", str(self.scratch / f"{name}.key"), "-out", str(file)],
                       check=True, capture_output=True)
        return file

    def test_every_part_of_a_name(self) -> None:
        file = self.make("/C=AT/ST=Wien/L=Wien/O=Ex ample & Co/OU=one/OU=two/CN=rich.example"
                         "/title=Dr/initials=XY/GN=Given/SN=Sur/description=some words"
                         "/UID=u1/emailAddress=a@rich.example")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(file, file.with_suffix(".key"))
        v = run("-Xs", self.tls_server(tls=tls).address, 443, *ENV).variables
        self.check(v, "SERVER", file)
        for part, value in {"C": "AT", "ST": "Wien", "L": "Wien", "O": "Ex ample & Co",
                            "OU": "one", "CN": "rich.example", "T": "Dr", "I": "XY",
                            "G": "Given", "S": "Sur", "D": "some words", "UID": "u1",
                            "Email": "a@rich.example"}.items():
            self.assertEqual(v[f"SSL_SERVER_S_DN_{part}"], value, part)
            self.assertEqual(v[f"SSL_SERVER_I_DN_{part}"], value, part)

    def test_a_line_end_in_a_name_makes_no_second_line(self) -> None:
        file = self.make("/O=x\nSSL_SERVER_S_DN=forged/CN=evil.example")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(file, file.with_suffix(".key"))
        v = run("-Xs", self.tls_server(tls=tls).address, 443, *ENV).variables
        for name, value in v.items():
            if not name.endswith(("_CERT", "_CHAIN_0")):
                self.assertNotIn("\n", value, name)

    def test_without_s_there_are_none(self) -> None:
        for option in ("", "-sS"):
            v = run(option, WWW, 443, *ENV).variables
            self.assertEqual([name for name in v if name.startswith("SSL_")], [])


class ClientCertificates(Case):
    """-c, -k, -3, -K."""

    def setUp(self) -> None:
        super().setUp()
        self.key = self.scratch / "client.key"
        subprocess.run(["openssl", "pkcs8", "-topk8", "-in", str(certs() / "client.key"),
                        "-out", str(self.key), "-passout", "pass:secret word"], check=True)
        self.tls = support.context()
        self.tls.verify_mode = ssl.CERT_REQUIRED
        self.tls.load_verify_locations(certs() / "ca.pem")
        self.seen: list[bytes] = []
        self.options = f"-Xs -c {certs() / 'client.pem'} -k {self.key}"

    def asking(self) -> TlsServer:
        """A peer that asks for a certificate."""

        def serve(peer: ssl.SSLSocket) -> None:
            self.seen.append(peer.getpeercert(True))
            echo(peer)

        return self.tls_server(serve, tls=self.tls)

    def talk(self, options: str, **more):
        """One line there and back, then the variables."""
        return run(options, self.asking().address, 443, "sh", "-c",
                   "echo hello >&7; read line <&6 && echo \"LINE=$line\" && exec env -0",
                   **more)

    def expect_shown(self, result) -> None:
        """The certificate was asked for, sent, and told."""
        self.expect(result, 0)
        self.assertIn("LINE=hello", result.out)
        self.assertEqual(len(self.seen), 1)
        self.assertIn(support.pem_of(certs() / "client.pem"), result.out)

    def password(self, text: bytes) -> int:
        """The reading end of a pipe that holds a password."""
        reader, writer = os.pipe()
        os.write(writer, text)
        os.close(writer)
        self.addCleanup(os.close, reader)
        return reader

    def with_3(self, descriptor: int, **more):
        """A run with a descriptor as number 3."""
        words = support.command(self.options + " -3", self.asking().address, 443, "sh", "-c",
                                "echo hello >&7; read line <&6 && echo \"LINE=$line\" && "
                                "ls /proc/self/fd | tr '\\n' ' ' && exec env -0")
        move = "" if descriptor == 3 else f"exec 3<&{descriptor} {descriptor}<&-; "
        return finish(start(["sh", "-c", move + 'exec "$@"', "sh", *words],
                            pass_fds=(descriptor,)), **more)

    def test_password_on_descriptor_3(self) -> None:
        self.expect_shown(self.with_3(self.password(b"secret word")))

    def test_password_on_descriptor_3_ends_at_a_nul(self) -> None:
        self.expect_shown(self.with_3(self.password(b"secret word\0more")))

    def test_password_on_descriptor_3_needs_no_end_after_the_nul(self) -> None:
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        self.addCleanup(os.close, reader)
        os.write(writer, b"secret word\0")
        self.expect_shown(self.with_3(reader))

    def test_password_may_come_from_a_socket(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(b"secret word")
            ours.shutdown(socket.SHUT_WR)
            self.expect_shown(self.with_3(theirs.fileno()))

    def test_password_in_a_file(self) -> None:
        for text in ("secret word", "secret word\n"):
            with self.subTest(text):
                self.seen.clear()
                file = self.scratch / "password"
                file.write_text(text)
                self.expect_shown(self.talk(f"{self.options} -K {file}"))

    def test_wrong_or_missing_password(self) -> None:
        file = self.scratch / "password"
        file.write_text("wrong")
        for more in (f"-K {file}", "", f"-K {self.scratch}/nothing"):
            with self.subTest(more):
                self.expect_fault(self.talk(f"{self.options} {more}"), 111)
                self.assertEqual(self.seen, [])

    def test_a_peer_that_wants_a_certificate_gets_none(self) -> None:
        got = run("-X", self.asking().address, 443, "sh", "-c", "read line <&6; exit 0")
        self.assertEqual(got.status, 111, got.err)
        self.assertRegex(got.err, "(?i)alert certificate (is )?required")

    def test_a_key_that_does_not_fit(self) -> None:
        got = run(f"-c {certs() / 'client.pem'} -k {certs() / 'good.key'}", WWW, 443, *SAY)
        self.expect_fault(got, 111)


class Child(Case):
    """What the program gets, and what becomes of its status."""

    def test_descriptors_6_and_7_are_pipes(self) -> None:
        got = run("", WWW, 443, "sh", "-c",
                  "echo hello >&7; read line <&6; echo $line; exec readlink /proc/self/fd/6 "
                  "/proc/self/fd/7")
        self.expect(got, 0)
        self.assertRegex(got.out, r"^olleh\npipe:\S+\npipe:\S+\n$")

    def test_no_descriptor_of_ours_reaches_the_child(self) -> None:
        for options, expected in (("", "0 1 2 3 6 7 "), ("-X", "0 1 2 3 6 7 "),
                                  ("--json=1", "0 1 2 3 6 7 ")):
            got = run(options, WWW, 443, "ls", "-x", "/proc/self/fd")
            self.assertEqual(got.out.splitlines()[-1].split(), expected.split(), options)

    def test_closed_standard_descriptors_are_not_reused(self) -> None:
        got = finish(start(["sh", "-c", 'exec "$@" 0<&- 2>&-', "sh", *support.command(
            "-v", WWW, 443, "sh", "-c", "echo hello >&7; read line <&6; echo $line")]))
        self.expect(got, 0)
        self.assertEqual(got.out, "olleh\n")

    def test_few_descriptors_are_enough(self) -> None:
        got = finish(start(["sh", "-c", 'ulimit -n 40; exec "$@"', "sh",
                            *support.command("", WWW, 443, "true")]))
        self.expect(got, 0)

    def test_other_descriptors_are_inherited(self) -> None:
        reader, writer = os.pipe()
        got = run("", WWW, 443, "sh", "-c", f"echo through >&{writer}", pass_fds=(writer,))
        os.close(writer)
        self.expect(got, 0)
        self.assertEqual(os.read(reader, 100), b"through\n")
        os.close(reader)

    def test_inherited_6_and_7_are_replaced(self) -> None:
        reader, writer = os.pipe()
        words = support.command("", WWW, 443, "sh", "-c", "echo hello >&7; cat <&6 & "
                                "sleep 0.3; kill $!")
        got = finish(start(["sh", "-c", f'exec 6<&{reader} 7>&{writer}; exec "$@"', "sh",
                            *words], pass_fds=(reader, writer)))
        os.close(writer)
        self.assertEqual(os.read(reader, 100), b"")
        os.close(reader)
        self.assertIn("olleh", got.out)

    def test_the_parent_pumps(self) -> None:
        running = start(support.command("", WWW, 443, "sh", "-c", "echo $PPID"))
        self.assertEqual(int(finish(running).out), running.pid)

    def test_its_status_is_passed_on(self) -> None:
        for status in (0, 1, 42, 100, 255):
            self.expect(run("", WWW, 443, "sh", "-c", f"exit {status}"), status)

    def test_killed(self) -> None:
        got = run("", WWW, 443, "sh", "-c", "kill -9 $$")
        self.assertEqual(got.status, 111)
        self.assertRegex(got.err, "^sslclient: fatal: .*killed")
        self.assertEqual(len(got.lines), 1)

    def test_not_found(self) -> None:
        for word in ("no-such-program", "/no/such/program", "./no-such", "/etc/passwd"):
            got = run("", WWW, 443, word)
            self.expect_fault(got, 111, f"unable to run {word}")

    def test_sigpipe_kills_as_usual(self) -> None:
        got = run("", WWW, 443, *support.PYTHON,
                  "import signal; print(signal.getsignal(signal.SIGPIPE) == "
                  "signal.SIG_IGN, open('/proc/self/status').read())")
        ignored = next(line for line in got.out.splitlines() if line.startswith("SigIgn"))
        # Python itself ignores SIGPIPE (13) and SIGXFSZ (25): a shell tells the truth.
        got = run("", WWW, 443, "grep", "SigIgn", "/proc/self/status")
        self.assertEqual(int(got.out.split()[1], 16) & (1 << 12), 0, ignored)

    def test_arguments_are_passed_as_they_are(self) -> None:
        got = run("", WWW, 443, "printf", "<%s>", "a b", "", "-x", "$HOME", "\xfc")
        self.assertEqual(got.out, "<a b><><-x><$HOME><\xfc>")

    def test_the_program_is_searched_in_path(self) -> None:
        tool = self.scratch / "mytool"
        tool.write_text("#!/bin/sh\necho found\n")
        tool.chmod(0o755)
        got = run("", WWW, 443, "mytool", env={"PATH": f"{self.scratch}:/usr/bin:/bin"})
        self.assertEqual(got.out, "found\n")


class Order(Case):
    """ucspi-ssl's order of events: nothing of the child before the peer is proved."""

    def test_no_child_without_proof(self) -> None:
        for host in ("mismatch.secure.example", "absent.secure.example", "closed.secure.example",
                     "garbage.secure.example"):
            self.assertEqual(run("", host, 443, *SAY).out, "", host)

    def test_bad_files_are_told_before_anything_is_connected(self) -> None:
        server = self.tls_server()
        empty = self.scratch / "empty"
        empty.write_text("")
        nonsense = self.scratch / "nonsense"
        nonsense.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        for options in ("-a /nonexistent", f"-a {empty}", f"-a {nonsense}", "-A /nonexistent",
                        f"-A {self.scratch / 'empty'}", "-c /nonexistent", f"-c {nonsense}",
                        "--trust-anchor /nonexistent", f"--trust-anchor {empty}",
                        f"--trust-anchor {certs() / 'ca.pem'}", "--unbound-conf /nonexistent",
                        f"--unbound-conf {nonsense}",
                        "--auto-trust-anchor /nonexistent"):
            with self.subTest(options):
                self.expect_fault(run(options, server.address, 443, *SAY), 111)
        self.expect_fault(run("--policy pkix", server.address, 443, *SAY), 100)
        self.assertEqual(server.peers, [])

    def test_bad_command_lines_are_told_before_anything_is_connected(self) -> None:
        server = self.tls_server()
        good = [server.address, "443", "true"]
        lines = [["-T", "x", *good], ["-T", "", *good], ["-T", "1+", *good],
                 ["-T", "-1", *good], ["-T", "1+2+3", *good], ["-Z", *good], ["-0", *good],
                 ["--nonsense", *good], ["--policy", *good], ["--policy", "dne", *good],
                 ["-i", "nonsense", *good], ["-p", "70000", *good], ["-p", "x", *good],
                 ["-w", "", *good], ["-w", "0", *good], ["-y", "--starttls", "smtp", *good],
                 ["--json=6", *good], ["--json=7", *good], ["--json=99", *good], ["-V", "x", *good], ["-t", "1s", *good],
                 ["-I", "nonsense0", *good], ["-z", "NONSENSE", *good],
                 ["--forward", "x", *good], ["--starttls", "http", *good],
                 ["--json=99999999", *good], ["--name", "a..b", *good], ["--sni", "", *good],
                 ["--common-name", "perhaps", *good], ["--drop-status", "0", *good],
                 [server.address, "70000", "true"], [server.address, "0", "true"],
                 [server.address, "-1", "true"], [server.address, "no-such-service", "true"],
                 [server.address, "443x", "true"], [server.address, "", "true"],
                 [server.address, "443"], [server.address], [],
                 ["a..b", "443", "true"], ["a b", "443", "true"], ["-a", "443", "true"],
                 ["xn--.example", "443", "true"],
                 [f"{'a' * 64}.example", "443", "true"], ["\u263a.example", "443", "true"],
                 ["a\nb", "443", "true"], ["*.example", "443", "true"]]
        for words in lines:
            with self.subTest(words):
                self.expect_fault(finish(start([support.PROGRAM, *words])), 100)
        self.assertEqual(server.peers, [])

    def test_bad_environment(self) -> None:
        for name, value, status in (("DANE_FORWARD", "nonsense", 100), ("DNSCACHEIP", "x", 100),
                                    ("DANE_DNS_TIMEOUT", "x", 100),
                                    ("DANE_TRUST_ANCHOR", "/nonexistent", 111),
                                    ("CAFILE", "/nonexistent", 111),
                                    ("CADIR", "/nonexistent", 111)):
            with self.subTest(name):
                self.expect_fault(run("", WWW, 443, *SAY, env={name: value}), status)

    def test_help_and_version(self) -> None:
        for option in ("--help", "--version"):
            got = finish(start([support.PROGRAM, option]))
            self.expect(got, 0)
            self.assertIn("sslclient", got.out)


class Resolver(Case):
    """Settings of libunbound."""

    def with_settings(self, *lines: str) -> str:
        """The option for the usual settings and these."""
        file = self.scratch / "unbound.conf"
        file.write_text((support.DIRECTORY / "unbound.conf").read_text() +
                        "".join(f"  {line}\n" for line in lines))
        return f"-a {certs() / 'ca.pem'} --unbound-conf {file}"

    def test_no_setting_weakens_validation(self) -> None:
        for line in ('module-config: "iterator"', 'module-config: "iterator validator"',
                     'module-config: "nonsense validator iterator"',
                     'module-config: ""', "harden-dnssec-stripped: no",
                     "val-permissive-mode: yes", "serve-expired: yes",
                     "ignore-cd-flag: yes", "val-clean-additional: no",
                     'val-nsec3-keysize-iterations: "1024 0 2048 0 4096 0"'):
            with self.subTest(line):
                options = self.with_settings(line)
                v = run(options, WWW, 443, *ENV).variables
                self.assertEqual(v["DANE_STATUS"], "dane")
                for host in ("www.striptlsa.example", "www.unsigned.example"):
                    self.expect_fault(run(options, host, 443, *SAY), 111, r"\(bogus\)$")

    def test_no_date_and_no_ttl_but_the_real_ones(self) -> None:
        """Signatures of last year stay expired, and those of next year in the future."""
        for line in ('val-override-date: "20200101000000"', 'val-override-date: "-1"',
                     "val-sig-skew-min: 400000000\n  val-sig-skew-max: 400000000",
                     "val-sig-skew-min: -1\n  val-sig-skew-max: -1",
                     "val-sig-skew-min: 4000000000\n  val-sig-skew-max: 4000000000",
                     "cache-min-ttl: 3600"):
            with self.subTest(line):
                options = self.with_settings(line)
                v = run(options, WWW, 443, *ENV).variables
                self.assertEqual(v["DANE_STATUS"], "dane")
                for zone in ("expired", "future"):
                    self.expect_fault(run(options, f"www.{zone}.example", 443, *SAY), 111,
                                      r"\(bogus\)$")

    def test_an_anchor_that_holds_nothing_makes_nothing_insecure(self) -> None:
        anchor, conf = self.scratch / "anchor", self.scratch / "none.conf"
        conf.write_text("server:\n")    # the usual one has an anchor of its own
        options = f"--unbound-conf {conf} --forward 127.53.0.53 --trust-anchor {anchor} -a {certs() / 'ca.pem'}"
        for text in ("example.org. DS 1 13 2 " + "00" * 32, ". DS 1 250 2 " + "00" * 32,
                     ". DS 1 13 9 " + "00" * 32, ". DNSKEY 257 3 252 AAAA"):
            with self.subTest(text):
                anchor.write_text(text + "\n")
                self.expect_fault(run(options, WWW, 443, *SAY), 111, "no trust anchor that can")
                self.expect_fault(run(options.replace("--trust", "--auto-trust"), WWW, 443,
                                      *SAY), 111, "no trust anchor that can")

    def test_anchors_of_unbound_conf_that_hold_nothing_make_nothing_insecure(self) -> None:
        """A file that was cut off is no decision against the root."""
        anchor, conf = self.scratch / "anchor", self.scratch / "own.conf"
        options = f"--unbound-conf {conf} --forward 127.53.0.53 -a {certs() / 'ca.pem'}"
        for option, text, status in (
                ("trust-anchor-file", "", 111), ("trust-anchor-file", "; nothing\n", 111),
                ("auto-trust-anchor-file", "; autotrust trust anchor file\n;;id: . 1\n", 111),
                ("trust-anchor-file", "example.org. DS 1 250 2 " + "00" * 32 + "\n", 111),
                ("trusted-keys-file", "", 111)):
            with self.subTest(option=option, text=text):
                anchor.write_text(text)
                conf.write_text(f'server:\n  {option}: "{anchor}"\n')
                self.assertEqual(run(options, WWW, 443, *SAY).status, status)

    def test_refused_is_a_failure_and_no_absence(self) -> None:
        options = self.with_settings(f'local-zone: "_443._tcp.{WWW}." refuse')
        self.expect_fault(run(options, WWW, 443, *SAY), 111, r"\(dns-refused\)$")
        self.expect_fault(run(f"--drop-status 77 {options}", WWW, 443, *SAY), 111)

    def test_what_libunbound_cannot_start_with_is_one_line(self) -> None:
        options = self.with_settings('trust-anchor: "example. DS 1 8 2 zz"')
        self.expect_fault(run(options, WWW, 443, *SAY), 111)


class Options(Case):
    """Letters and words."""

    def test_quiet(self) -> None:
        for host in ("mismatch.secure.example", "closed.secure.example", "silent.secure.example"):
            got = run("-q -T 1+0", host, 443, *SAY)
            self.expect(got, 111)
            self.assertEqual(got.out, "")
        self.expect(run("-q", WWW, 443, "sh", "-c", "kill -9 $$"), 111)

    def test_a_port_that_begins_in_clear_text_is_named(self) -> None:
        got = run("", "mx1.mail.example", 25, *SAY)
        self.expect(got, 111, lines=2)
        self.assertEqual(got.lines[1], "sslclient: port 25 mostly begins in clear text: "
                                       "--starttls smtp")
        self.expect(run("-q", "mx1.mail.example", 25, *SAY), 111)

    def test_ordinary_success_is_silent(self) -> None:
        self.expect(run("", WWW, 443, "true"), 0)
        self.expect(run("-vQ", WWW, 443, "true"), 0)

    def test_verbose(self) -> None:
        got = run("-v", WWW, 443, "true")
        self.expect(got, 0, lines=3)
        self.assertRegex(got.lines[0], r"^sslclient: connected to 127\.\S+ port 443$")
        self.assertEqual(got.lines[1], "sslclient: ssl connect")
        self.assertRegex(got.lines[2], r"^sslclient: tls TLSv1.3 \S+: dane: ")

    def test_letters_may_be_bundled_and_arguments_attached(self) -> None:
        v = run("-esvlhere.example -T5+5 -w9", WWW, 443, *ENV).variables
        self.assertEqual((v["TCPLOCALHOST"], v["SSL_PROTOCOL"]), ("here.example", "TLSv1.3"))

    def test_two_hyphens_end_the_options(self) -> None:
        self.expect(run("--", WWW, 443, "sh", "-c", "exit 3"), 3)

    def test_options_behind_the_host_are_the_programs(self) -> None:
        self.assertEqual(run("", WWW, 443, "echo", "-q", "--help").out, "-q --help\n")

    def test_source_address(self) -> None:
        server = self.tls_server()
        self.expect(run("-X -i 127.77.9.9", server.address, 443, "true"), 0)
        self.assertEqual(server.peers[0][0], "127.77.9.9")

    def test_source_port(self) -> None:
        # Below the ports that the system gives to others by itself.
        server = self.tls_server()
        self.expect(run("-X -i 127.77.9.9 -p 20123", server.address, 443, "true"), 0)
        self.expect(run("-X -p 20124", server.address, 443, "true"), 0)
        self.assertEqual(server.peers[0], ("127.77.9.9", 20123))
        self.assertEqual(server.peers[1][1], 20124)

    def test_source_address_that_is_not_ours(self) -> None:
        got = run("-X -i 192.0.2.1", self.tls_server().address, 443, *SAY)
        self.expect(got, 111, lines=1)
        self.assertIn("unable to bind", got.err)

    def test_ipv4_only(self) -> None:
        self.assertEqual(run("-X", "six.secure.example", 443, "true").status, 0)
        self.expect_fault(run("-4", "six.secure.example", 443, *SAY), 111, "no.address")
        self.assertEqual(run("-46", "six.secure.example", 443, "true").status, 0)

    def test_ipv6_literals(self) -> None:
        for host in ("::1", "[::1]", "0:0::1"):
            v = run("-X", host, 443, *ENV).variables
            self.assertEqual((v["SSLREMOTEIP"], v["SSLLOCALIP"]), ("::1", "::1"), host)

    def test_mapped_literal_is_ipv4(self) -> None:
        server = self.tls_server()
        v = run("-X", f"::ffff:{server.address}", 443, *ENV).variables
        self.assertEqual(v["SSLREMOTEIP"], server.address)

    def test_host_0_is_this_machine(self) -> None:
        server = self.tls_server(port=4443, address="127.0.0.1")
        for host in ("0", ""):
            v = run("-X", host, server.port, *ENV).variables
            self.assertEqual((v["SSLREMOTEIP"], v["SSLREMOTEPORT"]), ("127.0.0.1", "4443"))

    def test_port_by_name(self) -> None:
        words = support.command("-X", self.tls_server().address, 0, *ENV)
        words[words.index("0")] = "https"
        self.assertEqual(finish(start(words)).variables["SSLREMOTEPORT"], "443")

    def test_one_dead_address_of_several(self) -> None:
        got = run("-T 1+1", "past-blackhole.secure.example", 443, "true")
        self.assertEqual(got.status, 0, got.err)
        got = run("-v", "v4-dead.secure.example", 443, *ENV)
        self.assertEqual(got.status, 0, got.err)

    def test_time_outs_are_kept(self) -> None:
        got = run("-T 1", "blackhole.secure.example", 443, *SAY)
        self.expect(got, 111, lines=1)
        self.assertRegex(got.err, "unable to connect to .* timed out")
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_refused_connections_are_told_one_by_one(self) -> None:
        got = run("-X", "several.secure.example", 443, "true")
        self.assertEqual(got.status, 0, got.err)
        for line in got.lines:
            self.assertRegex(line, "^sslclient: unable to connect to .* refused$")
        got = run("", "closed.secure.example", 443, *SAY)
        self.expect(got, 111, lines=1)
        self.assertRegex(got.err, "^sslclient: unable to connect to 127.* refused$")

    def test_drop_status(self) -> None:
        for host in ("closed.secure.example", "mismatch.secure.example",
                     "absent.secure.example"):
            self.assertEqual(run("--drop-status 77", host, 443, *SAY).status, 77, host)

    def test_names_in_the_hello(self) -> None:
        seen: list = []
        tls = support.context()
        tls.sni_callback = lambda _socket, name, _context: seen.append(name)
        address = self.tls_server(tls=tls).address
        for options in ("-X", "-X --name one.example", "-X --sni two.example",
                        "-X --name one.example -M", "-X --sni 192.0.2.1"):
            self.expect(run(options, address, 443, "true"), 0)
        self.assertEqual(seen, [None, "one.example", "two.example", None, None])

    def test_nagle(self) -> None:
        for option in ("-d", "-D"):
            self.expect(run(option, WWW, 443, "true"), 0)

    def test_cipher_lists(self) -> None:
        for letter in ("-C", "-z"):
            v = run(f"-s {letter} TLS_CHACHA20_POLY1305_SHA256", WWW, 443, *ENV).variables
            self.assertIn("CHACHA20", v["SSL_CIPHER"])

    def test_json_to_a_descriptor(self) -> None:
        for host, status, reason in ((WWW, "dane", "ok"),
                                     ("mismatch.secure.example", "rejected", "mismatch"),
                                     ("closed.secure.example", "rejected", "connect"),
                                     ("absent.secure.example", "rejected", "no-tlsa")):
            reader, writer = os.pipe()
            run(f"--json={writer}", host, 443, "true", pass_fds=(writer,))
            os.close(writer)
            with os.fdopen(reader) as file:
                report = json_of(file.read())
            self.assertEqual((report["version"], report["host"], report["port"],
                              report["status"], report["reason"]),
                             (1, host, 443, status, reason))

    def test_json_to_standard_error(self) -> None:
        got = run("--json -q", WWW, 443, "true")
        self.assertEqual(json_of(got.err)["dns"]["tlsa"], "present")

    def test_json_never_goes_to_the_peer(self) -> None:
        heard: list[bytes] = []
        server = self.server(lambda peer: heard.append(peer.recv(5)))
        words = support.command("--json=4", server.address, 443, "true")
        self.expect_fault(finish(start(["sh", "-c", 'exec 4>&-; exec "$@"', "sh", *words])),
                          100)
        words = support.command("-3 --json=3", server.address, 443, "true")
        self.expect_fault(finish(start(["sh", "-c", 'exec 3</dev/null; exec "$@"', "sh",
                                        *words])), 100)
        self.assertEqual((heard, server.peers), ([], []))

    def test_json_is_one_object_when_the_program_cannot_be_run(self) -> None:
        got = run("--json=1", WWW, 443, "/no/such/program")
        self.assertEqual((got.status, json_of(got.out)["status"]), (111, "dane"))

    def test_json_of_a_usage_error_in_a_file(self) -> None:
        got = run("--json=1 -a /nonexistent", WWW, 443, *SAY)
        self.assertEqual((got.status, json_of(got.out)["reason"]), (111, "bad-trust-store"))


class Ident(Case):
    """-r and -t."""

    def ask(self, habit, options: str = "-r -t 1"):
        """The variables of a run whose peer has this IDENT server."""
        server = self.tls_server()
        self.server(habit, port=113, address=server.address)
        words = support.command(f"-X {options}", server.address, 443, *ENV)
        words[words.index("-RHl0")] = "-Hl0"
        return finish(start(words))

    def answering(self, text: str):
        """A server with one answer; `{}` is the question."""

        def serve(peer: socket.socket) -> None:
            question = peer.recv(100).decode().strip()
            peer.sendall(text.format(question).encode())
            drain(peer)

        return serve

    def test_a_user(self) -> None:
        v = self.ask(self.answering("{} : USERID : UNIX : joe\r\n")).variables
        self.assertEqual(v["SSLREMOTEINFO"], "joe")

    def test_hostile_answers(self) -> None:
        v = self.ask(self.answering("{} : USERID : UNIX : j\x1b[2Joe\x07\r\n")).variables
        self.assertEqual(v["SSLREMOTEINFO"], "j?[2Joe?")

    def test_no_user(self) -> None:
        for text in ("{} : ERROR : NO-USER\r\n", "nonsense\r\n", "", "x" * 5000):
            self.assertNotIn("SSLREMOTEINFO", self.ask(self.answering(text)).variables)

    def test_a_silent_server_does_not_hold_us_up(self) -> None:
        got = self.ask(drain)
        self.assertEqual(got.status, 0, got.err)
        self.assertNotIn("SSLREMOTEINFO", got.variables)
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_it_is_not_asked_by_default(self) -> None:
        v = self.ask(self.answering("{} : USERID : UNIX : joe\r\n"), "-R").variables
        self.assertNotIn("SSLREMOTEINFO", v)


class Delayed(Case):
    """-y: UCSPI-TLS on the client's side."""

    def tls_after_line(self, tls=None):
        """A peer that talks in clear text until it is asked for TLS."""

        def serve(peer: socket.socket) -> None:
            peer.sendall(b"ready\n")
            if peer.recv(100) != b"STARTTLS\n":
                return
            peer.sendall(b"go\n")
            with (tls or support.context()).wrap_socket(peer, server_side=True) as secure:
                echo(secure)

        return self.server(serve)

    TALK = ("read line <&6; echo \"clear=$line\"; echo STARTTLS >&7; read line <&6; "
            "echo \"clear=$line\"; ")

    def test_start_by_a_shell_that_knows_descriptors_of_one_digit(self) -> None:
        got = run("-y -X", self.tls_after_line().address, 443, "sh", "-c", self.TALK +
                  'eval "printf y >&$SSLCTLFD; echo secret >&$SSLWRITEFD; '
                  'read line <&$SSLREADFD"; echo "tls=$line"')
        self.expect(got, 0)
        self.assertEqual(got.out, "clear=ready\nclear=go\ntls=secret\n")

    def test_start(self) -> None:
        got = run("-y -X", self.tls_after_line().address, 443, *support.PYTHON, """
import os
c, r, w = (int(os.environ[n]) for n in ("SSLCTLFD", "SSLREADFD", "SSLWRITEFD"))
os.read(6, 100); os.write(7, b"STARTTLS\\n"); os.read(6, 100)
os.write(c, b"y")
assert os.read(c, 100) == b""
os.write(w, b"secret\\n")
os.write(1, os.read(r, 100))
""")
        self.expect(got, 0)
        self.assertEqual(got.out, "secret\n")

    def test_start_with_variables(self) -> None:
        got = run("-y -X", self.tls_after_line().address, 443, *support.PYTHON, """
import os
c, r, w = (int(os.environ[n]) for n in ("SSLCTLFD", "SSLREADFD", "SSLWRITEFD"))
os.read(6, 100); os.write(7, b"STARTTLS\\n"); os.read(6, 100)
os.write(c, b"Y")
reply = b""
while data := os.read(c, 65536): reply += data
os.write(w, b"secret\\n")
assert os.read(r, 100) == b"secret\\n"
os.write(1, reply)
""")
        self.expect(got, 0)
        self.assertTrue(got.out.endswith("\0\0"))
        entries = got.out[:-2].split("\0")
        names = [entry.split("=", 1)[0] for entry in entries]
        self.assertIn("SSL_PROTOCOL=TLSv1.3", entries)
        self.assertIn("SSL_SERVER_CERT", names)
        self.assertTrue(all(name.startswith("SSL_") for name in names), names)
        self.assertEqual(len(set(names)), len(names))

    def test_no_command(self) -> None:
        got = run("-y -X", self.tls_after_line().address, 443, "sh", "-c",
                  "read line <&6; echo $line; exit 5")
        self.expect(got, 5)
        self.assertEqual(got.out, "ready\n")

    def test_a_refused_peer_cannot_be_spoken_to_in_clear_text(self) -> None:
        heard: list[bytes] = []

        def serve(peer: socket.socket) -> None:
            peer.sendall(b"ready\n")
            peer.recv(100)
            with support.context().wrap_socket(peer, server_side=True,
                                               do_handshake_on_connect=False) as secure:
                try:
                    secure.do_handshake()
                except ssl.SSLError:
                    pass
                raw = socket.socket(fileno=os.dup(secure.fileno()))
                raw.settimeout(5)
                while data := raw.recv(100):
                    heard.append(data)

        got = run("-y --name mismatch.secure.example", self.server(serve).address, 443,
                  "sh", "-c", 'read line <&6; echo STARTTLS >&7; eval "printf y >&$SSLCTLFD; '
                  'cat <&$SSLREADFD"; echo password >&7; sleep 0.2')
        self.expect(got, 111, lines=1)
        self.assertNotIn(b"password", b"".join(heard))

    def test_an_unknown_command(self) -> None:
        got = run("-y -X", self.tls_after_line().address, 443, "sh", "-c",
                  'eval "printf q >&$SSLCTLFD"; exit 0')
        self.expect(got, 111, lines=1)

    def test_nothing_passes_through_to_a_peer_that_is_not_proved(self) -> None:
        got = run("-y --name mismatch.secure.example", self.tls_after_line().address, 443,
                  "sh", "-c", self.TALK + 'eval "printf y >&$SSLCTLFD; '
                  'read line <&$SSLREADFD" || echo "no TLS"; exit 0')
        self.expect(got, 111, lines=1)
        self.assertIn("no TLS", got.out)

    def test_the_program_has_address_variables_from_the_start(self) -> None:
        got = run("-y -X -s", self.tls_after_line().address, 443, *ENV)
        v = got.variables
        self.assertEqual(v["SSLREMOTEPORT"], "443")
        self.assertNotIn("DANE_STATUS", v)
        self.assertNotIn("SSL_PROTOCOL", v)

    def test_no_descriptor_of_ours_reaches_the_child(self) -> None:
        for options in ("-y -X", "-y"):
            got = run(options, WWW, 443, "ls", "-x", "/proc/self/fd")
            self.assertEqual(sorted(map(int, got.out.split())), [0, 1, 2, 3, 5, 6, 7, 8, 9],
                             options)


class Faults(Case):
    """Peers and name servers that fail: one clear line, in time."""

    def expect_in_time(self, got) -> None:
        """A fault, soon enough."""
        self.expect_fault(got)
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_a_peer_that_never_speaks(self) -> None:
        got = run("-X -T 1+1", self.server(drain).address, 443, *SAY)
        self.expect_in_time(got)
        self.assertIn("timeout", got.err)

    def test_a_peer_that_closes_at_once(self) -> None:
        self.expect_in_time(run("-X", self.server(lambda _: None).address, 443, *SAY))

    def test_a_peer_that_closes_in_the_middle(self) -> None:
        def serve(peer: socket.socket) -> None:
            peer.recv(65536)
            peer.sendall(bytes.fromhex("160303007a020000760303"))

        self.expect_in_time(run("-X", self.server(serve).address, 443, *SAY))

    def test_a_peer_that_resets(self) -> None:
        def serve(peer: socket.socket) -> None:
            peer.recv(10)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        self.expect_in_time(run("-X", self.server(serve).address, 443, *SAY))

    def test_garbage(self) -> None:
        for garbage in (b"\0" * 5000, b"SSH-2.0-x\r\n", b"HTTP/1.1 400 Bad\r\n\r\n",
                        bytes(range(256)) * 20, b"\x15\x03\x03\x00\x02\x02\x28",
                        b"\x16\x03\x03\xff\xff" + b"x" * 65535):
            def serve(peer: socket.socket, what: bytes = garbage) -> None:
                peer.sendall(what)
                drain(peer)

            with self.subTest(garbage[:8]):
                self.expect_in_time(run("-X", self.server(serve).address, 443, *SAY))

    def flood(self, record: bytes) -> None:
        """A record again and again must not outlast the time-out."""

        def serve(peer: socket.socket) -> None:
            peer.recv(65536)
            while True:
                peer.sendall(record * 4000)

        got = run("-X -T 1+1", self.server(serve).address, 443, *SAY)
        self.expect_in_time(got)

    def test_endless_warning_alerts(self) -> None:
        self.flood(bytes.fromhex("15030300020170"))

    def test_endless_change_cipher_spec(self) -> None:
        self.flood(bytes.fromhex("140303000101"))

    def test_an_endless_message(self) -> None:
        self.flood(bytes.fromhex("16030304000200fffc") + b"\0" * 1020)

    def test_endless_hello_requests(self) -> None:
        self.flood(bytes.fromhex("160303000400000000"))

    def test_a_hundred_certificates(self) -> None:
        got = run("-a " + str(certs() / "other-ca.pem") + " --policy pkix",
                  "hundred.secure.example", 443, *SAY)
        self.expect_in_time(got)
        self.assertEqual(run("", "hundred.secure.example", 443, "true").status, 0)

    def test_name_servers_all_dead(self) -> None:
        for host in ("www.dead.example", "www.mute.example", "www.lame.example"):
            with self.subTest(host):
                # One time-out for all questions: two of them would be too long.
                self.expect_in_time(run("--dns-timeout 4", host, 443, *SAY))

    def test_a_starttls_peer_that_never_speaks(self) -> None:
        got = run("-X -T 1+1 --starttls smtp", self.server(drain).address, 443, *SAY)
        self.expect_in_time(got)

    def test_a_starttls_peer_that_never_ends(self) -> None:
        for line in (b"220-more\r\n", b"x"):
            def serve(peer: socket.socket, what: bytes = line) -> None:
                while True:
                    peer.sendall(what * 1000)

            got = run("-X -T 1+1 --starttls smtp", self.server(serve).address, 443, *SAY)
            self.expect_in_time(got)

    def test_endless_untagged_imap(self) -> None:
        def serve(peer: socket.socket) -> None:
            peer.sendall(b"* OK\r\n")
            while True:
                peer.sendall(b"* more\r\n" * 1000)

        got = run("-X -T 1+1 --starttls imap", self.server(serve).address, 443, *SAY)
        self.expect_in_time(got)


class Relay(Case):
    """Data both ways, and every kind of end."""

    def bulk(self, up: int, down: int) -> None:
        """So many octets each way, the peer's after ours."""
        seen: list[str] = []

        def serve(peer: ssl.SSLSocket) -> None:
            digest = support.hashlib.sha256()
            buffer = bytearray(262144)
            while size := peer.recv_into(buffer):
                digest.update(memoryview(buffer)[:size])
            seen.append(digest.hexdigest())
            for block in support.blocks(down, b"d"):
                peer.sendall(block)
            goodbye(peer)

        got = run("-X", self.tls_server(serve).address, 443,
                  *child(f"send(7, {up}, b'u'); print(take(6))"))
        self.expect(got, 0)
        self.assertEqual(seen, [support.digest_of(up, b"u")])
        self.assertEqual(got.out.strip(), f"{down} {support.digest_of(down, b'd')}")

    def test_bulk_up_and_down(self) -> None:
        self.bulk(RELAY_BYTES, RELAY_BYTES)

    def test_bulk_both_ways_at_once(self) -> None:
        size = min(RELAY_BYTES, 64 * 1024 * 1024)
        got = run("-X", self.tls_server().address, 443, *child(
            f"t = threading.Thread(target=send, args=(7, {size}, b'u')); t.start();"
            "print(take(6)); t.join()"))
        self.expect(got, 0)
        self.assertEqual(got.out.strip(), f"{size} {support.digest_of(size, b'u')}")

    def test_both_write_before_they_read(self) -> None:
        size = 8 * 1024 * 1024

        def serve(peer: socket.socket) -> None:
            memory = Memory(peer, support.context())
            writer = threading.Thread(target=peer_writes, args=(memory,))
            writer.start()
            writer.join()
            self.assertEqual(len(memory.read_to_end()), size)
            memory.close_notify()

        def peer_writes(memory: Memory) -> None:
            for block in support.blocks(size, b"d"):
                memory.write(block)

        got = run("-X", self.server(serve).address, 443, *child(
            f"t = threading.Thread(target=send, args=(7, {size}, b'u')); t.start();"
            "import time; time.sleep(0.3); print(take(6)); t.join()"))
        self.expect(got, 0)
        self.assertEqual(got.out.strip(), f"{size} {support.digest_of(size, b'd')}")

    def test_the_child_closes_first(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            question = b""
            while data := peer.recv(1000):
                question += data
            peer.sendall(b"you said " + question)
            goodbye(peer)

        got = run("-X", self.tls_server(serve).address, 443, "sh", "-c",
                  "printf hello >&7; exec 7>&-; cat <&6")
        self.expect(got, 0)
        self.assertEqual(got.out, "you said hello")

    def test_the_peer_closes_first(self) -> None:
        seen: list[bytes] = []

        def serve(peer: socket.socket) -> None:
            memory = Memory(peer, support.context())
            memory.write(b"that is all")
            memory.close_notify()
            seen.append(memory.read_to_end())

        got = run("-X", self.server(serve).address, 443, "sh", "-c",
                  "cat <&6; sleep 0.2; echo still here >&7")
        self.expect(got, 0)
        self.assertEqual((got.out, seen), ("that is all", [b"still here\n"]))

    def test_hang_up_with_j(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            drain(peer)
            time.sleep(2 * SOON_SECONDS)

        got = run("-Xj", self.tls_server(serve).address, 443, "sh", "-c",
                  "exec 7>&-; cat <&6; echo ended")
        self.expect(got, 0)
        self.assertEqual(got.out, "ended\n")
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_truncation_is_in_the_exit_status(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            peer.sendall(b"half of it")
            socket.socket.shutdown(peer, socket.SHUT_RDWR)

        address = self.tls_server(serve).address
        got = run("-X", address, 443, "cat", "/proc/self/fd/6")
        self.expect(got, 111, lines=1)
        self.assertEqual(got.out, "half of it")
        self.assertIn("truncated", got.err)
        got = run("-X --allow-truncation", address, 443, "cat", "/proc/self/fd/6")
        self.expect(got, 0)
        self.assertEqual(got.out, "half of it")

    def test_after_a_fin_the_other_direction_goes_on(self) -> None:
        for word, status in (("--allow-truncation", 0), ("", 111)):
            heard: queue.Queue[bytes] = queue.Queue()

            def serve(peer: socket.socket, to: queue.Queue = heard) -> None:
                talk = Memory(peer, support.context())
                talk.write(b"half of it")
                peer.shutdown(socket.SHUT_WR)
                to.put(talk.read_to_end())

            got = run(f"-X {word}", self.server(serve).address, 443, "sh", "-c",
                      "cat <&6; exec 6<&-; sleep 0.2; echo the rest >&7")
            self.assertEqual((got.status, got.out, heard.get(timeout=HANG_SECONDS)),
                             (status, "half of it", b"the rest\n"), got.err)

    def test_a_reset_in_mid_stream(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            for block in support.blocks(4_000_000, b"d"):
                peer.sendall(block)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            time.sleep(0.1)

        got = run("-X", self.tls_server(serve).address, 443, "sh", "-c",
                  "sleep 0.3; cat <&6 | wc -c")
        self.expect(got, 111, lines=1)

    def test_a_forged_record(self) -> None:
        got = run("", "forged-record.secure.example", 443, "sh", "-c", "cat <&6")
        self.assertEqual((got.status, len(got.lines)), (111, 1), got.err)

    def test_a_child_that_stops_reading(self) -> None:
        sent: list[int] = []

        def serve(peer: ssl.SSLSocket) -> None:
            peer.settimeout(1)
            try:
                for block in support.blocks(64_000_000, b"d"):
                    peer.sendall(block)
                    sent.append(len(block))
            except TimeoutError:
                pass

        got = run("-X -w 2", self.tls_server(serve).address, 443, "sleep", "1.5")
        self.assertLess(sum(sent), 32_000_000, "the peer was held up")
        self.assertEqual(got.status, 0, got.err)

    def test_a_child_that_closes_6_and_goes_on(self) -> None:
        seen: list[bytes] = []

        def serve(peer: ssl.SSLSocket) -> None:
            for block in support.blocks(3_000_000, b"d"):
                peer.sendall(block)
            seen.append(peer.recv(100))
            goodbye(peer)

        got = run("-X", self.tls_server(serve).address, 443, "sh", "-c",
                  "exec 6<&-; sleep 0.3; echo bye >&7")
        self.expect(got, 0)
        self.assertEqual(seen, [b"bye\n"])

    def test_an_idle_pair(self) -> None:
        def serve(peer: ssl.SSLSocket) -> None:
            peer.recv(100)
            goodbye(peer)

        got = run("-X -w 1", self.tls_server(serve).address, 443, "sh", "-c",
                  "cat <&6; echo end of file")
        self.expect(got, 0, lines=1)
        self.assertEqual(got.out, "end of file\n")
        self.assertRegex(got.err, "^sslclient: warning: .*timeout")
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_a_peer_that_stalls(self) -> None:
        def serve(_peer: ssl.SSLSocket) -> None:
            time.sleep(2 * SOON_SECONDS)

        got = run("-X -w 1", self.tls_server(serve).address, 443, "sh", "-c",
                  "cat /dev/zero >&7")
        self.assertEqual(got.status, 111)
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_single_octets(self) -> None:
        got = run("-X", self.tls_server().address, 443, *child(
            "data = bytes(range(256)) * 8\n"
            "for octet in data: os.write(7, bytes([octet]))\n"
            "os.close(7)\n"
            "print(take(6) == f'2048 {hashlib.sha256(data).hexdigest()}')"))
        self.expect(got, 0)
        self.assertEqual(got.out, "True\n")

    def test_a_child_that_only_exits(self) -> None:
        got = run("-X", self.tls_server().address, 443, "true")
        self.expect(got, 0)
        self.assertLess(got.seconds, SOON_SECONDS)

    def test_a_grandchild_keeps_the_line_open(self) -> None:
        got = run("-X", self.tls_server().address, 443, "sh", "-c",
                  "(sleep 0.3; echo late >&7; exec 7>&-; cat <&6) & exit 3")
        self.expect(got, 3)
        self.assertEqual(got.out, "late\n")

    def test_signals_end_it(self) -> None:
        running = start(support.command("-X", self.tls_server().address, 443, "cat",
                                        "/proc/self/fd/6"))
        time.sleep(0.3)
        running.send_signal(signal.SIGTERM)
        self.assertEqual(finish(running, 5).status, -signal.SIGTERM)


def main(words: list[str], module: str = __name__) -> int:
    """The command line; the tests are those of the module."""
    if len(words) < 3:
        print(sys.modules[module].__doc__, file=sys.stderr)
        return 100
    support.PROGRAM = os.path.abspath(words[1])
    support.DIRECTORY = Path(words[2]).resolve()
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    return run_cases(sys.modules[module], words[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
