import Causality
import GRDB
package import SyncProtocol

extension StoreTransaction {
    /// The latest epoch that a log held here has entries of, or `known` where that is later.
    package func latestEpoch(_ known: UInt64) throws -> UInt64 {
        let latest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(epoch) FROM space")) ?? 0
        return try max(known, latest.natural())
    }

    /// Whether going back lets go of a snapshot's floor, and with it of changes that came after it.
    package func hasMoreThanSnapshot(
        _ space: SpaceState, toGoBackTo places: [AnswerFrame.LinePlace]
    ) throws -> Bool {
        try space.fill == .none && space.position.index > space.floor && lastCommon(of: places, in: space) < space.floor
    }

    /// Goes back to the last place that the hub's log still goes through.
    /// - Parameter places: of the hub's log.
    /// - Returns: whether the space has gone back.
    package func goBack(_ name: String, to places: [AnswerFrame.LinePlace]) throws -> Bool {
        let space = try space(name)
        let common = try lastCommon(of: places, in: space)
        if space.fill == .filling || common < space.floor {
            try keepTail(after: space.floor, in: space)
            try letGoOfFloor(name)
        } else {
            try rewind(name, to: common)
        }
        return try self.space(name).position.index < space.position.index
    }
}
