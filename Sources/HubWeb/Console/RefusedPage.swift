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

    /// A record that went to another unit and was written to here since.
    struct Late {
        let recordName: String
        let recordHref: String
        let lateAbout: String
        let lateHref: String
        let lateWord: String
    }

    let found: String
    let units: [Shell.Option]
    let codes: [Shell.Option]
    let late: [Late]
    let hasLate: Bool
    /// Those that work may be handed to.
    let receivers: [Shell.Option]
    let works: [Work]
    let hasWorks: Bool
    let mayDispose: Bool
    let pager: Pager?
}

extension Console {
    func refused(_ request: Request) async throws -> Response {
        let (asked, code) = (request.chosen("unit"), request.chosen("code"))
        let page = Pager.page(of: request)
        return try await show(request, .readDesk) { store, names, visitor, _ in
            let language = names.language
            let space = try visitor.space(asked, for: .readDesk)
            let isCity = visitor.scope(of: .readDesk) == .everywhere
            let counts = try store.refusedWorkCounts(in: isCity ? nil : space)
            let count = try store.refusedWorkCount(in: space, code: code)
            let works = try store.refusedWork(
                in: space, code: code, limit: Pager.size, offset: page * Pager.size
            ).map { try Self.work($0, in: store, names) }
            let late = try store.lateEdits(in: space).map { try Self.late($0.move, $0.changes.count, in: store, names) }
            let mayDispose = visitor.may(.settle)
            let query = [("unit", space), ("code", code)].compactMap { name, value in
                value.map { "\(name)=\($0.percentEncoded)&" }
            }.joined()
            let model = RefusedModel(
                found: Catalogue.text(
                    "refused.count", language, ["count": VietnameseFormat.number(String(count))]),
                units: Self.counted(
                    counts.spaces, chosen: space, all: isCity ? Catalogue.text("cases.all-units", language) : nil,
                    names.space),
                codes: Self.counted(
                    counts.codes, chosen: code, all: Catalogue.text("refused.all-codes", language)
                ) { Catalogue.text("error.\($0)", language) },
                late: late, hasLate: !late.isEmpty,
                receivers: mayDispose ? try Self.units(store, chosen: "", names) : [],
                works: works, hasWorks: !works.isEmpty, mayDispose: mayDispose,
                pager: Pager(path: "/refused?\(query)", page: page, count: count, language))
            return Page("refused", title: Catalogue.text("hub.refused", language), model)
        }
    }

    private static func counted(
        _ counts: [String: Int], chosen: String?, all: String?, _ label: (String) -> String
    ) -> [Shell.Option] {
        let labelled = counts.map { (value: $0.key, label: "\(label($0.key)) (\($0.value))") }
            .sorted(byName: \.label)
        return (all.map { [Shell.Option("", $0, isSelected: chosen == nil)] } ?? [])
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

    private static func late(
        _ move: Move, _ count: Int, in store: StoreTransaction, _ names: NameBook
    ) throws -> RefusedModel.Late {
        // By what it is called where it goes on: here, all that it said may have been refused.
        let place = try (try? store.locate(move.word)) ?? store.locate(move.record)
        let view = try store.view(ofRow: place.row)
        let summary = RecordSummary(view, try? store.latestForm(view.form), names.language)
        return RefusedModel.Late(
            recordName: summary.recordName, recordHref: "/records/\(move.record)",
            lateAbout: Catalogue.text(
                "refused.late.about", names.language,
                [
                    "unit": names.unit(move.unit), "when": ValueText.moment(move.at),
                    "count": VietnameseFormat.number(String(count)),
                ]), lateHref: "/records/\(move.word)", lateWord: move.record)
    }

    /// Accepts refused work, hands it to another unit, or puts it aside with a reason.
    func dispose(_ request: Request, _ word: String) async throws -> Response {
        let done = try await take(request) { [hub] body, visitor -> String in
            try visitor.require(.settle)
            if body["outcome"] == "accept" {
                _ = try hub.acceptRefused(word, person: visitor.person.id)
                return "work-accepted"
            }
            let reason = body["reason"].trimmingCharacters(in: .whitespacesAndNewlines)
            switch body["outcome"] {
            case "move":
                _ = try hub.handOver(word, to: body["to"], reason: reason, person: visitor.person.id)
                return "work-moved"
            case "seen":
                try hub.noteLateEditsSeen(word, person: visitor.person.id)
                return "late-seen"
            default: break
            }
            try hub.dismissRefused(
                word, reason: reason, person: visitor.person.id)
            return "work-dismissed"
        }
        guard let done else { return Self.signInFirst(request) }
        return .seeOther("/refused?done=\(done)")
    }
}
