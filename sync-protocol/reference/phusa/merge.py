"""merge.md: the state of a set of changes by its definition, its digest, and what is shown of it."""

from dataclasses import dataclass, field
from fractions import Fraction

from . import values
from .basics import Refused, dot, sha256, text
from .changes import Base, commitment, decode_payload

DELETED = "@deleted"
UNDECIDED, ACCEPTED, REFUSED = range(3)


@dataclass
class Change:
    """A change as merging sees it."""

    dot: tuple
    record: tuple  # ("created", dot) or ("keyed", key)
    base: Base
    time: int
    payload: bytes
    received: int = None  # the index of its receipt in the hub's log
    received_at: int = None  # the hub's time there, in milliseconds
    decision: int = UNDECIDED
    form: str = ""
    stated: tuple = None  # its segment's dependency, its own base and target as they were signed
    operations: tuple = field(init=False)
    left: tuple = field(init=False)  # the operations of which a snapshot left something; else all

    def __post_init__(self):
        try:
            self.operations = decode_payload(self.payload).operations
        except Refused:
            self.operations = ()
        self.left = self.operations

    def covers(self, other):
        return self.dot != other.dot and self.base.covers(other.dot, other.received)

    @property
    def bounded_time(self):
        if self.received_at is None:
            return self.time
        bound = max(0, self.received_at) % (1 << 48) << 16 | 0xFFFF
        return min(self.time, bound)


def standing(changes):
    """For each register (record, field, item) the versions that no undecided or accepted change covers: (change, value)."""
    writers, left = {}, {}
    for change in changes:
        if change.decision != REFUSED:
            for name, item, _ in change.operations:
                writers.setdefault((change.record, name, item), []).append(change)
            for name, item, value in change.left:
                left.setdefault((change.record, name, item), []).append((change, value))
    return {register: [(change, value) for change, value in versions
                       if not any(other.covers(change) for other in reversed(writers[register]))]
            for register, versions in left.items()}


# Digest ------------------------------------------------------------------------------------------------------------


def record_bytes(record):
    if record[0] == "keyed":
        return record[1] + bytes(8)
    return record[1][0] + record[1][1].to_bytes(8, "big")


def version_element(record, name, item, change, payload_hash):
    return sha256("phusa version 1", record_bytes(record), text(name), text(item or ""), dot(change), payload_hash)


def refusal_element(change, payload_hash):
    return sha256("phusa refusal 1", dot(change), payload_hash)


def total(elements):
    return (sum(int.from_bytes(element, "big") for element in elements) % (1 << 256)).to_bytes(32, "big")


def digest(changes):
    elements = [version_element(record, name, item, change.dot, commitment(change.payload))
                for (record, name, item), versions in standing(changes).items() for change, _ in versions]
    elements += [refusal_element(change.dot, commitment(change.payload))
                 for change in changes if change.decision == REFUSED]
    return total(elements)


# Policies ----------------------------------------------------------------------------------------------------------


def number_of(value):
    if value[0] == "integer":
        return Fraction(value[1])
    return Fraction(value[1], 10 ** value[2]) if value[0] == "decimal" else None


def order_of(a, b):
    """-1, 0 or 1, or None where the values cannot be compared."""
    x, y = number_of(a), number_of(b)
    if x is None or y is None:
        if a[0] != b[0] or a[0] not in ("date", "time", "moment"):
            return 0 if a == b else None
        x, y = a[1:], b[1:]
    return (x > y) - (x < y)


def extreme(shown, sign):
    """The greatest value for sign 1, the least for -1; None where two cannot be compared."""
    shown = [value for value in shown if value != values.NULL]
    best = shown[0]
    for value in shown[1:]:
        order = order_of(best, value)
        if order is None:
            return None
        if order * sign < 0 or order == 0 and values.encode(best) < values.encode(value):
            best = value
    return best


def furthest(shown, order):
    """The value furthest along the order; None where one is not in it."""
    ranks = {("text", name): rank for rank, name in reversed(list(enumerate(order)))}
    ranks[values.NULL] = -1
    if any(value not in ranks for value in shown):
        return None
    return max(shown, key=ranks.get)


def outcome(policy, versions, order=()):
    """What a field shows of its standing versions (dot, bounded time, value), and whether a person has to settle it."""
    if not versions:
        return values.NULL, False
    winner = max(versions, key=lambda version: (version[1], version[0]))[2]
    shown = [value for _, _, value in versions]
    if all(value == winner for value in shown):
        return winner, False
    if policy == "latest":
        return winner, False
    settled = None
    if policy in ("highest", "lowest"):
        settled = extreme(shown, 1 if policy == "highest" else -1)
    elif policy == "forward":
        settled = furthest(shown, order)
    return (winner, True) if settled is None else (settled, False)


def members(versions):
    """What a union field shows of (item, value)."""
    present = {item for item, value in versions if value == ("flag", True)}
    return ("items", tuple(sorted(present, key=str.encode))) if present else values.NULL


def shown(record, state, fields):
    """What is shown of a record: (deleted, field -> value, contested). `fields`: name -> (policy, order)."""
    by_field = {}
    for (owner, name, item), versions in state.items():
        if owner == record:
            by_field.setdefault(name, []).extend((item, change, value) for change, value in versions)
    result, contested, deleted = {}, [], False
    for name, versions in by_field.items():
        if not versions:
            continue
        policy, order = fields.get(name, ("ask", ()))
        facts = [(change.dot, change.bounded_time, value) for _, change, value in versions]
        if name == DELETED:
            value, differs = outcome("ask", facts)
            deleted = value == ("flag", True)
            if differs or is_deletion_contested(versions, by_field):
                contested.append(name)
        elif policy == "union" or any(item is not None for item, _, _ in versions):
            result[name] = members([(item, value) for item, _, value in versions])
        else:
            result[name], differs = outcome(policy, facts, order)
            if differs:
                contested.append(name)
    if DELETED in contested:
        deleted = False
    return deleted, result, sorted(contested, key=str.encode)


def is_deletion_contested(deletions, by_field):
    """Whether a standing deletion and a standing version of another field were made without sight of each other."""
    others = [change for name, versions in by_field.items() if name != DELETED for _, change, _ in versions]
    return any(value == ("flag", True) and any(
        other.dot != change.dot and not change.covers(other) and not other.covers(change) for other in others)
        for _, change, value in deletions)
