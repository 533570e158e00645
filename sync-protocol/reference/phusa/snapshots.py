"""snapshots.md, "Manifest" and "Chunks": the state of a space at a place of the hub's log, as it travels."""

from dataclasses import dataclass

from .basics import MOST, Reader, Refused, listed, require, sha256, signed, text, varint
from .batches import CHANGE_ROOM, Context, Room, read_headers, read_replicas, read_times_of_receipt
from .changes import Position, decode_payload, read_position
from .columns import Columns, frame_contents
from .keys import replica_id
from .log import CODE_BYTES, read_details

CHUNKS = 8192
CHUNK_BYTES = 384 * 1024
MANIFEST_BYTES = CHUNKS * 32 + 1024
HEAD_ROOM = 96
SECONDS = 1 << 45
WAITS, ACCEPTED, REFUSED = range(3)
NOTHING, STANDS, COVERED = range(3)


# Manifest ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Manifest:
    space: str
    position: Position
    digest: bytes
    settled: bytes  # the sum of the refusals that no chunk lists
    time: int  # the hub's clock in seconds
    changes: int
    chunks: tuple  # of hashes

    def encode(self):
        return (b"\1" + text(self.space) + self.position.encode() + self.digest + self.settled + signed(self.time)
                + varint(self.changes) + listed(self.chunks))

    @property
    def name(self):
        return sha256("phusa snapshot name 1", self.encode())[:8]


def decode_manifest(data):
    reader = Reader(data)
    require(reader.byte() == 1, "bytes.unknown-kind")
    space, position = reader.text(64), read_position(reader)
    require(position.index > 0, "bytes.inconsistent")
    digest, settled, time = reader.hash(), reader.hash(), reader.signed()
    require(0 <= time < SECONDS, "bytes.inconsistent")
    changes, count = reader.ordinal(), reader.count(CHUNKS)
    require(count > 0, "bytes.inconsistent")
    chunks = tuple(reader.hash() for _ in range(count))
    reader.finish()
    return Manifest(space, position, digest, settled, time, changes, chunks)


def chunk_hash(chunk):
    return sha256("phusa chunk 1", chunk)


# Chunks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    public_key: bytes
    sequence: int
    link: bytes
    received: int  # the index of the replica's first receipt, which names it

    @property
    def replica(self):
        return replica_id(self.public_key)


@dataclass(frozen=True)
class Left:
    """A change of which something is left."""

    dot: tuple
    depends: int
    received: int
    received_at: int
    decision: int
    refusal: tuple  # (code, details), None unless it is refused
    link: bytes  # its first 4 bytes
    header: object
    payload: bytes
    rests: tuple  # one for each operation; none where the contents cannot be read
    record_link: bytes  # of the change that created its record; None where the record has a key


@dataclass(frozen=True)
class Chunk:
    heads: tuple
    changes: tuple


def read_chunk(data, hub, position, time, named):
    """Reads a chunk of the snapshot at the index `position`; `named` gives the replica of a first receipt's index that an
    earlier chunk brought."""
    # A chunk names no dictionary, so its reader holds none.
    columns, room = Columns(*frame_contents(data, {})), Room()
    heads = read_heads(columns, position, room)
    own = {}
    for head in heads:
        own.setdefault(head.received, head.replica)
    context = Context(hub, hub, time, position, lambda index: own.get(index) or named(index), lambda change: None)
    replicas = read_replicas(columns, context)
    changes = read_changes(columns, replicas, context, room)
    columns.finish()
    return Chunk(tuple(heads), tuple(changes))


def read_heads(columns, position, room):
    count = columns.varint()
    room.take(count * HEAD_ROOM)
    sequences = columns.uints(count)
    require(all(0 < sequence <= MOST for sequence in sequences), "bytes.inconsistent")
    receipts = columns.uints(count)
    require(all(0 < index <= position for index in receipts), "bytes.inconsistent")
    return [Head(columns.tail.raw(32), sequence, columns.tail.hash(), received)
            for sequence, received in zip(sequences, receipts)]


def read_changes(columns, replicas, context, room):
    position, count = context.known, columns.varint()
    room.take(count * CHANGE_ROOM)
    if count == 0:
        return []
    whose = [replicas[number] for number in columns.indices(count, len(replicas))]
    sequences = columns.deltas(count)
    require(all(0 < sequence for sequence in sequences), "bytes.inconsistent")
    depends = [position - back for back in columns.uints(count)]
    require(all(0 <= index for index in depends), "bytes.inconsistent")
    receipts = [position - back for back in columns.uints(count)]
    require(all(0 < index for index in receipts), "bytes.inconsistent")
    times = read_times_of_receipt(columns, count, context.clock)
    decisions = columns.uints(count)
    require(all(decision <= REFUSED for decision in decisions), "bytes.unknown-kind")
    refusals = read_refusals(columns, decisions.count(REFUSED), room)
    lists = columns.uints(count)
    require(all(value <= 1 for value in lists), "bytes.unknown-kind")
    links = [columns.tail.raw(4) for _ in range(count)]
    headers, payloads = read_headers(columns, list(zip(whose, sequences, depends)), replicas, context, room)
    rests = read_rests(columns, lists, decisions, payloads)
    dots = list(zip(whose, sequences))
    creations = read_creations(columns, dots, headers, links)
    return [Left(dots[n], depends[n], receipts[n], times[n], decisions[n],
                 next(refusals) if decisions[n] == REFUSED else None, links[n], headers[n], payloads[n], rests[n],
                 creations[n]) for n in range(count)]


def read_refusals(columns, count, room):
    blocks = columns.strings(count, 64 * 1024) if count else []
    room.take(sum(map(len, blocks)))
    refusals = []
    for data in blocks:
        reader = Reader(data)
        refusals.append((reader.text(CODE_BYTES), read_details(reader)))
        reader.finish()
    return iter(refusals)


def operations(payload):
    try:
        return len(decode_payload(payload).operations)
    except Refused:
        return 0


def read_rests(columns, lists, decisions, payloads):
    counts = [operations(payload) for payload in payloads]
    found = columns.uints(sum(count for count, is_listed in zip(counts, lists) if is_listed))
    require(all(rest <= COVERED for rest in found), "bytes.unknown-kind")
    rests, at = [], 0
    for count, is_listed, decision in zip(counts, lists, decisions):
        own = found[at:at + count] if is_listed else [STANDS] * count
        at += count if is_listed else 0
        require(decision != REFUSED or not any(own), "bytes.inconsistent")
        rests.append(tuple(own))
    return rests


def read_creations(columns, dots, headers, links):
    """For each change the beginning of the link of the change that created its record."""
    known = {change: link for change, header, link in zip(dots, headers, links) if header.target[0] == "creates"}
    found = []
    for header, link in zip(headers, links):
        if header.target[0] == "created" and header.target[1] not in known:
            known[header.target[1]] = columns.tail.raw(4)
        found.append({"creates": link, "keyed": None}.get(header.target[0]) if header.target[0] != "created"
                     else known[header.target[1]])
    return found
