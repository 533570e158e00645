"""encoding.md, "Basics": canonical bytes, one encoding for each value."""

import hashlib
import unicodedata

MOST = (1 << 63) - 1


class Refused(Exception):
    """What a decoder or a check throws: a code of registries.md."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def require(holds, code):
    if not holds:
        raise Refused(code)


def sha256(tag, *parts):
    return hashlib.sha256(tag.encode() + b"".join(parts)).digest()


class Reader:
    """Reads from the front. Never reserves memory on the word of a count."""

    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0

    @property
    def left(self):
        return len(self.data) - self.at

    def finish(self):
        require(self.left == 0, "bytes.trailing")

    def raw(self, count):
        require(count <= self.left, "bytes.truncated")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.raw(1)[0]

    def varint(self):
        value = 0
        for shift in range(0, 64, 7):
            group = self.byte()
            require(shift < 63 or group <= 1, "bytes.too-large")
            value |= (group & 0x7F) << shift
            if group < 0x80:
                require(group or shift == 0, "bytes.not-canonical")
                return value
        raise Refused("bytes.too-large")

    def ordinal(self):
        value = self.varint()
        require(value <= MOST, "bytes.too-large")
        return value

    def signed(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def count(self, limit):
        value = self.varint()
        require(value <= limit, "bytes.too-large")
        require(value <= self.left, "bytes.truncated")
        return value

    def block(self, limit):
        return self.raw(self.count(limit))

    def text(self, limit):
        return canonical_text(self.block(limit))

    def replica(self):
        return self.raw(16)

    def hash(self):
        return self.raw(32)

    def dot(self):
        replica = self.replica()
        sequence = self.ordinal()
        require(sequence > 0, "bytes.inconsistent")
        return (replica, sequence)

    def flag(self):
        value = self.byte()
        require(value <= 1, "bytes.unknown-kind")
        return value == 1


def canonical_text(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("bytes.not-canonical") from None
    require(unicodedata.is_normalized("NFC", text), "bytes.not-canonical")
    return text


def varint(value):
    groups = bytearray()
    while value >= 0x80:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)


def signed(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def block(data):
    return varint(len(data)) + data


def text(value):
    return block(value.encode())


def dot(value):
    return value[0] + varint(value[1])


def listed(items):
    return varint(len(items)) + b"".join(items)


def ascending(reader, last, item):
    """Checks that `item` comes after `last`, where there is one."""
    require(last is None or last < item, "bytes.not-canonical")
    return item
