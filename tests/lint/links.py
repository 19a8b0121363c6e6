"""Links and paths that lead nowhere: links.py ROOT.

1. A relative link of a page (.md) leads to a file of the repository, and behind a # to a
   heading of that page.
2. A path of a file that a text names, a page, a source, a script, begins at the root, as
   `src/base/policy.h` does, and is there; FILE and ROOM in a path stand for any.
3. docs/README.md has a link to every page of docs; decisions are found through their folder.
"""

import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)\s#:]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)
FENCED = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
TOPS = ("cli", "cmake", "docs", "resolver", "src", "tests", "verify", "zones")
NAMED = re.compile(rf"(?<![\w./*{{}}-])((?:{'|'.join(TOPS)})/[\w./-]*\w\.\w+)\b(?![*{{/])")
KINDS = {".c", ".cmake", ".cpp", ".h", ".md", ".py", ".scd", ".sh", ".tsv", ".txt"}
ANY = re.compile(r"\b(FILE|ROOM)(\b|_)")
LEFT_OUT = ("tests/fuzz/corpus/", "tests/audit/zoo/", "zones/run/", "__pycache__/")
INDEX = "docs/README.md"


def texts_of(root: pathlib.Path) -> dict[str, str]:
    """What is read, without what was built or recorded: name -> text."""
    files = [file for file in root.iterdir() if file.is_file()]
    for top in (*TOPS, ".ci"):
        files += [file for file in (root / top).rglob("*") if file.is_file()]
    names = {file.relative_to(root).as_posix(): file for file in files}
    return {name: file.read_bytes().decode("utf-8", errors="ignore")
            for name, file in sorted(names.items())
            if file.suffix == ".md" or not any(part in name for part in LEFT_OUT)}


def anchors(page: str) -> set[str]:
    """What a # of a link to the page may say: headings as GitHub writes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for heading in HEADING.findall(FENCED.sub("", page))}


def link_faults(root: pathlib.Path, name: str, texts: dict[str, str]) -> list[str]:
    found = []
    for target, anchor in LINK.findall(FENCED.sub("", texts[name])):
        path = (root / name).parent / target if target else root / name
        if not path.exists():
            found.append(f"{name}: a link to {target}, which is not there")
        elif anchor and anchor not in anchors(path.read_text(encoding="utf-8")):
            found.append(f"{name}: a link to #{anchor}, which is no heading of {path.name}")
    return found


def path_faults(root: pathlib.Path, name: str, text: str) -> list[str]:
    return [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: names {match.group(1)}, "
            "which is not there"
            for match in NAMED.finditer(text)
            if pathlib.PurePath(match.group(1)).suffix in KINDS
            and not ANY.search(match.group(1))
            and not (root / match.group(1)).exists()
            and not (root / name).parent.joinpath(match.group(1)).exists()]


def index_faults(root: pathlib.Path, texts: dict[str, str]) -> list[str]:
    listed = {str(pathlib.PurePath("docs", target)) for target, _ in LINK.findall(texts[INDEX])}
    return [f"{INDEX}: has no link to {name}" for name in sorted(texts)
            if name.startswith("docs/") and name.endswith((".md", ".txt")) and name != INDEX
            and name not in listed and str(pathlib.PurePath(name).parent) not in listed]


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    texts = texts_of(root)
    found = index_faults(root, texts)
    for name, text in texts.items():
        if name.endswith(".md"):
            found += link_faults(root, name, texts)
        found += path_faults(root, name, text)
    for line in found:
        print(line)
    print(f"links: {len(found)} faults in {len(texts)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
