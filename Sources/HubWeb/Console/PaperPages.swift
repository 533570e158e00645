import Causality
import Hub
import Hummingbird
import NIOPosix
import RecordPages
import RecordStore
import Records
import SyncProtocol
import WebPages
import Wording

extension Console {
    /// A signed record, or an inspection that is to be signed, to be printed.
    func paper(_ request: Request, _ word: String) async throws -> Response {
        let address = hubAddress(of: request)
        return try await show(request, .readRecords) { [hub] store, names, visitor, _ in
            let view = try store.view(ofRow: try store.locate(word).row)
            try visitor.require(.readRecords, in: view.space)
            guard let form = try? store.latestForm(view.form), form.isSeal || form.group == InspectionForm.group else {
                throw PagesError(.notFound)
            }
            let model = try PaperModel(view, in: store, names, hub: address) {
                try hub.blobs.byteCount(of: $0.hash) == $0.byteCount
            }
            var page = Page("paper", title: RecordSummary(view, form, .vi).recordName, model)
            page.language = .vi
            return page
        }
    }

    /// Where this hub answers, as whoever asks reached it.
    func hubAddress(of request: Request) -> String? {
        request.head.authority.map { (isSecure ? "https://" : "http://") + $0 }
    }

    /// Whether a paper is as it was signed. Anybody who holds the paper may ask: its hash is what lets them.
    func checkPaper(_ request: Request, _ word: String, _ hash: String) async throws -> Response {
        guard let mark = PaperMark("\(PaperMark.path)\(word)/\(hash)") else { throw PagesError(.notFound) }
        return try await NIOThreadPool.singleton.runIfActive { [self] in
            try hub.store.read { store in
                let names = NameBook(store, own: hub.replica, hubKey: hub.anchor.publicKey, request.language)
                let check = try store.check(mark, isHub: true) {
                    try hub.blobs.byteCount(of: $0.hash) == $0.byteCount
                }
                var shell = Shell(request, Self.templates)
                shell.place = Catalogue.text("hub.name", request.language)
                let model = PaperCheckModel(check, names)
                return Page("papercheck", title: Catalogue.text("paper.check.title", request.language), model)
                    .response(in: shell)
            }
        }
    }

    /// A photo of a record, for those who may read the record.
    func attachment(_ request: Request, _ hex: String) async throws -> Response {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            guard let visitor = try visitor(request) else { return Self.signInFirst(request) }
            try visitor.require(.readRecords)
            let isListed = try hub.store.read { store in
                try Hash256(hex: hex).map { try store.spaces(listing: $0) }?.contains {
                    visitor.may(.readRecords, in: $0.space)
                } ?? false
            }
            guard isListed || visitor.scope(of: .readRecords) == .everywhere, let file = try hub.blobs.file(hex) else {
                throw PagesError(.notFound)
            }
            return file.response(to: request)
        }
    }
}
