package import Causality
package import Records

/// The hash chain of one replica's log in one space.
package enum Chain {
    /// The chain's value before the first change.
    package static func origin(space: String, replica: ReplicaID) -> Hash256 {
        var writer = ByteWriter()
        writer.text(space)
        writer.replica(replica)
        return .of(tag: "phusa chain 1", writer.bytes)
    }

    /// The chain's value after a change.
    /// - Parameter dependency: what the segment builds on, where the change is the segment's first; so that two segments
    ///   with equal changes and different dependencies never have one head.
    package static func link(
        after previous: Hash256, dependency: Dependency?, header: ChangeHeader, commitment: Hash256
    ) -> Hash256 {
        link(after: previous, dependency: dependency, header: header.canonicalBytes, commitment: commitment)
    }

    fileprivate static func link(
        after previous: Hash256, dependency: Dependency?, header: [UInt8], commitment: Hash256
    ) -> Hash256 {
        var writer = ByteWriter()
        writer.hash(previous)
        writer.byte(dependency == nil ? 0 : 1)
        dependency?.write(to: &writer)
        writer.block(header)
        writer.hash(commitment)
        return .of(tag: "phusa link 1", writer.bytes)
    }

    /// What a segment's signature is over.
    package static func signedBytes(space: String, replica: ReplicaID, head: Head) -> [UInt8] {
        var writer = ByteWriter()
        writer.text(space)
        writer.replica(replica)
        writer.varint(head.sequence)
        writer.hash(head.hash)
        return writer.bytes
    }

    package static let segmentTag = "phusa segment 1"
}

extension Segment {
    /// The chain's value after each change.
    package func links() -> [Hash256] { measured().links }

    /// The chain's value after each change, and the length of the canonical form.
    private func measured() -> (links: [Hash256], byteCount: Int) {
        var links: [Hash256] = []
        links.reserveCapacity(changes.count)
        var byteCount = beginning.count + Signature.byteCount
        var value = previous
        for change in changes {
            let header = change.header.canonicalBytes
            byteCount += ByteWriter.blockCount(of: header) + ByteWriter.blockCount(of: change.payload)
            value = Chain.link(
                after: value, dependency: links.isEmpty && !continues ? dependency : nil, header: header,
                commitment: Payload.commitment(of: change.payload))
            links.append(value)
        }
        return (links, byteCount)
    }

    /// Checks the signature over the segment's own end and the bases against what the segment may build on.
    /// - Parameter isReceived: whether the dependency holds another replica's change, by the log or as an exception.
    /// - Returns: the chain's value after each change.
    package func verified(
        publicKey: [UInt8], isReceived: (Dot) -> Bool = { _ in false }
    ) throws(ProtocolError) -> [Hash256] {
        guard replica == ReplicaID(publicKey: publicKey) else {
            throw ProtocolError(.signatureWrong, ["what": "segment"])
        }
        if first == 1, !continues, previous != Chain.origin(space: space, replica: replica) {
            throw ProtocolError(.chainBroken)
        }
        let (links, byteCount) = measured()
        guard byteCount <= ProtocolLimits.segmentBytes else { throw ProtocolError(.segmentTooLarge) }
        let head = Head(sequence: last, hash: links[links.count - 1])
        guard
            Signature.isValid(
                signature, tag: Chain.segmentTag,
                Chain.signedBytes(space: space, replica: replica, head: head), publicKey: publicKey)
        else { throw ProtocolError(.signatureWrong, ["what": "segment"]) }
        for change in changes { try checkBase(of: change, isReceived) }
        return links
    }

    /// A change's own base lies within the segment's dependency and the replica's own earlier changes.
    private func checkBase(of change: LoggedChange, _ isReceived: (Dot) -> Bool) throws(ProtocolError) {
        guard let base = change.header.base else { return }
        let holds =
            base.position <= dependency.position.index
            && base.vector.entries.allSatisfy { isWithin(Dot($0.replica, $0.sequence), change) }
            && base.dots.allSatisfy { isWithin($0, change) || ($0.replica != replica && isReceived($0)) }
        guard holds else { throw ProtocolError(.baseBeyond, ["sequence": String(change.sequence)]) }
    }

    private func isWithin(_ dot: Dot, _ change: LoggedChange) -> Bool {
        dot.replica == replica
            ? dot.sequence < change.sequence : dot.sequence <= dependency.exceptions[dot.replica]?.sequence ?? 0
    }
}

extension ByteWriter {
    package mutating func position(_ value: LogPosition) {
        varint(value.epoch)
        varint(value.index)
        hash(value.hash)
    }
}

extension ByteReader {
    package mutating func position() throws(DecodingFailure) -> LogPosition {
        let epoch = try ordinal()
        return LogPosition(epoch: epoch, index: try ordinal(), hash: try hash())
    }
}
