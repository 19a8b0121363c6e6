"""The documentation as HTML: README.md, CHANGELOG.md, docs/ and the man pages.

    make.py ROOT FOLDER

cmark-gfm reads Markdown as GitHub does, scdoc and mandoc make the man pages. Here are only
what binds the pages together: a frame, anchors of headings, links from .md to .html, and
from a word like dane-audit(1) to its man page. Pages have no script and ask for nothing from
elsewhere. A link that leads nowhere is told by check.py, beside this file, and ends the command
with 1.
"""

import html
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import check

HERE = Path(__file__).resolve().parent
NAME = "ucspi-dane"
MARKDOWN = ("README.md", "CHANGELOG.md", "docs/*.md", "docs/dev/*.md", "docs/dev/adr/*.md")
AS_THEY_ARE = ("docs/dev/*.txt", "docs/images/*")
MAN, DECISIONS = "docs/man/index.html", "docs/dev/adr/index.html"
BAR = (("index.html", NAME), ("docs/index.html", "Guides"), (MAN, "Man pages"),
       ("docs/dev/architecture.html", "For developers"), ("CHANGELOG.html", "Changes"))
HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.S)
SECTION = re.compile(r'<h2[^>]* id="([^"]+)"[^>]*>(.*?)</h2>', re.S)
LINK = re.compile(r'(<a href=")([^":]+)(")')
LITERAL = re.compile(r"^```\n(.*?)\n```$", re.M | re.S)    # of scdoc
PREFORMATTED = re.compile(r"<pre>.*?</pre>", re.S)
TAG = re.compile(r"(<[^>]+>)")
PAGE_WORD = re.compile(r"(?<![\w/.-])([a-z][\w.@-]*)\(([1-8])\)")
GUIDE_WORD = re.compile(r"\bdocs/([\w-]+)\.md\b")
NOT_WITHIN = ("a", "code", "pre", "h1")
MANY_SECTIONS, VERY_MANY = 4, 25    # from so many on a page begins with contents; closed


@dataclass(frozen=True)
class Manual:
    """A man page: `dane-audit`, 1, and what its first line says."""

    name: str
    section: str
    about: str
    source: Path

    @property
    def file(self) -> str:
        """Where its HTML is, below the site."""
        return f"docs/man/{self.name}.{self.section}.html"


def run(*command: str, given: str) -> str:
    """What a command makes of its input."""
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout


def words(markup: str) -> str:
    """The text within HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def with_examples(body: str, source: str) -> str:
    """A man page with the literal blocks of its source: mandoc puts an empty line in front of
    every line that begins with a blank."""
    blocks = LITERAL.findall(source)
    parts = PREFORMATTED.split(body)
    if len(parts) != len(blocks) + 1:
        raise ValueError(f"{len(blocks)} literal blocks became {len(parts) - 1}")
    shown = [html.escape(re.sub(r"\\(.)", r"\1", block), quote=False) for block in blocks]
    return parts[0] + "".join(f"<pre>{block}</pre>{part}"
                              for block, part in zip(shown, parts[1:], strict=True))


def anchors(markup: str) -> str:
    """Headings with the anchors that GitHub gives them."""
    seen: dict[str, int] = {}

    def anchored(match: re.Match) -> str:
        level, text = match.groups()
        slug = re.sub(r"[^\w\- ]", "", words(text).lower()).strip().replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
        name = f"{slug}-{seen[slug]}" if seen[slug] else slug
        return f'<h{level} id="{name}">{text}</h{level}>'

    return HEADING.sub(anchored, markup)


def place(name: str) -> str:
    """Where the page of a source is, below the site; README.md is what a folder shows."""
    path = PurePosixPath(name)
    return str(path.with_name("index.html" if path.name == "README.md" else f"{path.stem}.html"))


def to(target: str, page: str) -> str:
    """The link from a page to another, both below the site."""
    return os.path.relpath(target, os.path.dirname(page) or ".")


def led(target: str) -> str:
    """A link of Markdown as one of the site; a folder's is that to its index."""
    name, hash_, anchor = target.partition("#")
    if name.endswith(".md"):
        name = place(name)
    elif name and not PurePosixPath(name).suffix:
        name = f"{name}/index.html"
    return name + hash_ + anchor


class Site:
    """The folder, and what is known of all pages before the first is written."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.manuals = [self.manual(path) for path in sorted((root / "docs/man").glob("*.scd"))]
        self.words = {(manual.name, manual.section): manual.file for manual in self.manuals}
        # A page of several programs stands under the names of all of them.
        for manual in self.manuals:
            for name in manual.about.partition(" - ")[0].split(", "):
                self.words.setdefault((name, manual.section), manual.file)

    @staticmethod
    def manual(source: Path) -> Manual:
        """What is said of a page in its own words."""
        name, section = source.stem.rsplit(".", 1)
        about = re.search(r"^# NAME\n\n(.*)", source.read_text(encoding="utf-8"), re.M)
        return Manual(name, section, about[1] if about else name, source)

    def with_words(self, markup: str, page: str) -> str:
        """Links at the words for pages, dane-audit(1) and docs/json.md."""
        inside, out = 0, []

        def linked(match: re.Match) -> str:
            file = self.words.get((match[1], match[2]))
            if not file or file == page:
                return match[0]
            return f'<a href="{to(file, page)}">{match[0]}</a>'

        def led_to(match: re.Match) -> str:
            return f'<a href="{to(f"docs/{match[1]}.html", page)}">{match[0]}</a>'

        for part in TAG.split(markup):
            if part.startswith("<"):
                name = re.sub(r"\W", " ", part).split()[:1]
                inside += (name[0] in NOT_WITHIN) * (-1 if part[1] == "/" else 1) if name else 0
            elif not inside:
                part = GUIDE_WORD.sub(led_to, PAGE_WORD.sub(linked, part))
            out.append(part)
        return "".join(out)

    def write(self, page: str, title: str, body: str) -> None:
        """A page in its frame."""
        bar = " ".join(f'<a href="{to(file, page)}"{" aria-current=page" if file == page else ""}>'
                       f"{text}</a>" for file, text in BAR)
        sections = SECTION.findall(body)
        if len(sections) >= MANY_SECTIONS and page != BAR[0][0]:
            items = "".join(f'<li><a href="#{name}">{html.escape(words(text))}</a></li>'
                            for name, text in sections)
            contents = (f'<details class="contents"{"" if len(sections) >= VERY_MANY else " open"}>'
                        f"<summary>On this page</summary>\n<ul>{items}</ul></details>")
            body = body.replace("</h1>", f"</h1>\n{contents}", 1)
        title = html.escape(title if title == NAME else f"{title} · {NAME}")
        path = self.folder / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="{to("style.css", page)}">
</head>
<body>
<header><nav aria-label="Site">{bar}</nav></header>
<main>
{body}</main>
</body>
</html>
""", encoding="utf-8")

    def markdown(self, source: Path) -> None:
        """A page of Markdown."""
        page = place(source.relative_to(self.root).as_posix())
        body = run("cmark-gfm", "-e", "table", "-e", "autolink", given=source.read_text("utf-8"))
        # The comments that say what a test does with a block.
        body = body.replace("<!-- raw HTML omitted -->\n", "")
        body = anchors(LINK.sub(lambda match: match[1] + led(match[2]) + match[3], body))
        body = re.sub(r"(<table>.*?</table>)", r'<div class="wide">\1</div>', body, flags=re.S)
        title = re.search(r"<h1[^>]*>(.*?)</h1>", body)
        self.write(page, words(title[1]) if title else page, self.with_words(body, page))

    def man_page(self, manual: Manual) -> None:
        """A man page."""
        roff = run("scdoc", given=manual.source.read_text("utf-8"))
        body = run("mandoc", "-Thtml", "-Kutf-8", "-Ofragment", given=roff)
        body = with_examples(body, manual.source.read_text("utf-8"))
        body = re.sub(r'<table class="(?:head|foot)">.*?</table>', "", body, flags=re.S)
        for level in (2, 1):
            body = re.sub(rf"(</?h){level}\b", rf"\g<1>{level + 1}", body)
        body = re.sub(r'(<table class="tbl".*?</table>)', r'<div class="wide">\1</div>', body,
                      flags=re.S)
        # A name in bold before the number of its section is one word.
        body = re.sub(r"<b>([\w.@-]+)</b>(\([1-8]\))", r"\1\2", body)
        title = f"{manual.name}({manual.section})"
        self.write(manual.file, title,
                   f"<h1>{title}</h1>\n{self.with_words(body.strip(), manual.file)}\n")

    def index(self, page: str, title: str, rows: list[tuple[str, str, str]]) -> None:
        """A page that leads to others: a link, its word, and what is said of it."""
        items = "".join(f'<tr><td><a href="{to(file, page)}">{html.escape(word)}</a></td>'
                        f"<td>{html.escape(about)}</td></tr>\n" for file, word, about in rows)
        self.write(page, title, f'<h1>{title}</h1>\n<div class="wide"><table class="names">\n'
                                f"{items}</table></div>\n")

    def make(self) -> None:
        """Every page."""
        decisions = []
        for source in (file for pattern in MARKDOWN for file in sorted(self.root.glob(pattern))):
            self.markdown(source)
            if source.parent.name == "adr":
                title = source.read_text("utf-8").partition("\n")[0].lstrip("# ")
                decisions.append((f"docs/dev/adr/{source.stem}.html", title, ""))
        for manual in self.manuals:
            self.man_page(manual)
        self.index(MAN, "Man pages", [
            (manual.file, f"{manual.name}({manual.section})", manual.about.partition(" - ")[2])
            for manual in self.manuals])
        self.index(DECISIONS, "Decisions", decisions)
        for file in (file for pattern in AS_THEY_ARE for file in self.root.glob(pattern)):
            copy = self.folder / file.relative_to(self.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        shutil.copyfile(HERE / "style.css", self.folder / "style.css")


def main() -> int:
    root, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    Site(root, folder).make()
    return check.report(folder)


if __name__ == "__main__":
    sys.exit(main())
