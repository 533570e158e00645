import Foundation
package import Hummingbird
import NIOPosix
import RecordStore
import Records
import WebPages
import Wording

/// Records that may be the one somebody is about to make once more, for the page's script to show while they type.
struct SimilarRecords: Encodable {
    struct Item: Encodable {
        let name: String
        let detail: String
        let href: String
    }

    let heading: String
    let items: [Item]

    static let most = 5
    /// Names of records are looked at up to here.
    static let mostLetters = 200
    /// Letters and digits that a word needs to tell one record from another.
    private static let wordLength = 2

    /// The words to look for, most telling last: names of places and businesses in Vietnamese begin with what kind they
    /// are, and end with what tells them apart.
    static func words(in text: String) -> [String] {
        TextFold.folded(text).split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count >= wordLength }
    }

    /// The records with all the words; where there are none, with the later ones of them. One word alone would be any.
    static func find(_ words: [String], form: String, in space: String?, _ store: StoreTransaction) throws
        -> [RecordView]
    {
        var words = words[...]
        while words.count >= 2 {
            let filter = RecordFilter(form: form, space: space, find: words.joined(separator: " "))
            let found = try store.records(filter, limit: most)
            if !found.isEmpty { return found }
            words = words.dropFirst()
        }
        return []
    }
}

extension EntrySite {
    package func similar(_ request: Request, _ name: String) async throws -> Response {
        let text = String((request.chosen("text") ?? "").prefix(SimilarRecords.mostLetters))
        let words = SimilarRecords.words(in: text)
        let language = request.language
        let answer = try await NIOThreadPool.singleton.runIfActive {
            // What was saved a moment ago has no search row yet.
            _ = try store.catchUpSomeSearch()
            return try store.read { store in
                let form = try store.latestForm(name)
                let place = try place(of: form, request, store)
                try requireEntry(of: form, in: place.space, request, store)
                let items = try SimilarRecords.find(words, form: name, in: place.pickedSpace, store).map { view in
                    let summary = RecordSummary(view, form, language)
                    return SimilarRecords.Item(
                        name: summary.recordName, detail: summary.detailLine, href: summary.recordHref)
                }
                return SimilarRecords(heading: Catalogue.text("form.similar", language), items: items)
            }
        }
        return .json(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    }
}
