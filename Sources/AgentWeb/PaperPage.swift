import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

extension AgentSite {
    /// A signed record, or an inspection that is to be signed, to be printed.
    func paper(_ request: Request, _ word: String) async throws -> Response {
        try await show(request) { store, names in
            let view = try store.view(ofRow: try store.locate(word).row)
            guard let form = try? store.latestForm(view.form), form.isSeal || form.group == InspectionForm.group else {
                throw PagesError(.notFound)
            }
            let model = try PaperModel(view, in: store, names, hub: try device.hub(store)?.url) {
                try device.blobs.byteCount(of: $0.hash) == $0.byteCount
            }
            var page = Page("paper", title: RecordSummary(view, form, .vi).recordName, model)
            page.language = .vi
            return page
        }
    }
}
