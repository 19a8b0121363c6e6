"""Reads the ROOM file of each room: what the room is for and what it may include.

A line is `key: words`; a line that starts with `#` is a remark. The keys:

  purpose      what the room holds, in one line (docs/dev/architecture.md prints it)
  includes     rooms, or single headers of a room, that its files may include; repeatable
  headers      `HEADER... in FILE...`, or `HEADER... anywhere`: what comes from a library
               outside of this project and which files may include it; `asio/` is all below
  links        CMake targets that its own files need
  shares       CMake targets that whoever includes its headers needs too
  target       the CMake target of the room, where it is not dane_ and the folder's name
  apart        `NAME includes ROOM...`: NAME.h and NAME.cpp are a library of their own
  decides      `values only`: the room touches no session, clock, file or environment

cmake/rooms.cmake reads the same files for what a room is linked with.
"""

import dataclasses
import pathlib
import re

TOP = ("src", "resolver", "verify", "cli")
INCLUDE = re.compile(r'^\s*#include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
KEYS = {"purpose", "includes", "headers", "links", "shares", "target", "apart", "decides"}


@dataclasses.dataclass
class Room:
    path: str
    purpose: str = ""
    includes: list[str] = dataclasses.field(default_factory=list)
    # header -> files, or None for all files of the room
    headers: dict[str, list[str] | None] = dataclasses.field(default_factory=dict)
    links: list[str] = dataclasses.field(default_factory=list)
    apart: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    decides: bool = False
    faults: list[str] = dataclasses.field(default_factory=list)


def _add_headers(room: Room, value: str) -> None:
    if value.endswith(" anywhere"):
        names, files = value.removesuffix(" anywhere").split(), None
    elif " in " in value:
        left, right = value.split(" in ", 1)
        names, files = left.split(), right.split()
    else:
        room.faults.append(f"{room.path}/ROOM: `headers: {value}` says no file")
        return
    for name in names:
        if files is None or room.headers.get(name, []) is None:
            room.headers[name] = None
        else:
            room.headers.setdefault(name, []).extend(files)


def read(file: pathlib.Path, path: str) -> Room:
    room = Room(path)
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        key, _, value = line.partition(":")
        value = value.strip()
        if key not in KEYS or not value:
            room.faults.append(f"{path}/ROOM: `{line}` is no line of a ROOM file")
        elif key == "purpose":
            room.purpose = value
        elif key == "includes":
            room.includes += value.split()
        elif key == "headers":
            _add_headers(room, value)
        elif key in ("links", "shares"):
            room.links += value.split()
        elif key == "apart":
            name, _, others = value.partition(" includes ")
            room.apart[name] = others.split()
        elif key == "decides":
            room.decides = True
    if not room.purpose:
        room.faults.append(f"{path}/ROOM: no purpose")
    return room


class House:
    """All rooms, and who includes what, as measured."""

    def __init__(self, root: pathlib.Path):
        self.rooms: dict[str, Room] = {}
        self.files: dict[str, str] = {}  # path -> text
        for top in TOP:
            for file in sorted((root / top).rglob("*")):
                path = file.relative_to(root).as_posix()
                if file.name == "ROOM":
                    folder = file.parent.relative_to(root).as_posix()
                    self.rooms[folder] = read(file, folder)
                elif file.suffix in (".h", ".cpp"):
                    self.files[path] = file.read_text(encoding="utf-8")

    def room_of(self, path: str) -> str | None:
        """The innermost room whose folder holds the path."""
        inside = [room for room in self.rooms if path.startswith(room + "/")]
        return max(inside, key=len) if inside else None

    def includes(self, path: str) -> list[str]:
        return [name for _, name in INCLUDE.findall(self.files[path])]

    def below(self, room: str) -> set[str]:
        """The rooms that a ROOM file lets a room include from."""
        return {room_path for name in self.rooms[room].includes
                if (room_path := name if name in self.rooms else self.room_of(name))}

    def floors(self) -> list[list[str]]:
        """Rooms by how far they are above the ground; the lowest floor first. A room that
        is in a circle has no floor."""
        height: dict[str, int] = {}
        left = set(self.rooms)
        while left:
            ready = {room for room in left if not self.below(room) & left}
            if not ready:
                break
            for room in ready:
                height[room] = 1 + max((height[under] for under in self.below(room)),
                                       default=-1)
            left -= ready
        floors: list[list[str]] = [[] for _ in range(max(height.values(), default=-1) + 1)]
        for room in self.rooms:
            if room in height:
                floors[height[room]].append(room)
        return floors
