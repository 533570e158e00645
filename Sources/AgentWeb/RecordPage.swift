import Agent
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

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
}
