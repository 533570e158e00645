/// How an inspection stands: worked out of what was recorded, never typed.
package enum InspectionStatus: String, CaseIterable, Sendable {
    /// A required change is past its date.
    case overdue
    case remediating
    case awaitingSignature = "awaiting-signature"
    case underWay = "under-way"
    case draft
    /// Signed, and not at the hub yet.
    case signed
    case submitted
    /// All that was required is said to be done, and nobody has looked yet.
    case remediated
    case closed
    /// Handed to those who decide on penalties.
    case transferred

    package var isOpen: Bool { self != .closed && self != .transferred }
}

/// What is known of an inspection.
package struct InspectionFacts: Sendable {
    package enum Seal: Sendable {
        case none, waiting, received
    }

    /// What was required, until when, and what came of it.
    package struct Requirement: Sendable {
        package var due: CalendarDate?
        /// When it was said to be done, each time.
        package var doneOn: [CalendarDate]
        /// When somebody looked again, and whether all was right then.
        package var looks: [(on: CalendarDate, isRight: Bool)]

        package init(due: CalendarDate?, doneOn: [CalendarDate] = [], looks: [(on: CalendarDate, isRight: Bool)] = []) {
            self.due = due
            self.doneOn = doneOn
            self.looks = looks
        }

        package enum Standing: Sendable {
            case open, overdue, done, closed
        }

        /// The latest look decides. Where it was not right, only what was done after it counts, or on its day: whoever looked
        /// in the morning may be called back in the evening.
        package func standing(today: CalendarDate) -> Standing {
            // A day that has not come is a slip of the pen.
            let looks = looks.filter { $0.on <= today }
            let doneOn = doneOn.filter { $0 <= today }
            let latest = looks.max { ($0.on, $0.isRight ? 1 : 0) < ($1.on, $1.isRight ? 1 : 0) }
            if let latest, latest.isRight { return .closed }
            let counted = latest.map { look in doneOn.filter { $0 >= look.on } } ?? doneOn
            if !counted.isEmpty { return .done }
            return due.map { today > $0 } ?? false ? .overdue : .open
        }
    }

    /// Whether any item of the checklist has an answer.
    package var isStarted: Bool
    package var isEnded: Bool
    package var isTransferred: Bool
    package var seal: Seal
    package var requirements: [Requirement]
    /// What was found, with nothing required of anybody, and nobody looked again and found it right.
    package var loose: Int

    package init(
        isStarted: Bool, isEnded: Bool, isTransferred: Bool = false, seal: Seal = .none,
        requirements: [Requirement] = [], loose: Int = 0
    ) {
        self.isStarted = isStarted
        self.isEnded = isEnded
        self.isTransferred = isTransferred
        self.seal = seal
        self.requirements = requirements
        self.loose = loose
    }

    /// The last day of what is required and not done.
    package func nextDue(today: CalendarDate) -> CalendarDate? {
        requirements.filter { [.open, .overdue].contains($0.standing(today: today)) }.compactMap(\.due).min()
    }

    package func status(today: CalendarDate) -> InspectionStatus {
        if seal == .none { return isEnded ? .awaitingSignature : isStarted ? .underWay : .draft }
        if isTransferred { return .transferred }
        let standings = requirements.map { $0.standing(today: today) }
        if standings.contains(.overdue) { return .overdue }
        if seal == .waiting { return .signed }
        if standings.contains(.open) { return .remediating }
        if standings.contains(.done) { return .remediated }
        // Where something was found and nothing is required of anybody, a person decides whether that is all.
        return loose > 0 ? .submitted : .closed
    }
}
