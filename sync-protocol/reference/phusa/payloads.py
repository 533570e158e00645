"""columns.md, "Payloads": contents taken apart by shape, and put together as canonical bytes."""

from .basics import block, require, signed, varint
from .changes import PAYLOAD_BYTES
from .columns import FRAME_BYTES
from .values import ITEMS, TEXT_BYTES

PLAIN = (0, 8, 9)  # kinds without contents
NUMBERS = (1, 2, 4, 5)


def read(columns, count, replicas, room):
    fields = [block(columns.block(64)) for _ in range(columns.number(count * 2000))]
    shapes = [read_shape(columns, len(fields)) for _ in range(columns.number(count))]
    shape_of = [shapes[index] for index in columns.indices(count, len(shapes))]
    rest = room.left - sum(2 + 4 * len(slots) for _, slots in shape_of)
    require(rest >= 0, "bytes.too-large")
    raw = optional(columns, sum(flags & 1 for flags, _ in shape_of))
    reasons = optional(columns, sum(flags >> 1 & 1 for flags, _ in shape_of))
    quotes = read_quotes(columns, sum(flags >> 2 & 1 for flags, _ in shape_of), replicas)
    cells = read_cells(columns, shape_of, rest)
    payloads = []
    for flags, slots in shape_of:
        payload = next(raw) if flags & 1 else put_together(flags, slots, fields, reasons, quotes, cells, room)
        room.take(len(payload))
        payloads.append(payload)
    return payloads


def put_together(flags, slots, fields, reasons, quotes, cells, room):
    most = min(room.left, PAYLOAD_BYTES)
    payload = bytearray([flags >> 1])
    payload += block(next(reasons)) if flags & 2 else b""
    payload += next(quotes) if flags & 4 else b""
    payload += varint(len(slots))
    for field, has_item, kind in slots:
        payload += fields[field] + bytes([has_item])
        if has_item:
            payload += next(cells[field, 0])
        payload.append(kind)
        if kind not in PLAIN:
            for part in next(cells[field, kind + 1]):
                payload += part
                require(len(payload) <= most, "bytes.too-large")
        require(len(payload) <= most, "bytes.too-large")
    return bytes(payload)


def read_shape(columns, fields):
    flags = columns.byte()
    require(flags <= 7, "bytes.unknown-kind")
    slots = []
    for _ in range(columns.number(2000)):
        name = columns.varint()
        require(name >> 1 < fields, "bytes.inconsistent")
        kind = columns.byte()
        require(kind <= 9 or kind >= 32, "bytes.unknown-kind")
        slots.append((name >> 1, name & 1, kind))
    return flags, slots


def optional(columns, count):
    return iter(columns.strings(count, PAYLOAD_BYTES) if count else [])


def read_quotes(columns, count, replicas):
    if count == 0:
        return iter([])
    numbers = columns.indices(count, len(replicas))
    return iter([replicas[n] + varint(sequence) for n, sequence in zip(numbers, columns.uints(count))])


def read_cells(columns, shape_of, rest):
    """For each (field, part) its values in order; part 0 are members' names, else one more than the values' kind."""
    counts = {}
    for _, slots in shape_of:
        for field, has_item, kind in slots:
            if has_item:
                counts[field, 0] = counts.get((field, 0), 0) + 1
            if kind not in PLAIN:
                counts[field, kind + 1] = counts.get((field, kind + 1), 0) + 1
    cells = {}
    for (field, part), count in sorted(counts.items()):
        if part == 0:
            cells[field, part] = map(block, columns.strings(count, TEXT_BYTES))
        else:
            cells[field, part], members = read_values(columns, part - 1, count, rest)
            rest -= members
    return cells


def read_values(columns, kind, count, rest):
    """The canonical contents of values of one kind, each in parts, and how many members of lists they have."""
    if kind in NUMBERS:
        write = {1: lambda c, s: signed(c), 4: lambda c, s: signed(c), 2: lambda c, s: bytes([s]) + signed(c),
                 5: lambda c, s: varint(c % (1 << 64))}[kind]
        return iter([[write(c, s)] for c, s in columns.numbers(count)]), 0
    if kind == 6:
        both = zip(columns.numbers(count), columns.numbers(count))
        return iter([[signed(moment[0]) + signed(offset[0])] for moment, offset in both]), 0
    if kind == 7:
        return read_lists(columns, count, rest)
    return iter([[block(data)] for data in columns.strings(count, TEXT_BYTES)]), 0


def read_lists(columns, count, rest):
    lengths = columns.uints(count)
    require(all(length <= ITEMS for length in lengths), "bytes.too-large")
    members = sum(lengths)
    require(members <= min(rest, FRAME_BYTES), "bytes.too-large")
    names = iter(columns.strings(members, TEXT_BYTES))
    return ((part for part in [varint(length)] + [block(next(names)) for _ in range(length)])
            for length in lengths), members
