import Synchronization

/// Who is signed in, by browser. Kept in memory: a restart of the program signs everybody out.
package final class Sessions: Sendable {
    package struct Session: Sendable {
        package let person: String
        /// What every form of the session sends back.
        package let token: String
        /// What stood when it was opened, by which its site knows whether it still counts.
        package fileprivate(set) var mark: String
        let opened: Int64
        var used: Int64
    }

    package static let lifeMilliseconds: Int64 = 12 * 3_600_000
    package static let idleMilliseconds: Int64 = 2 * 3_600_000
    /// So long it is known whose a session was that went unused: a form left open over a weekend.
    package static let memoryMilliseconds: Int64 = 7 * 86_400_000
    /// At once; the one that was unused longest gives way.
    package static let limit = 10_000
    package static let limitPerPerson = 50

    private let sessions = Mutex<[String: Session]>([:])

    package init() {}

    /// Opens a session under a new id, so that an id which somebody planted before is worth nothing.
    package func open(person: String, mark: String = "", now: Int64) -> String {
        let id = FormToken.make() + FormToken.make()
        sessions.withLock { sessions in
            sessions = sessions.filter { now - $0.value.opened < Self.memoryMilliseconds }
            // Whoever has a password may sign in as often as they like, and drives out none but themselves.
            let own = sessions.filter { $0.value.person == person }
            let full = own.count >= Self.limitPerPerson ? own : sessions.count >= Self.limit ? sessions : [:]
            if let oldest = full.min(by: { $0.value.used < $1.value.used }) { sessions[oldest.key] = nil }
            sessions[id] = Session(
                person: person, token: FormToken.make(), mark: mark, opened: now, used: now)
        }
        return id
    }

    /// The session, which counts as used now; `nil` when there is none, or it is over.
    package func find(_ id: String, now: Int64) -> Session? {
        sessions.withLock { sessions in
            guard let session = sessions[id], Self.isAlive(session, now) else { return nil }
            sessions[id]?.used = now
            return session
        }
    }

    /// Whose the session is, or was until it was left too long; `nil` for one that was closed, or is long over.
    package func owner(_ id: String, now: Int64) -> String? {
        sessions.withLock { sessions in
            sessions[id].flatMap { now - $0.opened < Self.memoryMilliseconds ? $0.person : nil }
        }
    }

    /// How many sessions a person has open.
    package func count(of person: String, now: Int64) -> Int {
        sessions.withLock { $0.values.count { $0.person == person && Self.isAlive($0, now) } }
    }

    /// Has a session go on that what happened since would have ended: its own person did it.
    package func renew(_ id: String, mark: String) { sessions.withLock { $0[id]?.mark = mark } }

    package func close(_ id: String) { sessions.withLock { $0[id] = nil } }

    /// Closes what a person has open anywhere else than in the session `kept`.
    package func closeAll(of person: String, but kept: String? = nil) {
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.person != person || $0.key == kept }
        }
    }

    private static func isAlive(_ session: Session, _ now: Int64) -> Bool {
        now - session.opened < lifeMilliseconds && now - session.used < idleMilliseconds
    }
}
