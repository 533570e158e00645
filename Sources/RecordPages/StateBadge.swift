package import RecordStore
package import Wording

/// A state in a word, a sign and a colour: what the template `state` shows.
package struct StateBadge {
    let stateName: String
    let stateSign: String
    let stateLabel: String

    package init(_ state: DeliveryState, _ language: Language) {
        let sign =
            switch state {
            case .received: "✓"
            case .waiting: "↑"
            case .refused: "✕"
            }
        self.init(state.rawValue, sign, language)
    }

    package static func conflict(_ language: Language) -> StateBadge { StateBadge("conflict", "⇄", language) }
    package static func deleted(_ language: Language) -> StateBadge { StateBadge("deleted", "–", language) }
    package static func superseded(_ language: Language) -> StateBadge { StateBadge("superseded", "↺", language) }

    private init(_ name: String, _ sign: String, _ language: Language) {
        stateName = name
        stateSign = sign
        stateLabel = Catalogue.text("state.\(name)", language)
    }

    /// What a person has to know of a record at a glance, the worst first.
    package static func badges(of view: RecordView, _ language: Language) -> [StateBadge] {
        (view.conflicts.isEmpty ? [] : [conflict(language)]) + [StateBadge(view.state, language)]
            + (view.deleted ? [deleted(language)] : [])
    }
}
