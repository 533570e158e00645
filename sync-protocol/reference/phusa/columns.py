"""columns.md, "Columns" and "Frames": the values of one kind from many changes, one after another."""

import zlib

from .basics import Reader, Refused, block, canonical_text, require, sha256, signed, varint

PACKED_BYTES = 512 * 1024
FRAME_BYTES = 1024 * 1024
LARGEST_RATIO = 1032


class Columns(Reader):
    """Reads columns, and the tail of what does not compress."""

    def __init__(self, columns, tail=b""):
        super().__init__(columns)
        self.tail = Reader(tail)

    def finish(self):
        super().finish()
        self.tail.finish()

    def number(self, limit):
        """A count of things that need not take a byte each here."""
        value = self.varint()
        require(value <= limit, "bytes.too-large")
        return value

    def uints(self, count):
        width = self.byte()
        require(width <= 8, "bytes.not-canonical")
        require(width * count <= self.left, "bytes.truncated")
        values = [0] * count
        for plane in range(width):
            for place, low in enumerate(self.raw(count)):
                values[place] |= low << 8 * plane
        return values

    def indices(self, count, size):
        values = self.uints(count)
        require(all(value < size for value in values), "bytes.inconsistent")
        return values

    def deltas(self, count, start=0):
        column = Reader(self.block(self.left))
        values, last = [], start
        for _ in range(count):
            last = wrapped(last + column.signed())
            values.append(last)
        column.finish()
        return values

    def numbers(self, count):
        """Of (coefficient, scale)."""
        tags = self.uints(count)
        require(all(tag < 9 * 2 * 256 for tag in tags), "bytes.too-large")
        magnitudes = [0] * count
        for plane in range(max((tag % 9 for tag in tags), default=0)):
            places = [place for place, tag in enumerate(tags) if tag % 9 > plane]
            for place, low in zip(places, self.raw(len(places))):
                magnitudes[place] |= low << 8 * plane
        values = []
        for tag, magnitude in zip(tags, magnitudes):
            rest = tag // 9
            negative = rest & 1
            require(magnitude <= (1 << 63) - 1 + negative, "bytes.too-large")
            values.append((-magnitude if negative else magnitude, rest >> 1))
        return values

    def strings(self, count, limit):
        mode = self.byte()
        require(mode <= 1, "bytes.unknown-kind")
        if mode == 1:
            distinct = [self.block(limit) for _ in range(self.number(count))]
            return [distinct[index] for index in self.indices(count, len(distinct))]
        lengths = self.uints(count)
        require(all(length <= limit for length in lengths), "bytes.too-large")
        require(sum(lengths) <= self.left, "bytes.truncated")
        return [self.raw(length) for length in lengths]

    def texts(self, count, limit):
        return [canonical_text(data) for data in self.strings(count, limit)]


def wrapped(value):
    """As 64 bits with sign."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


# Writing -----------------------------------------------------------------------------------------------------------


def uints(values):
    width = max((value.bit_length() + 7) // 8 for value in values) if values else 0
    planes = [bytes(value >> 8 * plane & 0xFF for value in values) for plane in range(width)]
    return bytes([width]) + b"".join(planes)


def deltas(values, start=0):
    column, last = b"", start
    for value in values:
        column += signed(wrapped(value - last))
        last = value
    return block(column)


def numbers(values):
    lengths = [(abs(coefficient).bit_length() + 7) // 8 for coefficient, _ in values]
    tags = [length + 9 * ((coefficient < 0) + 2 * scale) for length, (coefficient, scale) in zip(lengths, values)]
    planes = [
        bytes(abs(coefficient) >> 8 * plane & 0xFF
              for length, (coefficient, _) in zip(lengths, values) if length > plane)
        for plane in range(max(lengths, default=0))]
    return uints(tags) + b"".join(planes)


def strings(values):
    """In full; naming equal ones by number is for a writer that has many."""
    return b"\0" + uints([len(value) for value in values]) + b"".join(values)


# Frames ------------------------------------------------------------------------------------------------------------


def dictionary_name(dictionary):
    return sha256("phusa dictionary 1", dictionary)[:2]


def frame(columns, tail=b""):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(columns) + packer.flush()
    return block(varint(len(columns)) + varint(len(tail)) + b"\0" + packed + tail)


def expand(packed, length, dictionary):
    """Raw deflate that gives exactly `length` bytes and ends with its input."""
    require(length <= len(packed) * LARGEST_RATIO, "bytes.too-large")
    unpacker = zlib.decompressobj(-15, dictionary) if dictionary else zlib.decompressobj(-15)
    try:
        columns = unpacker.decompress(packed, length + 1)
    except zlib.error:
        raise Refused("bytes.inconsistent") from None
    whole = unpacker.eof and not unpacker.unused_data and not unpacker.unconsumed_tail
    require(whole and len(columns) == length, "bytes.inconsistent")
    return columns


def frame_contents(body, dictionaries):
    """The columns and the tail of a frame without its length; `dictionaries` by their names."""
    reader = Reader(body)
    length = reader.varint()
    require(length <= FRAME_BYTES, "bytes.too-large")
    tail_length = reader.count(PACKED_BYTES)
    mode = reader.byte()
    require(mode <= 1, "bytes.unknown-kind")
    dictionary = b""
    if mode == 1:
        dictionary = dictionaries.get(reader.raw(2))
        require(dictionary is not None, "wire.dictionary-unknown")
    require(reader.left >= tail_length, "bytes.truncated")
    packed = reader.raw(reader.left - tail_length)
    return expand(packed, length, dictionary), reader.raw(tail_length)


def take_block(data, at, limit, trailer=0):
    """The block at `at` of a message: (whole, body, trailer, next place), or None where the message ends before it."""
    length, shift, place = 0, 0, at
    while True:
        if place >= len(data):
            return None
        group = data[place]
        place += 1
        length |= (group & 0x7F) << shift
        if group < 0x80:
            require(group or shift == 0, "bytes.not-canonical")
            break
        shift += 7
        require(shift <= 28, "bytes.too-large")
    require(length <= limit, "bytes.too-large")
    end = place + length
    if end + trailer > len(data):
        return None
    return data[at:end], data[place:end], data[end:end + trailer], end + trailer
