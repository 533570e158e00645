"""snapshots.md, "Loading": what a space rests on below the part of the hub's log that is held."""

from dataclasses import dataclass, field

from . import epochs, merge, snapshots
from .basics import Refused, require
from .changes import Base, commitment
from .keys import is_signed

DECISIONS = {snapshots.WAITS: merge.UNDECIDED, snapshots.ACCEPTED: merge.ACCEPTED, snapshots.REFUSED: merge.REFUSED}


@dataclass
class Floor:
    """A snapshot that is loading, or that was loaded."""

    manifest: snapshots.Manifest
    signed: tuple  # the manifest's bytes and the hub's signature over them
    loaded: int = 0  # chunks
    heads: dict = field(default_factory=dict)  # replica -> snapshots.Head
    receipts: dict = field(default_factory=dict)  # index of a first receipt -> replica
    elements: list = field(default_factory=list)  # of the digest
    claimed: bool = False

    @property
    def index(self):
        return self.manifest.position.index

    def reaches(self, change):
        """Whether a change is one that the hub had received at the floor."""
        head = self.heads.get(change[0])
        return head is not None and change[1] <= head.sequence


def begin(space, data, signature, hub_key):
    """With the manifest the space is filling; one for a space that is not empty is passed over."""
    require(is_signed(hub_key, "phusa snapshot 1", data, signature), "snapshot.wrong")
    try:
        manifest = snapshots.decode_manifest(data)
    except Refused:
        raise Refused("snapshot.wrong") from None
    require(manifest.space == space.name, "snapshot.wrong")
    if space.index == 0 and not space.floor and not space.declined:
        space.floor, space.epoch = Floor(manifest, (data, signature)), manifest.position.epoch
        space.floor.elements.append(manifest.settled)


def load(space, number, data, device, hub):
    """Loads the next chunk; gives the keys of the replicas whose heads it brought. Another chunk is passed over."""
    floor = space.floor
    if not space.filling or number != floor.loaded:
        return {}
    manifest = floor.manifest
    require(snapshots.chunk_hash(data) == manifest.chunks[number], "snapshot.wrong")
    try:
        chunk = snapshots.read_chunk(data, hub, floor.index, manifest.time, floor.receipts.get)
    except Refused:
        raise Refused("snapshot.wrong") from None
    for head in chunk.heads:
        is_new = head.replica not in floor.heads and head.received not in floor.receipts
        require(is_new and head.replica != device, "snapshot.wrong")
        floor.heads[head.replica] = head
        floor.receipts[head.received] = head.replica
    for left in chunk.changes:
        require(floor.reaches(left.dot) and left.dot not in space.changes, "snapshot.wrong")
        space.changes[left.dot] = change_of(left)
        floor.elements += elements_of(left, space.changes[left.dot])
    floor.loaded += 1
    if floor.loaded == len(manifest.chunks):
        claim(space)
    return {head.replica: head.public_key for head in chunk.heads}


def record_of(left):
    return ("created", left.dot) if left.header.target[0] == "creates" else left.header.target


def change_of(left):
    base = left.header.base
    if base is None:
        replica, sequence = left.dot
        base = Base(left.depends, ((replica, sequence - 1),) if sequence > 1 else ())
    change = merge.Change(left.dot, record_of(left), base, left.header.time, left.payload, left.received,
                          left.received_at, DECISIONS[left.decision], left.header.form)
    change.left = tuple(operation for operation, rest in zip(change.operations, left.rests)
                        if rest != snapshots.NOTHING)
    return change


def elements_of(left, change):
    """What a change adds to the digest as the chunk says, not as this device finds."""
    hashed = commitment(left.payload)
    if left.decision == snapshots.REFUSED:
        return [merge.refusal_element(left.dot, hashed)]
    return [merge.version_element(change.record, name, item, left.dot, hashed)
            for (name, item, _), rest in zip(change.operations, left.rests) if rest == snapshots.STANDS]


def claim(space):
    floor = space.floor
    require(merge.total(floor.elements) == floor.manifest.digest, "snapshot.wrong")
    for replica, head in floor.heads.items():
        space.heads[replica] = head.sequence
        space.links[replica, head.sequence] = head.link
    floor.claimed = True


def decline(space, own):
    """Lets go of a snapshot, loading or loaded, or wants none; keeps what was made under the names in `own` (N-17)."""
    if not space.floor and space.index > 0:
        return
    epochs.forget_told(space)
    floor = space.floor
    space.floor, space.epoch, space.declined = None, 1, True
    space.log, space.checkpoints = [], {}
    space.changes = {dot: change for dot, change in space.changes.items() if space.signer(dot[0]) in own}
    space.links = {dot: link for dot, link in space.links.items() if space.signer(dot[0]) in own}
    space.heads = {name: head for name, head in space.heads.items() if space.signer(name) in own}
    places = [change.stated[0].position.index for change in space.changes.values() if change.stated]
    if floor and any(index >= floor.index for index in places):
        epochs.keep_root(space, floor.manifest.position, False, floor.signed)
    for change in space.changes.values():
        change.received, change.received_at, change.decision = None, None, merge.UNDECIDED
