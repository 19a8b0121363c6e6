"""The documentation becomes HTML without a fault: site.py ROOT.

It is made as `./dev site` makes it. Then one fault of each kind is planted, and the check has
to find it, since a check that finds nothing looks like a site that is whole. Without
cmark-gfm, mandoc or scdoc the status is 77.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

NEEDED = ("cmark-gfm", "mandoc", "scdoc")
PAGE = "docs/qmail.html"


def planted(text: str) -> Callable[[Path], object]:
    """Puts this at the end of a page."""
    def plant(folder: Path) -> None:
        page = folder / PAGE
        page.write_text(page.read_text(encoding="utf-8").replace("</main>", f"{text}</main>"),
                        encoding="utf-8")
    return plant


FAULTS: dict[str, Callable[[Path], object]] = {
    "a link to audits.html, which is not there": planted('<a href="audits.html">x</a>'),
    "a link to #metric, which docs/audit.html": planted('<a href="audit.html#metric">x</a>'),
    "a link to #nowhere, which docs/qmail.html": planted('<a href="#nowhere">x</a>'),
    "a link to images/none.png, which": planted('<img src="images/none.png" alt="">'),
    "a link to ../../../../etc/passwd, which": planted('<a href="../../../../etc/passwd">x</a>'),
    "the id twice stands there twice": planted('<p id="twice"></p><p id="twice"></p>'),
    "1 line breaks within text as it is": planted("<pre>one\n<br/>\n  two</pre>"),
    "dane-audits(1) is no link": planted("<p>see dane-audits(1)</p>"),
    "docs/lost.html: no link leads to it": lambda folder: shutil.copyfile(
        folder / PAGE, folder / "docs/lost.html"),
}


def run(script: Path, *words: Path) -> subprocess.CompletedProcess[str]:
    """A script and what it says."""
    return subprocess.run([sys.executable, script, *words], capture_output=True, text=True,
                          check=False)


def main() -> int:
    root = Path(sys.argv[1]).resolve()
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print(f"site: not made without {', '.join(missing)}")
        return 77
    with tempfile.TemporaryDirectory(prefix="site.") as name:
        made, other = Path(name, "made"), Path(name, "other")
        done = run(root / "docs/site/make.py", root, made)
        print(done.stdout + done.stderr, end="")
        wrong = done.returncode
        for told, plant in FAULTS.items() if not wrong else ():
            shutil.copytree(made, other)
            plant(other)
            done = run(root / "docs/site/check.py", other)
            if done.returncode != 1 or told not in done.stdout or done.stdout.count("\n") != 2:
                print(f"site: a planted fault is not found: {told}\n{done.stdout}{done.stderr}")
                wrong = 1
            shutil.rmtree(other)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
