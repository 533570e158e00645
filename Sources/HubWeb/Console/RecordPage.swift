import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

extension Console {
    /// A record with everything that is known of it.
    func record(_ request: Request, _ word: String) async throws -> Response {
        try await show(request, .readRecords) { [hub] store, names, visitor, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            try visitor.require(.readRecords, in: view.space)
            var model = try RecordModel(view, in: store, names, mayFetch: false) {
                try hub.blobs.byteCount(of: $0.hash) == $0.byteCount
            }
            model.children = try RecordModel.children(of: view, mayAdd: false, in: store, names.language)
            model.inspection = try InspectionPanel(view, in: store, mayWrite: false, names.language)
            model.facility = try FacilityPanel(view, in: store, names.language)
            model.map = try PlaceMap(of: view, in: store, names)
            model.resolutions = try ResolutionModel.all(
                of: view, writers: { try hub.writers(store, among: $0) },
                mayReopen: visitor.may(.settle, in: view.space),
                in: store, names)
            if !view.conflicts.isEmpty, visitor.may(.readDesk, in: view.space) { model.caseHref = "/conflicts/\(word)" }
            let form = try? store.latestForm(view.form)
            return Page("record", title: RecordSummary(view, form, names.language).recordName, model)
        }
    }

    /// Two versions of a record side by side.
    func compare(_ request: Request, _ word: String) async throws -> Response {
        try await show(request, .readRecords) { [hub] store, names, visitor, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            try visitor.require(.readRecords, in: view.space)
            let chosen = request.uri.queryParameters
            let model = try CompareModel(
                view, first: chosen.get("a"), second: chosen.get("b"), in: store, names
            ) { try hub.blobs.byteCount(of: $0.hash) == $0.byteCount }
            return Page("compare", title: model.recordName, model)
        }
    }
}
