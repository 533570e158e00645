package import RecordStore
package import Wording

/// What a page says while a snapshot loads: what it lists and counts is not all there is yet.
package enum FillingNote {
    package static func text(_ store: StoreTransaction, _ language: Language) throws -> String? {
        let filling = try store.allSpaces().compactMap { try store.filling(of: $0) }
        let chunks = filling.reduce(0) { $0 + $1.chunks }
        guard chunks > 0 else { return nil }
        let percent = filling.reduce(0) { $0 + $1.loaded } * 100 / chunks
        return Catalogue.text("sync.filling", language, ["percent": String(percent)])
    }
}
