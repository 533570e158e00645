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
        try await show(request, .readRecords) { [self] store, names, visitor, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            try visitor.require(.readRecords, in: view.space)
            var model = try RecordModel(view, in: store, names, mayFetch: false) {
                try hub.blobs.byteCount(of: $0.hash) == $0.byteCount
            }
            model.children = try RecordModel.children(
                of: view, mayAdd: visitor.may(.record, in: view.space), in: store, names.language)
            model.inspection = try InspectionPanel(
                view, in: store, mayWrite: visitor.may(.record, in: view.space), names.language)
            model.facility = try FacilityPanel(view, in: store, names.language)
            model.map = try PlaceMap(of: view, in: store, names)
            model.resolutions = try ResolutionModel.all(
                of: view, writers: { try hub.writers(store, among: $0) },
                mayReopen: visitor.may(.settle, in: view.space),
                in: store, names)
            if !view.conflicts.isEmpty, visitor.may(.readDesk, in: view.space) { model.caseHref = "/conflicts/\(word)" }
            let form = try? store.latestForm(view.form)
            try offerChanges(of: view, form, to: visitor, in: store, &model)
            return Page("record", title: RecordSummary(view, form, names.language).recordName, model)
        }
    }

    /// The ways to change a record, for whoever may.
    private func offerChanges(
        of view: RecordView, _ form: FormDefinition?, to visitor: Visitor, in store: StoreTransaction,
        _ model: inout RecordModel
    ) throws {
        guard !view.form.hasPrefix("@"), SpaceName.unit(of: view.space) != nil else { return }
        let isTask = view.form == TaskForm.task
        model.listHref =
            isTask ? "/tasks" : "/records?form=\(view.form.percentEncoded)&unit=\(view.space.percentEncoded)"
        guard
            isTask
                ? visitor.may(.assign, in: view.space) : form?.writers == .unit && visitor.may(.record, in: view.space)
        else { return }
        let mayChange = try !view.deleted && store.seal(over: view) == nil
        model.editHref = mayChange ? "/records/\(view.word)/edit" : nil
        model.deleteHref = mayChange ? "/records/\(view.word)/delete" : nil
        model.restoreHref = view.deleted ? "/records/\(view.word)/restore" : nil
    }

    /// Two versions of a record side by side.
    func compare(_ request: Request, _ word: String) async throws -> Response {
        try await show(request, .readRecords) { [self] store, names, visitor, _ in
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
