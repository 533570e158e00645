import Causality
import Foundation
import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// Work that the hub refused and nobody has dealt with.
struct RefusedModel {
    struct Work {
        let workWord: String
        let recordName: String
        let recordHref: String
        let workForm: String
        let workUnit: String
        let workWho: String
        let workDevice: String
        let workWhen: String
        let workWhy: String
        let workRemedy: String
        let workCode: String
        let written: [HistoryEntry.Written]
        let canAccept: Bool
    }

    let found: String
    let units: [Shell.Option]
    let codes: [Shell.Option]
    let works: [Work]
    let hasWorks: Bool
    let mayDispose: Bool
    let pager: Pager?
}

extension Console {
    func refused(_ request: Request) async throws -> Response {
        func chosen(_ name: String) -> String? {
            request.uri.queryParameters.get(name).flatMap { $0.isEmpty ? nil : String($0) }
        }
        let (space, code) = (chosen("unit"), chosen("code"))
        let page = Pager.page(of: request)
        return try await show(request) { store, names, visitor, _ in
            let language = names.language
            let counts = try store.refusedWorkCounts()
            let count = try store.refusedWorkCount(in: space, code: code)
            let works = try store.refusedWork(
                in: space, code: code, limit: Pager.size, offset: page * Pager.size
            ).map { try Self.work($0, in: store, names) }
            let query = [("unit", space), ("code", code)].compactMap { name, value in
                value.map { "\(name)=\($0.percentEncoded)&" }
            }.joined()
            let model = RefusedModel(
                found: Catalogue.text(
                    "refused.count", language, ["count": VietnameseFormat.number(String(count))]),
                units: Self.counted(
                    counts.spaces, chosen: space, all: Catalogue.text("cases.all-units", language), names.space),
                codes: Self.counted(
                    counts.codes, chosen: code, all: Catalogue.text("refused.all-codes", language)
                ) { Catalogue.text("error.\($0)", language) },
                works: works, hasWorks: !works.isEmpty, mayDispose: visitor.person.role.settles,
                pager: Pager(path: "/refused?\(query)", page: page, count: count, language))
            return Page("refused", title: Catalogue.text("hub.refused", language), model)
        }
    }

    private static func counted(
        _ counts: [String: Int], chosen: String?, all: String, _ label: (String) -> String
    ) -> [Shell.Option] {
        let labelled = counts.map { (value: $0.key, label: "\(label($0.key)) (\($0.value))") }
            .sorted { TextFold.precedes($0.label, $1.label) }
        return [Shell.Option("", all, isSelected: chosen == nil)]
            + labelled.map { Shell.Option($0.value, $0.label, isSelected: $0.value == chosen) }
    }

    private static func work(
        _ change: StoredChange, in store: StoreTransaction, _ names: NameBook
    ) throws -> RefusedModel.Work {
        let language = names.language
        let view = try store.view(ofRow: change.record).filled(by: change)
        let form = try? store.latestForm(view.form)
        let error = ReportedError(code: change.code, details: change.details)
        return RefusedModel.Work(
            workWord: change.dotWord, recordName: RecordSummary(view, form, language).recordName,
            recordHref: "/records/\(view.word)", workForm: form?.title[language] ?? view.form,
            workUnit: names.space(view.space), workWho: names.person(change.author),
            workDevice: names.device(change.dot.replica), workWhen: ValueText.moment(change.time.milliseconds),
            workWhy: error.message(in: language), workRemedy: error.remedy(in: language), workCode: change.code,
            written: HistoryEntry.written(by: change, form, names), canAccept: change.code != "rights.hub-only")
    }

    /// Accepts refused work, or puts it aside with a reason.
    func dispose(_ request: Request, _ word: String) async throws -> Response {
        let done = try await take(request) { [hub] body, visitor -> String in
            guard visitor.person.role.settles else { throw ReportedError(code: "rights.settle") }
            if body["outcome"] == "accept" {
                _ = try hub.acceptRefused(word, person: visitor.person.id)
                return "work-accepted"
            }
            try hub.dismissRefused(
                word, reason: body["reason"].trimmingCharacters(in: .whitespacesAndNewlines),
                person: visitor.person.id)
            return "work-dismissed"
        }
        guard let done else { return Self.signInFirst(request) }
        return .seeOther("/refused?done=\(done)")
    }
}
