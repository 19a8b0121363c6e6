"""Links of a folder of HTML pages: what leads nowhere.

    check.py FOLDER

1. A link, a picture or a style sheet is a file of the folder; behind a # stands the id of
   something on that page. Links to other hosts are not followed.
2. No id stands twice on a page.
3. From index.html a reader comes to every page.
4. A word like dane-audit(1) that looks like a man page of this project, and is outside code,
   is a link, or stands on that page.
5. No block of text as it is has a line break of HTML, which would be an empty line.
"""

import re
import sys
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

OURS = re.compile(r"(?<![\w/.-])((?:dane|ssl|qmail-remote)[\w-]*|https@)\(([1-8])\)")
START = "index.html"


class Page(HTMLParser):
    """What a page has, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: set[str] = set()    # that ought to be links
        self.breaks = 0    # within text as it is
        self._linked = self._as_it_is = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._linked += tag in ("a", "code", "pre", "h1", "title")
        self._as_it_is += tag == "pre"
        self.breaks += tag == "br" and self._as_it_is > 0
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "src"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._linked -= tag in ("a", "code", "pre", "h1", "title")
        self._as_it_is -= tag == "pre"

    def handle_data(self, data: str) -> None:
        if not self._linked:
            self.words |= {match[0] for match in OURS.finditer(data)}


def target_of(folder: Path, page: str, link: str) -> tuple[str, str]:
    """The file below the folder and the anchor that a link of a page leads to."""
    path, _, anchor = link.partition("#")
    file = (folder / page).parent / urllib.parse.unquote(path) if path else folder / page
    file = file.resolve()
    inside = file.is_relative_to(folder.resolve())
    return (str(file.relative_to(folder.resolve())) if inside else str(file),
            urllib.parse.unquote(anchor))


def page_faults(folder: Path, name: str, pages: dict[str, Page]) -> list[str]:
    """What is wrong on one page."""
    page = pages[name]
    found = [f"{name}: the id {one} stands there twice"
             for one in sorted({one for one in page.ids if page.ids.count(one) > 1})]
    found += [f"{name}: {word} is no link" for word in sorted(page.words)
              if not name.endswith("/" + re.sub(r"\((\d)\)", r".\1.html", word))]
    if page.breaks:
        found.append(f"{name}: {page.breaks} line breaks within text as it is")
    for link in page.links:
        if urllib.parse.urlsplit(link).scheme:
            continue
        file, anchor = target_of(folder, name, link)
        if Path(file).is_absolute() or not (folder / file).is_file():
            found.append(f"{name}: a link to {link}, which is not there")
        elif anchor and file in pages and anchor not in pages[file].ids:
            found.append(f"{name}: a link to #{anchor}, which {file} does not have")
    return found


def reached(folder: Path, pages: dict[str, Page]) -> set[str]:
    """Pages that links lead to, from the start."""
    seen, todo = {START}, [START]
    while todo:
        name = todo.pop()
        for link in pages[name].links:
            file = target_of(folder, name, link)[0]
            if not urllib.parse.urlsplit(link).scheme and file in pages and file not in seen:
                seen.add(file)
                todo.append(file)
    return seen


def faults(folder: Path) -> tuple[list[str], int, int]:
    """What is wrong, and how many pages and links there are."""
    pages = {file.relative_to(folder).as_posix(): Page(file.read_text(encoding="utf-8"))
             for file in sorted(folder.rglob("*.html"))}
    if START not in pages:
        return [f"there is no {START}"], len(pages), 0
    found = [line for name in pages for line in page_faults(folder, name, pages)]
    found += [f"{name}: no link leads to it from {START}"
              for name in sorted(pages.keys() - reached(folder, pages))]
    return found, len(pages), sum(len(page.links) for page in pages.values())


def report(folder: Path) -> int:
    """Says what is wrong; the status for the shell."""
    found, pages, links = faults(folder)
    for line in found:
        print(line)
    print(f"site: {pages} pages, {links} links, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(report(Path(sys.argv[1])))
