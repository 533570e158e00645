"""epochs.md: lines of the hub's log that were lost, going back, and what gives them back."""

from dataclasses import dataclass

from . import floors, merge
from .basics import Reader, Refused, require
from .keys import is_signed
from .log import Lost, Receipt, Verdict, decode_entry, read_ends, read_lost


@dataclass
class LostPlace:
    """An entry that the hub lost, with its place on its line."""

    index: int
    previous: bytes  # the log's hash before it
    entry: bytes
    told: bool  # whether the hub is known to have it
    ends: bytes = None  # what the hub signed of this place
    signature: bytes = None


@dataclass(frozen=True)
class Received:
    """What a receipt on a lost line said."""

    index: int
    replica: bytes
    first: int
    last: int
    end: bytes


@dataclass(frozen=True)
class Line:
    common: int  # the last index that the log has too
    receipts: tuple


def line_to(space, position):
    """The lost line that leads to a place (H-15)."""
    receipts, end, index = [], position.hash, position.index
    while space.hash_at(index) != end:
        place = space.lost.get(end)
        if place is None or place.index != index:
            # The line leaves below what is held of the log.
            require(index <= space.below and index < position.index, "segment.dependency-unknown")
            break
        entry = readable(place.entry)
        if isinstance(entry, Receipt):
            receipts.insert(0, Received(index, entry.replica, entry.first, entry.last, entry.end))
        end, index = place.previous, index - 1
    return Line(index, tuple(receipts))


def readable(entry):
    try:
        return decode_entry(entry)
    except Refused:
        return None


def keep(space, part, told):
    """Notes lost entries, as the hub's log tells of them or as they leave the log that is held."""
    for index, previous, end, entry in part.places():
        known = space.lost.setdefault(end, LostPlace(index, previous, entry, told))
        known.told = known.told or told


def last_common(space, places):
    """The highest place of the hub's log that the log as held goes through (H-3)."""
    for index, prefix in places:
        end = space.hash_at(index)
        if end is not None and end[:8] == prefix:
            return index
    return 0


def go_back(space, places, own):
    """Whether the space has gone back (H-3 to H-5)."""
    common, before = last_common(space, places), space.index
    if space.filling or common < space.below:
        floors.decline(space, own)
    elif common < before:
        rewind(space, common)
    return space.index < before


def rewind(space, index):
    tail = space.log[index - space.below:]
    keep(space, Lost(space.position_at(index), tuple(entry.encode() for entry, _ in tail)), told=False)
    for at, (end, ends, signature) in list(space.checkpoints.items()):
        if at > index:
            space.lost[end].ends, space.lost[end].signature = ends, signature
            del space.checkpoints[at]
    for change in space.changes.values():
        if change.received is not None and change.received > index:
            change.received, change.received_at, change.decision = None, None, merge.UNDECIDED
    for entry, _ in tail:
        if isinstance(entry, Verdict) and entry.dot in space.changes:
            space.changes[entry.dot].decision = merge.UNDECIDED
        if isinstance(entry, Lost):
            for _, _, end, _ in entry.places():
                space.lost[end].told = False
    del space.log[index - space.below:]
    # What is held would be in a snapshot's way.
    space.declined = space.declined or index == 0
    space.read_anew()


def forget_what_is_not_lost(space):
    """A device may have gone back further than it had to."""
    for end, place in list(space.lost.items()):
        if not place.told and space.hash_at(place.index) == end:
            del space.lost[end]


def untold(space):
    """The places, by their hashes, that a request has to give back: those up to a signed one (H-6)."""
    found = set()
    for end in [end for end, place in space.lost.items() if place.signature]:
        while end in space.lost and end not in found:
            found.add(end)
            end = space.lost[end].previous
    return {end for end in found if not space.lost[end].told}


@dataclass(frozen=True)
class Evidence:
    part: Lost
    ends: bytes
    signature: bytes

    def proven_end(self, space, hub_key):
        """The place after the last entry, if the hub signed it (H-8)."""
        require(is_signed(hub_key, "phusa checkpoint 1", self.ends, self.signature), "wire.signature-wrong")
        try:
            signed = dict(read_ends(self.ends)).get(space)
        except Refused:
            signed = None
        index, _, end, _ = self.part.places()[-1]
        require(signed is not None and (signed.index, signed.hash) == (index, end), "wire.signature-wrong")
        return signed


def read_given_back(columns):
    """What a frame of a request gives back: certificates, and (space's number, Evidence)."""
    certificates, evidence = [], []
    if columns.left:
        certificates = [columns.block(32 * 1024) for _ in range(columns.number(4096))]
        for _ in range(columns.number(512)):
            space = columns.number(512)
            reader = Reader(columns.block(1024 * 1024))
            part = read_lost(reader)
            reader.finish()
            ends = columns.block(1024 * 1024)
            evidence.append((space, Evidence(part, ends, columns.tail.raw(64))))
        require(certificates or evidence, "bytes.not-canonical")
    return certificates, evidence
