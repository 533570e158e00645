import Causality
import Records
import SyncProtocol

/// How what a segment says is read here: its author knew replicas by the names, and the hub's log by the line, that stood
/// where the segment depends on them.
struct SegmentReading {
    /// Nothing goes by another name.
    let isPlain: Bool
    /// What the segment's dependency comes to, under the names here.
    let dependency: Base
    fileprivate let replica: ReplicaID
    fileprivate let signer: ReplicaID
    fileprivate let stated: Dependency
    fileprivate let exceptions: [ReplicaID: ReplicaID]
    fileprivate let line: LostLine?
    fileprivate let knowledge: LostKnowledge
    /// The index of the segment's receipt; `nil` before it has one.
    fileprivate let received: UInt64?

    /// Whether it can be told what the segment's author had seen: not where nobody has shown how its line leaves the log.
    var isKnown: Bool { line?.isConnected ?? true }
}

extension StoreTransaction {
    /// - Parameters:
    ///   - replica: the name under which the segment's changes are held here.
    ///   - knowledge: of lost lines; what has a receipt is read by what the log has told, as everybody reads it.
    ///   - received: the index of the segment's receipt, where it has one already.
    func reading(
        _ stated: Dependency, of replica: ReplicaID, by knowledge: LostKnowledge, received: UInt64? = nil,
        in space: SpaceState
    ) throws -> SegmentReading {
        let signer = try signer(of: replica, in: space)
        let isOnLog = try isOnLog(stated.position, in: space)
        let line = isOnLog ? nil : try lostLine(to: stated.position, by: knowledge, in: space)
        var exceptions: [ReplicaID: ReplicaID] = [:]
        var vector = VersionVector()
        for (other, head) in stated.exceptions {
            guard let name = try name(ofException: other, head, onLog: line == nil, by: knowledge, in: space) else {
                // What was on the lost line besides, and came back to nobody yet, is read as not seen.
                if line != nil { continue }
                throw ProtocolError(.dependencyUnknown)
            }
            exceptions[other] = name
            vector[name] = max(vector[name], head.sequence)
        }
        var dependency = Base(position: line?.common ?? stated.position.index, vector: vector)
        if let line {
            for (name, sequence) in try seen(on: line, upTo: stated.position.index, by: knowledge, in: space).entries {
                dependency.vector[name] = max(dependency.vector[name], sequence)
            }
        }
        dependency.vector = try expanded(dependency.vector, in: space)
        return SegmentReading(
            isPlain: isOnLog && stated.exceptions.isEmpty && signer == replica, dependency: dependency,
            replica: replica,
            signer: signer, stated: stated, exceptions: exceptions, line: line, knowledge: knowledge,
            received: received)
    }

    /// The name here of what the author of a segment held without receipt; `nil` where it is not here.
    private func name(
        ofException replica: ReplicaID, _ head: Head, onLog isOnLog: Bool, by knowledge: LostKnowledge,
        in space: SpaceState
    ) throws -> ReplicaID? {
        let held = try name(of: replica, at: head.sequence, link: head.hash, by: knowledge, in: space)
        if let held { return held }
        let dot = Dot(replica, head.sequence)
        // What lies below the floor the hub had under this name: a branch would have kept the hub from making a snapshot.
        if try isOnLog && isBelowFloor(dot, in: space) { return replica }
        return try nameBelowFloor(dot, by: knowledge, in: space)
    }

    /// Whether a place that is depended on is of the log as it is held, or of what lies below its floor, which cannot be
    /// looked up.
    func isOnLog(_ position: LogPosition, in space: SpaceState) throws -> Bool {
        if try holds(position, in: space) { return true }
        let state = try self.space(space.id)
        // Of a snapshot that was let go of, the log may not have come so far again.
        let isBeyond = state.fill == .declined && position.index > state.position.index
        return try (position.index < state.floor || isBeyond) && !isLost(position, in: space)
    }

    /// The base of a change as it is read here; `nil` where it is as it is stated.
    func readBase(_ own: Base?, at sequence: UInt64, _ reading: SegmentReading, in space: SpaceState) throws -> Base? {
        guard !reading.isPlain else { return nil }
        guard let own else {
            var base = reading.dependency
            base.vector[reading.replica] = sequence - 1
            base.vector = try expanded(base.vector, in: space)
            return base
        }
        var base = Base(position: own.position)
        if let line = reading.line, own.position > line.common {
            base.position = line.common
            base.vector = try seen(on: line, upTo: own.position, by: reading.knowledge, in: space)
        }
        for entry in own.vector.entries {
            guard let named = try dot(Dot(entry.replica, entry.sequence), reading, in: space) else { continue }
            base.vector[named.replica] = max(base.vector[named.replica], entry.sequence)
        }
        base.vector = try expanded(base.vector, in: space)
        for dot in own.dots {
            if let named = try self.dot(dot, reading, in: space) { base.insert(named) }
        }
        return base
    }

    /// A dot that a segment names, under the name that its change has here; `nil` where that is not here, and another history
    /// may come by the name that it had.
    func dot(_ dot: Dot, _ reading: SegmentReading, in space: SpaceState) throws -> Dot? {
        guard !reading.isPlain else { return dot }
        if dot.replica == reading.signer {
            return Dot(try holder(of: Dot(reading.replica, dot.sequence), in: space), dot.sequence)
        }
        var name: ReplicaID?
        if let head = reading.stated.exceptions[dot.replica], dot.sequence <= head.sequence {
            name = reading.exceptions[dot.replica]
        } else if let line = reading.line, let receipt = line.receipt(of: dot) {
            name = try self.name(of: receipt, on: line, by: reading.knowledge, in: space)
        } else if reading.isKnown || reading.knowledge == .any {
            return dot
        } else {
            // Nothing shows that it had been seen. What had its receipt before is at least not what comes later.
            return try isReceived(dot, before: reading.received, in: space) ? dot : nil
        }
        return try name.map { Dot(try holder(of: Dot($0, dot.sequence), in: space), dot.sequence) }
    }
}
