import Agent
import Hummingbird
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// What a sync would do now: what goes and comes, how much and how long, and what would have to be decided.
struct PreviewModel {
    struct Part {
        let partTitle: String
        let partCount: String
    }

    let isEmpty: Bool
    let goes: String
    /// What goes, by form.
    let parts: [Part]
    /// Photos that go behind it.
    let photos: String?
    let comes: String
    let seconds: String
    let cases: String?
    let refused: String?
}

extension AgentSite {
    func preview(_ request: Request) async throws -> Response {
        _ = try await submitted(request)
        let (report, seconds) = try await sync.preview()
        return try await show(request) { store, names in
            let language = names.language
            func changes(_ count: Int, _ bytes: Int) -> String {
                Catalogue.text(
                    "preview.changes", language,
                    ["count": VietnameseFormat.number(String(count)), "bytes": VietnameseFormat.bytes(Int64(bytes))])
            }
            let model = PreviewModel(
                isEmpty: report.complete, goes: changes(report.changesUp, report.bytesUp),
                parts: try store.unsentCounts().map { form, count in
                    PreviewModel.Part(
                        partTitle: (try? store.latestForm(form))?.title[language] ?? form,
                        partCount: VietnameseFormat.number(String(count)))
                }, photos: Self.photosToSend(report.attachments.left, report.attachments.bytesLeft, language),
                comes: changes(report.changesDown, report.bytesDown),
                seconds: Catalogue.text(
                    "preview.seconds", language,
                    [
                        "seconds": String(
                            Self.seconds(
                                up: report.bytesUp + report.attachments.bytesLeft, down: report.bytesDown,
                                asking: seconds))
                    ]),
                cases: report.newConflicts == 0
                    ? nil
                    : Catalogue.text(
                        "preview.cases", language,
                        ["count": String(report.conflicts), "new": String(report.newConflicts)]),
                refused: report.refused == 0
                    ? nil : Catalogue.text("preview.refused", language, ["count": String(report.refused)]))
            return Page("preview", title: Catalogue.text("preview.title", language), model)
        }
    }

    /// Seconds that a sync takes on a line that brought so many bytes in so many seconds of asking: the answer comes once
    /// more, and what goes is taken to go as fast as that came. An answer of a few kilobytes tells of the line's delay
    /// and not of its width; a line narrower than `narrowest` bytes a second is not believed on such evidence.
    static func seconds(up: Int, down: Int, asking: Double) -> Int {
        let narrowest = 4000.0
        let width = max(narrowest, Double(down) / max(asking, 0.001))
        return max(1, Int((asking + Double(up) / width).rounded(.up)))
    }
}
