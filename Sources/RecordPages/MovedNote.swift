import RecordStore
import WebPages
import Wording

/// Where a record went, or came from, when it was handed to another unit.
struct MovedNote {
    let movedText: String
    let isAway: Bool
    /// The other record; `nil` where it is not kept.
    let movedHref: String?

    init(_ move: Move, in store: StoreTransaction, _ names: NameBook) {
        isAway = move.isAway
        movedText = Catalogue.text(
            move.isAway ? "record.moved.away" : "record.moved.here", names.language,
            [
                "unit": names.unit(move.unit), "who": names.person(move.by), "when": ValueText.moment(move.at),
                "reason": move.reason,
            ])
        movedHref = (try? store.locate(move.word)).map { _ in "/records/\(move.word)" }
    }
}
