"""forks.md: branches, what name a change goes by, where a segment goes on, and how what it says is read."""

from dataclasses import dataclass

from . import epochs
from .basics import Refused, require, sha256
from .changes import Base, origin
from .keys import replica_id


def branch_name(signer, link):
    return sha256("phusa branch 1", signer, link)[:16]


@dataclass(frozen=True)
class Branch:
    signer: bytes
    parent: bytes
    after: int


class Names:
    """The part of a space that knows names: of changes, their links, and the heads of replicas and branches."""

    def signer(self, replica):
        branch = self.branches.get(replica)
        return branch.signer if branch else replica

    def family(self, signer):
        """The replica and its branches, in the order of their entries."""
        return [signer] + [name for name, branch in self.branches.items() if branch.signer == signer]

    def holder(self, change):
        """The name of a dot that is read within what its replica is or branched from (F-1)."""
        replica, sequence = change
        while replica in self.branches and sequence <= self.branches[replica].after:
            replica = self.branches[replica].parent
        return replica

    def link_at(self, replica, sequence):
        """The chain's value there, None where it is not held."""
        if sequence == 0:
            return origin(self.name, self.signer(replica))
        return self.links.get((self.holder((replica, sequence)), sequence))

    def start(self, replica):
        return self.branches[replica].after if replica in self.branches else 0

    def head(self, replica):
        return self.heads.get(replica, self.start(replica))

    def name_of(self, sequence, link, told=False):
        """The name by which a change is held, and was received if `told`; None where it is not (F-13).

        What others call it says nothing: it may be a branch that the log here never named."""
        for holder in self.heads:
            if self.links.get((holder, sequence)) == link and (not told or self.is_received((holder, sequence))):
                return holder
        return None

    def names_for(self, replica, sequence):
        """The names by which a change may be held that others know by that one."""
        if replica in self.branches or replica in self.heads:
            return self.family(self.signer(replica))
        return [name for name, head in self.heads.items() if head >= sequence]

    def is_received(self, change, before=None):
        held = self.changes.get(change)
        if held is None or held.received is None:
            return self.is_below_floor(change)
        return before is None or held.received < before

    def expanded(self, vector):
        """With all that an entry for a branch implies (F-11)."""
        whole = dict(vector)
        for name, sequence in vector.items():
            while name in self.branches:
                branch = self.branches[name]
                if sequence <= branch.after:
                    whole[name] = 0
                name, sequence = branch.parent, min(sequence, branch.after)
                whole[name] = max(whole.get(name, 0), sequence)
        return {name: sequence for name, sequence in whole.items() if sequence}

    # Naming

    def add_branch(self, parent, after, link):
        signer = self.signer(parent)
        name = branch_name(signer, link)
        self.branches[name] = Branch(signer, parent, after)
        return name

    def move(self, old, above, new):
        """What is held of `old` above a sequence goes by another name from here on (F-14)."""
        last = self.head(old)
        for sequence in range(above + 1, last + 1):
            change = self.changes.pop((old, sequence))
            change.dot = (new, sequence)
            self.changes[change.dot] = change
            self.links[change.dot] = self.links.pop((old, sequence))
        self.heads[new] = max(self.heads.get(new, 0), last)
        if above > self.start(old):
            self.heads[old] = above
        else:
            self.heads.pop(old, None)
        self.read_anew()

    def carry_out(self, fork, keys_of):
        """A branch that the hub's log names. What is held of it by its parent's name goes by its own (F-3, F-14)."""
        require(self.signer(fork.parent) in keys_of, "wire.answer-incomplete")
        held = self.link_at(fork.parent, fork.after + 1)
        require(held == fork.link or self.link_at(fork.parent, fork.after) is not None, "wire.answer-incomplete")
        name = self.add_branch(fork.parent, fork.after, fork.link)
        if held == fork.link:
            self.move(fork.parent, fork.after, name)

    def make_way(self, segment, links, replica):
        """What came with a receipt of `replica` is what the name is for. Whether something else was held by it."""
        made_way = False
        for number, link in enumerate(links):
            sequence = segment.first + number
            if sequence <= self.head(replica):
                held = self.links[replica, sequence] if (replica, sequence) in self.links else link
                if held == link:
                    continue
                self.move(replica, sequence - 1, self.add_branch(replica, sequence - 1, held))
                made_way = True
            name = branch_name(segment.replica, link)
            if name in self.branches and self.head(name) >= sequence:
                self.move(name, sequence - 1, replica)
            break
        return made_way

    # Placing

    def checked(self, travelling, previous, replica, public_key):
        """The segment as it goes on from `previous`: whole, or the rest of one (F-9)."""
        def attempt(continues):
            segment = travelling.segment(self.name, previous, self.position_at, self.signer(replica), continues)
            before = self.changes.get((self.holder((replica, segment.first - 1)), segment.first - 1))
            if continues and before and before.stated:
                require(before.stated[0] == segment.dependency, "wire.signature-wrong")
            require(self.knows(segment.dependency.position), "segment.dependency-unknown")
            reading = Reading(self, segment.dependency, replica, told=False)
            return segment, segment.verify(public_key, reading.covers)

        try:
            return attempt(False)
        except Refused as refused:
            if refused.code != "wire.signature-wrong" or travelling.first == 1:
                raise
        return attempt(True)

    def held_places(self, travelling):
        """Where all of a segment stands that is held already; None where it is not."""
        for replica in self.family(travelling.replica):
            previous = self.link_at(replica, travelling.first - 1)
            if previous is None or self.link_at(replica, travelling.last) is None:
                continue
            for continues in (False, True):
                segment = travelling.segment(self.name, previous, self.position_at, travelling.replica, continues)
                if segment.links()[-1] == self.link_at(replica, travelling.last):
                    sequences = range(travelling.first, travelling.last + 1)
                    return [(self.holder((replica, sequence)), sequence) for sequence in sequences]
        return None

    def placed(self, travelling, public_key):
        """Where a segment of a signer goes on from what is held (F-5, F-6).

        Gives the segment, its links, the name and the sequence where what is new begins, None where nothing is, and the
        places where all of it stands."""
        signer, before, tried, failure = travelling.replica, travelling.first - 1, set(), "segment.gap"
        require(signer == replica_id(public_key), "wire.signature-wrong")
        for replica in self.family(signer):
            previous = self.link_at(replica, before)
            if not self.start(replica) <= before <= self.head(replica) or previous is None or previous in tried:
                continue
            tried.add(previous)
            try:
                segment, links = self.checked(travelling, previous, replica, public_key)
            except Refused as refused:
                if refused.code != "wire.signature-wrong":
                    raise
                failure = refused.code
                continue
            return (segment, links) + self.follow(segment, links, self.holder((replica, before)) if before else signer)
        raise Refused(failure)

    def follow(self, segment, links, holder):
        places = []
        for number, link in enumerate(links):
            sequence = segment.first + number
            if self.link_at(holder, sequence) != link:
                name = branch_name(segment.replica, link)
                if self.link_at(name, sequence) != link or name not in self.branches:
                    require(self.head(holder) == sequence - 1, "segment.fork")
                    return holder, sequence, places + [(holder, s) for s in range(sequence, segment.last + 1)]
                holder = name
            places.append((self.holder((holder, sequence)), sequence))
        return holder, None, places

    # Reading

    def read_anew(self):
        """Every change's base and record, under the names and on the line that hold now."""
        for change in self.changes.values():
            if change.stated:
                dependency, base, target = change.stated
                reading = Reading(self, dependency, change.dot[0], change.received is not None, change.received)
                change.base = reading.base(base, change.dot[1])
                change.record = reading.record(target, change.dot)


class Reading:
    """How what a segment says is read here (F-10, H-13): by the names and on the line that stood for its author."""

    def __init__(self, space, stated, replica, told, received=None):
        """`told`: by what the hub's log has told only, as everybody reads what has a receipt (H-19)."""
        self.space, self.stated, self.replica, self.told, self.received = space, stated, replica, told, received
        self.line = None if space.is_on_log(stated.position) else epochs.line_to(space, stated.position, told)
        self.names = {}
        vector = {}
        for (other, sequence), link in stated.exceptions:
            name = space.exception_name(other, sequence, link, told)
            if name is None and not self.line and space.is_below_floor((other, sequence)):
                name = other  # a branch would have kept the hub from making a snapshot
            name = name or self.name_below_floor(other, sequence)
            require(name is not None or self.line, "segment.dependency-unknown")
            if name is None:
                continue
            self.names[other] = (name, sequence)
            vector[name] = max(vector.get(name, 0), sequence)
        self.position = stated.position.index
        if self.line:
            self.position = self.line.common
            for name, sequence in self.seen(stated.position.index).items():
                vector[name] = max(vector.get(name, 0), sequence)
        self.vector = space.expanded(vector)

    def covers(self, stated):
        """Whether the dependency holds what the segment names by a dot."""
        if self.line and not self.line.connected:
            return True
        change = self.dot(stated)
        if change is None:
            return True
        if change[1] <= self.vector.get(change[0], 0) or self.space.is_below_floor(change):
            return True
        held = self.space.changes.get(change)
        return held is not None and held.received is not None and held.received <= self.position

    def seen(self, index):
        """What the lost line had received up to an index, beyond what both lines have."""
        vector = {}
        for receipt in self.line.receipts:
            name = self.receipt_name(receipt)
            if receipt.index <= index and name is not None:
                vector[name] = max(vector.get(name, 0), receipt.last)
        return self.space.expanded(vector)

    def receipt_name(self, receipt):
        if not self.line.may_name and receipt.replica not in {*self.space.branches, *self.space.heads}:
            return None
        held = self.space.name_of(receipt.last, receipt.end, self.told)
        return held or self.name_below_floor(receipt.replica, receipt.last)

    def name_below_floor(self, replica, sequence):
        """Below a floor one history cannot be told from another (N-21)."""
        if not self.told:
            return replica if self.space.is_below_floor((replica, sequence)) else None
        names = self.space.names_for(replica, sequence)
        require(not any(self.space.is_below_floor((name, sequence)) for name in names), "snapshot.too-late")
        return None

    def dot(self, stated):
        """The dot under the name that it has here; None where it is not here (F-10)."""
        replica, sequence = stated
        space = self.space
        if replica == space.signer(self.replica):
            return (space.holder((self.replica, sequence)), sequence)
        heads = {head[0]: head[1] for head, _ in self.stated.exceptions}
        if sequence <= heads.get(replica, 0):
            name = self.names[replica][0] if replica in self.names else None
            return name and (space.holder((name, sequence)), sequence)
        for receipt in self.line.receipts if self.line else ():
            if receipt.replica == replica and receipt.first <= sequence <= receipt.last:
                name = self.receipt_name(receipt)
                return name and (space.holder((name, sequence)), sequence)
        if self.line and not self.line.connected and self.told and not space.is_received(stated, self.received):
            return None
        return stated

    def base(self, own, sequence):
        """What a change's author had seen, as it is read here."""
        if own is None:
            vector = {**self.vector, self.replica: sequence - 1}
            return made_base(self.position, self.space.expanded(vector))
        position, vector = own.position, {}
        if self.line and own.position > self.line.common:
            position, vector = self.line.common, dict(self.seen(own.position))
        for name, seen in filter(None, map(self.dot, own.vector)):
            vector[name] = max(vector.get(name, 0), seen)
        return made_base(position, self.space.expanded(vector), filter(None, map(self.dot, own.dots)))

    def record(self, target, change):
        if target[0] == "creates":
            return ("created", change)
        return ("created", self.dot(target[1]) or target[1]) if target[0] == "created" else target


def made_base(position, vector, dots=()):
    entries = tuple(sorted((name, sequence) for name, sequence in vector.items() if sequence > 0))
    return Base(position, entries, tuple(sorted(set(dots))))

