"""columns.md from the writer's side: an upload, as plainly as it may be written. It names no record or replica by what
the hub holds and no key by its values, which a writer may but need not."""

from . import changes, columns
from .basics import Refused, block, signed, text, varint
from .batches import CREATED, CREATES, KEYED
from .payloads import NUMBERS, PLAIN


class Table:
    """The replicas of a batch by number."""

    def __init__(self, device, hub):
        self.replicas = [device, hub]

    def number(self, replica):
        if replica not in self.replicas:
            self.replicas.append(replica)
        return self.replicas.index(replica)

    def write(self):
        others = self.replicas[2:]
        return varint(len(others)) + b"\0" * len(others), b"".join(others)


def write_upload(number, segments, known, device, hub, clock):
    """The columns and the tail of a space's segments; `known` is the index that the request states."""
    table = Table(device, hub)
    body = varint(len(segments)) + columns.uints([table.number(s.replica) for s in segments])
    body += columns.uints([s.first for s in segments]) + columns.uints([len(s.changes) for s in segments])
    full = [s.dependency.encode() for s in segments]
    plain = [not s.dependency.exceptions and s.dependency.position.index <= known for s in segments]
    back = [known - s.dependency.position.index for s, is_plain in zip(segments, plain) if is_plain]
    kinds = [2 if not is_plain else 0 if s.dependency.position.index == known else 1
             for s, is_plain in zip(segments, plain)]
    body += columns.uints(kinds) + columns.uints([distance for distance in back if distance])
    if 2 in kinds:
        body += columns.strings([data for data, is_plain in zip(full, plain) if not is_plain])
    body += columns.deltas([s.dependency.catalogue for s in segments])
    logged = [(s, s.first + n, header, payload) for s in segments for n, (header, payload) in enumerate(s.changes)]
    headers, keys = write_headers(logged, table, clock)
    body += headers + write_payloads([payload for _, _, _, payload in logged], table)
    replicas, tail = table.write()
    return varint(number) + replicas + body, tail + keys + b"".join(s.signature for s in segments)


def distinct(items):
    return list(dict.fromkeys(items))


def write_headers(logged, table, clock):
    headers = [header for _, _, header, _ in logged]
    forms = distinct((header.form, header.version) for header in headers)
    body = varint(len(forms)) + b"".join(text(form) + varint(version) + b"\0" for form, version in forms)
    body += columns.uints([forms.index((header.form, header.version)) for header in headers])
    kinds = {"creates": CREATES, "keyed": KEYED, "created": CREATED}
    body += columns.uints([kinds[header.target[0]] for header in headers])
    keys = b"".join(header.target[1] for header in headers if header.target[0] == "keyed")
    created = [header.target[1] for header in headers if header.target[0] == "created"]
    if created:
        body += columns.uints([table.number(replica) for replica, _ in created])
        body += columns.uints([sequence for _, sequence in created])
    body += columns.strings([header.author.encode() for header in headers])
    body += write_times([header.time for header in headers], clock)
    body += columns.uints([header.base is not None for header in headers])
    bases = b"".join(write_base(entry, table) for entry in logged if entry[2].base is not None)
    return body + (block(bases) if bases else b""), keys


def write_times(times, clock):
    counters, last = [], None
    for time in times:
        same_millisecond = last is not None and last >> 16 == time >> 16
        counters.append((time - last - 1 if same_millisecond else time) % (1 << 16))
        last = time
    return b"\0" + columns.deltas([time >> 16 for time in times], clock * 1000) + columns.uints(counters)


def write_base(entry, table):
    segment, sequence, header, _ = entry
    base = header.base
    body = signed(segment.dependency.position.index - base.position) + varint(len(base.vector))
    for replica, seen in base.vector:
        body += varint(table.number(replica)) + varint(sequence - seen if replica == segment.replica else seen)
    return body + varint(len(base.dots)) + b"".join(varint(table.number(r)) + varint(s) for r, s in base.dots)


def write_payloads(payloads, table):
    """Contents by shape; what cannot be read travels as it is."""
    read = [readable(payload) for payload in payloads]
    fields = distinct(name for payload in read if payload for name, _, _ in payload.operations)
    shapes_of = [shape(payload, fields) for payload in read]
    shapes = distinct(shapes_of)
    body = varint(len(fields)) + b"".join(map(text, fields)) + varint(len(shapes))
    for flags, slots in shapes:
        body += bytes([flags]) + varint(len(slots))
        body += b"".join(varint(field << 1 | has_item) + bytes([kind]) for field, has_item, kind in slots)
    body += columns.uints([shapes.index(found) for found in shapes_of])
    raw = [payload for payload, found in zip(payloads, read) if not found]
    reasons = [payload.reason.encode() for payload in read if payload and payload.reason is not None]
    quotes = [payload.quotes for payload in read if payload and payload.quotes]
    body += columns.strings(raw) if raw else b""
    body += columns.strings(reasons) if reasons else b""
    if quotes:
        body += columns.uints([table.number(replica) for replica, _ in quotes])
        body += columns.uints([sequence for _, sequence in quotes])
    return body + write_cells([payload for payload in read if payload], fields)


def readable(payload):
    try:
        return changes.decode_payload(payload)
    except Refused:
        return None


def kind_of(value):
    kinds = {"null": 0, "integer": 1, "decimal": 2, "text": 3, "date": 4, "time": 5, "moment": 6, "items": 7}
    if value[0] == "flag":
        return 9 if value[1] else 8
    return value[1] if value[0] == "unknown" else kinds[value[0]]


def shape(payload, fields):
    if payload is None:
        return 1, ()
    flags = (payload.reason is not None) << 1 | (payload.quotes is not None) << 2
    return flags, tuple((fields.index(name), int(item is not None), kind_of(value))
                        for name, item, value in payload.operations)


def write_cells(payloads, fields):
    cells = {}
    for payload in payloads:
        for name, item, value in payload.operations:
            field, kind = fields.index(name), kind_of(value)
            if item is not None:
                cells.setdefault((field, 0), []).append(("text", item))
            if kind not in PLAIN:
                cells.setdefault((field, kind + 1), []).append(value)
    return b"".join(write_values(3 if part == 0 else part - 1, found) for (_, part), found in sorted(cells.items()))


def write_values(kind, found):
    if kind in NUMBERS:
        return columns.numbers([(value[1], value[2] if kind == 2 else 0) for value in found])
    if kind == 6:
        return columns.numbers([(v[1], 0) for v in found]) + columns.numbers([(v[2], 0) for v in found])
    if kind == 7:
        members = [member.encode() for value in found for member in value[1]]
        return columns.uints([len(value[1]) for value in found]) + columns.strings(members)
    return columns.strings([value[2] if value[0] == "unknown" else value[1].encode() for value in found])
