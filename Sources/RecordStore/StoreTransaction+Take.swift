package import Causality
import Foundation
import GRDB
import Records
package import SyncProtocol

/// Taking in segments: checked, placed where they go on from what is held, merged.
extension StoreTransaction {
    /// The chain of a segment that is checked whole, also its bases against what its dependency comes to here.
    package func verified(
        _ segment: Segment, publicKey: [UInt8], as replica: ReplicaID? = nil, by knowledge: LostKnowledge = .any,
        in space: SpaceState
    ) throws -> [Hash256] {
        let stated = segment.dependency
        guard try !stated.exceptions.isEmpty || self.space(space.id).isTangled else {
            return try segment.verified(publicKey: publicKey) { dot in
                guard let received = (try? change(dot, in: space.id))??.received else {
                    // What lies below the floor and left nothing cannot be looked up; the hub did.
                    return (try? isBelowFloor(dot, in: space)) ?? false
                }
                return received <= stated.position.index
            }
        }
        let reading = try reading(stated, of: replica ?? segment.replica, by: knowledge, in: space)
        return try segment.verified(publicKey: publicKey) { stated in
            guard reading.isKnown else { return true }
            let dot: Dot
            do {
                // What the lost line had received, and came back to nobody yet, is within it.
                guard let named = try self.dot(stated, reading, in: space) else { return true }
                dot = named
            } catch {
                return false
            }
            let received = (try? change(dot, in: space.id))??.received
            return reading.dependency.covers(dot, received: received) || (try? isBelowFloor(dot, in: space)) ?? false
        }
    }

    /// The segment that travels after `previous`: whole, or the rest of one whose beginning is held.
    /// - Parameter isOffered: whether it comes without a receipt, so that the log can still say of its place that it is lost.
    private func checked(
        _ travelling: TravellingSegment, after previous: Hash256, as replica: ReplicaID, publicKey: [UInt8],
        isOffered: Bool = false, in space: SpaceState
    ) throws -> (segment: Segment, links: [Hash256]) {
        let signer = try signer(of: replica, in: space)
        func attempt(continues: Bool) throws -> (Segment, [Hash256]) {
            let segment = try travelling.segment(
                in: space.name, after: previous, signer: signer, continues: continues
            ) { try position(at: $0, in: space) }
            if continues { try checkDependency(ofRest: segment, of: replica, in: space) }
            let depends = segment.dependency.position
            guard try knows(depends, in: space) || (isOffered && mayBeRoot(depends, in: space)) else {
                throw ProtocolError(.dependencyUnknown)
            }
            return (segment, try verified(segment, publicKey: publicKey, as: replica, by: .told, in: space))
        }
        do {
            return try attempt(continues: false)
        } catch let error as ProtocolError where error.kind == .signatureWrong && travelling.first > 1 {
            do { return try attempt(continues: true) } catch {
                throw ProtocolError(.signatureWrong, ["what": "segment"])
            }
        }
    }

    /// A rest's dependency is in the chain before it, so that the signature over its end does not show it. It is that of
    /// the segment which the change before is of.
    private func checkDependency(ofRest segment: Segment, of replica: ReplicaID, in space: SpaceState) throws {
        let before = segment.first - 1
        let known = try dependency(of: Dot(holder(of: Dot(replica, before), in: space), before), in: space)
        guard known == nil || known == segment.dependency else {
            throw ProtocolError(.signatureWrong, ["what": "segment"])
        }
    }

    /// What the segment that holds a change depends on; `nil` where none is held.
    package func dependency(of dot: Dot, in space: SpaceState) throws -> Dependency? {
        let known = try Data.fetchOne(
            db.cachedStatement(
                sql: "SELECT dependency FROM segment WHERE space = ?1 AND replica = ?2 AND first <= ?3 AND last >= ?3"),
            arguments: [space.id, try requireReplica(dot.replica), Int64(dot.sequence)])
        guard let known else { return nil }
        var reader = ByteReader(Array(known))
        return try Dependency(from: &reader)
    }

    /// Where a segment that a device sent goes on from what is held.
    package struct Placement {
        /// The name that holds what is new of it.
        package let replica: ReplicaID
        /// The part that is new, and the chain after each of its changes; `nil` where all is held.
        package let rest: (segment: Segment, links: [Hash256])?
        /// What has to be noted before: a branch that was not known.
        package let fork: Fork?
        /// Where all of the segment stands once the rest is taken in.
        package let ranges: [(replica: ReplicaID, range: ClosedRange<UInt64>)]
    }

    /// Finds what of a segment is new here, and checks the whole of it.
    /// - Throws: ``ProtocolError`` for one that cannot be taken in.
    package func placement(
        of travelling: TravellingSegment, publicKey: [UInt8], in space: SpaceState
    ) throws -> Placement {
        let signer = travelling.replica
        var failure = ProtocolError(.segmentGap)
        var tried: Set<Hash256> = []
        for replica in try family(of: signer, in: space) {
            let before = travelling.first - 1
            guard try head(of: replica, in: space).sequence >= before,
                try start(of: replica, in: space).sequence <= before,
                let previous = try link(of: replica, at: before, in: space), tried.insert(previous).inserted
            else { continue }
            do {
                let (segment, links) = try checked(
                    travelling, after: previous, as: replica, publicKey: publicKey, isOffered: true, in: space)
                let holder = try holder(of: Dot(replica, before), in: space)
                return try placement(of: segment, links, from: before == 0 ? signer : holder, in: space)
            } catch let error as ProtocolError where error.kind == .signatureWrong {
                if failure.kind == .segmentGap { failure = error }
            }
        }
        throw failure
    }

    private func placement(
        of segment: Segment, _ links: [Hash256], from start: ReplicaID, in space: SpaceState
    ) throws -> Placement {
        var holder = start
        var ranges: [(replica: ReplicaID, range: ClosedRange<UInt64>)] = []
        func note(_ sequence: UInt64) {
            if let last = ranges.last, last.replica == holder {
                ranges[ranges.count - 1].range = last.range.lowerBound...sequence
            } else {
                ranges.append((holder, sequence...sequence))
            }
        }
        for (change, link) in zip(segment.changes, links) {
            let sequence = change.sequence
            let known = try self.link(of: holder, at: sequence, in: space)
            if known == link || known != nil && !Safeguard.forkByChain.isOn {
                note(sequence)
                continue
            }
            let name = ReplicaID(branchOf: segment.replica, from: link)
            if try self.space(space.id).isTangled, try branch(name) != nil,
                try self.link(of: name, at: sequence, in: space) == link
            {
                holder = name
                note(sequence)
                continue
            }
            let rest = segment.rest(from: sequence, links: links)
            let restLinks = Array(links[Int(sequence - segment.first)...])
            var fork: Fork?
            if try head(of: holder, in: space).sequence != sequence - 1 {
                fork = Fork(parent: holder, after: sequence - 1, link: link)
                holder = name
            }
            note(segment.last)
            if ranges.last?.range.lowerBound == segment.last {
                ranges[ranges.count - 1].range = sequence...segment.last
            }
            return Placement(replica: holder, rest: (rest, restLinks), fork: fork, ranges: ranges)
        }
        return Placement(replica: holder, rest: nil, fork: nil, ranges: ranges)
    }

    /// Takes in a segment, or the rest of one, that goes on exactly from the head of `replica`, with its receipt.
    package func take(
        _ segment: Segment, links: [Hash256], as replica: ReplicaID, _ receipt: Receipt, in space: SpaceState
    ) throws {
        let row = try requireReplica(replica)
        let head = try head(of: replica, in: space)
        guard segment.first == head.sequence + 1 else { throw ProtocolError(.segmentGap) }
        guard segment.previous == head.hash else { throw ProtocolError(.segmentFork) }
        let isTangled = try self.space(space.id).isTangled
        let reading =
            isTangled || !segment.dependency.exceptions.isEmpty
            ? try reading(segment.dependency, of: replica, by: .told, in: space) : nil
        let index = try appendToLog(LogEntry.receipt(receipt).bytes, in: space).index
        let waiting = Set(receipt.waiting)
        for (logged, link) in zip(segment.changes, links) {
            let decision: Decision = waiting.contains(logged.sequence) ? .undecided : .accepted
            let (change, record) = try append(
                logged, of: replica, row: row, in: space, depends: segment.dependency.position.index, link: link,
                reading, mark: ReceiptMark(index: index, time: receipt.time, decision: decision))
            try merge(change, into: record)
        }
        try setHead(Head(sequence: segment.last, hash: links[links.count - 1]), of: row, in: space.id)
        try insertSegment(segment, of: row, in: space.id)
        try takeNote(ofComingBack: row, segment.first...segment.last, in: space)
    }

    // MARK: The device's side

    /// Applies the part of the hub's log that an answer brings, with the segments its receipts are for. What another
    /// process took in since the request was made is passed over.
    /// - Parameters:
    ///   - start: the index of the entry before the part's first.
    /// - Returns: how many changes of other replicas came, and the log's place after the part's last entry.
    package func apply(_ part: LogPart, after start: UInt64, in name: String) throws -> (taken: Int, end: LogPosition) {
        let space = try space(name)
        if Safeguard.sealedFirst.isOn { try seal(in: space) }
        var taken = 0
        guard space.position.index >= start, space.fill != .filling else { throw ProtocolError(.answerIncomplete) }
        let held = min(space.position.index - start, UInt64(part.items.count))
        for item in part.items.dropFirst(Int(held)) {
            switch item {
            case .entry(let bytes):
                let entry = try decoding { () throws(DecodingFailure) in try LogEntry(bytes: bytes) }
                if case .receipt = entry { throw ProtocolError(.answerIncomplete) }
                try record(entry, in: space)
            case .received(let receipt): try record(receipt, in: space)
            case .brought(let receipt, let travelling): taken += try take(travelling, receipt, in: space)
            }
        }
        if try self.space(space.id).isTangled { try forgetWhatIsNotLost(in: space) }
        let end = start + UInt64(part.items.count)
        guard let position = try position(at: end, in: space) else { throw ProtocolError(.answerIncomplete) }
        return (taken, position)
    }

    private func record(_ receipt: LogPart.TravellingReceipt, in space: SpaceState) throws {
        guard let last = try change(Dot(receipt.replica, receipt.last), in: space.id) else {
            throw ProtocolError(.answerIncomplete)
        }
        try record(.receipt(receipt.receipt(end: last.link)), in: space)
        // Where the hub had its beginning from another copy, the log knows a segment in parts, and so does this store where it has
        // the key that signed it.
        try cutSegment(of: last.replicaRow, at: receipt.last, in: space, onlyOwn: true)
    }

    /// - Returns: how many changes are new here.
    private func take(
        _ travelling: TravellingSegment, _ receipt: LogPart.TravellingReceipt, in space: SpaceState
    ) throws -> Int {
        let replica = receipt.replica
        guard let key = try publicKey(of: replica) else { throw ProtocolError(.answerIncomplete) }
        guard try head(of: replica, in: space).sequence + 1 >= travelling.first,
            let previous = try link(of: replica, at: travelling.first - 1, in: space)
        else { throw ProtocolError(.segmentGap) }
        let (segment, links) = try checked(travelling, after: previous, as: replica, publicKey: key, in: space)
        let whole = receipt.receipt(end: links[links.count - 1])
        try makeWay(for: segment, links, as: replica, in: space)
        let head = try head(of: replica, in: space)
        // Somebody else writes under the same key.
        if head.sequence < segment.last, segment.replica == identity.replica { mustGoOnAsNew = true }
        guard head.sequence >= segment.first else {
            try take(segment, links: links, as: replica, whole, in: space)
            return segment.changes.count
        }
        let rest = head.sequence < segment.last ? segment.rest(from: head.sequence + 1, links: links) : nil
        if let rest { try store(rest, Array(links.suffix(rest.changes.count)), as: replica, in: space) }
        // What is held as a longer segment is cut where the one that came ends. Of another's that was cut, the beginning is
        // without a segment until it comes.
        try cutSegment(of: requireReplica(replica), at: segment.last, in: space)
        let isCovered = try hasSegment(of: replica, at: segment.first, in: space)
        if !isCovered { try dropSegments(within: segment, of: replica, in: space) }
        if let kept = isCovered ? rest : segment { try insertSegment(kept, of: requireReplica(replica), in: space.id) }
        try record(.receipt(whole), in: space)
        return rest?.changes.count ?? 0
    }

    /// Where another history is held under the segment's name than the one that came, that one goes by a branch's name
    /// from here on, and what came may be held under such a name.
    private func makeWay(
        for segment: Segment, _ links: [Hash256], as replica: ReplicaID, in space: SpaceState
    ) throws {
        let head = try head(of: replica, in: space)
        for (change, link) in zip(segment.changes, links) {
            if change.sequence <= head.sequence {
                guard try self.change(Dot(replica, change.sequence), in: space.id)?.link != link else { continue }
                try rename(replica, above: change.sequence - 1, in: space)
                if segment.replica == identity.replica { mustGoOnAsNew = true }
            }
            guard try self.space(space.id).isTangled else { return }
            let name = ReplicaID(branchOf: segment.replica, from: link)
            if try branch(name) != nil, try self.head(of: name, in: space).sequence >= change.sequence {
                try unname(name, into: replica, above: change.sequence - 1, in: space)
            }
            return
        }
    }

    /// A branch that the hub notes. What is held of it under its parent's name goes by its own from here on.
    func carryOut(_ fork: Fork, in space: SpaceState) throws {
        guard try publicKey(of: fork.parent) != nil else { throw ProtocolError(.answerIncomplete) }
        let signer = try branch(fork.parent)?.signer ?? fork.parent
        if try link(of: fork.parent, at: fork.after + 1, in: space) == fork.link {
            try rename(fork.parent, above: fork.after, in: space)
        } else {
            guard try link(of: fork.parent, at: fork.after, in: space) != nil else {
                let isBelow = try isBelowFloor(Dot(fork.parent, fork.after), in: space)
                throw ProtocolError(isBelow ? .floorTooHigh : .answerIncomplete, ["space": space.name])
            }
            try ensureBranch(from: fork.parent, after: fork.after, link: fork.link, in: space)
        }
        if signer == identity.replica { mustGoOnAsNew = true }
    }

    /// Stores and merges changes without a receipt.
    private func store(
        _ segment: Segment, _ links: [Hash256], as replica: ReplicaID, in space: SpaceState
    ) throws {
        let row = try requireReplica(replica)
        let reading = try reading(segment.dependency, of: replica, by: .any, in: space)
        for (logged, link) in zip(segment.changes, links) {
            let (change, record) = try append(
                logged, of: replica, row: row, in: space, depends: segment.dependency.position.index, link: link,
                reading)
            try merge(change, into: record)
        }
        try setHead(Head(sequence: segment.last, hash: links[links.count - 1]), of: row, in: space.id)
    }
}
