"""Holds every #include and a few words of code against the ROOM files.

Nothing may be included that the ROOM file of a room does not name; nothing may be named
there that no file includes, so that the graph drawn from the ROOM files is the one that is
measured; neither files nor rooms include each other in a circle; a room that decides
touches no session, clock or environment.
"""

import pathlib
import re
import sys

import rooms

# Headers of the C library and of Linux: every room may include them. What is in neither
# list nor one of C++'s own (no dot in the name) belongs to a library and wants a line.
SYSTEM = re.compile(r"(sys|net|netinet|linux)/\w+\.h|arpa/inet\.h|(aio|assert|ctype|dirent|"
                    r"dlfcn|endian|errno|fcntl|fnmatch|getopt|glob|grp|ifaddrs|inttypes|"
                    r"langinfo|limits|locale|malloc|math|netdb|poll|pthread|pwd|regex|sched|"
                    r"setjmp|signal|spawn|stdarg|stdint|stdio|stdlib|string|strings|"
                    r"syslog|termios|time|ucontext|unistd|wchar)\.h")
GENERATED = {"versions.h", "audit_page.h"}
NOT_WHERE_IT_IS_DECIDED = re.compile(
    r"gnutls_session_|gnutls_handshake|gnutls_record_|gnutls/dane\.h|\btime\(|gettimeofday"
    r"|system_clock::now|steady_clock::now|\bgetenv\(|\bsocket\(|\bfopen\(|ifstream|std::thread")


def is_of_a_library(header: str) -> bool:
    return ("." in header and header not in GENERATED and not SYSTEM.fullmatch(header))


def permission_of(room: rooms.Room, house: rooms.House, include: str) -> str | None:
    """The word of the ROOM file that lets the room include a header of ours."""
    for word in room.includes:
        if word == include or (word in house.rooms and house.room_of(include) == word):
            return word
    return None


def faults_of_room(house: rooms.House, room: rooms.Room) -> list[str]:
    found = list(room.faults)
    used: set[object] = set()
    for path in house.files:
        if house.room_of(path) != room.path:
            continue
        name = path.removeprefix(room.path + "/")
        for include in house.includes(path):
            target = house.room_of(include)
            if target == room.path:
                continue
            if target is not None:
                word = permission_of(room, house, include)
                if word is None:
                    found.append(f"{path}: {room.path}/ROOM does not let it include {include}")
                used.add(word)
            elif is_of_a_library(include):
                header = next((known for known in room.headers if known == include or
                               (known.endswith("/") and include.startswith(known))), None)
                files = room.headers.get(header, []) if header else []
                if files is not None and name not in files:
                    found.append(f"{path}: {room.path}/ROOM does not let it include <{include}>")
                used |= {(header, name), (header, None)}
    found += [f"{room.path}/ROOM: nobody includes anything from {word}"
              for word in room.includes if word not in used]
    found += [f"{room.path}/ROOM: {word} is there with its whole room"
              for word in room.includes
              if word not in house.rooms and house.room_of(word) in room.includes]
    for header, files in room.headers.items():
        found += [f"{room.path}/ROOM: {name or 'no file'} includes <{header}>"
                  + (" nowhere" if name else "")
                  for name in (files if files is not None else [None])
                  if (header, name) not in used]
    return found


def faults_of_apart(house: rooms.House, room: rooms.Room) -> list[str]:
    """What is a library of its own includes nothing of its room but itself."""
    found = []
    for name, others in room.apart.items():
        files = [f"{room.path}/{name}.h", f"{room.path}/{name}.cpp"]
        found += [f"{room.path}/ROOM: there is no {file}" for file in files
                  if file not in house.files]
        for path in set(files) & set(house.files):
            found += [f"{path}: is a library apart and includes {include}"
                      for include in house.includes(path)
                      if (target := house.room_of(include)) and include != files[0]
                      and target not in others]
    return found


def circle(edges: dict[str, list[str]]) -> list[str] | None:
    """One circle of a graph, if there is any."""
    done: set[str] = set()

    def walk(node: str, way: list[str]) -> list[str] | None:
        if node in way:
            return way[way.index(node):] + [node]
        if node in done:
            return None
        for other in edges.get(node, []):
            if round_trip := walk(other, way + [node]):
                return round_trip
        done.add(node)
        return None

    for start in edges:
        if round_trip := walk(start, []):
            return round_trip
    return None


def faults(root: pathlib.Path) -> list[str]:
    house = rooms.House(root)
    found = [f"{path}: its folder has no ROOM file" for path in house.files
             if house.room_of(path) is None]
    for room in house.rooms.values():
        found += faults_of_room(house, room) + faults_of_apart(house, room)
    files = {path: [name for name in house.includes(path) if name in house.files]
             for path in house.files}
    measured: dict[str, list[str]] = {room: [] for room in house.rooms}
    for path, includes in files.items():
        here = house.room_of(path)
        measured[here or ""] = measured.get(here or "", []) + [
            there for name in includes if (there := house.room_of(name)) and there != here]
    for graph in (files, measured):
        if round_trip := circle(graph):
            found.append("a circle of includes: " + " -> ".join(round_trip))
    for path, text in house.files.items():
        here = house.room_of(path)
        if here and house.rooms[here].decides:
            found += [f"{path}: {match.group(0)} has no place where it is decided"
                      for match in NOT_WHERE_IT_IS_DECIDED.finditer(text)]
    return found


def main() -> int:
    found = faults(pathlib.Path(sys.argv[1]))
    for line in found:
        print(line)
    print(f"layers: {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
