import GRDB
package import RecordStore
import Records

/// What is worked out of many records of all units, such as how the city's tasks stand.
package enum Board: String, CaseIterable, Sendable {
    case tasks, inspections

    /// Which forms' records it is worked out of.
    private func forms(_ store: StoreTransaction) throws -> [String] {
        switch self {
        case .tasks: [TaskForm.task, TaskForm.report]
        case .inspections: try InspectionForm.parts + store.checklists().map(\.form)
        }
    }

    /// Has the store mark each unit in which one of these records changes.
    static func watch(_ store: StoreTransaction) throws {
        let wanted = try allCases.flatMap { board in try board.forms(store).map { ($0, board.rawValue) } }
        let rows = try Row.fetchAll(store.db, sql: "SELECT form, board FROM watched_form")
        let known = try rows.map { (try $0.at(0) as String, try $0.at(1) as String) }
        guard Set(wanted.map { "\($0) \($1)" }) != Set(known.map { "\($0) \($1)" }) else { return }
        try store.db.execute(sql: "DELETE FROM watched_form")
        for (form, board) in wanted {
            try store.db.execute(
                sql: "INSERT OR IGNORE INTO watched_form (form, board) VALUES (?, ?)", arguments: [form, board])
        }
        // Records of a form that is new among them count from now on.
        try store.db.execute(sql: "UPDATE board_mark SET mark = mark + 1")
        for board in allCases {
            try store.db.execute(
                sql: """
                    INSERT OR IGNORE INTO board_mark (space, board, mark)
                    SELECT DISTINCT record.space, ?1, 1 FROM record JOIN watched_form USING (form) WHERE board = ?1
                    """, arguments: [board.rawValue])
        }
    }
}

extension StoreTransaction {
    /// The spaces that have records of a board, each with a number that is another whenever any of them may have changed.
    package func marks(of board: Board) throws -> [String: Int64] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT space.name, mark FROM board_mark JOIN space ON space.id = space WHERE board = ?"),
            arguments: [board.rawValue])
        return Dictionary(try rows.map { (try $0.at(0) as String, try $0.at(1) as Int64) }) { $1 }
    }
}
