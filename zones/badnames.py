"""Name servers that spoil one type of query: forwarders in front of the NSD that has the
zones, which pass on everything but TLSA; and some with faults of another kind. Run as a
program, all of them in one process."""

import asyncio
import struct
import time
from typing import Optional

BEHIND = ("127.53.0.3", 53)
BEHIND_SECOND = ("127.53.0.4", 53)
TLSA = 52
RCODES = {"formerr": 1, "servfail": 2, "notimp": 4, "refused": 5}
DELAY_SECONDS = 0.1
LATE_SECONDS = (3, 60)    # from when and until when after the first query

# Address and what becomes of TLSA queries. `mute` answers no query at all, `no-tcp` all of
# them by UDP; `late` answers whoever asks again after a while; `denies` asks another server for names that begin with `_tcp`, and `twice`
# says the first record of a TLSA answer two times.
SERVERS = {
    "127.53.1.1": "servfail",
    "127.53.1.2": "notimp",
    "127.53.1.3": "refused",
    "127.53.1.4": "formerr",
    "127.53.1.5": "silent",
    "127.53.1.6": "truncated",
    "127.53.1.7": "slow",
    "127.53.1.8": "mute",
    "127.53.1.9": "no-tcp",
    "127.53.1.10": "denies",
    "127.53.1.11": "twice",
    "127.53.1.12": "late",
}
NO_TCP = ("truncated", "mute", "no-tcp")
SPOIL_TLSA = ("silent", "truncated", "slow", *RCODES)


_asked: dict[bytes, float] = {}


def is_early(query: bytes) -> bool:
    """Whether the first query for that name was a moment ago, or none was lately."""
    name, now = query[12:question_end(query)].lower(), time.monotonic()
    since = now - _asked.get(name, 0)
    if since > LATE_SECONDS[1]:
        _asked[name], since = now, 0
    return since < LATE_SECONDS[0]


def question_end(query: bytes) -> int:
    """The offset behind the first question."""
    offset = 12
    while query[offset]:
        offset += 1 + query[offset]
    return offset + 5


def is_tlsa(query: bytes) -> bool:
    """Whether the first question is for TLSA."""
    end = question_end(query)
    return struct.unpack_from("!H", query, end - 4)[0] == TLSA


def bare_answer(query: bytes, rcode: int, flags: int = 0) -> bytes:
    """An answer with nothing but the question."""
    word = 0x8000 | (struct.unpack_from("!H", query, 2)[0] & 0x0110) | flags | rcode
    return query[:2] + struct.pack("!HHHHH", word, 1, 0, 0, 0) + query[12:question_end(query)]


def first_twice(response: bytes) -> bytes:
    """An answer with its first record repeated."""
    begin, count = question_end(response), struct.unpack_from("!H", response, 6)[0]
    if not count or response[begin] < 0xC0:
        return response
    end = begin + 12 + struct.unpack_from("!H", response, begin + 10)[0]
    return (response[:6] + struct.pack("!H", count + 1) + response[8:end]
            + response[begin:end] + response[end:])


async def forward_udp(query: bytes, behind: tuple[str, int] = BEHIND) -> bytes:
    """The answer of the name server behind."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bytes] = loop.create_future()

    class Once(asyncio.DatagramProtocol):
        """Takes the first datagram."""

        def datagram_received(self, data: bytes, addr: tuple) -> None:
            if not answer.done():
                answer.set_result(data)

    transport, _ = await loop.create_datagram_endpoint(Once, remote_addr=behind)
    try:
        transport.sendto(query)
        return await asyncio.wait_for(answer, 3)
    finally:
        transport.close()


async def forward_tcp(query: bytes, behind: tuple[str, int] = BEHIND) -> bytes:
    """The same over TCP."""
    reader, writer = await asyncio.open_connection(*behind)
    try:
        writer.write(struct.pack("!H", len(query)) + query)
        return await reader.readexactly(struct.unpack("!H", await reader.readexactly(2))[0])
    finally:
        writer.close()


async def answer(query: bytes, habit: str, forward) -> Optional[bytes]:
    """What a name server with that habit says; nothing if it keeps silent."""
    if habit == "mute":
        return None
    if habit == "denies" and query[12:17].lower() == b"\x04_tcp":
        return await forward(query, BEHIND_SECOND)
    if is_tlsa(query) and habit == "twice":
        return first_twice(await forward(query))
    if is_tlsa(query) and habit == "late" and is_early(query):
        return bare_answer(query, RCODES["servfail"])
    if is_tlsa(query) and habit in SPOIL_TLSA:
        if habit in RCODES:
            return bare_answer(query, RCODES[habit])
        if habit == "silent":
            return None
        if habit == "truncated":
            return bare_answer(query, 0, flags=0x0200)
        await asyncio.sleep(DELAY_SECONDS)
    return await forward(query)


class Udp(asyncio.DatagramProtocol):
    """One server's UDP side."""

    def __init__(self, habit: str) -> None:
        self.habit = habit

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        asyncio.ensure_future(self.reply(data, addr))

    async def reply(self, query: bytes, addr: tuple) -> None:
        try:
            response = await answer(query, self.habit, forward_udp)
        except (asyncio.TimeoutError, IndexError, struct.error, OSError):
            return
        if response is not None:
            self.transport.sendto(response, addr)


def tcp(habit: str):
    """The handler of one server's TCP side."""

    async def serve(reader, writer) -> None:
        try:
            while True:
                size = struct.unpack("!H", await reader.readexactly(2))[0]
                response = await answer(await reader.readexactly(size), habit, forward_tcp)
                if response is not None:
                    writer.write(struct.pack("!H", len(response)) + response)
        except (asyncio.IncompleteReadError, OSError, IndexError, struct.error):
            pass
        finally:
            writer.close()

    return serve


async def main() -> None:
    """Serves until ended."""
    loop = asyncio.get_running_loop()
    for address, habit in SERVERS.items():
        await loop.create_datagram_endpoint(lambda h=habit: Udp(h), local_addr=(address, 53))
        if habit not in NO_TCP:
            await asyncio.start_server(tcp(habit), address, 53)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
