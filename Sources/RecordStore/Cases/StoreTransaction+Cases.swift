import Causality
import GRDB
import Records

/// An open case of a list.
package struct OpenCase: Sendable {
    package let view: RecordView
    /// When it was first seen here, in milliseconds since 1970.
    package let since: Int64
    package let facets: CaseFacets
}

/// Which of the open cases are asked for. What is `nil` is not asked about.
package struct CaseFilter: Hashable, Sendable {
    /// The space's name.
    package var space: String?
    package var form: String?
    package var field: String?
    /// Who wrote one of the values.
    package var author: String?
    package var kind: CaseFacets.Kind?
    package var cause: CaseFacets.Cause?
    /// Open since then or before, in milliseconds since 1970.
    package var openBy: Int64?
    package var isNewestFirst = false

    package init(space: String? = nil, form: String? = nil) {
        self.space = space
        self.form = form
    }
}

/// How many of the open cases have each value of what they can be chosen by. A case counts for each of its fields and authors.
package struct CaseCounts: Sendable {
    package var all = 0
    package var spaces: [String: Int] = [:]
    package var forms: [String: Int] = [:]
    package var fields: [String: Int] = [:]
    package var authors: [String: Int] = [:]
    package var kinds: [CaseFacets.Kind: Int] = [:]
    package var causes: [CaseFacets.Cause: Int] = [:]

    package init() {}
}

extension StoreTransaction {
    /// Brings the record's open case up to date with its standing versions.
    func refreshConflict(of record: Int64) throws {
        let contested = try mayBeCase(record) ? contested(ofRow: record) : nil
        if let contested {
            let authors = contested.facets.authors.map { $0.isEmpty ? Self.nobody : $0 }
            try db.cachedStatement(
                sql: """
                    INSERT INTO conflict (record, space, form, fields, kind, cause, authors, since)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record) DO UPDATE SET
                    fields = excluded.fields, kind = excluded.kind, cause = excluded.cause, authors = excluded.authors
                    """
            ).execute(arguments: [
                record, contested.space, contested.form, contested.fields.joined(separator: " "),
                contested.facets.kind.rawValue, contested.facets.cause.rawValue, authors.joined(separator: " "),
                world.now(),
            ])
        } else {
            try db.cachedStatement(sql: "DELETE FROM conflict WHERE record = ?").execute(arguments: [record])
        }
        try flag(record, .hasCase, contested == nil ? .clear : .set)
    }

    /// Cases of a store from before it kept what they are about.
    package func completeCases() throws {
        for record in try Int64.fetchAll(db, sql: "SELECT record FROM conflict WHERE authors = ''") {
            try refreshConflict(of: record)
        }
    }

    /// What stands for an author without a name: ids of people have no such sign alone.
    private static let nobody = "-"

    package func conflicts(space: String? = nil) throws -> [(view: RecordView, since: Int64)] {
        try cases(CaseFilter(space: space), limit: 1_000_000).map { ($0.view, $0.since) }
    }

    /// Open cases, oldest first where nothing else is asked for.
    package func cases(_ filter: CaseFilter = CaseFilter(), limit: Int, offset: Int = 0) throws -> [OpenCase] {
        let (condition, arguments) = Self.condition(filter)
        let order = filter.isNewestFirst ? "since DESC, record DESC" : "since, record"
        return try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT record, since FROM conflict WHERE \(condition) ORDER BY \(order) LIMIT ? OFFSET ?"),
            arguments: arguments + [limit, offset]
        ).map { row in
            let view = try view(ofRow: row.at(0))
            let facets = CaseFacets(of: view, try? latestForm(view.form))
            return OpenCase(view: view, since: try row.at(1), facets: facets)
        }
    }

    package func caseCount(_ filter: CaseFilter) throws -> Int {
        let (condition, arguments) = Self.condition(filter)
        return try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM conflict WHERE \(condition)"), arguments: arguments) ?? 0
    }

    package func conflictCount() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM conflict")) ?? 0
    }

    private static func condition(_ filter: CaseFilter) -> (String, StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("space = (SELECT id FROM space WHERE name = ?)", filter.space)
        add("form = ?", filter.form)
        add("kind = ?", filter.kind?.rawValue)
        add("cause = ?", filter.cause?.rawValue)
        add("since <= ?", filter.openBy)
        // Whole words of what is joined by spaces; neither names of fields nor ids of people have signs of a pattern but one.
        add("instr(' ' || fields || ' ', ' ' || ? || ' ') > 0", filter.field)
        add("instr(' ' || authors || ' ', ' ' || ? || ' ') > 0", filter.author.map { $0.isEmpty ? nobody : $0 })
        return (conditions.isEmpty ? "1" : conditions.joined(separator: " AND "), arguments)
    }

    /// Another number whenever any case was opened, changed or closed.
    package func caseStamp() throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT number FROM case_stamp")) ?? 0
    }

    /// How many cases are open, by what they can be chosen by.
    /// - Parameter space: the space's name; `nil` for all.
    package func caseCounts(in space: String? = nil) throws -> CaseCounts {
        let (condition, arguments) = Self.condition(CaseFilter(space: space))
        func counts(_ column: String) throws -> [(DatabaseValue, Int)] {
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT \(column), count(*) FROM conflict WHERE \(condition) GROUP BY \(column)"),
                arguments: arguments
            ).map { (try $0.at(0), try $0.at(1)) }
        }
        func words(_ column: String) throws -> [String: Int] {
            try counts(column).reduce(into: [:]) { sums, count in
                for word in (String.fromDatabaseValue(count.0) ?? "").split(separator: " ") {
                    sums[word == Self.nobody ? "" : String(word), default: 0] += count.1
                }
            }
        }
        var found = CaseCounts()
        for (space, count) in try counts("space") {
            guard let id = Int64.fromDatabaseValue(space) else { continue }
            found.spaces[try self.space(id).name] = count
            found.all += count
        }
        for (form, count) in try counts("form") { found.forms[String.fromDatabaseValue(form) ?? ""] = count }
        found.fields = try words("fields")
        found.authors = try words("authors")
        for (kind, count) in try counts("kind") {
            if let kind = Int.fromDatabaseValue(kind).flatMap(CaseFacets.Kind.init) { found.kinds[kind] = count }
        }
        for (cause, count) in try counts("cause") {
            if let cause = Int.fromDatabaseValue(cause).flatMap(CaseFacets.Cause.init) { found.causes[cause] = count }
        }
        return found
    }
}
