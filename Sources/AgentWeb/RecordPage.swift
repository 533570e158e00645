import Agent
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What a person does to a whole record, after they were asked once more.
enum Deletion: String, Sendable {
    case delete, restore

    var value: Value { .flag(self == .delete) }
}

struct ConfirmModel {
    let recordName: String
    let formTitle: String
    let question: String
    let explanation: String
    let doIt: String
    let base: String
    let saved: String
    let author: String
    let action: String
    let recordHref: String
    let isDeletion: Bool
}

extension AgentSite {
    func record(_ request: Request, _ word: String) async throws -> Response {
        try await show(request) { store, names in
            let view = try store.view(ofRow: try store.locate(word).row)
            var model = try RecordModel(view, in: store, names, mayFetch: true) {
                try device.blobs.byteCount(of: $0.hash) == $0.byteCount
            }
            let form = try? store.latestForm(view.form)
            if !view.form.hasPrefix("@") { model.listHref = "/forms/\(view.form)" }
            let mayWrite = try who(request, store).mayWrite
            model.children = try RecordModel.children(of: view, mayAdd: mayWrite, in: store, names.language)
            model.inspection = try InspectionPanel(view, in: store, mayWrite: mayWrite, names.language)
            model.map = try PlaceMap(of: view, in: store, names)
            model.facility = try FacilityPanel(view, in: store, names.language)
            if let hub = try device.hub(store) {
                model.resolutions = try ResolutionModel.all(
                    of: view, writers: { try store.hubWriters(key: hub.publicKey, among: $0) }, mayReopen: false,
                    in: store, names)
            }
            if form?.writers == .unit, mayWrite, !view.form.hasPrefix("@") {
                let mayChange = try !view.deleted && store.seal(over: view) == nil
                model.editHref = mayChange ? "/records/\(word)/edit" : nil
                model.deleteHref = mayChange ? "/records/\(word)/delete" : nil
                model.restoreHref = view.deleted ? "/records/\(word)/restore" : nil
            }
            var page = Page("record", title: RecordSummary(view, form, names.language).recordName, model)
            // The page may be loaded again when the hub has the change already.
            let wasSaved =
                request.uri.queryParameters.get("done").map { ["saved", "deleted", "restored"].contains($0) } ?? false
            if wasSaved, view.state != .waiting {
                page.notice = view.state == .received ? Catalogue.text("notice.arrived", names.language) : ""
            }
            return page
        }
    }

    func compare(_ request: Request, _ word: String) async throws -> Response {
        try await show(request) { store, names in
            let view = try store.view(ofRow: try store.locate(word).row)
            let chosen = request.uri.queryParameters
            let model = try CompareModel(
                view, first: chosen.get("a"), second: chosen.get("b"), in: store, names
            ) { try device.blobs.byteCount(of: $0.hash) == $0.byteCount }
            return Page("compare", title: model.recordName, model)
        }
    }

    func confirm(_ deletion: Deletion, _ request: Request, _ word: String) async throws -> Response {
        try await show(request) { store, names in
            let language = names.language
            let place = try store.locate(word)
            let view = try store.view(ofRow: place.row)
            let form = try store.latestForm(view.form)
            let name = "confirm.\(deletion.rawValue)"
            let model = ConfirmModel(
                recordName: RecordSummary(view, form, language).recordName, formTitle: form.title[language],
                question: Catalogue.text(name, language),
                explanation: Catalogue.text("\(name).explained", language),
                doIt: Catalogue.text("record.\(deletion.rawValue)", language),
                base: try store.baseToken(record: place.record, in: place.space).text, saved: FormToken.make(),
                author: try who(request, store).id, action: "/records/\(word)/\(deletion.rawValue)",
                recordHref: "/records/\(word)", isDeletion: deletion == .delete)
            return Page("confirm", title: model.question, model)
        }
    }

    func carryOut(_ deletion: Deletion, _ request: Request, _ word: String) async throws -> Response {
        let body = try await submitted(request)
        try await NIOThreadPool.singleton.runIfActive {
            try device.store.write { store in
                guard try SavedForms.find(body, store) == nil else { return }
                let draft = Draft(
                    .edit(word), edits: [(RegisterKey.deleted.field, .set(deletion.value))], baseToken: body["base"],
                    author: try author(body, request, store), reason: body["reason"].isEmpty ? nil : body["reason"])
                _ = try store.capture([draft])
                try SavedForms.keep(body, record: word, store)
            }
        }
        sync.noticeSaved()
        return .seeOther("/records/\(word)?done=\(deletion == .delete ? "deleted" : "restored")")
    }
}
