"""encoding.md, from "Payload" to "Chain": what a change is made of, and the segments of a replica's log."""

from dataclasses import dataclass

from . import values
from .basics import MOST, Reader, ascending, block, dot, listed, require, sha256, text, varint
from .keys import is_signed, replica_id

NAME_BYTES = 64
OPERATIONS = 2000
PAYLOAD_BYTES = 128 * 1024
HEADER_BYTES = 32 * 1024
SEGMENT_BYTES = 256 * 1024
SEGMENT_CHANGES = 5000
BASE_REPLICAS = BASE_DOTS = 256


# Payload -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Payload:
    operations: tuple  # of (field, item or None, value)
    reason: str = None
    quotes: tuple = None

    def encode(self):
        flags = (1 if self.reason is not None else 0) | (2 if self.quotes is not None else 0)
        head = bytes([flags])
        head += text(self.reason) if self.reason is not None else b""
        head += dot(self.quotes) if self.quotes is not None else b""
        return head + listed([encode_operation(operation) for operation in self.operations])


def encode_operation(operation):
    field, item, value = operation
    return text(field) + (b"\0" if item is None else b"\1" + text(item)) + values.encode(value)


def decode_payload(data):
    reader = Reader(data)
    flags = reader.byte()
    require(flags <= 3, "bytes.unknown-kind")
    reason = reader.text(4096) if flags & 1 else None
    quotes = reader.dot() if flags & 2 else None
    count = reader.count(OPERATIONS)
    require(count > 0, "bytes.inconsistent")
    operations, last = [], None
    for _ in range(count):
        operation = read_operation(reader)
        last = ascending(reader, last, (operation[0].encode(), (operation[1] or "").encode()))
        operations.append(operation)
    reader.finish()
    return Payload(tuple(operations), reason, quotes)


def read_operation(reader):
    field = reader.text(NAME_BYTES)
    require(field, "bytes.inconsistent")
    item = None
    if reader.flag():
        item = reader.text(values.TEXT_BYTES)
        require(item, "bytes.inconsistent")
    return (field, item, values.read(reader))


def commitment(payload):
    return sha256("phusa payload 1", payload)


# Base --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Base:
    position: int = 0
    vector: tuple = ()  # of dots, ascending
    dots: tuple = ()

    def covers(self, change, received):
        """Whether the change is in the base; `received` is the index of its receipt, None without one."""
        if received is not None and received <= self.position:
            return True
        replica, sequence = change
        return dict(self.vector).get(replica, 0) >= sequence or change in self.dots

    def encode(self):
        return varint(self.position) + listed(list(map(dot, self.vector))) + listed(list(map(dot, self.dots)))


def read_base(reader):
    position = reader.ordinal()
    vector, last = [], None
    for _ in range(reader.count(BASE_REPLICAS)):
        entry = reader.dot()
        last = ascending(reader, last, entry[0])
        vector.append(entry)
    dots, last = [], None
    for _ in range(reader.count(BASE_DOTS)):
        last = ascending(reader, last, reader.dot())
        require(dict(vector).get(last[0], 0) < last[1], "bytes.not-canonical")
        dots.append(last)
    return Base(position, tuple(vector), tuple(dots))


# Header ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Header:
    form: str
    version: int
    target: tuple  # ("creates",), ("created", dot) or ("keyed", 16 bytes)
    author: str
    time: int  # 48 bits of milliseconds, 16 of counter
    base: Base = None

    def encode(self):
        kind = self.target[0]
        target = {"creates": lambda: b"\0", "created": lambda: b"\1" + dot(self.target[1]),
                  "keyed": lambda: b"\2" + self.target[1]}[kind]()
        base = b"\0" if self.base is None else b"\1" + self.base.encode()
        return (text(self.form) + varint(self.version) + target + text(self.author)
                + self.time.to_bytes(8, "big") + base)


def decode_header(data):
    reader = Reader(data)
    form = reader.text(NAME_BYTES)
    require(form, "bytes.inconsistent")
    version = reader.ordinal()
    kind = reader.byte()
    require(kind <= 2, "bytes.unknown-kind")
    if kind == 0:
        target = ("creates",)
    else:
        target = ("created", reader.dot()) if kind == 1 else ("keyed", reader.raw(16))
    author = reader.text(64)
    time = int.from_bytes(reader.raw(8), "big")
    base = read_base(reader) if reader.flag() else None
    reader.finish()
    return Header(form, version, target, author, time, base)


def natural_key(form, fields):
    """The key of a record whose key fields have these values, by name."""
    parts = [text(name) + values.encode(value) for name, value in sorted(fields.items(), key=lambda f: f[0].encode())]
    return sha256("phusa natural key 1", text(form), *parts)[:16]


# Positions and segments --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Position:
    epoch: int = 0
    index: int = 0
    hash: bytes = bytes(32)

    def encode(self):
        return varint(self.epoch) + varint(self.index) + self.hash


START = Position()


def read_position(reader):
    return Position(reader.ordinal(), reader.ordinal(), reader.hash())


@dataclass(frozen=True)
class Dependency:
    position: Position
    exceptions: tuple = ()  # of (dot, hash), ascending by replica
    catalogue: int = 0

    def encode(self):
        exceptions = listed([dot(head) + end for head, end in self.exceptions])
        return self.position.encode() + exceptions + varint(self.catalogue)


def read_dependency(reader):
    position = read_position(reader)
    exceptions, last = [], None
    for _ in range(reader.count(BASE_REPLICAS)):
        head = reader.dot()
        last = ascending(reader, last, head[0])
        exceptions.append((head, reader.hash()))
    return Dependency(position, tuple(exceptions), reader.ordinal())


@dataclass(frozen=True)
class Segment:
    space: str
    replica: bytes
    previous: bytes
    dependency: Dependency
    first: int
    changes: tuple  # of (Header, payload bytes)
    signature: bytes
    continues: bool = False  # the rest of a segment: its dependency is in the chain before it

    @property
    def last(self):
        return self.first + len(self.changes) - 1

    def encode(self):
        head = (b"\2" if self.continues else b"\1") + text(self.space) + self.replica + self.previous + self.dependency.encode()
        head += varint(self.first) + varint(len(self.changes))
        return head + b"".join(block(h.encode()) + block(p) for h, p in self.changes) + self.signature

    def links(self):
        """The chain's value after each change."""
        value, links = self.previous, []
        for number, (header, payload) in enumerate(self.changes):
            depends = b"\1" + self.dependency.encode() if number == 0 and not self.continues else b"\0"
            value = sha256("phusa link 1", value, depends, block(header.encode()), commitment(payload))
            links.append(value)
        return links

    def verify(self, public_key, is_received=lambda change: False):
        """All that a receiver checks of a segment by itself; gives the links."""
        require(self.replica == replica_id(public_key), "wire.signature-wrong")
        if self.first == 1:
            require(self.previous == origin(self.space, self.replica), "wire.chain-broken")
        require(len(self.encode()) <= SEGMENT_BYTES, "segment.too-large")
        links = self.links()
        holds = is_signed(public_key, "phusa segment 1", self.signed_bytes(links[-1]), self.signature)
        require(holds, "wire.signature-wrong")
        for number, (header, _) in enumerate(self.changes):
            require(self.base_holds(header.base, self.first + number, is_received), "segment.base-beyond")
        return links

    def signed_bytes(self, end):
        return text(self.space) + self.replica + varint(self.last) + end

    def base_holds(self, base, sequence, is_received):
        if base is None:
            return True
        heads = {head[0]: head[1] for head, _ in self.dependency.exceptions}

        def within(change):
            if change[0] == self.replica:
                return change[1] < sequence
            return change[1] <= heads.get(change[0], 0)

        return (base.position <= self.dependency.position.index and all(map(within, base.vector))
                and all(within(d) or (d[0] != self.replica and is_received(d)) for d in base.dots))


def origin(space, replica):
    return sha256("phusa chain 1", text(space), replica)


def sign_segment(space, replica, previous, dependency, first, changes, key):
    unsigned = Segment(space, replica, previous, dependency, first, tuple(changes), bytes(64))
    message = unsigned.signed_bytes(unsigned.links()[-1])
    signature = key.sign("phusa segment 1", message)
    return Segment(space, replica, previous, dependency, first, tuple(changes), signature)


def decode_segment(data):
    require(len(data) <= SEGMENT_BYTES, "segment.too-large")
    reader = Reader(data)
    version = reader.byte()
    require(version in (1, 2), "bytes.unknown-kind")
    space, replica, previous = reader.text(64), reader.replica(), reader.hash()
    dependency = read_dependency(reader)
    first, count = reader.varint(), reader.count(SEGMENT_CHANGES)
    require(count > 0 and version <= first <= MOST - count, "bytes.inconsistent")
    changes = []
    for _ in range(count):
        header = decode_header(reader.block(HEADER_BYTES))
        changes.append((header, reader.block(PAYLOAD_BYTES)))
    signature = reader.raw(64)
    reader.finish()
    return Segment(space, replica, previous, dependency, first, tuple(changes), signature, version == 2)
