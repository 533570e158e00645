"""exchange.md, "The device takes the answer": what a device holds, and how it takes in uploads and answers."""

import base64
from dataclasses import dataclass, field

from . import floors, merge
from .answers import read_frame
from .basics import Refused, require
from .batches import Context, Room, read_upload
from .changes import START, Position, origin
from .columns import PACKED_BYTES, Columns, dictionary_name, frame_contents, take_block
from .keys import agree, is_equal, is_signed, replica_id
from .log import Receipt, Verdict, checkpoint_bytes, decode_certificate, decode_entry, log_link
from .messages import (FIRST_ANSWER, HEAD_BYTES, REFUSAL, SESSION_ANSWER, decode_answer_head,
                       decode_refusal, request_name)

CATALOGUE = "city/catalog"


@dataclass
class Space:
    """One space as a replica holds it: the hub's log, the replicas' logs, and the state of their changes."""

    name: str
    epoch: int = 0
    log: list = field(default_factory=list)  # of (entry or Receipt, hash after it)
    changes: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)  # dot -> the chain's value after it
    heads: dict = field(default_factory=dict)  # replica -> sequence
    floor: floors.Floor = None  # the log that is held begins behind it
    declined: bool = False  # the log is wanted, not a snapshot

    @property
    def below(self):
        """The index up to which nothing of the log is held."""
        return self.floor.index if self.floor else 0

    @property
    def index(self):
        return self.below + len(self.log)

    @property
    def filling(self):
        return self.floor is not None and not self.floor.claimed

    def position_at(self, index):
        if index == 0:
            return START
        if self.floor and index == self.below:
            return self.floor.manifest.position
        held = self.below < index <= self.index
        return Position(self.epoch, index, self.log[index - self.below - 1][1]) if held else None

    @property
    def position(self):
        return self.position_at(self.index)

    @property
    def place(self):
        """What a request says of the space."""
        position = self.position
        floor = ("declined",) if self.declined and position.index == 0 else None
        if self.floor:
            filling = ("filling", self.floor.manifest.name, self.floor.loaded)
            floor = filling if self.filling else ("claimed", self.below)
        return (position.epoch, position.index, position.hash[:8], floor)

    def digest(self):
        return merge.total([merge.digest(self.changes.values())] + ([self.floor.manifest.settled] if self.floor else []))

    def receipt_at(self, index):
        if self.floor and index <= self.below:
            return self.floor.receipts.get(index)
        entry = self.log[index - self.below - 1][0] if 0 < index <= self.index else None
        return entry.replica if isinstance(entry, Receipt) else None

    def record_of(self, change):
        held = self.changes.get(change)
        return held.record if held else None

    def link_before(self, replica, sequence):
        return origin(self.name, replica) if sequence == 1 else self.links[(replica, sequence - 1)]

    def take(self, travelling, public_key):
        """Takes in a segment that continues its replica's log, after all checks."""
        require(travelling.first == self.heads.get(travelling.replica, 0) + 1, "segment.gap")
        previous = self.link_before(travelling.replica, travelling.first)
        segment = travelling.segment(self.name, previous, self.position_at)
        depends = segment.dependency.position
        is_below = depends.index < self.below  # where the hub has looked, and this device cannot
        require(is_below or self.position_at(depends.index) == depends, "segment.dependency-unknown")

        def is_received(change):
            if self.floor and self.floor.reaches(change):
                return True
            held = self.changes.get(change)
            return held is not None and held.received is not None and held.received <= depends.index

        links = segment.verify(public_key, is_received)
        for number, ((header, payload), link) in enumerate(zip(segment.changes, links)):
            change = (segment.replica, segment.first + number)
            record = ("created", change) if header.target[0] == "creates" else header.target
            self.changes[change] = merge.Change(
                change, record, segment.base_of(number), header.time, payload, form=header.form)
            self.links[change] = link
        self.heads[segment.replica] = segment.last
        return segment

    def append(self, entry, epoch):
        """Appends an entry of the hub's log and does what it says."""
        require(not self.filling, "wire.answer-incomplete")
        index = self.index + 1
        self.log.append((entry, log_link(self.position.hash, index, entry.encode())))
        self.epoch = epoch
        if isinstance(entry, Receipt):
            self.carry_out(entry, index)
        elif isinstance(entry, Verdict):
            change = self.changes.get(entry.dot)
            require(change is not None and change.decision == merge.UNDECIDED, "wire.answer-incomplete")
            change.decision = merge.ACCEPTED if entry.accepted else merge.REFUSED
        else:
            require(entry.dot in self.changes, "wire.answer-incomplete")

    def carry_out(self, receipt, index):
        for sequence in range(receipt.first, receipt.last + 1):
            change = self.changes.get((receipt.replica, sequence))
            require(change is not None and change.received is None, "wire.answer-incomplete")
            change.received, change.received_at = index, receipt.time
            if sequence not in receipt.waiting:
                change.decision = merge.ACCEPTED


def known_spaces(device):
    """What the name of a device's knowledge is over."""
    return [(space.name, space.position, space.below) for space in device.spaces]


class Device:
    """A device of a hub: its certificate, its spaces and its session."""

    def __init__(self, identity):
        self.identity = identity
        self.hub_key = None
        self.spaces = []
        self.keys_of = {identity.replica: identity.public_key}
        self.session = None  # (number, keys, epoch, the hub's seconds at its begin)
        self.lost = False  # whether an answer said that a snapshot is gone, so that the log is to be asked for

    def join(self, hub_key, certificate_bytes):
        certificate = decode_certificate(certificate_bytes, hub_key)
        require(certificate.replica == self.identity.replica, "certificate.wrong")
        self.hub_key = hub_key
        self.keys_of[replica_id(hub_key)] = hub_key
        self.spaces = [Space(name) for name in certificate.spaces]
        return certificate

    @property
    def hub(self):
        return replica_id(self.hub_key)

    def space(self, number):
        require(number < len(self.spaces), "wire.answer-incomplete")
        return self.spaces[number]

    def dictionaries(self):
        """The preset dictionaries of the catalogue, by their names."""
        found = {}
        for space in self.spaces:
            if space.name != CATALOGUE:
                continue
            for change in space.changes.values():
                texts = {name: value[1] for name, _, value in change.operations if value[0] == "text"}
                if change.form == "@dictionary" and "bytes" in texts:
                    dictionary = base64.b64decode(texts["bytes"])
                    found[dictionary_name(dictionary)] = dictionary
        return found

    def context(self, space, known, clock):
        return Context(self.identity.replica, self.hub, clock, known, space.receipt_at, space.record_of)

    # Uploads: what the device itself wrote, as its requests tell it.

    def take_upload(self, contents, clock):
        columns, room = Columns(*contents), Room()

        def context_of(number):
            require(number < len(self.spaces), "space.forbidden")
            space = self.spaces[number]
            return self.context(space, space.index, clock)

        for _ in range(columns.number(512)):
            number, segments = read_upload(columns, context_of, room)
            for segment in segments:
                require(segment.replica == self.identity.replica, "wire.signature-wrong")
                space = self.spaces[number]
                if segment.last > space.heads.get(segment.replica, 0):
                    space.take(segment, self.identity.public_key)
                else:
                    # What was sent once is sent again as it was.
                    previous = space.link_before(segment.replica, segment.first)
                    again = segment.segment(space.name, previous, space.position_at)
                    require(again.links()[-1] == space.links[segment.replica, segment.last], "segment.fork")
        columns.finish()

    # Answers

    def take_answer(self, answer, request, clock, offer_secret=None):
        """Takes in a whole answer; gives (more, refusals by space). Throws a `Refused` with the hub's code."""
        require(answer, "wire.answer-cut")
        if answer[0] == REFUSAL:
            require(len(answer) <= HEAD_BYTES, "wire.not-a-message")
            raise Refused(decode_refusal(answer).code)
        name = request_name(request)
        if answer[0] == FIRST_ANSWER and offer_secret is not None:
            came = take_block(answer, 1, HEAD_BYTES)
            require(came, "wire.answer-cut")
            head = decode_answer_head(came[1], name, self.hub_key)
            keys = agree(offer_secret, head.offer, name)
            self.session = (head.session, keys, head.epoch, head.time // 1000)
            at = came[3]
        else:
            require(answer[0] == SESSION_ANSWER and offer_secret is None, "wire.not-a-message")
            at = 1
        return self.take_frames(answer, at, name, clock)

    def take_frames(self, answer, at, name, clock):
        _, keys, epoch, _ = self.session
        refusals, number, self.lost = {}, 0, False
        while True:
            came = take_block(answer, at, PACKED_BYTES, 16)
            require(came, "wire.answer-cut")
            whole, body, proof, at = came
            require(is_equal(proof, keys.frame_proof(whole, number, name)), "wire.answer-foreign")
            number += 1
            frame = self.take_frame(frame_contents(body, self.dictionaries()), epoch, clock, refusals)
            if frame.last:
                require(at == len(answer), "bytes.trailing")
                return frame.more or self.lost, refusals

    def take_frame(self, contents, epoch, clock, refusals):
        def context_of(number):
            space = self.space(number)
            return self.context(space, space.index, clock)

        frame = read_frame(contents, context_of)
        for data in frame.certificates:
            certificate = decode_certificate(data, self.hub_key)
            self.keys_of[certificate.replica] = certificate.public_key
        if frame.snapshot:
            self.take_snapshot(frame.snapshot)
        for number, items in frame.parts:
            for item in items:
                self.take_item(self.space(number), item, epoch)
        if frame.parts:
            ends = [(self.spaces[number].name, self.spaces[number].position) for number, _ in frame.parts]
            holds = is_signed(self.hub_key, "phusa checkpoint 1", checkpoint_bytes(ends), frame.signature)
            require(holds, "wire.chain-broken")
        for number, refusal, digest in frame.notes:
            space = self.space(number)
            if refusal == "snapshot.gone":
                floors.decline(space, self.identity.replica)
                self.lost = True
            elif refusal:
                refusals[space.name] = refusal
                if refusal == "device.revoked":
                    self.take_revocation()
            elif digest and not space.filling and not self.waiting(space) and space.digest()[:8] != digest:
                refusals[space.name] = "sync.digest-differs"
        return frame

    def take_snapshot(self, part):
        """A manifest or a chunk. With one that is wrong all that was loaded goes."""
        space = self.space(part[1])
        try:
            if part[0] == "manifest":
                floors.begin(space, part[2], part[3], self.hub_key)
            else:
                self.keys_of.update(floors.load(space, part[2], part[3], self.identity.replica, self.hub))
        except Refused:
            floors.decline(space, self.identity.replica)
            raise

    def take_revocation(self):
        """The hub has refused what it keeps the verdicts of to itself (X-19)."""
        for space in self.spaces:
            for change in space.changes.values():
                if change.dot[0] == self.identity.replica and change.decision == merge.UNDECIDED:
                    change.decision = merge.REFUSED

    def take_item(self, space, item, epoch):
        if item[0] == "entry":
            entry = decode_entry(item[1])
            require(not isinstance(entry, Receipt), "wire.answer-incomplete")
            return space.append(entry, epoch)
        receipt = item[1]
        if item[0] == "brought" and space.heads.get(receipt.replica, 0) < receipt.first:
            require(receipt.replica in self.keys_of, "wire.answer-incomplete")
            space.take(item[2], self.keys_of[receipt.replica])
        link = space.links.get((receipt.replica, receipt.last))
        require(link is not None, "wire.answer-incomplete")
        return space.append(
            Receipt(receipt.replica, receipt.first, receipt.last, receipt.time, receipt.waiting, link), epoch)

    def waiting(self, space):
        """The device's own changes without a receipt."""
        return [change for change in space.changes.values()
                if change.dot[0] == self.identity.replica and change.received is None]
