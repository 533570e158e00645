"""exchange.md, "The device takes the answer": what a device holds, and how it takes in uploads and answers."""

import base64
from dataclasses import dataclass, field

from . import epochs, floors, merge
from .answers import read_frame
from .basics import Refused, require
from .batches import Context, Room, read_upload
from .changes import START, Position
from .columns import PACKED_BYTES, Columns, dictionary_name, frame_contents, take_block
from .forks import Names, Reading
from .keys import agree, is_equal, is_signed, replica_id
from .log import Epoch, Fork, Lost, Receipt, Seal, Verdict, checkpoint_bytes, decode_certificate, decode_entry, log_link
from .messages import (FIRST_ANSWER, HEAD_BYTES, REFUSAL, SESSION_ANSWER, decode_answer_head,
                       decode_refusal, request_name)

CATALOGUE = "city/catalog"


@dataclass
class Space(Names):
    """One space as a replica holds it: the hub's log, the replicas' logs, and the state of their changes."""

    name: str
    epoch: int = 1  # of the log's end, below what is held of it
    log: list = field(default_factory=list)  # of (entry, hash after it)
    changes: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)  # dot -> the chain's value after it
    heads: dict = field(default_factory=dict)  # replica -> sequence
    floor: floors.Floor = None  # the log that is held begins behind it
    declined: bool = False  # the log is wanted, not a snapshot
    branches: dict = field(default_factory=dict)  # name -> Branch
    lost: dict = field(default_factory=dict)  # hash of the log -> epochs.LostPlace
    roots: dict = field(default_factory=dict)  # hash of the log -> epochs.Root
    checkpoints: dict = field(default_factory=dict)  # index -> (hash, what was signed, signature)

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

    def hash_at(self, index):
        if index == 0:
            return START.hash
        if self.floor and index == self.below:
            return self.floor.manifest.position.hash
        return self.log[index - self.below - 1][1] if self.below < index <= self.index else None

    def epoch_at(self, index):
        numbers = [entry.number for entry, _ in self.log[:index - self.below] if isinstance(entry, Epoch)]
        return numbers[-1] if numbers else self.epoch

    def position_at(self, index):
        end = self.hash_at(index)
        return START if index == 0 else end and Position(self.epoch_at(index), index, end)

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

    # What a segment may depend on.

    def is_on_log(self, position):
        """On the log as held, or below its floor, where the hub has looked and this device cannot."""
        is_below = position.index < self.below and not self.is_lost(position)
        return is_below or self.position_at(position.index) == position

    def is_lost(self, position):
        return position.hash in self.lost or position.hash in self.roots

    def knows(self, position):
        return self.is_on_log(position) or self.is_lost(position)

    def exception_name(self, replica, sequence, link, told):
        return self.name_of(sequence, link, told)

    def is_below_floor(self, change):
        return self.floor is not None and self.floor.reaches(change)

    # Taking in

    def take(self, travelling, public_key):
        """Takes in what is new of a segment of a signer; gives it, and the places where all of it stands."""
        segment, links, replica, first, places = self.placed(travelling, public_key)
        if first is not None:
            self.store(segment, links, replica, first)
        return segment, places

    def store(self, segment, links, replica, first):
        """Stores the changes of a segment from a sequence on, by the name of `replica`."""
        reading = Reading(self, segment.dependency, replica, told=False)
        for number, ((header, payload), link) in enumerate(zip(segment.changes, links)):
            dot = (replica, segment.first + number)
            if dot[1] < first:
                continue
            self.changes[dot] = merge.Change(
                dot, reading.record(header.target, dot), reading.base(header.base, dot[1]), header.time, payload,
                form=header.form, stated=(segment.dependency, header.base, header.target))
            self.links[dot] = link
        self.heads[replica] = segment.last

    def take_brought(self, receipt, travelling, public_key, own):
        """Takes in what came with a receipt; gives whether another writes under this device's own key (F-14 to F-16)."""
        replica = receipt.replica
        previous = self.link_at(replica, travelling.first - 1)
        require(self.head(replica) + 1 >= travelling.first and previous is not None, "segment.gap")
        segment, links = self.checked(travelling, previous, replica, public_key)
        made_way = self.make_way(segment, links, replica)
        is_new = self.head(replica) < segment.last
        if is_new:
            self.store(segment, links, replica, self.head(replica) + 1)
        return segment.replica == own and (is_new or made_way)

    def append(self, entry, keys_of):
        """Appends an entry of the hub's log and does what it says."""
        require(not self.filling, "wire.answer-incomplete")
        index = self.index + 1
        self.log.append((entry, log_link(self.position.hash, index, entry.encode())))
        if isinstance(entry, Receipt):
            self.receive(entry, index)
        elif isinstance(entry, Fork):
            self.carry_out(entry, keys_of)
        elif isinstance(entry, Lost):
            epochs.keep(self, entry, told=True)
        elif isinstance(entry, Verdict):
            change = self.changes.get(entry.dot)
            require(change is not None and change.decision == merge.UNDECIDED, "wire.answer-incomplete")
            change.decision = merge.ACCEPTED if entry.accepted else merge.REFUSED
        elif not isinstance(entry, (Seal, Epoch)):
            require(entry.dot in self.changes, "wire.answer-incomplete")

    def receive(self, receipt, index):
        for sequence in range(receipt.first, receipt.last + 1):
            change = self.changes.get((receipt.replica, sequence))
            require(change is not None and change.received is None, "wire.answer-incomplete")
            change.received, change.received_at = index, receipt.time
            if sequence not in receipt.waiting:
                change.decision = merge.ACCEPTED

    def bring_up_to_date(self):
        """After what may have changed names, lines or what is held of either."""
        epochs.forget_what_is_not_lost(self)
        if self.branches or self.lost or self.roots:
            self.read_anew()


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
        self.asks_again = False  # whether an answer said that a snapshot is gone, or where the hub's log goes instead
        self.goes_on = False  # whether it was found that another writes under the same key
        self.counters = {}  # the greatest that was used, of requests that begin sessions and of each session
        self.former = []  # the replicas that it was before
        self.steps = []  # from the certified key to the one that writes now
        self.certificate = None  # its bytes
        self.offered = set()  # of (space's number, dot): what the latest request brought
        self.given_back = []  # of (space's number, Evidence): what else it brought
        self.bare = []  # of (space's number, Receipt): what came without its segment

    def join(self, hub_key, certificate_bytes):
        certificate = decode_certificate(certificate_bytes, hub_key)
        require(certificate.replica == self.identity.replica, "certificate.wrong")
        self.hub_key, self.certificate = hub_key, certificate_bytes
        self.keys_of[replica_id(hub_key)] = hub_key
        self.spaces = [Space(name) for name in certificate.spaces]
        return certificate

    def go_on(self, identity, step):
        """Goes on under a new key (I-7)."""
        self.former.append(self.identity.replica)
        self.steps.append(step)
        self.identity, self.goes_on = identity, False
        self.keys_of[identity.replica] = identity.public_key

    def succeeded(self, certificate_bytes):
        """The hub has certified the key that writes now (I-10)."""
        certificate = decode_certificate(certificate_bytes, self.hub_key)
        require(certificate.replica == self.identity.replica, "certificate.wrong")
        self.certificate, self.steps, self.session = certificate_bytes, [], None

    @property
    def hub(self):
        return replica_id(self.hub_key)

    @property
    def own(self):
        """Who has made what was made here."""
        return {self.identity.replica, *self.former}

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

        uploads = [read_upload(columns, context_of, room) for _ in range(columns.number(512))]
        certificates, evidence = epochs.read_given_back(columns)
        columns.finish()
        self.learn(certificates)
        for number, piece in evidence:
            require(number < len(self.spaces), "space.forbidden")
            piece.proven_end(self.spaces[number].name, self.hub_key)
        self.given_back += evidence
        for number, segments in uploads:
            for segment in segments:
                require(segment.replica in self.keys_of, "wire.signature-wrong")
                space = self.spaces[number]
                # What was sent once is sent again as it was.
                places = space.held_places(segment) or space.take(segment, self.keys_of[segment.replica])[1]
                self.offered |= {(number, place) for place in places}

    def learn(self, certificates):
        for data in certificates:
            certificate = decode_certificate(data, self.hub_key)
            self.keys_of[certificate.replica] = certificate.public_key

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
        keys = self.session[1]
        refusals, number, self.asks_again, self.bare = {}, 0, False, []
        while True:
            came = take_block(answer, at, PACKED_BYTES, 16)
            require(came, "wire.answer-cut")
            whole, body, proof, at = came
            require(is_equal(proof, keys.frame_proof(whole, number, name)), "wire.answer-foreign")
            number += 1
            frame = self.take_frame(frame_contents(body, self.dictionaries()), clock, refusals)
            if frame.last:
                require(at == len(answer), "bytes.trailing")
                return frame.more or self.asks_again, refusals

    def take_frame(self, contents, clock, refusals):
        def context_of(number):
            space = self.space(number)
            return self.context(space, space.index, clock)

        frame = read_frame(contents, context_of)
        self.learn(frame.certificates)
        if frame.snapshot:
            self.take_snapshot(frame.snapshot)
        for number, items in frame.parts:
            for item in items:
                self.take_item(number, item)
            self.spaces[number].bring_up_to_date()
        if frame.parts:
            self.keep_checkpoint([self.spaces[number] for number, _ in frame.parts], frame.signature)
        gone = {number for number, places in frame.lines
                if epochs.go_back(self.space(number), places, self.own)}
        self.asks_again = self.asks_again or bool(gone)
        for number, refusal, digest in frame.notes:
            if number not in gone:
                self.take_note(self.space(number), refusal, digest, refusals)
        return frame

    def keep_checkpoint(self, spaces, signature):
        ends = checkpoint_bytes([(space.name, space.position) for space in spaces])
        require(is_signed(self.hub_key, "phusa checkpoint 1", ends, signature), "wire.chain-broken")
        for space in spaces:
            space.checkpoints[space.index] = (space.position.hash, ends, signature)

    def take_note(self, space, refusal, digest, refusals):
        if refusal == "snapshot.gone":
            floors.decline(space, self.own)
            self.asks_again = True
        elif refusal:
            refusals[space.name] = refusal
            if refusal == "device.revoked":
                self.take_revocation()
        elif digest and not space.filling and not self.waiting(space) and space.digest()[:8] != digest:
            refusals[space.name] = "sync.digest-differs"

    def take_snapshot(self, part):
        """A manifest or a chunk. With one that is wrong all that was loaded goes."""
        space = self.space(part[1])
        try:
            if part[0] == "manifest":
                floors.begin(space, part[2], part[3], self.hub_key)
            else:
                self.keys_of.update(floors.load(space, part[2], part[3], self.identity.replica, self.hub))
        except Refused:
            floors.decline(space, self.own)
            raise

    def take_revocation(self):
        """The hub has refused what it keeps the verdicts of to itself (X-19)."""
        for space in self.spaces:
            for change in space.changes.values():
                if space.signer(change.dot[0]) in self.own and change.decision == merge.UNDECIDED:
                    change.decision = merge.REFUSED

    def take_item(self, number, item):
        space, own = self.space(number), self.identity.replica
        if item[0] == "entry":
            entry = decode_entry(item[1])
            require(not isinstance(entry, Receipt), "wire.answer-incomplete")
            space.append(entry, self.keys_of)
            # Its own key has two histories (F-16).
            self.goes_on = self.goes_on or isinstance(entry, Fork) and space.signer(entry.parent) == own
            return
        receipt = item[1]
        if item[0] == "brought":
            signer = space.signer(receipt.replica)
            require(signer in self.keys_of, "wire.answer-incomplete")
            another_writes = space.take_brought(receipt, item[2], self.keys_of[signer], own)
            self.goes_on = self.goes_on or another_writes
        else:
            self.bare.append((number, receipt))
        link = space.links.get((receipt.replica, receipt.last))
        require(link is not None, "wire.answer-incomplete")
        space.append(
            Receipt(receipt.replica, receipt.first, receipt.last, receipt.time, receipt.waiting, link), self.keys_of)

    def waiting(self, space):
        """The changes without a receipt: the device's own, and what it gives back."""
        return [change for change in space.changes.values() if change.received is None]
