"""columns.md, "Frames of an answer"."""

from dataclasses import dataclass

from .basics import MOST, require
from .batches import Room, read_part
from .columns import Columns
from .snapshots import CHUNK_BYTES, CHUNKS, MANIFEST_BYTES

LAST, MORE, CERTIFICATES, PARTS, NOTES, SNAPSHOT, LINES, ALL = 1, 2, 4, 8, 16, 32, 64, 127


@dataclass(frozen=True)
class Frame:
    last: bool
    more: bool
    certificates: tuple
    parts: tuple  # of (space's number, items)
    signature: bytes
    notes: tuple  # of (space's number, refusal, digest)
    snapshot: tuple = None  # ("manifest", space's number, bytes, signature) or ("chunk", space's number, number, bytes)
    lines: tuple = ()  # of (space's number, places), each of (index, the beginning of the log's hash)


def read_snapshot(columns):
    place = columns.number(1024)
    if place & 1:
        number = columns.number(CHUNKS)
        return "chunk", place >> 1, number, columns.tail.raw(columns.number(CHUNK_BYTES))
    return "manifest", place >> 1, columns.tail.raw(columns.number(MANIFEST_BYTES)), columns.tail.raw(64)


def read_line(columns):
    space, places = columns.number(512), []
    for _ in range(columns.number(64)):
        index = columns.varint()
        require(0 < index < (places[-1][0] if places else MOST + 1), "bytes.not-canonical")
        places.append((index, columns.tail.raw(8)))
    return space, tuple(places)


def read_frame(contents, context_of):
    columns = Columns(*contents)
    flags = columns.byte()
    require(flags <= ALL, "bytes.unknown-kind")
    certificates, parts, signature, notes = [], [], b"", []
    snapshot = read_snapshot(columns) if flags & SNAPSHOT else None
    if flags & CERTIFICATES:
        certificates = [columns.block(32 * 1024) for _ in range(columns.number(4096))]
    if flags & PARTS:
        room = Room()
        parts = [read_part(columns, context_of, room) for _ in range(columns.number(512))]
        signature = columns.tail.raw(64)
    if flags & NOTES:
        for _ in range(columns.number(512)):
            space = columns.number(1024)
            refusal = columns.text(64)
            notes.append((space >> 1, refusal, columns.tail.raw(8) if space & 1 else b""))
    lines = [read_line(columns) for _ in range(columns.number(512))] if flags & LINES else []
    columns.finish()
    return Frame(bool(flags & LAST), bool(flags & MORE), tuple(certificates), tuple(parts), signature, tuple(notes),
                 snapshot, tuple(lines))
