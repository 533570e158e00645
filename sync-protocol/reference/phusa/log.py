"""encoding.md, "Entries of the hub's log", certificates and refusals."""

from dataclasses import dataclass

from .basics import MOST, Reader, ascending, block, dot, listed, require, sha256, signed, text, varint
from .changes import SEGMENT_CHANGES, Position, read_position
from .keys import is_signed, replica_id

CODE_BYTES = 64


@dataclass(frozen=True)
class Receipt:
    replica: bytes
    first: int
    last: int
    time: int
    waiting: tuple
    end: bytes = None  # None while it travels without it

    def encode(self):
        return (b"\1" + self.replica + varint(self.first) + varint(self.last) + self.end + signed(self.time)
                + listed([varint(sequence) for sequence in self.waiting]))


@dataclass(frozen=True)
class Verdict:
    dot: tuple
    accepted: bool
    code: str
    details: tuple

    def encode(self):
        return b"\2" + dot(self.dot) + bytes([self.accepted]) + text(self.code) + encode_details(self.details)


@dataclass(frozen=True)
class Disposition:
    dot: tuple
    outcome: int
    person: str
    reason: str
    time: int

    def encode(self):
        return (b"\6" + dot(self.dot) + bytes([self.outcome]) + text(self.person) + text(self.reason)
                + signed(self.time))


@dataclass(frozen=True)
class Seal:
    replica: bytes
    sequence: int
    link: bytes
    cause: int
    time: int

    def encode(self):
        return b"\3" + dot((self.replica, self.sequence)) + self.link + bytes([self.cause]) + signed(self.time)


@dataclass(frozen=True)
class Fork:
    parent: bytes
    after: int
    link: bytes

    def encode(self):
        return b"\4" + self.parent + varint(self.after) + self.link


@dataclass(frozen=True)
class Epoch:
    number: int
    time: int

    def encode(self):
        return b"\5" + varint(self.number) + signed(self.time)


@dataclass(frozen=True)
class Lost:
    start: Position
    entries: tuple  # of bytes

    def encode(self):
        return b"\7" + self.start.encode() + listed(list(map(block, self.entries)))

    def places(self):
        """Each entry with its index, the log's hash before it and after it."""
        end, places = self.start.hash, []
        for index, entry in enumerate(self.entries, self.start.index + 1):
            previous, end = end, log_link(end, index, entry)
            places.append((index, previous, end, entry))
        return places


def decode_entry(data):
    reader = Reader(data)
    kind = reader.byte()
    readers = {1: read_receipt, 2: read_verdict, 3: read_seal, 4: read_fork, 5: read_epoch, 6: read_disposition,
               7: read_lost}
    require(kind in readers, "bytes.unknown-kind")
    entry = readers[kind](reader)
    reader.finish()
    return entry


def read_seal(reader):
    replica, sequence, link, cause = reader.replica(), reader.ordinal(), reader.hash(), reader.byte()
    require(cause in (1, 2), "bytes.unknown-kind")
    return Seal(replica, sequence, link, cause, reader.signed())


def read_fork(reader):
    return Fork(reader.replica(), reader.ordinal(), reader.hash())


def read_epoch(reader):
    number = reader.ordinal()
    require(number > 1, "bytes.inconsistent")
    return Epoch(number, reader.signed())


def read_lost(reader):
    start = read_position(reader)
    entries = tuple(reader.block(64 * 1024) for _ in range(reader.count(65_536)))
    require((entries or start.index > 0) and start.index <= MOST - len(entries), "bytes.inconsistent")
    return Lost(start, entries)


def read_receipt(reader):
    replica, first, last = reader.replica(), reader.varint(), reader.varint()
    require(0 < first <= last <= MOST, "bytes.inconsistent")
    end, time = reader.hash(), reader.signed()
    waiting = []
    for _ in range(reader.count(SEGMENT_CHANGES)):
        sequence = reader.varint()
        least = waiting[-1] if waiting else first - 1
        require(least < sequence <= last, "bytes.not-canonical")
        waiting.append(sequence)
    return Receipt(replica, first, last, time, tuple(waiting), end)


def read_verdict(reader):
    change, accepted, code, details = reader.dot(), reader.flag(), reader.text(CODE_BYTES), read_details(reader)
    require(not accepted or not (code or details), "bytes.inconsistent")
    return Verdict(change, accepted, code, details)


def read_disposition(reader):
    change, outcome = reader.dot(), reader.byte()
    require(outcome in (1, 2), "bytes.unknown-kind")
    return Disposition(change, outcome, reader.text(64), reader.text(4096), reader.signed())


def read_details(reader):
    details, last = [], None
    for _ in range(reader.count(32)):
        name = reader.text(CODE_BYTES)
        last = ascending(reader, last, name.encode())
        details.append((name, reader.text(514)))
    return tuple(details)


def encode_details(details):
    return listed([text(name) + text(value) for name, value in details])


def log_link(previous, index, entry):
    return sha256("phusa log 1", previous, varint(index), block(entry))


def checkpoint_bytes(ends):
    """What the hub signs of where its logs end: of (space, position)."""
    return listed([text(space) + position.encode() for space, position in ends])


def read_ends(data):
    """What the hub's signature is over: of (space, position)."""
    reader = Reader(data)
    ends = [(reader.text(64), read_position(reader)) for _ in range(reader.count(512))]
    reader.finish()
    return ends


@dataclass(frozen=True)
class Certificate:
    public_key: bytes
    unit: str
    spaces: tuple
    issued: int
    hub: bytes
    signature: bytes

    @property
    def replica(self):
        return replica_id(self.public_key)

    def body(self):
        return (b"\1" + self.public_key + text(self.unit) + listed([text(space) for space in self.spaces])
                + signed(self.issued) + self.hub)

    def encode(self):
        return self.body() + self.signature


def decode_certificate(data, hub_key):
    reader = Reader(data)
    require(reader.byte() == 1, "bytes.unknown-kind")
    public_key, unit = reader.raw(32), reader.text(64)
    spaces = tuple(reader.text(64) for _ in range(reader.count(512)))
    certificate = Certificate(public_key, unit, spaces, reader.signed(), reader.replica(), reader.raw(64))
    reader.finish()
    holds = certificate.hub == replica_id(hub_key) and is_signed(
        hub_key, "phusa certificate 1", certificate.body(), certificate.signature)
    require(holds, "certificate.wrong")
    return certificate
