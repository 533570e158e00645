"""devices.md: what a device tells of itself."""

from .attachments import check_signed
from .basics import require
from .messages import expect

REPORT = 18
MOST_COUNT, MOST_BYTES, MOST_ORDINAL = 2 ** 40, 2 ** 60, 2 ** 63 - 1


def decode_report(data, key, hub):
    """Replica, counter, version, changes and photos that wait, free bytes or None, epoch."""
    reader = expect(REPORT, data)

    def number(most):
        found = reader.varint()
        require(found <= most, "bytes.too-large")
        return found

    replica, counter = reader.raw(16), number(MOST_ORDINAL)
    version = reader.text(32)
    require(version and all("!" <= sign <= "~" for sign in version), "bytes.not-canonical")
    waiting, photos, free = number(MOST_COUNT), number(MOST_COUNT), number(MOST_BYTES + 1)
    epoch = number(MOST_ORDINAL)
    reader.raw(64)
    reader.finish()
    check_signed(data, "phusa device report 1", key, hub)
    return replica, counter, version, waiting, photos, free - 1 if free else None, epoch
