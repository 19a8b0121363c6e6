"""What `dane audit` does with the files that it reads and writes: whose they are, when they
change, and what is left of them when a run ends early.

    audit_files.py DANE ZONES_DIR [NAME...]

The last line is `N passed, N failed`.
"""

import fcntl
import itertools
import json
import os
import pty
import resource
import select
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import termios
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Callable, Iterator

from audit_behaviour import SUMMARY, Case, Done, Own, Page, many, objects_of, main
from harness import HANG_SECONDS, SOON_SECONDS, wait_until_handled
from sslclient_behaviour_support import Server

GOOD = "good.mail.example"
MARK = b"\xef\xbb\xbf"
APPLICATION, VERSION = 0x44414E45, 1
LOCKED_SECONDS = 1.5


class Files(Case):
    """Runs, and what is in their files."""

    def until(self, is_so: Callable[[], object], limit: float = HANG_SECONDS) -> None:
        """Waits for what must come."""
        deadline = time.monotonic() + limit
        while not is_so():
            self.assertLess(time.monotonic(), deadline, "it did not come")
            time.sleep(0.01)

    def until_still(self, size: Callable[[], int]) -> None:
        """Waits until there is something that does not grow any more."""
        sizes = [0]
        while sizes[-1] == 0 or len(sizes) < 6 or len(set(sizes[-6:])) > 1:
            self.assertLess(len(sizes), 1000, "it grows and grows")
            time.sleep(0.1)
            sizes.append(size())

    def size(self, file: str) -> int:
        """Octets that a file has, if it is there."""
        return os.path.getsize(file) if os.path.exists(file) else 0

    def folder(self) -> dict[str, bytes]:
        """All that the scratch directory has, by name."""
        return {str(file.relative_to(self.scratch)): file.read_bytes()
                for file in self.scratch.rglob("*") if file.is_file()}

    def lines(self, file: str) -> list[dict]:
        """The results of a file."""
        return objects_of(Path(file).read_text())

    def refused(self, *words: str, why: str, status: int = 2, **more) -> None:
        """A run that cannot be, for this reason; no file changes, and none comes."""
        before = self.folder()
        done = self.audit(*words, status=status, **more)
        self.assertEqual((done.out, done.err), ("", f"dane: fatal: {why}\n"), words)
        self.assertEqual(self.folder(), before, words)

    def fed(self, *words: str, **more) -> tuple[subprocess.Popen, BinaryIO]:
        """A run that goes on, and where its domains are written to."""
        read, write = os.pipe()
        running = self.start("-f", "-", "--quick", *words, stdin=read, **more)
        os.close(read)
        pipe = os.fdopen(write, "wb", buffering=0)
        self.addCleanup(pipe.close)
        self.addCleanup(running.kill)
        return running, pipe


@contextmanager
def opened(file: str) -> Iterator[sqlite3.Connection]:
    """A database, each statement for itself."""
    with closing(sqlite3.connect(file, isolation_level=None,
                                 check_same_thread=False)) as database:
        yield database


def rows(file: str, sql: str) -> list[tuple]:
    """What a database answers."""
    with opened(file) as database:
        return database.execute(sql).fetchall()


def change(file: str, sql: str) -> None:
    """Changes a database, or makes one."""
    with opened(file) as database:
        database.executescript(sql)


class Input(Files):
    """The file of domains."""

    def test_byte_order_mark(self) -> None:
        """It is none of the first name, and a part of every other."""
        for text, inputs in ((MARK + b"good.mail.example\n", [GOOD]),
                             (MARK + b"# all\ngood.mail.example", [GOOD]),
                             (MARK + b"\r\n", []), (MARK, []),
                             (b"\n" + MARK + b"a\n", ["\ufeffa"]),
                             (MARK + b"a\n" + MARK + b"b\n", ["a", "\ufeffb"]),
                             (MARK + MARK + b"a\n", ["\ufeffa"]),
                             (MARK[:2] + b"a\n", ["\ufffd\ufffda"])):
            file = self.write("in", text)
            for done in (self.audit("--quick", "--json", "-f", file),
                         self.audit("--quick", "--json", "-f", "-", given=text)):
                got = sorted(done.objects, key=lambda one: one["number"])
                self.assertEqual([one["input"] for one in got], inputs, text)


    def test_no_domain_is_bad_input(self) -> None:
        """What fills the list has failed: that is not `every domain is enforced`."""
        out = self.write("out", b"kept\n")
        for text in (b"", b"\n", b"# all\n  # of ours\n\r\n", MARK, b" \t"):
            file = self.write("in", text)
            for words in ((), ("--json",), ("--column", "2"), ("-o", out), ("--watch", "1s"),
                          ("-o", out, "--resume"), ("--html", out)):
                self.refused("--quick", "-f", file, *words, why=f"{file}: no domain in this input")
            for words in ((), ("--watch", "1s"), ("--html", out)):
                self.refused("--quick", "-f", "-", *words, given=text,
                             why="no domain was given")
            done = self.audit("--quick", "--nagios", "-f", file, status=3)
            self.assertEqual(done.out, f"DANE UNKNOWN - {file}: no domain in this input\n")
            self.assertEqual(done.err, f"dane: fatal: {file}: no domain in this input\n")


class Errors(Files):
    """What ends a run that has not begun, or that nobody hears."""

    def wrong(self) -> list[tuple[tuple[str, ...], str]]:
        """Command lines that are, and what is said of them."""
        missing, piped = self.path("none"), self.path("no|ne")
        return [(("--retries", "101", GOOD), "--retries 101 is not a number from 0 to 100"),
                (("--probe", "a|b", GOOD), "--probe a|b: it may be none, dane or all"),
                (("--watch", "0s", GOOD), "--watch wants a second or more"),
                (("-f", missing), f"{missing}: No such file or directory"),
                (("-f", piped), f"{piped}: No such file or directory"),
                (("-o", f"{missing}/x", GOOD), f"{missing}/x: No such file or directory"),
                (("--sqlite", f"{missing}/x", GOOD),
                 f"{missing}/x: unable to open database file")]

    def test_they_are_bad_input(self) -> None:
        for words, why in self.wrong():
            self.refused(*words, why=why)

    def test_nagios_hears_that_nothing_is_known(self) -> None:
        page = self.path("no/page")
        late = [(("--html", page, GOOD), f"{page}: No such file or directory")]
        for words, why in self.wrong() + late:
            done = self.audit("--nagios", *words, status=3)
            said = "DANE UNKNOWN - " + why.replace("|", "/") + "\n"
            self.assertEqual((done.out, done.err), (said, f"dane: fatal: {why}\n"), words)

    def test_nagios_hears_of_an_option_that_is_none(self) -> None:
        """2 would be CRITICAL."""
        done = self.audit("--nagios", "--nonsense", GOOD, status=3)
        self.assertRegex(done.out, r"\ADANE UNKNOWN - [^|\n]*--nonsense[^|\n]*\n\Z")

    def test_nagios_hears_of_what_cannot_be_kept(self) -> None:
        done = self.audit("--nagios", "-o", "/dev/full", GOOD, status=3)
        self.assertRegex(done.out, r"\ADANE UNKNOWN - [^|\n]*/dev/full[^|\n]*\n\Z")

    def test_a_full_standard_output(self) -> None:
        for words in (("--catalogue",), ("--help",), (GOOD,), ("--nagios", GOOD),
                      ("--nagios", "--retries", "x", GOOD), ("--html", "-", GOOD),
                      ("--prometheus", "-", GOOD), ("-o", "-", GOOD)):
            with open("/dev/full", "wb") as full:
                done = self.audit(*words, stdout=full)
            self.assertEqual(done.status, 3, (words, done.err))


class Output(Files):
    """The file of --output."""

    def test_one_run_at_a_time(self) -> None:
        out, link = self.path("out"), self.path("link")
        running, pipe = self.fed("-o", out)
        pipe.write(b"good.mail.example\n")
        self.until(lambda: self.size(out))
        os.symlink("out", link)
        for words in (("-o", out), ("-o", link), ("-o", out, "--resume"),
                      ("-o", out, "--sqlite", self.path("db"))):
            self.refused(*words, GOOD, why=f"{words[1]}: another process writes there")
        pipe.close()
        self.assertEqual(self.finish(running).status, 0)
        self.assertEqual([one["number"] for one in self.lines(out)], [1])
        self.refused("-o", out, GOOD, why=f"{out} is not empty: --resume goes on with it, "
                                          "--overwrite begins anew")
        self.audit("-o", out, "--overwrite", GOOD, GOOD, status=0)
        self.assertEqual(len(self.lines(out)), 2)

    def test_it_stays_if_the_rest_cannot_be(self) -> None:
        out, nothing, folder = self.write("out", "old\n"), self.path("none"), self.path("d")
        other, text = self.path("other.db"), self.write("text", "no database\n" * 100)
        os.mkdir(folder)
        change(other, "CREATE TABLE t (x)")
        for words, why in (
                (("--sqlite", other), f"{other} is a database of something else"),
                (("--sqlite", text), f"{text}: file is not a database"),
                (("--sqlite", folder), f"{folder}: unable to open database file"),
                (("--timeout", "0"), "--timeout 0 is not a number of seconds from 0.1 to 3600")):
            self.refused("-o", out, "--overwrite", *words, GOOD, why=why)
        self.refused("-o", out, "--overwrite", "-f", nothing, why=f"{nothing}: No such file or directory")

    def test_it_is_emptied_by_a_run(self) -> None:
        """Before the first result, and not by one that has a file without domains."""
        out, database = self.path("out"), self.path("db")
        for words in (("-o", out, "--overwrite"),
                      ("-o", out, "--overwrite", "--sqlite", database)):
            self.write("out", "old\n")
            empty = self.write("in", "# nothing\n")
            self.refused(*words, "-f", empty, why=f"{empty}: no domain in this input")
            running, pipe = self.fed(*words)
            self.until(lambda: os.path.getsize(out) == 0, SOON_SECONDS)
            self.assertIsNone(running.poll())
            pipe.close()
            self.assertEqual(self.finish(running).status, 2)


class Databases(Files):
    """The file of --sqlite."""

    def made(self) -> str:
        """One that the command made."""
        file = self.path("db")
        self.audit("--sqlite", file, GOOD, status=0)
        return file

    def test_its_marks(self) -> None:
        for word, number in (("application_id", APPLICATION), ("user_version", VERSION)):
            self.assertEqual(rows(self.made(), f"PRAGMA {word}"), [(number,)])

    def test_one_of_something_else(self) -> None:
        marks = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
        for about, sql in (
                ("other tables", "CREATE TABLE t (x); INSERT INTO t VALUES (1)"),
                ("another journal", "PRAGMA journal_mode = WAL; CREATE TABLE t (x)"),
                ("a name of ours", "CREATE TABLE domain (domain TEXT PRIMARY KEY)"),
                ("a later version", f"{marks} PRAGMA user_version = 2; CREATE TABLE t (x)"),
                ("no version", f"{marks} PRAGMA user_version = 0; CREATE TABLE t (x)"),
                ("no application",
                 f"{marks} PRAGMA application_id = 0; CREATE TABLE domain (x)")):
            with self.subTest(about):
                file = self.path(f"{about}.db")
                change(file, sql)
                self.refused("--sqlite", file, GOOD,
                             why=f"{file} is a database of something else")

    def test_one_that_was_ours(self) -> None:
        file = self.made()
        for pragma in ("user_version = 2", "application_id = 7"):
            change(file, f"PRAGMA {pragma}")
            self.refused("--sqlite", file, GOOD,
                         why=f"{file} is a database of something else")

    def test_what_is_no_database(self) -> None:
        for text in (b"no database\n", b"no database\n" * 1000, bytes(range(256)) * 20):
            file = self.write("text", text)
            self.refused("--sqlite", file, GOOD, why=f"{file}: file is not a database")

    def test_a_domain_is_replaced(self) -> None:
        file = self.made()
        tables = ("domain", "finding", "mx", "host", "record", "address")
        before = {name: len(rows(file, f"SELECT * FROM {name}")) for name in tables}
        change(file, f"UPDATE domain SET grade = 'broken'; INSERT INTO finding VALUES "
                     f"('{GOOD}', 'mismatch', 'error', '', ''); "
                     f"INSERT INTO mx VALUES ('{GOOD}', 5, 'gone.example', 'refused'); "
                     f"INSERT INTO record VALUES ('mx1.mail.example', 3, 1, 1, '00')")
        self.made()
        self.assertEqual({name: len(rows(file, f"SELECT * FROM {name}"))
                          for name in tables}, before)
        self.assertEqual(rows(file, "SELECT domain, grade FROM domain"),
                         [(GOOD, "enforced")])
        self.assertEqual(set(self.folder()), {"db"})

    def test_an_empty_file_is_taken(self) -> None:
        self.write("db", b"")
        self.assertEqual(rows(self.made(), "SELECT domain FROM domain"), [(GOOD,)])

    def test_a_lock_is_waited_for(self) -> None:
        """At the start, of a database that is there and of one that is not."""
        for name, lock in (("old", "BEGIN EXCLUSIVE"), ("new", "BEGIN EXCLUSIVE"),
                           ("begun", "BEGIN IMMEDIATE")):
            file = self.path(name)
            if name == "old":
                self.audit("--sqlite", file, "--quick", "mismatch.mail.example", status=1)
            with self.subTest(name), opened(file) as other:
                other.execute(lock)
                release = threading.Timer(LOCKED_SECONDS, other.execute, ["COMMIT"])
                release.start()
                done = self.audit("--sqlite", file, "--quick", GOOD)
                release.join()
                self.assertEqual((done.status, done.err), (0, ""))
                self.assertGreater(done.seconds, LOCKED_SECONDS - 0.2)
                self.assertIn((GOOD,), rows(file, "SELECT domain FROM domain"))

    def test_a_lock_in_the_middle_is_waited_for(self) -> None:
        file = self.path("db")
        running, pipe = self.fed("--sqlite", file)
        pipe.write(b"mismatch.mail.example\n")
        self.until(lambda: self.domains_of(file) == ["mismatch.mail.example"])
        with opened(file) as other:
            other.execute("BEGIN IMMEDIATE")
            pipe.write(b"good.mail.example\n")
            time.sleep(LOCKED_SECONDS)
            self.assertIsNone(running.poll())
            other.execute("COMMIT")
        self.until(lambda: GOOD in self.domains_of(file), SOON_SECONDS)
        pipe.close()
        done = self.finish(running)
        self.assertEqual(done.status, 1)
        self.assertRegex(done.err, rf"\A{SUMMARY.pattern}\n\Z")

    def test_somebody_else_writes_too(self) -> None:
        """Before the first domain, and behind it."""
        file = self.made()
        sql = "INSERT INTO domain VALUES ('{}.example', 'broken', NULL, '', 0)"
        running, pipe = self.fed("--sqlite", file)
        self.until(lambda: os.path.exists(file + "-wal"))
        time.sleep(0.3)
        for name in ("other", "another"):
            change(file, sql.format(name))
            with suppress(BrokenPipeError):
                pipe.write(f"{name}.wildcard.mail.example\n".encode())
            self.until(lambda: running.poll() is not None or
                       f"{name}.wildcard.mail.example" in self.domains_of(file))
        pipe.close()
        done = self.finish(running)
        self.assertEqual(done.status, 0, done.err)
        self.assertEqual(self.domains_of(file), sorted([
            GOOD, "other.example", "another.example", "other.wildcard.mail.example",
            "another.wildcard.mail.example"]))

    def domains_of(self, file: str) -> list[str]:
        """Those that a database has, as others see it."""
        try:
            return sorted(name for (name,) in rows(
                file, "SELECT domain FROM domain UNION ALL SELECT input FROM rejected"))
        except sqlite3.OperationalError:
            return []

    def each_octet(self, word: bytes) -> str:
        """A text in which every octet that is none is replaced."""
        return "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c
                       for c in word.decode(errors="surrogateescape"))

    def test_odd_words(self) -> None:
        """Readers take every text, and all of it."""
        words = [b"a\0b.example", b"\0", b"\xff\xfe.example", b"x\xc3(.example",
                 b"x\xed\xa0\x80.example", b"x\xe2\x82", "x\u202e\u200f.example".encode(),
                 b"\xf4\x90\x80\x80.example", b"'; DROP TABLE domain; --",
                 b"good.mail.example"]
        file, out = self.path("db"), self.path("out")
        self.audit("--quick", "--sqlite", file, "-o", out, "-f",
                   self.write("in", b"\n".join(words)), status=0)
        inputs = {one["input"] for one in self.lines(out)}
        self.assertEqual(inputs, {self.each_octet(word) for word in words})
        domains = {name.replace("\0", "\ufffd") for name in inputs}
        self.assertEqual(set(self.domains_of(file)), domains)
        sound = {"good.mail.example"}
        for table, column, names in (("domain", "domain", sound), ("finding", "domain", sound),
                                     ("rejected", "input", domains - sound)):
            got = rows(file, f"SELECT DISTINCT {column}, typeof({column}), length({column}), "
                             f"instr(CAST({column} AS BLOB), x'00') FROM {table}")
            self.assertEqual(set(got), {(name, "text", len(name), 0) for name in names})
        with opened(":memory:") as database:
            for line in Path(out).read_text().splitlines():
                self.assertEqual(database.execute(
                    "SELECT json_valid(?1), json_extract(?1, '$.version')",
                    [line]).fetchall(), [(1, 1)])


class Resumed(Files):
    """What --resume goes on from, and what it does not."""

    def setUp(self) -> None:
        super().setUp()
        self.input = self.domains(many(11)[-6:])
        self.out = self.path("out")
        self.audit("-o", self.out, "--parallel", "1", "-f", self.input, status=1)
        self.whole = Path(self.out).read_bytes().splitlines(keepends=True)
        self.words = ("-o", self.out, "--resume", "-f", self.input)

    def foreign(self, number: int) -> str:
        """What is said of a line that is none."""
        return f"{self.out} is not the output of dane audit --json: line {number}"

    def test_a_foreign_line_is_named(self) -> None:
        for at, text in ((1, b"hello\n"), (3, b"\n"), (6, b"{}\n"), (7, b"hello\n"),
                         (4, b"hello"), (7, b"hello"), (7, b"\0")):
            with self.subTest(at=at, text=text):
                after = self.whole[at - 1:] if text.endswith(b"\n") else []
                self.write("out", b"".join([*self.whole[:at - 1], text, *after]))
                self.refused(*self.words, why=self.foreign(at))

    def test_a_domain_that_is_there_twice(self) -> None:
        for number, lines in ((1, [0, 0]), (2, [0, 1, 2, 1]), (6, [5, 0, 5, 1])):
            self.write("out", b"".join(self.whole[at] for at in lines))
            self.refused(*self.words, why=f"{self.out} has domain {number} twice: "
                                          "it is not of one run")

    def test_a_line_that_is_broken_in_the_middle(self) -> None:
        """It begins and ends as it should."""
        line = self.whole[1]
        middle = line.index(b'"findings":')
        for broken in (line[:middle + 30] + line[-40:],
                       line[:middle] + b"\0" * 20 + line[middle + 20:],
                       line[:middle] + b'"x":"' + line[middle:],
                       line.replace(b'"findings":', b'"finding":'),
                       line.replace(b'"hosts":[', b'"hosts":{},"x":['),
                       line.replace(b'"domain":"', b'"domain":1,"x":"'),
                       line[:-2] + b"}}\n"):
            with self.subTest(broken[middle:middle + 60]):
                self.assertNotEqual(broken, line)
                self.write("out", b"".join([self.whole[0], broken, *self.whole[2:]]))
                self.refused(*self.words, why=self.foreign(2))

    def test_a_database_that_has_nothing(self) -> None:
        """Neither a new one, nor the same the second time."""
        database = self.path("db")
        before = Path(self.out).read_bytes()
        for _ in range(2):
            done = self.audit(*self.words, "--sqlite", database, status=2)
            self.assertEqual(done.err, f"dane: fatal: {database} does not have what "
                                       f"{self.out} has\n")
            self.assertEqual(Path(self.out).read_bytes(), before)
        self.write("out", b"")
        self.audit(*self.words, "--sqlite", database, status=1)
        self.audit(*self.words, "--sqlite", database, status=1)
        self.assertEqual(rows(database, "SELECT count(*) FROM domain"), [(6,)])
        self.assertEqual(len(self.lines(self.out)), 6)

    def test_kill_while_a_run_is_slow(self) -> None:
        """What the file has is in the database, and in the end each has all of it once."""
        names = [f"n{i}.wildcard.mail.example" for i in range(8)]
        out, database = self.path("killed"), self.path("db")
        words = ("-o", out, "--sqlite", database, "--resume")
        for end, delay in ((2, 4), (4, 0.3), (6, 4), (8, 0.9)):
            running, pipe = self.fed(*words)
            pipe.write("".join(f"{name}\n" for name in names[:end]).encode())
            time.sleep(delay)
            running.kill()
            running.communicate()
            kept = {one["domain"] for one in self.lines(out)}
            there = {name for (name,) in rows(database, "SELECT domain FROM domain")}
            self.assertLessEqual(kept, there)
            if delay > 1:
                self.assertEqual(kept, set(names[:end]))
        self.audit(*words, "-f", self.domains(names), status=0)
        got = sorted(self.lines(out), key=lambda one: one["number"])
        self.assertEqual([one["input"] for one in got], names)
        self.assertEqual(rows(database, "SELECT domain FROM domain ORDER BY 1"),
                         [(name,) for name in sorted(names)])

    def test_lines_come_while_a_run_is_slow(self) -> None:
        out, database = self.path("slow"), self.path("db")
        running, pipe = self.fed("-o", out, "--sqlite", database)
        for count in (1, 2):
            pipe.write(f"n{count}.wildcard.mail.example\n".encode())
            self.until(lambda: os.path.exists(out) and len(self.lines(out)) == count)
            self.assertEqual(rows(database, "SELECT count(*) FROM domain"), [(count,)])
        self.assertIsNone(running.poll())
        pipe.close()
        self.assertEqual(self.finish(running).status, 0)


class Replaced(Files):
    """The files of --html and --prometheus."""

    OPTIONS = (("--html", "</html>"), ("--prometheus", "dane_audit_duration_seconds"))

    def test_standard_output(self) -> None:
        for option, mark in self.OPTIONS:
            done = self.audit(option, "-", GOOD, status=0, cwd=self.scratch)
            self.assertIn(mark, done.out)
            self.assertEqual((done.err, self.folder()), ("", {}))

    def test_a_symbolic_link(self) -> None:
        """It stays one, and what it leads to is replaced."""
        os.mkdir(self.path("there"))
        for option, mark in self.OPTIONS:
            target, link = self.write("there/file", "old\n"), self.path("link")
            for leads in ("there/file", target):
                os.symlink(leads, link)
                os.symlink("link", self.path("second"))
                self.audit(option, self.path("second"), GOOD, status=0)
                self.assertEqual((os.readlink(self.path("second")), os.readlink(link)),
                                 ("link", leads))
                self.assertIn(mark, Path(target).read_text())
                self.write("there/file", "old\n")
                os.unlink(link)
                os.unlink(self.path("second"))
            self.assertEqual(self.folder(), {"there/file": b"old\n"})

    def test_a_symbolic_link_to_what_is_not_there_yet(self) -> None:
        os.mkdir(self.path("there"))
        os.symlink("there/file", self.path("link"))
        for option, mark in self.OPTIONS:
            self.audit(option, self.path("link"), GOOD, status=0)
            self.assertTrue(os.path.islink(self.path("link")), option)
            self.assertIn(mark, Path(self.path("there/file")).read_text())
            os.unlink(self.path("there/file"))

    def test_permissions_are_kept(self) -> None:
        for option, mark in self.OPTIONS:
            for mode, umask in ((0o600, 0o022), (0o640, 0o022), (0o664, 0o022),
                                (0o666, 0o022), (0o644, 0o077)):
                with self.subTest(option, mode=oct(mode), umask=oct(umask)):
                    file = self.write("file", "old\n")
                    os.chmod(file, mode)
                    self.audit(option, file, "--quick", GOOD, status=0, umask=umask)
                    self.assertIn(mark, Path(file).read_text())
                    self.assertEqual(oct(stat.S_IMODE(os.stat(file).st_mode)), oct(mode))

    def test_a_new_file_is_what_the_umask_leaves(self) -> None:
        for umask, mode in ((0o022, 0o644), (0o077, 0o600)):
            self.audit("--html", self.path("file"), "--quick", GOOD, status=0, umask=umask)
            self.assertEqual(stat.S_IMODE(os.stat(self.path("file")).st_mode), mode)
            os.unlink(self.path("file"))

    def test_nothing_is_left_behind(self) -> None:
        def little() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))

        os.mkdir(self.path("folder"))
        for option, _ in self.OPTIONS:
            file, none = self.write("file", "old\n"), self.path("none")
            for bad, why, status, more in (
                    (file, "File too large", 3, {"preexec_fn": little}),
                    (none, "File too large", 3, {"preexec_fn": little}),
                    (self.path("folder"), "Is a directory", 2, {}),
                    (self.path("no/file"), "No such file or directory", 2, {})):
                self.refused(option, bad, GOOD, why=f"{bad}: {why}", status=status, **more)
            self.audit(option, file, GOOD, status=0)
            self.assertEqual(set(self.folder()), {"file"})

    def test_a_pipe_is_written_into(self) -> None:
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        for option, mark in self.OPTIONS:
            running = self.start(option, fifo, GOOD)
            self.addCleanup(running.kill)
            reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
            os.set_blocking(reader, True)
            self.until(lambda: running.poll() is not None or self.has_data(reader))
            with os.fdopen(reader) as file:
                self.assertIn(mark, file.read())
            self.assertEqual(self.finish(running).status, 0)
            self.assertTrue(stat.S_ISFIFO(os.stat(fifo).st_mode))
        self.assertEqual([file.name for file in self.scratch.iterdir()], ["fifo"])

    def has_data(self, descriptor: int) -> bool:
        """Whether a pipe has something to read."""
        return bool(select.select([descriptor], [], [], 0)[0])

    def test_what_is_to_fix_comes_first(self) -> None:
        """It is what a page of very many domains keeps."""
        names = [GOOD, "null.mail.example", "opportunistic.mail.example", "nope.example",
                 "mismatch.mail.example"]
        file = self.path("page.html")
        self.audit("--html", file, "--parallel", "1", "--threads", "1", "-f",
                   self.domains(names), status=1)
        got = json.loads(Page(Path(file).read_text()).islands["domains"])
        self.assertEqual([one["input"] for one in got], names[4:] + names[:4])
        self.assertEqual([one["grade"] for one in got],
                         ["broken", "enforced", "not-deployed", "not-deployed",
                          "not-deployed"])


class Twice(Files):
    """One file for two things."""

    OPTIONS = ("-f", "-o", "--html", "--sqlite", "--prometheus")

    def setUp(self) -> None:
        super().setUp()
        os.mkdir(self.path("sub"))

    def test_json_and_lines_of_json(self) -> None:
        file = self.write("out", "kept\n")
        self.fails(f"--json={file}", "-o", file, "--overwrite", GOOD,
                   pattern="is asked for twice")
        self.assertEqual(Path(file).read_text(), "kept\n")

    def refuses(self, first: str, one: str, second: str, other: str) -> None:
        """Two options with their files, the second of which is named."""
        words = [] if first == "-f" else [GOOD]
        self.refused(first, one, second, other, *words, why=f"{other} is asked for twice",
                     cwd=self.scratch)
        self.refused(second, other, first, one, *words, why=f"{other} is asked for twice",
                     cwd=self.scratch)

    def test_all_pairs(self) -> None:
        file = self.domains([GOOD])
        for first, second in itertools.combinations(self.OPTIONS, 2):
            self.refuses(first, file, second, file)
        for first, second in itertools.combinations(self.OPTIONS[1:], 2):
            self.refuses(first, self.path("new"), second, self.path("new"))

    def test_other_names(self) -> None:
        file = self.domains([GOOD])
        os.link(file, self.path("hard"))
        os.symlink("domains", self.path("soft"))
        for other in ("domains", "./domains", self.path("sub/../domains"),
                      self.path("hard"), self.path("soft")):
            for first, second in (("-f", "-o"), ("-o", "--html"), ("-f", "--sqlite"),
                                  ("--sqlite", "--prometheus")):
                self.refuses(first, file, second, other)

    def test_other_names_of_what_is_not_there_yet(self) -> None:
        file = self.path("new")
        os.symlink("new", self.path("soft"))
        for other in ("new", "./new", self.path("sub/../new"), self.path("soft")):
            for first, second in (("-o", "--html"), ("-o", "--sqlite"),
                                  ("--html", "--prometheus")):
                with self.subTest(other, options=(first, second)):
                    Path(file).unlink(missing_ok=True)
                    self.refuses(first, file, second, other)

    def test_files_that_only_look_the_same(self) -> None:
        done = self.audit("-o", self.path("x"), "--html", self.path("sub/x"), "--prometheus",
                          self.path("X"), GOOD, status=0)
        self.assertEqual((done.out, done.err), ("", ""))
        self.assertEqual(set(self.folder()), {"x", "sub/x", "X"})

    def test_nothing_may_have_it_all(self) -> None:
        for words in (("-o", "/dev/null", "--html", "/dev/null"),
                      ("-o", "/dev/null", "--html", "/dev/null", "--prometheus", "/dev/null"),
                      ("-o", "/dev/null", "--html", "/dev/../dev/null")):
            done = self.audit(*words, GOOD, status=0)
            self.assertEqual((done.out, done.err), ("", ""))
        self.refused("-f", "/dev/null", "-o", "/dev/null", why="no domain was given")


class Signals(Files):
    """Runs that are told to end."""

    def test_hangup(self) -> None:
        """It ends a run, unless it was ignored at the start, as nohup has it."""
        for manner, status, count in ((signal.SIG_DFL, 129, 1), (signal.SIG_IGN, 0, 2)):
            out = self.path(f"out{count}")
            running, pipe = self.fed(
                "-o", out, preexec_fn=lambda: signal.signal(signal.SIGHUP, manner))
            pipe.write(b"good.mail.example\n")
            self.until(lambda: self.size(out))
            running.send_signal(signal.SIGHUP)
            if status == 0:
                time.sleep(0.5)
                self.assertIsNone(running.poll())
                pipe.write(b"good.mail.example\n")
                pipe.close()
            done = self.finish(running, SOON_SECONDS)
            self.assertEqual(done.status, status, done.err)
            self.assertRegex(done.err, rf"\A{SUMMARY.pattern}\n\Z")
            self.assertEqual(bool(SUMMARY.match(done.err)[1]), status != 0)
            self.assertEqual(len(self.lines(out)), count)

    def test_a_reader_that_does_not_read(self) -> None:
        """Nobody waits for it then, and what is in the file is whole."""
        file = self.domains(many(3000))
        pairs = {"pipe": os.pipe, "terminal": pty.openpty,
                 "socket": lambda: [end.detach() for end in socket.socketpair()]}
        for (kind, pair), (number, status) in zip(pairs.items(), (
                (signal.SIGINT, 130), (signal.SIGINT, 130), (signal.SIGTERM, 143))):
            with self.subTest(kind):
                out = self.path(kind)
                ours, theirs = pair()
                self.addCleanup(os.close, ours)
                running = self.start("--csv", "-o", out, "-f", file, stdout=theirs)
                os.close(theirs)
                self.until_still(lambda: self.size(out))
                running.send_signal(number)
                done = self.finish(running, SOON_SECONDS)
                self.assertEqual(done.status, status, done.err)
                got = [one["number"] for one in self.lines(out)]
                self.assertEqual(len(got), len(set(got)))
                self.assertTrue(0 < len(got) < 3000, len(got))
                self.assertRegex(done.err, rf"\A{SUMMARY.pattern}\n\Z")
                self.assertEqual(int(SUMMARY.match(done.err)[2]), len(got))

    def test_a_report_that_nobody_reads(self) -> None:
        ours, theirs = os.pipe()
        self.addCleanup(os.close, ours)
        running = self.start("-v", "-f", self.domains(many(3000)), stdout=theirs)
        os.close(theirs)
        self.until_still(lambda: int.from_bytes(
            fcntl.ioctl(ours, termios.FIONREAD, bytes(4)), sys.byteorder))
        running.send_signal(signal.SIGINT)
        done = self.finish(running, SOON_SECONDS)
        self.assertEqual(done.status, 130)
        self.assertTrue(SUMMARY.match(done.err)[1], done.err)

    def test_watch(self) -> None:
        """In the first round, and between two."""
        for number, status, name in (
                (signal.SIGTERM, 143, "smtp-silent.secure.example"),
                (signal.SIGTERM, 143, GOOD), (signal.SIGINT, 130, GOOD),
                (signal.SIGHUP, 129, GOOD)):
            running = self.start("--watch", "1h", name)
            wait_until_handled(running.pid, number)
            time.sleep(1)
            running.send_signal(number)
            done = self.finish(running, SOON_SECONDS)
            self.assertEqual((done.status, done.out), (status, ""))
            self.assertRegex(done.err, r"\Adane: watching 1 domain, next round [^\n]+\n\Z")


class Flight(Files, Own):
    """How many domains are looked at side by side."""

    HOSTS = 6
    HELD_SECONDS = 0.8

    def setUp(self) -> None:
        super().setUp()
        self.now, self.most = 0, 0
        self.counting = threading.Lock()

    def hold(self, peer: socket.socket) -> None:
        """A mail host that takes its time and then goes."""
        with self.counting:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.HELD_SECONDS)
        with self.counting:
            self.now -= 1
        peer.close()

    def fly(self, *words: str) -> Done:
        """All domains, each with a host of its own."""
        self.most = 0
        done = self.here("--json", "--quick", *words, "-f", self.domains(
            [f"x{i}.d.own" for i in range(self.HOSTS)]))
        self.assertEqual(len(done.objects), self.HOSTS)
        return done

    def test_parallel_is_of_all_threads(self) -> None:
        addresses = [f"127.62.24.{i + 1}" for i in range(self.HOSTS)]
        self.publish("".join(f"x{i} MX 10 h{i}\nh{i} A {address}\n"
                             f"_25._tcp.h{i} TLSA {self.tlsa('good')}\n"
                             for i, address in enumerate(addresses)))
        with ExitStack() as stack:
            for address in addresses:
                stack.enter_context(Server(self.hold, port=25, address=address))
            done = self.fly("--parallel", "1", "--threads", "8")
            self.assertEqual([one["number"] for one in done.objects],
                             list(range(1, self.HOSTS + 1)))
            self.assertEqual(self.most, 1)
            for parallel, threads in ((3, 2), (5, 3), (2, 1)):
                self.fly("--parallel", str(parallel), "--threads", str(threads))
                self.assertEqual(self.most, parallel, threads)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
