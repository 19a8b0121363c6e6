"""What happens at the edges of sslclient's work: other people's descriptors and environments,
and what scripts for ucspi-ssl compare. Ends that come at the same moment are in
sslclient_races.py.

    sslclient_edges.py SSLCLIENT ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import os
import queue
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import sslclient_behaviour_support as support
from harness import HANG_SECONDS, SOON_SECONDS
from sslclient_behaviour import ENV, SAY, WWW, Case, main
from sslclient_behaviour_support import echo, finish, run, start


class TimeOut(Case):
    """-w, as in ucspi-ssl."""

    def silent(self) -> str:
        """A peer that says nothing and reads nothing."""
        return self.tls_server(lambda _peer: time.sleep(8)).address

    def test_the_program_gets_an_end_and_its_status_counts(self) -> None:
        got = run("-X -w 1", self.silent(), 443, "sh", "-c", "cat <&6; exit 5")
        self.expect(got, 5, lines=1)
        self.assertRegex(got.err, r"^sslclient: warning: .*\(timeout\)$")

    def test_a_program_that_has_closed_7_keeps_its_status(self) -> None:
        got = run("-X -w 1", self.silent(), 443, "sh", "-c", "exec 7>&-; cat <&6; exit 5")
        self.expect(got, 5, lines=1)

    def test_a_second_period_without_a_word_is_an_error(self) -> None:
        got = run("-X -w 1", self.silent(), 443, "sh", "-c", "cat <&6; sleep 3; exit 5")
        self.expect(got, 111, lines=1)
        self.assertRegex(got.err, r"^sslclient: fatal: .*\(timeout\)$")

    def test_a_write_that_is_stuck_is_an_error(self) -> None:
        got = run("-X -w 1", self.silent(), 443, "sh", "-c", "cat /dev/zero >&7; exit 5")
        self.expect(got, 111, lines=1)


class Delayed(Case):
    """-y: whoever waits for whom."""

    def plain(self):
        """A peer that talks in clear text until it is asked for TLS."""
        def serve(peer: socket.socket) -> None:
            peer.sendall(b"ready\n")
            if peer.recv(9) == b"STARTTLS\n":  # the hello may follow at once
                with support.context().wrap_socket(peer, server_side=True) as secure:
                    echo(secure)

        return self.server(serve).address

    def test_an_unknown_command_lets_everybody_go(self) -> None:
        for waits in ("cat <&$SSLCTLFD", "cat <&$SSLREADFD", "cat <&6", "cat <&$SSLCTLFD "
                      "<&$SSLREADFD; cat <&6; echo ended", "sleep 60"):
            with self.subTest(waits):
                running = start(support.command(
                    "-y -X", self.plain(), 443, "sh", "-c",
                    f'eval "printf q >&$SSLCTLFD; exec {waits}" >/dev/null 2>&1'))
                began = time.monotonic()
                self.assertEqual(running.wait(HANG_SECONDS), 111)
                self.assertLess(time.monotonic() - began, SOON_SECONDS)
                running.kill()
                running.stdout.close()
                self.assertIn(b"unknown command", running.stderr.readline())
                running.stderr.close()

    def test_a_program_that_never_wants_tls_waits_for_nothing_of_ours(self) -> None:
        got = run("-y -X", self.plain(), 443, "sh", "-c",
                  'eval "exec $SSLCTLFD>&-; cat <&$SSLREADFD"; exit 7')
        self.expect(got, 7)

    def test_variables_that_nobody_reads_hold_nothing_up(self) -> None:
        got = run("-y -X", self.plain(), 443, *support.PYTHON, """
import os
c, r, w = (int(os.environ[n]) for n in ("SSLCTLFD", "SSLREADFD", "SSLWRITEFD"))
os.read(6, 100); os.write(7, b"STARTTLS\\n"); os.write(c, b"Y")
os.write(w, b"secret\\n")
os.write(1, os.read(r, 100))
""")
        self.expect(got, 0)
        self.assertEqual(got.out, "secret\n")

    def with_descriptors(self, numbers: str, *words: str):
        """A run that inherits these descriptors, each with its number in it."""
        opened = " ".join(f"{n}<{self.scratch}/{n}" for n in numbers.split())
        for n in numbers.split():
            (self.scratch / n).write_text(f"mine {n}\n")
        return finish(start(["bash", "-c", f'exec {opened}; exec "$@"', "bash",
                             *support.command("-y -X", self.plain(), 443, *words)]))

    TALK = """
import os, sys
numbers = [int(os.environ[n]) for n in ("SSLCTLFD", "SSLREADFD", "SSLWRITEFD")]
c, r, w = numbers
os.read(6, 100); os.write(7, b"STARTTLS\\n"); os.write(c, b"y")
os.write(w, b"secret\\n")
assert os.read(r, 100) == b"secret\\n"
print(*numbers)
for n in sys.argv[1:]: print(os.read(int(n), 100).decode(), end="")
"""

    def test_inherited_descriptors_are_left_alone(self) -> None:
        for numbers, given in (("", "8 9 5"), ("5", "8 9 4"), ("5 8 9", "4 3 10"),
                               ("8", "9 5 4"), ("3 4 5 8 9", "10 11 12"),
                               ("3 4 5 8 9 10 12", "11 13 14")):
            with self.subTest(numbers):
                got = self.with_descriptors(numbers, *support.PYTHON, self.TALK,
                                            *numbers.split())
                self.expect(got, 0)
                self.assertEqual(got.out.splitlines(),
                                 [given, *(f"mine {n}" for n in numbers.split())])


class Names(Case):
    """What scripts for ucspi-ssl compare."""

    def old(self, ciphers: str, leaf: str = "rsa") -> ssl.SSLContext:
        """A server's TLS 1.2 with one suite."""
        tls = support.context(leaf)
        tls.maximum_version = ssl.TLSVersion.TLSv1_2
        tls.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
        group = self.scratch / "ffdhe2048"
        subprocess.run(["openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt",
                        "group:ffdhe2048", "-out", str(group)], check=True)
        tls.load_dh_params(group)
        tls.set_ciphers(f"{ciphers}:@SECLEVEL=0")
        return tls

    def test_suites_of_tls_1_2_have_opensslnames(self) -> None:
        for suite, leaf, more in (
                ("ECDHE-RSA-AES128-GCM-SHA256", "rsa", ""),
                ("ECDHE-RSA-AES256-GCM-SHA384", "rsa", ""),
                ("ECDHE-RSA-CHACHA20-POLY1305", "rsa", ""),
                ("ECDHE-RSA-AES256-SHA", "rsa", ""),
                ("DHE-RSA-AES128-GCM-SHA256", "rsa", ""),
                ("DHE-RSA-AES128-CCM", "rsa", ""),
                ("ECDHE-ECDSA-AES256-GCM-SHA384", "good", ""),
                ("ECDHE-ECDSA-AES128-SHA", "good", ""),
                ("ECDHE-ECDSA-CAMELLIA128-SHA256", "good",
                 "-C ECDHE-ECDSA-CAMELLIA128-SHA256"),
                ("ECDHE-RSA-AES256-SHA384", "rsa", "-C ECDHE-RSA-AES256-SHA384"),
                ("AES128-SHA", "rsa", "-C NORMAL:+RSA")):
            with self.subTest(suite):
                server = self.tls_server(tls=self.old(suite, leaf))
                got = run(f"-Xs {more}", server.address, 443, *ENV)
                self.expect(got, 0)
                self.assertEqual(got.variables["SSL_CIPHER"], suite)

    def test_static_rsa_is_not_offered(self) -> None:
        for suite in ("AES128-SHA", "AES128-GCM-SHA256", "AES256-SHA"):
            server = self.tls_server(tls=self.old(suite))
            for more in ("", "-C HIGH", "-C ALL:!aNULL"):
                got = run(f"-X {more}", server.address, 443, *SAY)
                self.expect_fault(got, 111, r"\(handshake\)")

    def test_cipher_lists_of_openssl(self) -> None:
        both = self.tls_server(tls=self.old("ECDHE-RSA-AES128-GCM-SHA256:"
                                            "ECDHE-RSA-AES256-GCM-SHA384:"
                                            "DHE-RSA-AES256-SHA")).address
        for words, suite in (("HIGH:!aNULL:!MD5", "ECDHE-RSA-AES128-GCM-SHA256"),
                             ("HIGH:!AES128", "ECDHE-RSA-AES256-GCM-SHA384"),
                             ("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
                             ("kEECDH+AESGCM:@STRENGTH", "ECDHE-RSA-AES256-GCM-SHA384"),
                             ("DEFAULT@SECLEVEL=2", "ECDHE-RSA-AES128-GCM-SHA256"),
                             ("ALL:!ECDHE", "DHE-RSA-AES256-SHA")):
            with self.subTest(words):
                v = run(f"-Xs -C {words}", both, 443, *ENV).variables
                self.assertEqual(v["SSL_CIPHER"], suite)
        for words, named in (("HIGH:NONSENSE", "NONSENSE"), ("AES128-SHA", "AES128-SHA"),
                             ("HIGH:@SECLEVEL=4", "@SECLEVEL=4")):
            self.expect_fault(run(f"-X -C {words}", both, 443, *SAY), 100, named)

    def test_protocol_says_which_ip(self) -> None:
        self.assertEqual(run("-X", "::1", 443, *ENV).variables["PROTO"], "SSL6")
        self.assertEqual(run("-X", WWW, 443, *ENV).variables["PROTO"], "SSL")

    def test_a_host_without_a_name_has_the_empty_one(self) -> None:
        words = support.command("-X", self.tls_server().address, 443, *ENV)
        words[words.index("-RHl0")] = "-Rl0"
        self.assertEqual(finish(start(words)).variables["SSLREMOTEHOST"], "")
        v = run("-X", self.tls_server().address, 443, *ENV).variables
        self.assertNotIn("SSLREMOTEHOST", v)


class Hello(Case):
    """What we say first."""

    def hello(self) -> bytes:
        """The first record of a run."""
        heard: queue.Queue[bytes] = queue.Queue()
        run("-X", self.server(lambda peer: heard.put(peer.recv(4096))).address, 443, *SAY)
        return heard.get(timeout=HANG_SECONDS)

    def parts(self) -> tuple[list[int], list[int]]:
        """Suites and extensions."""
        data = self.hello()[5 + 4 + 2 + 32:]
        data = data[1 + data[0]:]
        size = int.from_bytes(data[:2], "big")
        suites = [int.from_bytes(data[i:i + 2], "big") for i in range(2, 2 + size, 2)]
        data = data[2 + size:]
        data = data[1 + data[0] + 2:]
        extensions = []
        while data:
            extensions.append(int.from_bytes(data[:2], "big"))
            data = data[4 + int.from_bytes(data[2:4], "big"):]
        return suites, extensions

    def test_nothing_is_asked_for_that_nobody_reads(self) -> None:
        suites, extensions = self.parts()
        self.assertNotIn(5, extensions, "status_request")
        self.assertNotIn(35, extensions, "session tickets")
        for needed in (10, 13, 22, 23, 43, 51, 65281):
            self.assertIn(needed, extensions)
        static_rsa = {0x2F, 0x35, 0x3C, 0x3D, 0x9C, 0x9D, 0xC09C, 0xC09D, 0x0A}
        self.assertEqual(static_rsa & set(suites), set())


class Environment(Case):
    """Other people's variables."""

    def options(self, file: str, text: str) -> Path:
        """A file of that text."""
        out = self.scratch / file
        out.write_text(text)
        return out

    def test_no_library_reads_it(self) -> None:
        keys = self.scratch / "keys"
        weak = self.options("weak", "[overrides]\ndisabled-version = tls1.3\n")
        env = {"SSLKEYLOGFILE": str(keys), "GNUTLS_SYSTEM_PRIORITY_FILE": str(weak),
               "GNUTLS_DEBUG_LEVEL": "9", "GNUTLS_CPUID_OVERRIDE": "0x1",
               "GNUTLS_NO_EXPLICIT_INIT": "1", "GNUTLS_NO_IMPLICIT_INIT": "1",
               "GNUTLS_SYSTEM_PRIORITY_FAIL_ON_INVALID": "1", "GNUTLS_FORCE_FIPS_MODE": "1",
               "NETTLE_FAT_VERBOSE": "1", "EVENT_SHOW_METHOD": "1", "RES_OPTIONS": "debug",
               "LOCALDOMAIN": "evil.example", "HOSTALIASES": str(weak)}
        got = run("-s", WWW, 443, *ENV, env=env)
        self.expect(got, 0)
        self.assertEqual(got.variables["SSL_PROTOCOL"], "TLSv1.3")
        self.assertFalse(keys.exists())
        for name, value in env.items():
            self.assertEqual(got.variables[name], value, "the program's is whole")

    def test_the_program_gets_all_of_it_in_its_order(self) -> None:
        words = support.command("-X", WWW, 443, *ENV)
        mine = [f"A{number}={'x' * number}" for number in range(300)]
        got = finish(start(["env", *mine, "SSLKEYLOGFILE=/dev/null", "B=", "LANG=x", *words]))
        entries = [entry for entry in got.out.split("\0") if entry and not entry.startswith(
            ("SSL", "DANE_", "PROTO=", "PATH=")) or entry.startswith("SSLKEY")]
        self.assertEqual(entries, [*mine, "SSLKEYLOGFILE=/dev/null", "B=", "LANG=x"])

    def test_the_path_is_searched_as_ever(self) -> None:
        tool = self.options("a-tool", "#!/bin/sh\necho found\n")
        tool.chmod(0o755)
        got = run("-X", WWW, 443, "a-tool",
                  env={"PATH": f"{self.scratch}:{os.environ['PATH']}"})
        self.assertEqual(got.out, "found\n")

    def test_it_can_be_let_in(self) -> None:
        keys = self.scratch / "keys"
        words = support.command("", WWW, 443, "true")
        words.insert(1, "--library-environment")
        self.expect(finish(start(words, env={"SSLKEYLOGFILE": str(keys)})), 0)
        self.assertIn("TRAFFIC_SECRET", keys.read_text())
        keys.unlink()
        got = run("--library-environment", WWW, 443, "true",
                  env={"SSLKEYLOGFILE": str(keys)})
        self.expect_fault(got, 100, "first word")
        self.expect(run("", WWW, 443, "true", "--library-environment",
                        env={"SSLKEYLOGFILE": str(keys)}), 0)
        self.assertFalse(keys.exists())

    def test_not_in_qmail_remote_either(self) -> None:
        program = Path(support.PROGRAM).with_name("qmail-remote")
        if not program.exists():
            self.skipTest("not built")
        env = {**support.environment(), "NETTLE_FAT_VERBOSE": "1", "GNUTLS_DEBUG_LEVEL": "9"}
        done = subprocess.run([str(program)], env=env, capture_output=True, check=False)
        self.assertEqual(done.stderr, b"")
        self.assertIn(b"invoked improperly", done.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv, __name__))
