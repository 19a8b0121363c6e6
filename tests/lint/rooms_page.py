"""The part of docs/dev/architecture.md that the ROOM files say: rooms_page.py ROOT [--write].

Without --write it says whether the page is what the files say. The part stands between
two markers in the page; nobody edits it by hand.
"""

import pathlib
import sys

import rooms

BEGIN = "<!-- from the ROOM files, by tests/lint/rooms_page.py --write -->"
END = "<!-- end of what the ROOM files say -->"
GROUND = "the standard library"


def included(room: rooms.Room) -> str:
    ours = ", ".join(f"`{name}`" for name in room.includes) or GROUND
    library = [f"`<{name}>` in " + (", ".join(f"`{file}`" for file in files)
                                    if files is not None and len(files) <= 2
                                    else "any file" if files is None
                                    else f"{len(files)} files")
               for name, files in room.headers.items()]
    return "; ".join([ours] + library)


def text(house: rooms.House) -> str:
    floors = house.floors()
    lines = [BEGIN, "",
             "A room includes from lower floors only, and never from a room beside it:", "",
             "```"]
    for height, floor in reversed(list(enumerate(floors))):
        lines.append(f" {height}  " + "   ".join(floor))
    lines += ["```", "", "| room | holds | may include |", "| --- | --- | --- |"]
    for floor in floors:
        for path in floor:
            room = house.rooms[path]
            lines.append(f"| `{path}` | {room.purpose} | {included(room)} |")
    return "\n".join(lines + ["", END])


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    page = root / "docs/dev/architecture.md"
    before = page.read_text(encoding="utf-8")
    if before.count(BEGIN) != 1 or before.count(END) != 1:
        print(f"{page} does not have each of the two markers once")
        return 1
    head, rest = before.split(BEGIN)
    tail = rest.split(END)[1]
    after = head + text(rooms.House(root)) + tail
    if "--write" in sys.argv[2:]:
        page.write_text(after, encoding="utf-8")
        return 0
    if before != after:
        print("docs/dev/architecture.md is not what the ROOM files say: "
              "run tests/lint/rooms_page.py . --write")
        return 1
    print("rooms_page: as the ROOM files have it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
