import Causality
import Foundation
import GRDB
import Records
import SyncProtocol

/// What a lost line had received gets a receipt again. Whoever had seen it there has seen it, also where what they made then
/// was received before.
extension StoreTransaction {
    /// Reads anew what was made where the changes of a receipt had been seen already.
    func takeNote(ofComingBack replica: Int64, _ range: ClosedRange<UInt64>, in space: SpaceState) throws {
        guard try self.space(space.id).isTangled else { return }
        let onLines = try segmentsOnLostLines(in: space)
        let links = Set(try changes(of: replica, in: space.id, range).map(\.link))
        let seeing =
            try onLines.isEmpty
            ? []
            : onLines.filter { segment in
                if segment.dependency.exceptions.contains(where: { links.contains($0.value.hash) }) { return true }
                return try lostLine(to: segment.dependency.position, by: .told, in: space).received(links)
            }
        try readAnew(seeing.filter { $0.replica != replica || !$0.range.overlaps(range) }, in: space)
        try note(received: replica, range, in: space)
    }

    /// Keeps in mind what has got its receipt just now.
    private func note(received replica: Int64, _ range: ClosedRange<UInt64>, in space: SpaceState) throws {
        guard let known = lostLineSegments[space.id] else { return }
        lostLineSegments[space.id] =
            try known
            + segments(of: replica, overlapping: range, in: space).filter {
                try isLost($0.dependency.position, by: .told, in: space)
            }
    }

    /// The segments that have a receipt and were made on a line that the hub lost.
    private func segmentsOnLostLines(in space: SpaceState) throws -> [SegmentRow] {
        if let known = lostLineSegments[space.id] { return known }
        let segments = try segments(dependingAfter: 0, in: space).filter { segment in
            try isLost(segment.dependency.position, by: .told, in: space)
                && isReceived(Dot(self.replica(segment.replica), segment.range.lowerBound), in: space)
        }
        lostLineSegments[space.id] = segments
        return segments
    }
}
