"""columns.md, from "Replicas" to "Parts of the log": segments taken apart into columns and put together again."""

from dataclasses import dataclass

from . import changes, payloads
from .basics import MOST, Reader, Refused, require
from .changes import Base, Header, Segment, decode_payload, natural_key
from .columns import FRAME_BYTES, wrapped
from .log import Receipt

CHANGE_ROOM = 48
ENTRY_ROOM = 64


@dataclass
class Context:
    """What the reader of a batch of one space looks up."""

    device: bytes
    hub: bytes
    clock: int  # the device's, in seconds
    known: int  # the index that the request stated, or of the entry before the part's first
    receipt_at: callable  # index -> the replica whose receipt stands there, or None
    record_of: callable  # dot -> ("keyed", key), another target, or None where the change is not held


class Room:
    """What all that is in a frame may come to."""

    def __init__(self):
        self.left = FRAME_BYTES

    def take(self, cost):
        self.left -= cost
        require(self.left >= 0, "bytes.too-large")


@dataclass(frozen=True)
class Travelling:
    """A segment without the chain's value before it and, where it is `at` an index, without the log's hash there."""

    replica: bytes
    depends: tuple  # ("at", index, catalogue) or ("full", Dependency)
    first: int
    changes: tuple  # of (Header, payload bytes)
    signature: bytes

    @property
    def last(self):
        return self.first + len(self.changes) - 1

    def segment(self, space, previous, position_at, signer=None, continues=False):
        if self.depends[0] == "full":
            dependency = self.depends[1]
        else:
            position = position_at(self.depends[1])
            require(position is not None, "segment.dependency-unknown")
            dependency = changes.Dependency(position, (), self.depends[2])
        return Segment(space, signer or self.replica, previous, dependency, self.first, self.changes, self.signature,
                       continues)


def in_full(segment):
    """A segment as it may travel to anybody."""
    return Travelling(
        segment.replica, ("full", segment.dependency), segment.first, segment.changes, segment.signature)


def read_replicas(columns, context):
    replicas = [context.device, context.hub]
    for _ in range(columns.number(4096)):
        index = columns.varint()
        if index == 0:
            replicas.append(columns.tail.raw(16))
        else:
            replica = context.receipt_at(index)
            require(replica is not None, "segment.dependency-unknown")
            replicas.append(replica)
    return replicas


# Segments ----------------------------------------------------------------------------------------------------------


def read_head(replica, first, count, basis):
    require(first > 0 and 0 < count <= changes.SEGMENT_CHANGES and first <= MOST - count, "bytes.inconsistent")
    return (replica, first, count, basis)


def read_segments(columns, heads, replicas, context, room):
    """The segments whose (replica, first, count, basis) stand in `heads`."""
    room.take(sum(count for _, _, count, _ in heads) * CHANGE_ROOM)
    dependencies = read_dependencies(columns, heads, room)
    places = []
    for (replica, first, count, _), depends in zip(heads, dependencies):
        index = depends[1] if depends[0] == "at" else depends[1].position.index
        places += [(replica, first + number, index) for number in range(count)]
    headers, contents = read_headers(columns, places, replicas, context, room)
    segments, start = [], 0
    for (replica, first, count, _), depends in zip(heads, dependencies):
        logged = tuple(zip(headers[start:start + count], contents[start:start + count]))
        start += count
        segments.append(Travelling(replica, depends, first, logged, columns.tail.raw(64)))
    return segments


def read_dependencies(columns, heads, room):
    kinds = columns.uints(len(heads))
    require(all(kind <= 2 for kind in kinds), "bytes.unknown-kind")
    earlier = columns.uints(kinds.count(1))
    full = columns.strings(kinds.count(2), changes.SEGMENT_BYTES) if 2 in kinds else []
    room.take(sum(map(len, full)))
    catalogues = columns.deltas(len(heads))
    require(all(catalogue >= 0 for catalogue in catalogues), "bytes.inconsistent")
    dependencies = []
    for kind, (_, _, _, basis), catalogue in zip(kinds, heads, catalogues):
        if kind == 2:
            reader = Reader(full.pop(0))
            dependency = changes.read_dependency(reader)
            reader.finish()
            require(dependency.catalogue == catalogue, "bytes.inconsistent")
            dependencies.append(("full", dependency))
        else:
            back = earlier.pop(0) if kind == 1 else 0
            require(back <= basis, "bytes.inconsistent")
            dependencies.append(("at", basis - back, catalogue))
    return dependencies


# Headers -----------------------------------------------------------------------------------------------------------

CREATES, KEYED, DERIVED, CREATED, KNOWN = range(5)


def read_headers(columns, places, replicas, context, room):
    """The headers and payloads of the changes at `places`: (replica, sequence, index that the segment depends on)."""
    count = len(places)
    forms = [read_form(columns) for _ in range(columns.number(count))]
    form_of = columns.indices(count, len(forms))
    targets = columns.uints(count)
    require(all(target <= KNOWN for target in targets), "bytes.unknown-kind")
    keys = Reader(columns.tail.raw(16 * targets.count(KEYED)))
    named = targets.count(CREATED) + targets.count(KNOWN)
    creators = columns.indices(named, len(replicas)) if named else []
    creations = columns.uints(named) if named else []
    require(all(0 < sequence <= MOST for sequence in creations), "bytes.inconsistent")
    dots = iter([(replicas[creator], sequence) for creator, sequence in zip(creators, creations)])
    authors = columns.texts(count, 64)
    times = read_times(columns, count, context.clock)
    bases = read_bases(columns, places, replicas)
    contents = payloads.read(columns, count, replicas, room)
    headers = []
    for number in range(count):
        form, version, key_fields = forms[form_of[number]]
        target = read_target(targets[number], keys, dots, form, key_fields, contents[number], context)
        headers.append(Header(form, version, target, authors[number], times[number], bases[number]))
    return headers, contents


def read_form(columns):
    name = columns.text(64)
    require(name, "bytes.inconsistent")
    version = columns.ordinal()
    return name, version, [columns.text(64) for _ in range(columns.number(2000))]


def read_target(kind, keys, dots, form, key_fields, payload, context):
    if kind == CREATES:
        return ("creates",)
    if kind == KEYED:
        return ("keyed", keys.raw(16))
    if kind == DERIVED:
        key = derived_key(form, key_fields, payload)
        require(key is not None, "bytes.inconsistent")
        return ("keyed", key)
    change = next(dots)
    if kind == CREATED:
        return ("created", change)
    record = context.record_of(change)
    require(record is not None and record[0] == "keyed", "segment.dependency-unknown")
    return record


def derived_key(form, key_fields, payload):
    """The natural key that a payload's own values give."""
    if not key_fields:
        return None
    try:
        operations = decode_payload(payload).operations
    except Refused:
        return None
    fields = {name: ("null",) for name in key_fields}
    for field, item, value in operations:
        if item is None and field in fields:
            fields[field] = value
    return natural_key(form, fields)


def read_time_unit(columns, clock):
    """How many milliseconds a column of times counts in, and what its first difference is from."""
    seconds = columns.flag()
    return (1000, clock) if seconds else (1, wrapped(clock * 1000))


def read_times_of_receipt(columns, count, clock):
    """The hub's clock at receipts, in milliseconds."""
    unit, start = read_time_unit(columns, clock)
    values = columns.deltas(count, start)
    require(all(abs(value) < 1 << 48 for value in values), "bytes.inconsistent")
    return [value * unit for value in values]


def read_times(columns, count, clock):
    unit, start = read_time_unit(columns, clock)
    values = columns.deltas(count, start)
    times = []
    for value, counter in zip(values, columns.uints(count)):
        require(0 <= value * unit < 1 << 48 and counter < 1 << 16, "bytes.too-large")
        if times and times[-1] >> 16 == value * unit:
            counter = (times[-1] + 1 + counter) % (1 << 16)
        times.append(value * unit << 16 | counter)
    return times


def read_bases(columns, places, replicas):
    flags = columns.uints(len(places))
    require(all(flag <= 1 for flag in flags), "bytes.unknown-kind")
    if 1 not in flags:
        return [None] * len(places)
    column = Reader(columns.block(FRAME_BYTES))
    bases = [read_base(column, place, replicas) if flag else None for flag, place in zip(flags, places)]
    column.finish()
    return bases


def read_base(column, place, replicas):
    own, sequence_here, depends = place
    position = depends - column.signed()
    require(0 <= position <= MOST, "bytes.inconsistent")
    vector, dots = {}, []
    for _ in range(number(column, 256)):
        replica = read_replica(column, replicas)
        sequence = column.varint()
        if replica == own:
            sequence = (sequence_here - sequence) % (1 << 64)
        require(0 < sequence <= MOST and replica not in vector, "bytes.inconsistent")
        vector[replica] = sequence
    for _ in range(number(column, 256)):
        change = (read_replica(column, replicas), column.varint())
        covered = vector.get(change[0], 0) >= change[1]
        require(0 < change[1] <= MOST and not covered and change not in dots, "bytes.inconsistent")
        dots.append(change)
    return Base(position, tuple(sorted(vector.items())), tuple(sorted(dots)))


def number(column, limit):
    value = column.varint()
    require(value <= limit, "bytes.too-large")
    return value


def read_replica(column, replicas):
    place = column.varint()
    require(place < len(replicas), "bytes.inconsistent")
    return replicas[place]


# Uploads and parts of the log --------------------------------------------------------------------------------------


def read_upload(columns, context_of, room):
    """A space's number and the segments that a device sends of it."""
    space = columns.number(512)
    context = context_of(space)
    replicas = read_replicas(columns, context)
    count = columns.number(4096)
    numbers = columns.indices(count, len(replicas))
    firsts, counts = columns.uints(count), columns.uints(count)
    heads = [read_head(replicas[n], first, length, context.known)
             for n, first, length in zip(numbers, firsts, counts)]
    return space, read_segments(columns, heads, replicas, context, room)


ENTRY, RECEIVED, BROUGHT = range(3)


def read_part(columns, context_of, room):
    """A space's number and its items: ("entry", bytes), ("received", Receipt), ("brought", Receipt, Travelling)."""
    space = columns.number(512)
    context = context_of(space)
    replicas = read_replicas(columns, context)
    count = columns.number(65_536)
    kinds = columns.uints(count)
    require(all(kind <= BROUGHT for kind in kinds), "bytes.unknown-kind")
    room.take(count * ENTRY_ROOM)
    plain = kinds.count(ENTRY)
    entries = columns.strings(plain, 64 * 1024) if plain else []
    room.take(sum(map(len, entries)))
    receipts = read_receipts(columns, count - plain, replicas, context.clock)
    heads, left = [], iter(receipts)
    for offset, kind in enumerate(kinds):
        receipt = next(left) if kind != ENTRY else None
        if kind == BROUGHT:
            length = receipt.last - receipt.first + 1
            heads.append(read_head(receipt.replica, receipt.first, length, context.known + offset))
    segments = iter(read_segments(columns, heads, replicas, context, room) if heads else [])
    entries, receipts = iter(entries), iter(receipts)
    make = {ENTRY: lambda: ("entry", next(entries)), RECEIVED: lambda: ("received", next(receipts)),
            BROUGHT: lambda: ("brought", next(receipts), next(segments))}
    return space, [make[kind]() for kind in kinds]


def read_receipts(columns, count, replicas, clock):
    if count == 0:
        return []
    numbers = columns.indices(count, len(replicas))
    firsts, lengths = columns.uints(count), columns.uints(count)
    times, waiting = read_times_of_receipt(columns, count, clock), columns.uints(count)
    receipts = []
    for n, first, length, time, waits in zip(numbers, firsts, lengths, times, waiting):
        holds = (first > 0 and length < changes.SEGMENT_CHANGES and first <= MOST - length
                 and waits <= length + 1)
        require(holds, "bytes.inconsistent")
        offsets = []
        for _ in range(waits):
            offset = columns.varint()
            require(offset <= length and (not offsets or offsets[-1] < offset), "bytes.not-canonical")
            offsets.append(offset)
        sequences = tuple(first + offset for offset in offsets)
        receipts.append(Receipt(replicas[n], first, first + length, time, sequences))
    return receipts
