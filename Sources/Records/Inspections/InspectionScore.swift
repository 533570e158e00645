/// How a checklist came out: items counted by their answers, and how much of what could be judged was right.
package struct InspectionScore: Codable, Hashable, Sendable {
    /// What an item was found to be. The names are those of the choices in checklists.
    package enum Answer: String, CaseIterable, Sendable {
        case passed = "dat"
        case failed = "khong_dat"
        case notApplicable = "khong_ap_dung"
        case couldNotCheck = "khong_kiem_tra_duoc"
    }

    package enum Severity: String, CaseIterable, Sendable {
        case minor, major, critical

        /// How much an item counts: one that endangers people as much as four that are untidy.
        package var weight: Int {
            switch self {
            case .minor: 1
            case .major: 2
            case .critical: 4
            }
        }
    }

    package private(set) var passed = 0
    package private(set) var failed = 0
    package private(set) var notApplicable = 0
    package private(set) var couldNotCheck = 0
    package private(set) var unanswered = 0
    /// Of the failed ones, those that are critical.
    package private(set) var failedCritical = 0
    /// Thousandths of the weight of passed and failed items that passed; `nil` where none could be judged.
    package private(set) var thousandths: Int?

    /// - Returns: `nil` where the form has no item that can pass or fail.
    package init?(_ form: FormDefinition, _ values: [String: Value]) {
        let items = form.fields.filter(Self.isItem)
        guard !items.isEmpty else { return nil }
        var right = 0
        var judged = 0
        for item in items {
            let severity = item.severity.flatMap(Severity.init(rawValue:)) ?? .minor
            var answer: Answer?
            if case .text(let name)? = values[item.name] { answer = Answer(rawValue: name) }
            switch answer {
            case .passed:
                passed += 1
                right += severity.weight
                judged += severity.weight
            case .failed:
                failed += 1
                judged += severity.weight
                if severity == .critical { failedCritical += 1 }
            case .notApplicable: notApplicable += 1
            case .couldNotCheck: couldNotCheck += 1
            case nil: unanswered += 1
            }
        }
        // Half up, without fractions on the way.
        thousandths = judged == 0 ? nil : (2000 * right + judged) / (2 * judged)
    }

    /// Whether a field is an item that passes or fails.
    package static func isItem(_ field: FieldDefinition) -> Bool {
        let names = Set((field.choices ?? []).map(\.name))
        return field.type == .selectOne && names.isSuperset(of: [Answer.passed.rawValue, Answer.failed.rawValue])
    }

    package var isStarted: Bool { passed + failed + notApplicable + couldNotCheck > 0 }
}
