#!/usr/bin/env python3
"""A bad line on loopback: shaping_proxy.py PORT KBIT_PER_SECOND ROUND_TRIP_MS LOSS_PERCENT; prints the port it listens on.

Each direction is a queue of packets of 1,460 bytes that leave at the line's rate and arrive half a round trip later. A packet
that is lost arrives a round trip later than it should, and all behind it wait, as TCP would have it. A connection's first
byte waits a round trip more, for the handshake. The losses come from one seed, so that runs compare.
"""
import asyncio
import random
import sys

PACKET = 1460


class Line:
    def __init__(self, port, kilobits, round_trip, loss):
        self.port = port
        self.bytes_per_second = kilobits * 1000 / 8
        self.round_trip = round_trip / 1000
        self.loss = loss / 100
        self.chance = random.Random(20261125)

    async def carry(self, reader, writer, begun):
        """One direction of one connection."""
        loop = asyncio.get_running_loop()
        queue = asyncio.Queue()

        async def deliver():
            while True:
                due, packet = await queue.get()
                await asyncio.sleep(max(0, due - loop.time()))
                if not packet:
                    break
                writer.write(packet)
                await writer.drain()
            writer.close()

        delivery = asyncio.create_task(deliver())
        free = begun + self.round_trip
        arrival = 0
        try:
            while packet := await reader.read(PACKET):
                free = max(free, loop.time()) + len(packet) / self.bytes_per_second
                lost = self.round_trip if self.chance.random() < self.loss else 0
                arrival = max(arrival, free + self.round_trip / 2 + lost)
                await queue.put((arrival, packet))
                # The sender's window: no more than a second of the line is under way.
                await asyncio.sleep(max(0, free - loop.time() - 1))
        except ConnectionError:
            pass
        await queue.put((max(arrival, loop.time()), b""))
        await delivery

    async def connect(self, reader, writer):
        begun = asyncio.get_running_loop().time()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            self.carry(reader, far_writer, begun), self.carry(far_reader, writer, begun), return_exceptions=True)


async def main():
    line = Line(*[int(text) for text in sys.argv[1:5]])
    server = await asyncio.start_server(line.connect, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
