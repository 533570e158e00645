"""encoding.md, "Values". A value is a tuple of its kind and what that kind holds."""

from .basics import Reader, Refused, ascending, block, listed, require, signed, text, varint

TEXT_BYTES = 64 * 1024
ITEMS = 1000
NULL = ("null",)


def decimal(coefficient, scale):
    """The reduced decimal, or None for more digits than 18."""
    while scale > 0 and coefficient % 10 == 0:
        coefficient //= 10
        scale -= 1
    if scale > 18 or abs(coefficient) >= 10**18:
        return None
    return ("decimal", coefficient, scale)


def read(reader):
    kind = reader.byte()
    if kind == 0:
        return NULL
    if kind == 1:
        return ("integer", reader.signed())
    if kind == 2:
        return read_decimal(reader)
    if kind == 3:
        return ("text", reader.text(TEXT_BYTES))
    if kind == 4:
        days = reader.signed()
        require(-719_162 <= days <= 2_932_896, "bytes.too-large")
        return ("date", days)
    if kind == 5:
        seconds = reader.varint()
        require(seconds < 86_400, "bytes.too-large")
        return ("time", seconds)
    if kind == 6:
        return read_moment(reader)
    if kind == 7:
        return read_items(reader)
    if kind in (8, 9):
        return ("flag", kind == 9)
    require(kind >= 32, "bytes.unknown-kind")
    return ("unknown", kind, reader.block(TEXT_BYTES))


def read_decimal(reader):
    scale = reader.byte()
    value = decimal(reader.signed(), scale)
    require(value is not None, "bytes.too-large")
    require(value[2] == scale, "bytes.not-canonical")
    return value


def read_moment(reader):
    milliseconds, offset = reader.signed(), reader.signed()
    day = 86_400_000
    first, end = -62_135_596_800_000 + day, 253_402_300_800_000 - day
    require(first <= milliseconds < end and -900 <= offset <= 900, "bytes.too-large")
    return ("moment", milliseconds, offset)


def read_items(reader):
    items, last = [], None
    for _ in range(reader.count(ITEMS)):
        item = reader.text(TEXT_BYTES)
        last = ascending(reader, last, item.encode())
        items.append(item)
    return ("items", tuple(items))


def decode(data):
    reader = Reader(data)
    value = read(reader)
    reader.finish()
    return value


def encode(value):
    kind = value[0]
    if kind == "null":
        return b"\0"
    if kind == "integer":
        return b"\1" + signed(value[1])
    if kind == "decimal":
        return bytes([2, value[2]]) + signed(value[1])
    if kind == "text":
        return b"\3" + text(value[1])
    if kind == "date":
        return b"\4" + signed(value[1])
    if kind == "time":
        return b"\5" + varint(value[1])
    if kind == "moment":
        return b"\6" + signed(value[1]) + signed(value[2])
    if kind == "items":
        return b"\7" + listed([text(item) for item in value[1]])
    if kind == "flag":
        return b"\x09" if value[1] else b"\x08"
    if kind == "unknown":
        return bytes([value[1]]) + block(value[2])
    raise Refused("bytes.unknown-kind")
