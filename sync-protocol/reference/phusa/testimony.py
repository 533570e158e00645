"""testimony.md: what devices show each other of the hub's signatures."""

from .basics import Reader, Refused, block, listed, require, text
from .keys import is_signed
from .log import log_link, read_ends

ENDS_BYTES = 1024 * 1024


def read_signed(reader):
    return reader.block(ENDS_BYTES), reader.raw(64)


def places(signed, hub_key):
    """What the hub signed, by spaces."""
    ends, signature = signed
    require(is_signed(hub_key, "phusa checkpoint 1", ends, signature), "wire.signature-wrong")
    try:
        return dict(read_ends(ends))
    except Refused:
        raise Refused("wire.signature-wrong") from None


def decode_testimony(data):
    reader = Reader(data)
    require(reader.byte() == 1, "bytes.unknown-kind")
    told = [read_signed(reader) for _ in range(reader.count(4096))]
    reader.finish()
    return told


def encode_testimony(told):
    return b"\1" + listed([block(ends) + signature for ends, signature in told])


def decode_proof(data):
    """The space, the two checkpoints, the hash of the second's line at the first's index, and the entries from there."""
    reader = Reader(data)
    require(reader.byte() == 1, "bytes.unknown-kind")
    space, first, second, line = reader.text(64), read_signed(reader), read_signed(reader), reader.hash()
    entries = [reader.block(64 * 1024) for _ in range(reader.count(65_536))]
    reader.finish()
    return space, first, second, line, entries


def encode_proof(space, first, second, line, entries):
    signed = b"".join(block(ends) + signature for ends, signature in (first, second))
    return b"\1" + text(space) + signed + line + listed([block(entry) for entry in entries])


def proven(proof, hub_key):
    """The first's place, if the hub signed two lines (Y-2)."""
    space, first, second, line, entries = proof
    told, end = places(first, hub_key).get(space), places(second, hub_key).get(space)
    holds = (told is not None and end is not None and told.epoch == end.epoch and told.index > 0
             and told.hash != line and told.index + len(entries) == end.index)
    require(holds, "wire.signature-wrong")
    for index, entry in enumerate(entries, told.index + 1):
        line = log_link(line, index, entry)
    require(line == end.hash, "wire.signature-wrong")
    return told
