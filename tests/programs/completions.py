"""What bash, zsh and fish propose when somebody presses the tabulator key.

    completions.py DANE SSLCLIENT SSLSERVER

The shells are real ones, bash and zsh on a terminal of their own: a line is typed, the key
pressed, and what the shell would propose is written to a file by a hook behind our function.
Options that take a value, and those that do not, are tried with the programs themselves.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import ClassVar

from harness import HANG_SECONDS, START_SECONDS, run_cases

PROGRAMS: dict[str, str] = {}
SHELLS = ("bash", "zsh", "fish")
CLEAR_LINE = b"\x15"

# A line, some of what every shell proposes for it, and some of what none does. The folder has a
# file `lines.json` and a folder `chains`, and nothing else that begins so.
ROWS: tuple[tuple[str, set[str], set[str]], ...] = (
    ("dane au", {"audit"}, {"check"}),
    ("dane ", {"audit", "check", "verify-pkix", "help"}, set()),
    ("dane --", {"--help", "--version", "--completion"}, {"--json"}),
    ("dane --completion ", {"bash", "zsh", "fish"}, set()),
    ("dane help zo", {"zone"}, {"audit"}),
    ("dane evidence ", {"runs", "checkpoint", "close", "stamp", "export", "show", "redact"}, set()),
    ("dane nonsense --", set(), {"--json", "--help"}),
    ("dane check --star", {"--starttls"}, {"--policy"}),
    ("dane check --starttls ", {"smtp", "xmpp-server", "none"}, set()),
    ("dane check --starttls=xm", {"xmpp", "xmpp-server"}, {"smtp"}),
    ("dane check mx.example 25 --po", {"--policy"}, set()),
    ("dane check mx.example:25 --po", {"--policy"}, set()),
    ("dane check -- --po", set(), {"--policy"}),
    ("dane check --roo", set(), {"--roots"}),
    ("dane check --name mx.example --policy dane-", {"dane-only"}, {"pkix"}),
    ("dane check mx.example smt", {"smtp"}, set()),
    ("dane audit --json=li", {"lines.json"}, {"chains"}),
    ("dane audit --file li", {"lines.json"}, set()),
    ("dane audit --file=li", {"lines.json"}, set()),
    ("dane audit -f li", {"lines.json"}, set()),
    ("dane audit -vf li", {"lines.json"}, set()),
    ("dane audit --pro", {"--probe", "--prometheus"}, {"--quick"}),
    ("dane audit --probe ", {"none", "dane", "all"}, set()),
    ("dane audit --json --on", {"--only"}, set()),
    ("dane zone li", {"lines.json"}, set()),
    ("dane zone --origin li", set(), {"lines.json"}),
    ("dane zone --certs ch", {"chains"}, {"lines.json"}),
    ("dane tlsrpt --output ch", {"chains"}, set()),
    ("dane explain mism", {"mismatch"}, set()),
    ("sslclient --pol", {"--policy"}, set()),
    ("sslclient --policy dane-", {"dane-only"}, {"pkix"}),
    ("sslclient -Xvc li", {"lines.json"}, set()),
    ("sslclient --json=li", {"lines.json"}, set()),
    ("sslclient mx.example smt", {"smtp"}, set()),
    ("sslclient -T 2+58 -l 0 mx.example smt", {"smtp"}, set()),
    ("sslclient mx.example 25 --pol", set(), {"--policy"}),
    ("sslclient mx.example 25 sslser", {"sslserver"}, {"lines.json"}),
    ("sslclient -l 0 mx.example 25 cat li", {"lines.json"}, set()),
    ("sslserver --own-tlsa ", {"warn", "refuse"}, set()),
    ("sslserver --client-policy=d", {"dane"}, {"pkix"}),
    ("sslserver -u roo", {"root"}, set()),
    ("sslserver -I l", {"lo"}, set()),
    ("sslserver :0 smt", {"smtp"}, set()),
    ("sslserver -u 7 -g 7 :0 465 sslcl", {"sslclient"}, set()),
    ("sslhandle --own", {"--own-tlsa"}, set()),
    # A bundle of letters whose last one takes the word behind it.
    ("sslclient -RHl 0 mx.example 25 sslser", {"sslserver"}, {"lines.json"}),
    ("sslclient -RHl 0 mx.example 25 cat li", {"lines.json"}, set()),
    ("sslclient -RHl 0 mx.example smt", {"smtp"}, set()),
    ("sslserver -Rl 0 :0 465 sslcl", {"sslclient"}, set()),
    # Small programs: what they hand on stands behind all of their words.
    ("sslcat -", {"-4", "-6", "--help"}, {"--policy", "-v"}),
    ("sslcat mx.example smt", {"smtp"}, {"--policy"}),
    ("sslcat -4 mx.example smt", {"smtp"}, set()),
    ("sslcat mx.example 465 --pol", {"--policy"}, set()),
    ("sslcat mx.example --pol", set(), {"--policy"}),
    ("sslcat mx.example 465 --", {"--name"}, {"--version", "--library-environment"}),
    ("sslcat mx.example 465 --policy dane-", {"dane-only"}, {"pkix"}),
    ("sslcat -4 mx.example 465 -X --policy dane-", {"dane-only"}, {"pkix"}),
    ("sslcat mx.example 465 -va li", {"lines.json"}, set()),
    ("sslconnect mx.example 465 --starttls=xm", {"xmpp", "xmpp-server"}, {"smtp"}),
    ("https@ www.example docs/ htt", {"http", "https"}, {"--policy"}),
    ("https@ www.example docs/ 443 --ca li", {"lines.json"}, set()),
    ("https@ www.example 443 --pol", set(), {"--policy"}),
    ("sslprint --own-tlsa ", {"warn", "refuse"}, set()),
    ("sslprint -", {"--help", "-v"}, {"--version", "--completion"}),
    ("sslprint -u 7 -w 3 0 smt", {"smtp"}, set()),
)


def completion_of(program: str, shell: str) -> str:
    """What the program prints for a shell."""
    return subprocess.run([PROGRAMS[program], "--completion", shell], capture_output=True,
                          text=True, check=True, timeout=HANG_SECONDS).stdout


class Terminal:
    """An interactive shell that writes what it would propose to the file `hits`, and an empty
    line when that is all."""

    def __init__(self, words: list[str], start: str, folder: Path) -> None:
        self.hits = folder / "hits"
        self.hits.touch()
        self.begin = 0
        ours, theirs = pty.openpty()
        self.keyboard = ours
        environment = os.environ | {
            "HITS": str(self.hits), "TERM": "dumb", "HOME": str(folder), "LC_ALL": "C.UTF-8",
            "PATH": f"{Path(PROGRAMS['dane']).parent}:{os.environ['PATH']}"}
        self.process = subprocess.Popen(  # noqa: S603
            words, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder / "here",
            env=environment, start_new_session=True)
        os.close(theirs)
        os.set_blocking(ours, False)
        os.write(ours, f". {start}\n".encode())
        self.wait("the shell has not started")

    def wait(self, why: str) -> list[str]:
        """The lines that are new in the file, up to the empty one."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                os.read(self.keyboard, 65536)   # its screen is not looked at
            except BlockingIOError:
                time.sleep(0.01)
            text = self.hits.read_text(encoding="utf-8")[self.begin:]
            if text.endswith("\n\n") or text == "\n":
                self.begin += len(text)
                return text.split()
            if time.monotonic() > deadline:
                raise TimeoutError(why)

    def propose(self, line: str) -> set[str]:
        """What it proposes where the line ends."""
        os.write(self.keyboard, CLEAR_LINE + line.encode() + b"\t")
        return set(self.wait(f"nothing was proposed for {line!r}"))

    def close(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.wait()
        os.close(self.keyboard)


BASH_START = r"""
set +o history
PS1=
bind 'set completion-query-items 0'
bind 'set page-completions off'
{files}
declare -A whose=([sslhandle]=sslserver [sslprint]=sslserver [sslcat]=sslclient
    [sslconnect]=sslclient [https@]=sslclient)
hook() {{
    "_${{whose[$1]:-$1}}" "$@"
    printf '%s\n' "${{COMPREPLY[@]}}" '' >>"$HITS"
    COMPREPLY=()
}}
complete -F hook dane sslclient sslserver "${{!whose[@]}}"
echo >>"$HITS"
"""

ZSH_START = r"""
PROMPT=
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' insert-tab false
bindkey '^I' complete-word
{files}
compadd() {{
    if [[ ${{@[1,(i)(-|--)]}} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    typeset -a hits
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- $hits >>$HITS
    builtin compadd "$@"
}}
tell_end() {{ print >>$HITS; compstate[insert]= compstate[list]= }}
arm() {{ compprefuncs=(arm) comppostfuncs=(tell_end) }}
arm
print >>$HITS
"""


class Shell:
    """One of the three, with the completions of all programs."""

    def __init__(self, name: str, folder: Path, *before: str) -> None:
        self.name = name
        files = [*before]
        for program in PROGRAMS:
            file = folder / f"{program}.{name}"
            file.write_text(completion_of(program, name), encoding="utf-8")
            files.append(str(file))
        self.sources = "\n".join(f"source {file}" for file in files)
        self.folder = folder
        self.terminal: Terminal | None = None
        if name != "fish":
            start = folder / f"start.{name}"
            text = (BASH_START if name == "bash" else ZSH_START).format(files=self.sources)
            start.write_text(text, encoding="utf-8")
            words = ["bash", "--norc", "-i"] if name == "bash" else ["zsh", "-f", "-i"]
            self.terminal = Terminal(words, str(start), folder)

    def propose(self, line: str) -> set[str]:
        """What stands for the word at the end of the line; behind `=` the value alone."""
        if self.terminal is not None:
            found = self.terminal.propose(line)
        else:
            escaped = line.replace("'", "\\'")
            done = subprocess.run(
                ["fish", "--no-config", "-c", f"{self.sources}\ncomplete -C '{escaped}'"],
                cwd=self.folder / "here", capture_output=True, text=True, check=True,
                timeout=HANG_SECONDS,
                env=os.environ | {
                    "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                    "PATH": f"{Path(PROGRAMS['dane']).parent}:{os.environ['PATH']}"})
            if done.stderr:
                raise ValueError(done.stderr)
            found = {one.split("\t")[0] for one in done.stdout.splitlines()}
        has_value = re.search(r"(^|\s)--[\w-]+=\S*$", line) is not None
        return {(one.split("=", 1)[-1] if has_value else one).rstrip("/= ") for one in found}

    def close(self) -> None:
        """Ends it."""
        if self.terminal is not None:
            self.terminal.close()


class Completions(unittest.TestCase):
    """The three shells, side by side."""

    folder: ClassVar[tempfile.TemporaryDirectory[str]]
    shells: ClassVar[list[Shell]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        root = Path(cls.folder.name)
        (root / "here/chains").mkdir(parents=True)
        (root / "here/lines.json").touch()
        cls.shells = []
        for name in SHELLS:
            own = root / name
            own.mkdir()
            (own / "here").symlink_to(root / "here")
            cls.shells.append(Shell(name, own))
        own = root / "bash-completion"
        own.mkdir()
        (own / "here").symlink_to(root / "here")
        cls.shells.append(Shell("bash", own, "/usr/share/bash-completion/bash_completion"))

    @classmethod
    def tearDownClass(cls) -> None:
        for shell in cls.shells:
            shell.close()
        cls.folder.cleanup()

    def test_every_shell_proposes_what_fits(self) -> None:
        for line, wanted, unwanted in ROWS:
            for shell in self.shells:
                with self.subTest(shell=shell.folder.name, line=line):
                    found = shell.propose(line)
                    self.assertLessEqual(wanted, found)
                    self.assertFalse(unwanted & found, found)

    def test_every_option_of_the_help_is_proposed(self) -> None:
        """The names that --help lists, those and no others, in each shell."""
        commands = re.findall(r"^  ([a-z][\w-]*)  ", self.help("dane"), re.M)
        self.assertGreater(len(commands), 10)
        for words in (["sslclient"], ["sslserver"], *(["dane", one] for one in commands)):
            listed = set(re.findall(r"^ {2,6}(?:-\w, )*(--[\w-]+)", self.help(*words), re.M))
            self.assertTrue(listed)
            for shell in self.shells:
                with self.subTest(shell=shell.folder.name, words=words):
                    self.assertEqual(shell.propose(" ".join(words) + " --"), listed)

    def test_what_small_programs_hand_on(self) -> None:
        """The options of the larger program, without those about itself."""
        about_itself = {"--help", "--version", "--completion", "--library-environment"}
        for line, program in (("sslcat h 1 --", "sslclient"), ("https@ h p 1 --", "sslclient"),
                              ("sslprint --", "sslserver")):
            listed = set(re.findall(r"^ {2,6}(?:-\w, )*(--[\w-]+)", self.help(program), re.M))
            own = {"--help"} if program == "sslserver" else set()
            for shell in self.shells:
                with self.subTest(shell=shell.folder.name, line=line):
                    self.assertEqual(shell.propose(line), (listed - about_itself) | own)

    def help(self, *words: str) -> str:
        return subprocess.run([PROGRAMS[words[0]], *words[1:], "--help"], capture_output=True,
                              text=True, check=True, timeout=HANG_SECONDS).stdout

    def test_nothing_is_said_when_they_are_read(self) -> None:
        for shell in self.shells[:3]:
            option = ["--no-config"] if shell.name == "fish" else []
            for program in PROGRAMS:
                file = str(shell.folder / f"{program}.{shell.name}")
                for words in ([shell.name, "-n", file], [shell.name, *option, file]):
                    done = subprocess.run(words, capture_output=True, text=True, check=False,
                                          timeout=HANG_SECONDS)
                    self.assertEqual((done.stdout, done.stderr), ("", ""), words)


class Options(unittest.TestCase):
    """How options are read, by the programs themselves."""

    def run_program(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([PROGRAMS[program], *words], capture_output=True, text=True,
                              check=False, timeout=HANG_SECONDS)

    def test_a_value_that_none_takes_is_refused_in_one_line(self) -> None:
        for program, words, status in (("dane", ["--help=3"], 2), ("dane", ["--version=3"], 2),
                                       ("dane", ["audit", "--help=3"], 2),
                                       ("dane", ["audit", "--quick=yes", "a.example"], 2),
                                       ("sslclient", ["--help=3"], 100),
                                       ("sslclient", ["--dane-ee-names=1"], 100),
                                       ("sslserver", ["--version=3"], 100)):
            done = self.run_program(program, *words)
            name = next(word for word in words if "=" in word).split("=")[0]
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (status, "",
                              f"{program}: fatal: option {name} takes no value\n"))

    def test_a_shell_that_nobody_knows(self) -> None:
        for program, status in (("dane", 2), ("sslclient", 100), ("sslserver", 100)):
            for words in (["--completion", "csh"], ["--completion=csh"]):
                done = self.run_program(program, *words)
                self.assertEqual((done.returncode, done.stdout), (status, ""))
                self.assertEqual(done.stderr, f"{program}: fatal: --completion csh is none of "
                                 "bash, zsh or fish\n")
            self.assertEqual(self.run_program(program, "--completion=fish").stdout,
                             completion_of(program, "fish"))

    def test_json_goes_to_a_file(self) -> None:
        """Also of a command of a command."""
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "lines.json"
            lines.write_text('{"version":1}\n', encoding="utf-8")
            for number, words in enumerate((["to-ascii", "example.org"],
                                            ["audit", "diff", str(lines), str(lines)])):
                file = Path(folder) / f"result-{number}"
                plain = self.run_program("dane", words[0], "--json", *words[1:])
                done = self.run_program("dane", words[0], f"--json={file}", *words[1:])
                self.assertEqual((done.returncode, done.stdout, done.stderr),
                                 (plain.returncode, "", plain.stderr), words)
                self.assertEqual(file.read_text(encoding="utf-8"), plain.stdout)


def main() -> int:
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 100
    for name, path in zip(("dane", "sslclient", "sslserver"), sys.argv[1:], strict=True):
        PROGRAMS[name] = str(Path(path).resolve())
    return run_cases(sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main())
