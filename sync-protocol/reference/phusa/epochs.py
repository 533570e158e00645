"""epochs.md: lines of the hub's log that were lost, going back, and what gives them back."""

from dataclasses import dataclass

from . import floors, merge
from .basics import Reader, Refused, require
from .keys import is_signed
from .log import Fork, Lost, Receipt, Verdict, decode_entry, read_ends, read_lost
from .snapshots import decode_manifest


@dataclass
class LostPlace:
    """An entry that the hub lost, with its place on its line."""

    index: int
    previous: bytes  # the log's hash before it
    entry: bytes
    told: bool  # whether the hub is known to have it
    ends: bytes = None  # what the hub signed of this place
    signature: bytes = None


@dataclass
class Root:
    """A place on a lost line of which nobody had shown how it comes there (H-17)."""

    position: object
    told: bool
    signed: tuple = None  # the manifest of the snapshot whose place it is, and the hub's signature


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
    common: int  # the last index that the log has too; 0 where it is not known how the line leaves the log
    receipts: tuple
    connected: bool  # whether that is known
    may_name: bool  # whether names of branches may have been given on it


def line_to(space, position, told):
    """The lost line that leads to a place, as far back as it is known (H-18)."""
    receipts, end, index, connected, forks = [], position.hash, position.index, True, False
    while space.hash_at(index) != end:
        place = space.lost.get(end)
        if place is None or place.index != index or told and not place.told:
            # The line may leave below what is held of the log.
            connected = index <= space.below and index < position.index and end not in space.roots
            break
        entry = readable(place.entry)
        if isinstance(entry, Receipt):
            receipts.insert(0, Received(index, entry.replica, entry.first, entry.last, entry.end))
        forks = forks or isinstance(entry, Fork)
        end, index = place.previous, index - 1
    return Line(index if connected else 0, tuple(receipts), connected, forks or not connected)


def readable(entry):
    try:
        return decode_entry(entry)
    except Refused:
        return None


def keep(space, part, told):
    """Notes lost entries, as the hub's log tells of them or as they leave the log that is held."""
    if not part.entries:
        keep_root(space, part.start, told)
    for index, previous, end, entry in part.places():
        known = space.lost.setdefault(end, LostPlace(index, previous, entry, told))
        known.told = known.told or told


def forget_told(space):
    """The log is taken from its beginning, and tells anew what it has lost."""
    for known in [*space.lost.values(), *space.roots.values()]:
        known.told = False


def keep_root(space, position, told, signed=None):
    root = space.roots.setdefault(position.hash, Root(position, told))
    root.told, root.signed = root.told or told, root.signed or signed


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
        if not space.filling:
            keep_tail(space, space.below)
        floors.decline(space, own)
    elif common < before:
        rewind(space, common)
    return space.index < before


def keep_tail(space, index):
    """Keeps what follows an index as lost, with what the hub signed of it."""
    tail = space.log[index - space.below:]
    if tail:
        keep(space, Lost(space.position_at(index), tuple(entry.encode() for entry, _ in tail)), told=False)
    for at, (end, ends, signature) in list(space.checkpoints.items()):
        if at > index:
            space.lost[end].ends, space.lost[end].signature = ends, signature
            del space.checkpoints[at]
    return tail


def rewind(space, index):
    tail = keep_tail(space, index)
    for change in space.changes.values():
        if change.received is not None and change.received > index:
            change.received, change.received_at, change.decision = None, None, merge.UNDECIDED
    for entry, _ in tail:
        if isinstance(entry, Verdict) and entry.dot in space.changes:
            space.changes[entry.dot].decision = merge.UNDECIDED
        if isinstance(entry, Lost) and entry.start.hash in space.roots and not entry.entries:
            space.roots[entry.start.hash].told = False
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
    for end, root in list(space.roots.items()):
        if not root.told and space.hash_at(root.position.index) == end:
            del space.roots[end]


def untold_roots(space):
    """The places without a way to them, by their hashes, that a request has to show."""
    shown = {end for end, place in space.lost.items() if place.told}
    return {end for end, root in space.roots.items() if root.signed and not root.told and end not in shown}


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
        if not self.part.entries:
            return self.proven_root(space, hub_key)
        require(is_signed(hub_key, "phusa checkpoint 1", self.ends, self.signature), "wire.signature-wrong")
        try:
            signed = dict(read_ends(self.ends)).get(space)
        except Refused:
            signed = None
        index, _, end, _ = self.part.places()[-1]
        require(signed is not None and (signed.index, signed.hash) == (index, end), "wire.signature-wrong")
        return signed

    def proven_root(self, space, hub_key):
        """The part's start, if it is the place of a snapshot that the hub signed."""
        require(is_signed(hub_key, "phusa snapshot 1", self.ends, self.signature), "wire.signature-wrong")
        try:
            manifest = decode_manifest(self.ends)
        except Refused:
            raise Refused("wire.signature-wrong") from None
        require((manifest.space, manifest.position) == (space, self.part.start), "wire.signature-wrong")
        return manifest.position


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
