import Agent
import Foundation
import Hummingbird
import NIOPosix
import RecordPages
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
    /// Letters and digits that a word needs to tell one record from another.
    private static let wordLength = 2

    /// The words to look for, most telling last: names of places and businesses in Vietnamese begin with what kind they
    /// are, and end with what tells them apart.
    static func words(in text: String) -> [String] {
        TextFold.folded(text).split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count >= wordLength }
    }

    /// The records with all the words; where there are none, with the later ones of them. One word alone would be any.
    static func find(_ words: [String], form: String, _ store: StoreTransaction) throws -> [RecordView] {
        var words = words[...]
        while words.count >= 2 {
            let filter = RecordFilter(form: form, find: words.joined(separator: " "))
            let found = try store.records(filter, limit: most)
            if !found.isEmpty { return found }
            words = words.dropFirst()
        }
        return []
    }
}

extension AgentSite {
    /// Names of records are looked at up to here.
    private static let similarLength = 200

    func similar(_ request: Request, _ name: String) async throws -> Response {
        let text = String((request.uri.queryParameters.get("text") ?? "").prefix(Self.similarLength))
        let words = SimilarRecords.words(in: text)
        let language = request.language
        let answer = try await NIOThreadPool.singleton.runIfActive {
            // What was saved a moment ago has no search row yet.
            _ = try device.store.catchUpSomeSearch()
            return try device.store.read { store in
                let form = try store.latestForm(name)
                guard form.writers == .unit else { throw ReportedError(code: "rights.hub-only") }
                let items = try SimilarRecords.find(words, form: name, store).map { view in
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
