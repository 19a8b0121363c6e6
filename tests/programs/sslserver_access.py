"""Whom sslserver lets in, as whom it runs programs, and what it does as the real tcpserver beside
it; tried on the real one, over loopback alone.

    sslserver_access.py SSLSERVER [NAME...]

As root it tries users, groups and chroot too, and goes into a network namespace of its own
where it can. The last line is `N passed, N failed`."""

import base64
import contextlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Optional

import sslserver_case as shared
import sslserver_support as support
from harness import HANG_SECONDS
from sslserver_case import Case, EXIT_100, LOCAL, SAY
from sslserver_support import (ENV, SIX, Sslserver, Tcpserver, as_root, ask, block, connect,
                               context, fact, openssl, plain_end, replace, run, talk, until,
                               variables, with_ipv6, with_many_addresses, write_rules)


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
        self.expect_no_start({**shared.MATERIAL.ecdsa.environment, "SSL_UID": "0"})
        server = self.server(*SAY, options=self.rules('127.0.0.4:allow,SSL_UID="0"\n'))
        self.expect_refused(server, source="127.0.0.4")
        self.assertRegex(server.log, "root is not to hear strangers")
        self.expect_alive(server)

    def test_users_and_roots_that_are_not_there(self) -> None:
        """Known before anybody comes."""
        for name, value in (("SSL_USER", "no-such-user"), ("SSL_GROUP", "no-such-group"),
                            ("SSL_CHROOT", str(self.scratch / "none"))):
            self.expect_no_start({**shared.MATERIAL.ecdsa.environment, name: value})

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
        text = shared.MATERIAL.ecdsa.key.read_text()
        der = openssl("pkey", "-in", shared.MATERIAL.ecdsa.key, "-text", "-noout")
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
            env=support.environment(shared.MATERIAL.ecdsa.environment), capture_output=True,
            text=True, timeout=HANG_SECONDS, check=False)
        self.assertIn("fe80::7 : 4433 [40/0]\n", got.stdout, got.stderr)
        self.assertTrue(got.stdout.endswith("hello\n"), got.stdout + got.stderr)

    def test_an_interface_that_is_not_there(self) -> None:
        got = run("-I", "no-such-0", "::1", "0", *SAY, settings=shared.MATERIAL.ecdsa.environment)
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
        pair = shared.MATERIAL.rsa
        for name in ("CERTFILE", "CERTCHAINFILE"):
            rules = self.rules(f'127.0.0.5:allow,{name}="{pair.chain}",KEYFILE="{pair.key}"\n')
            server = self.server(*SAY, options=rules)
            for source, der in (("127.0.0.5", pair.der), (LOCAL, shared.MATERIAL.ecdsa.der)):
                with talk(server, context(shared.MATERIAL.root.file), source=source) as peer:
                    self.assertEqual(peer.der, der, source)
                    self.assertEqual(peer.read_to_end(), b"started\n")

    def test_a_certificate_for_an_address_in_rules_that_change(self) -> None:
        server = self.server(*SAY, options=self.rules(":allow\n"))
        self.assertEqual(self.talk(server).der, shared.MATERIAL.ecdsa.der)
        pair = shared.MATERIAL.rsa
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
                    Sslserver(*ENV, settings=shared.MATERIAL.ecdsa.environment, host=host,
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


if __name__ == "__main__":
    sys.exit(shared.main(sys.modules[__name__], sys.argv))
