"""Name servers that spoil one type of query: forwarders in front of the NSD that has the
zones, which pass on everything but TLSA. Run as a program, all of them in one process."""

import asyncio
import struct
from typing import Optional

BEHIND = ("127.53.0.3", 53)
TLSA = 52
RCODES = {"formerr": 1, "servfail": 2, "notimp": 4, "refused": 5}
DELAY_SECONDS = 0.1

# Address and what becomes of TLSA queries; `mute` answers no query at all.
SERVERS = {
    "127.53.1.1": "servfail",
    "127.53.1.2": "notimp",
    "127.53.1.3": "refused",
    "127.53.1.4": "formerr",
    "127.53.1.5": "silent",
    "127.53.1.6": "truncated",
    "127.53.1.7": "slow",
    "127.53.1.8": "mute",
}
NO_TCP = ("truncated", "mute")


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


async def forward_udp(query: bytes) -> bytes:
    """The answer of the name server behind."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bytes] = loop.create_future()

    class Once(asyncio.DatagramProtocol):
        """Takes the first datagram."""

        def datagram_received(self, data: bytes, addr: tuple) -> None:
            if not answer.done():
                answer.set_result(data)

    transport, _ = await loop.create_datagram_endpoint(Once, remote_addr=BEHIND)
    try:
        transport.sendto(query)
        return await asyncio.wait_for(answer, 3)
    finally:
        transport.close()


async def forward_tcp(query: bytes) -> bytes:
    """The same over TCP."""
    reader, writer = await asyncio.open_connection(*BEHIND)
    try:
        writer.write(struct.pack("!H", len(query)) + query)
        return await reader.readexactly(struct.unpack("!H", await reader.readexactly(2))[0])
    finally:
        writer.close()


async def answer(query: bytes, habit: str, forward) -> Optional[bytes]:
    """What a name server with that habit says; nothing if it keeps silent."""
    if habit == "mute":
        return None
    if is_tlsa(query):
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
