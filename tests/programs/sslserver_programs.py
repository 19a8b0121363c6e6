"""What a program behind sslserver has: its descriptors, its variables, the relay of what is said,
TLS that begins when it says so; tried on the real one with clients of OpenSSL and GnuTLS, over
loopback alone.

    sslserver_programs.py SSLSERVER [NAME...]

As root it tries users, groups and chroot too, and goes into a network namespace of its own
where it can. The last line is `N passed, N failed`."""

import contextlib
import hashlib
import re
import socket
import sys
import time
from pathlib import Path
from typing import Optional

import sslserver_case as shared
from harness import SOON_SECONDS
from sslserver_case import CAT, Case, EXIT_100, EXIT_111, LOCAL, MEBIBYTE, SAY
from sslserver_support import (ENV, Sslserver, Talk, as_root, ask, block, client_hello, context,
                               fact, openssl, plain_end, pem_of, serve_ident, variables, with_ipv6)


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

    @as_root
    def test_the_peers_user(self) -> None:
        server = self.server(*ENV, options="-r -t 5")
        for number, (answer, info) in enumerate((("{} : USERID : UNIX : joe\r\n", "joe"),
                                                 ("{} : ERROR : NO-USER\r\n", None),
                                                 ("nonsense\r\n", None)), 9):
            with self.subTest(answer):
                source = f"127.0.0.{number}"
                serve_ident(self, source, answer.format)
                v = variables(ask(server, source=source))
                self.assertEqual(v.get("SSLREMOTEINFO"), info)
                server.find(rf"sslserver: ok .* :{re.escape(source)}:{info or ''}:\d+")

    @as_root
    def test_a_hostile_user_name(self) -> None:
        serve_ident(self, "127.0.0.9", "{} : USERID : UNIX : j\x1b[2Joe%:\r\n".format)
        server = self.server(*ENV, options="-r -t 5")
        v = variables(ask(server, source="127.0.0.9"))
        self.assertEqual(v["SSLREMOTEINFO"], "j?[2Joe%:")
        self.assertNotIn("\x1b", server.log)
        server.find(r"sslserver: ok .* :127\.0\.0\.9:j\?\[2Joe\?\?:\d+")

    @as_root
    def test_a_silent_ident_server_does_not_hold_us_up(self) -> None:
        serve_ident(self, "127.0.0.9", "".format)
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
        for pair in (shared.MATERIAL.ecdsa, shared.MATERIAL.rsa):
            v = self.asked("-s", settings=pair.environment)
            self.expect_certificate(v, "SERVER", pair.chain)
            self.assertEqual(v["SSL_SERVER_S_DN_CN"], pair.chain.stem)

    def test_the_clients_certificate(self) -> None:
        server = self.server(*ENV, options="-s -i", settings={
            "CAFILE": str(shared.MATERIAL.root.file), "CCAFILE": str(shared.MATERIAL.root.file)})
        v = variables(ask(server, context(own=shared.MATERIAL.client)))
        self.assertEqual(v["SSL_CLIENT_VERIFY"], "SUCCESS")
        self.expect_certificate(v, "CLIENT", shared.MATERIAL.client.chain)
        v = variables(ask(server))
        self.assertEqual(v["SSL_CLIENT_VERIFY"], "NONE")
        self.assertNotIn("SSL_CLIENT_S_DN", v)

    def test_a_forged_name_makes_no_second_line(self) -> None:
        pair = shared.MATERIAL.root.issue(self.scratch / "forged", "DNS:x.example",
                                   subject="/CN=x\nSSL_CLIENT_VERIFY=NONE")
        server = self.server(*ENV, options="-s -i", settings={
            "CAFILE": str(shared.MATERIAL.root.file), "CCAFILE": str(shared.MATERIAL.root.file)})
        v = variables(ask(server, context(own=pair)))
        self.assertEqual(v["SSL_CLIENT_VERIFY"], "SUCCESS")
        self.assertNotIn("\n", v["SSL_CLIENT_S_DN"])

    def test_without_s_there_are_none(self) -> None:
        for options in ("", "-sS"):
            v = self.asked(options)
            self.assertEqual([name for name in v if name.startswith("SSL_")], [])


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
        secure = Talk(peer, context(shared.MATERIAL.root.file))
        self.assertEqual(secure.der, shared.MATERIAL.ecdsa.der)
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
        self.assertEqual(v["SSL_SERVER_CERT"], pem_of(shared.MATERIAL.ecdsa.chain))
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


if __name__ == "__main__":
    sys.exit(shared.main(sys.modules[__name__], sys.argv))
