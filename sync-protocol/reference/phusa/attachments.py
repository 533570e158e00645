"""attachments.md and the messages about passwords in identity.md."""

import re

from .basics import Reader, listed, require, sha256, text, varint
from .keys import is_signed
from .messages import HEAD_BYTES, VERSION, expect

QUERY, ANSWER, PUT, TAKEN, GET, BYTES = range(12, 18)
PASSWORD = 10
MOST_BYTES = 32 * 1024 * 1024
CHUNK = 128 * 1024
MOST_CHUNKS = MOST_BYTES // CHUNK
WORD = re.compile(r"([0-9a-f]{64})\.([1-9][0-9]{0,8})\.(jpg|png|pdf)")


def decode_word(data):
    found = WORD.fullmatch(data.decode("ascii", "replace"))
    require(found and int(found[2]) <= MOST_BYTES, "field.attachment")
    return bytes.fromhex(found[1]), int(found[2]), found[3]


def encode_word(word):
    return f"{word[0].hex()}.{word[1]}.{word[2]}".encode()


def chunk_hash(chunk):
    return sha256("phusa attachment chunk 1", chunk)


def read_item(reader):
    name, size = reader.hash(), reader.varint()
    require(1 <= size <= MOST_BYTES, "bytes.too-large")
    return name, size


def check_signed(data, tag, key, hub):
    require(is_signed(key, tag, hub + data[:-64], data[-64:]), "request.forged")


def decode_query(data, key, hub):
    reader = expect(QUERY, data)
    replica = reader.raw(16)
    items = [read_item(reader) for _ in range(reader.count(256))]
    reader.raw(64)
    reader.finish()
    check_signed(data, "phusa attachment query 1", key, hub)
    return replica, items


def decode_answer(data, count):
    """For each, how many chunks of it there are; "unlisted" or "whole" in their place."""
    reader = expect(ANSWER, data)
    require(reader.count(256) == count, "bytes.inconsistent")
    standings = []
    for _ in range(count):
        number = reader.varint()
        require(number <= MOST_CHUNKS + 2, "bytes.too-large")
        standings.append(("unlisted", "whole")[number] if number < 2 else number - 2)
    reader.finish()
    return standings


def encode_answer(standings):
    numbers = [("unlisted", "whole").index(s) if isinstance(s, str) else s + 2 for s in standings]
    return bytes([ANSWER, VERSION]) + listed([varint(number) for number in numbers])


def decode_put(data, key, hub):
    reader = Reader(data)
    require(reader.left > 0 and reader.byte() == PUT, "wire.not-a-message")
    head = reader.block(HEAD_BYTES)
    reader.finish()
    require(head[:1] == bytes([VERSION]), "wire.version-unknown")
    reader = Reader(head[1:])
    replica, item, first = reader.raw(16), read_item(reader), reader.varint()
    count = -(-item[1] // CHUNK)
    require(first < count, "bytes.inconsistent")
    chunks = [reader.hash() for _ in range(count)]
    reader.raw(64)
    reader.finish()
    check_signed(head, "phusa attachment put 1", key, hub)
    return replica, item, first, chunks


def decode_get(data, key, hub):
    reader = expect(GET, data)
    replica, name, first = reader.raw(16), reader.hash(), reader.varint()
    require(first <= MOST_CHUNKS, "bytes.too-large")
    reader.raw(64)
    reader.finish()
    check_signed(data, "phusa attachment get 1", key, hub)
    return replica, name, first


def decode_password(data):
    reader = expect(PASSWORD, data)
    person, old, new = reader.text(64), reader.text(1024), reader.text(1024)
    reader.finish()
    return person, old, new


def encode_password(person, old, new):
    return bytes([PASSWORD, VERSION]) + text(person) + text(old) + text(new)
