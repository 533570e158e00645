package import Hub
package import RecordStore
import Records
import Synchronization

/// A board's entries, worked out anew only for units where one of its records has changed since.
///
/// What is held is little for each record; the few that a page shows are read as they are.
package final class BoardCache<Entry: Sendable>: Sendable {
    private let board: Board
    private let load: @Sendable (_ space: String, StoreTransaction) throws -> [Entry]
    private let known = Mutex<[String: (mark: Int64, day: CalendarDate, entries: [Entry])]>([:])

    /// - Parameter load: works out the entries of a space.
    package init(_ board: Board, load: @escaping @Sendable (_ space: String, StoreTransaction) throws -> [Entry]) {
        (self.board, self.load) = (board, load)
    }

    /// The entries as the transaction sees them.
    /// - Parameter isWanted: of which spaces.
    package func entries(in store: StoreTransaction, where isWanted: (String) -> Bool) throws -> [Entry] {
        // What an entry says may depend on the day.
        let day = store.today
        return try store.marks(of: board).filter { isWanted($0.key) }.sorted { $0.key < $1.key }.flatMap {
            space, mark in
            if let current = known.withLock({ $0[space] }), current.mark == mark, current.day == day {
                return current.entries
            }
            let entries = try load(space, store)
            known.withLock { known in
                // Somebody who reads an older state at the same time does not put it in the place of a newer one.
                let other = known[space]
                if other.map({ ($0.mark, $0.day.days) < (mark, day.days) }) ?? true {
                    known[space] = (mark, day, entries)
                }
            }
            return entries
        }
    }
}
