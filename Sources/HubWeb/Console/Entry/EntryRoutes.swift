import Hummingbird
import RecordPages
import WebPages

extension ConsoleRoutes {
    /// Records entered and changed at the hub, tasks given, tables taken home.
    func addEntry(to pages: RouterGroup<PageContext>) {
        let console = console
        pages.get("/records/new") { request, _ in try await console.chooseEntry(request) }
        pages.get("/records/export") { request, _ in try await console.exportRecords(request) }
        pages.get("/tasks") { request, _ in try await console.tasks(request) }
        pages.get("/tasks/new") { request, _ in try await console.chooseTask(request) }
        pages.get("/forms/:form") { request, context in
            console.recordsOf(try context.parameters.require("form"), request)
        }
        addForms(to: pages)
        addChanges(to: pages)
        addDrafts(to: pages)
        addAttachments(to: pages)
    }

    private func addForms(to pages: RouterGroup<PageContext>) {
        let console = console
        @Sendable func form(_ context: PageContext) throws -> String { try context.parameters.require("form") }
        pages.get("/forms/:form/new") { request, context in
            try await console.begin(form(context), request) { try await $0.newRecord(request, form(context)) }
        }
        pages.post("/forms/:form/new") { request, context in
            try await console.enter(request) { try await $0.saveNew(request, form(context)) }
        }
        pages.get("/forms/:form/grid") { request, context in
            try await console.begin(form(context), request) { try await $0.grid(request, form(context)) }
        }
        pages.post("/forms/:form/grid") { request, context in
            try await console.enter(request) { try await $0.saveGrid(request, form(context)) }
        }
        pages.get("/forms/:form/blank") { request, context in
            try await console.begin(form(context), request) { try await $0.blankForm(request, form(context)) }
        }
        pages.get("/forms/:form/similar") { request, context in
            try await console.enter(request) { try await $0.similar(request, form(context)) }
        }
    }

    private func addChanges(to pages: RouterGroup<PageContext>) {
        let console = console
        @Sendable func word(_ context: PageContext) throws -> String { try context.parameters.require("record") }
        pages.get("/records/:record/edit") { request, context in
            try await console.enter(request) { try await $0.edit(request, word(context)) }
        }
        pages.post("/records/:record/edit") { request, context in
            try await console.enter(request) { try await $0.saveEdit(request, word(context)) }
        }
        for deletion in [Deletion.delete, .restore] {
            let path = RouterPath("/records/:record/\(deletion.rawValue)")
            pages.get(path) { request, context in
                try await console.enter(request) { try await $0.confirm(deletion, request, word(context)) }
            }
            pages.post(path) { request, context in
                try await console.enter(request) { try await $0.carryOut(deletion, request, word(context)) }
            }
        }
    }

    private func addDrafts(to pages: RouterGroup<PageContext>) {
        let console = console
        @Sendable func draft(_ context: PageContext) throws -> String { try context.parameters.require("draft") }
        pages.get("/drafts") { request, _ in try await console.enter(request) { try await $0.draftList(request) } }
        pages.post("/drafts") { request, _ in
            try await console.enter(request) { try await $0.finishDrafts(request) }
        }
        pages.get("/drafts/:draft") { request, context in
            try await console.enter(request) { try await $0.draft(request, draft(context)) }
        }
        pages.post("/drafts/:draft") { request, context in
            try await console.enter(request) { try await $0.keepDraft(request, draft(context)) }
        }
        pages.post("/drafts/:draft/discard") { request, context in
            try await console.enter(request) { try await $0.discardDraft(request, draft(context)) }
        }
        pages.post("/drafts/:draft/upgrade") { request, context in
            try await console.enter(request) { try await $0.upgradeDraft(request, draft(context)) }
        }
    }

    private func addAttachments(to pages: RouterGroup<PageContext>) {
        let console = console
        @Sendable func hash(_ context: PageContext) throws -> String { try context.parameters.require("hash") }
        pages.post("/attachments") { request, _ in
            try await console.enter(request) { try await $0.takeAttachment(request) }
        }
        pages.post("/attachments/:hash/original") { request, context in
            try await console.enter(request) { try await $0.takeOriginal(request, hash(context)) }
        }
        pages.post("/attachments/:hash/small") { request, context in
            try await console.enter(request) { try await $0.takeSmall(request, hash(context)) }
        }
    }
}
