import Hummingbird
import RecordPages
import WebPages

extension AgentSite {
    /// Who is at the keyboard.
    func addPeople(to router: Router<PageContext>) {
        let site = self
        router.get("/notices") { request, _ in try await site.notices(request) }
        router.post("/notices/questions/:question") { request, context in
            try await site.answer(request, try context.parameters.require("question"))
        }
        router.post("/notices/:notice/accept") { request, context in
            try await site.acceptNotice(request, try context.parameters.require("notice"))
        }
        router.post("/notices/:notice/object") { request, context in
            try await site.object(request, try context.parameters.require("notice"))
        }
        router.get("/sign-in") { request, _ in try await site.signInPage(request) }
        router.post("/sign-in") { request, context in try await site.signIn(request, context) }
        router.get("/password") { request, _ in try await site.passwordPage(request) }
        router.post("/password") { request, _ in try await site.changePassword(request) }
        router.get("/sign-out") { request, _ in try await site.signOutPage(request) }
        router.post("/sign-out") { request, _ in try await site.signOut(request) }
    }

    /// What is for whoever sits at this machine, and for nobody on the network.
    func addOwnMachine(to router: Router<PageContext>) {
        let site = self
        router.get("/healthz") { _, _ in "ok" }
        router.post("/person") { request, _ in try await site.choosePerson(request) }
        router.get("/running") { request, _ in try await site.running(request) }
        router.post("/running/backup") { request, _ in try await site.copyNow(request) }
        router.post("/sync/budget") { request, _ in try await site.setBudget(request) }
        router.post("/sync/photos") { request, _ in try await site.setPhotoRules(request) }
        router.get("/office") { request, _ in try await site.officePage(request) }
        router.get("/office/qr.svg") { _, _ in try site.officeQRCode() }
    }

    /// Lists, records, and their forms.
    func addRecords(to router: Router<PageContext>) {
        let site = self
        router.get("/forms/:form") { request, context in
            try await site.list(request, try context.parameters.require("form"))
        }
        router.get("/forms/:form/new") { request, context in
            try await site.newRecord(request, try context.parameters.require("form"))
        }
        router.post("/forms/:form/new") { request, context in
            try await site.saveNew(request, try context.parameters.require("form"))
        }
        router.get("/forms/:form/blank") { request, context in
            try await site.blankForm(request, try context.parameters.require("form"))
        }
        router.get("/forms/:form/similar") { request, context in
            try await site.similar(request, try context.parameters.require("form"))
        }
        router.get("/forms/:form/grid") { request, context in
            try await site.grid(request, try context.parameters.require("form"))
        }
        router.post("/forms/:form/grid") { request, context in
            try await site.saveGrid(request, try context.parameters.require("form"))
        }
        router.get("/records/:record") { request, context in
            try await site.record(request, try context.parameters.require("record"))
        }
        router.get("/records/:record/compare") { request, context in
            try await site.compare(request, try context.parameters.require("record"))
        }
        router.get("/records/:record/paper") { request, context in
            try await site.paper(request, try context.parameters.require("record"))
        }
        router.get("/inspections") { request, _ in try await site.inspections(request) }
        router.get("/records/:record/edit") { request, context in
            try await site.edit(request, try context.parameters.require("record"))
        }
        router.post("/records/:record/edit") { request, context in
            try await site.saveEdit(request, try context.parameters.require("record"))
        }
        for deletion in [Deletion.delete, .restore] {
            let path = RouterPath("/records/:record/\(deletion.rawValue)")
            router.get(path) { request, context in
                try await site.confirm(deletion, request, try context.parameters.require("record"))
            }
            router.post(path) { request, context in
                try await site.carryOut(deletion, request, try context.parameters.require("record"))
            }
        }
    }

    /// Photos and files of records.
    func addAttachments(to router: Router<PageContext>) {
        let site = self
        router.post("/attachments") { request, _ in try await site.takeAttachment(request) }
        router.get("/attachments/:hash") { request, context in
            try await site.attachment(request, try context.parameters.require("hash"))
        }
        router.post("/attachments/:hash/original") { request, context in
            try await site.takeOriginal(request, try context.parameters.require("hash"))
        }
        router.post("/attachments/:hash/small") { request, context in
            try await site.takeSmall(request, try context.parameters.require("hash"))
        }
        router.post("/attachments/:hash/fetch") { request, context in
            try await site.fetchAttachment(request, try context.parameters.require("hash"))
        }
    }

    /// What was typed and is not saved.
    func addDrafts(to router: Router<PageContext>) {
        let site = self
        router.get("/drafts") { request, _ in try await site.draftList(request) }
        router.post("/drafts") { request, _ in try await site.finishDrafts(request) }
        router.get("/drafts/:draft") { request, context in
            try await site.draft(request, try context.parameters.require("draft"))
        }
        router.post("/drafts/:draft") { request, context in
            try await site.keepDraft(request, try context.parameters.require("draft"))
        }
        router.post("/drafts/:draft/discard") { request, context in
            try await site.discardDraft(request, try context.parameters.require("draft"))
        }
        router.post("/drafts/:draft/upgrade") { request, context in
            try await site.upgradeDraft(request, try context.parameters.require("draft"))
        }
    }
}
