import HTTPTypes
import Hub
import Hummingbird
import NIOCore
import NIOPosix
import RecordPages
import RecordStore
import Records
import Tables
import WebPages
import Wording

extension Console {

    /// The records that `/records` shows, as a table.
    func exportRecords(_ request: Request) async throws -> Response {
        let kind = ExportedRecords.Kind(rawValue: request.chosen("as") ?? "csv")
        guard let kind else { throw PagesError(.notFound) }
        let (form, asked) = (request.chosen("form") ?? "", request.chosen("unit"))
        let find = Self.searched(request)
        if find != nil { try await NIOThreadPool.singleton.runIfActive { [self] in try readySearch(for: request) } }
        let begun = try await NIOThreadPool.singleton.runIfActive { [self] () throws -> (ExportedRecords, String)? in
            guard let visitor = try visitor(request) else { return nil }
            let space = try visitor.space(asked, for: .readRecords)
            guard !form.hasPrefix("@") else { throw RecordsError(.formUnknown, ["form": form]) }
            if let space {
                guard !SpaceName.isPeople(space) else { throw StoreError(.spaceUnknown, ["space": space]) }
            }
            let begun = try hub.store.read { store in
                let definition = try store.latestForm(form)
                let records = try ExportedRecords(
                    RecordFilter(form: form, space: space, find: find), of: definition, as: kind, store
                ) { visitor.may(.readRecords, in: $0) }
                return (records, Self.fileName(form, space, store.today, kind))
            }
            try hub.audit(
                .recordsTaken, by: visitor.person.id, to: form, unit: space.flatMap(SpaceName.unit),
                ["count": String(begun.0.count)])
            return begun
        }
        guard let (records, name) = begun else { return Self.signInFirst(request) }
        guard let place = exports.enter() else {
            throw ReportedError(
                code: "hub.busy", details: ["seconds": String(ExchangeGate.retrySeconds)], retryable: true)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: kind.mediaType, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: ResponseBody { [store = hub.store] writer in
                defer { withExtendedLifetime(place) {} }
                var records = records
                while true {
                    let before = records
                    let (after, piece) = try await NIOThreadPool.singleton.runIfActive {
                        var records = before
                        let piece = try records.nextPiece(store)
                        return (records, piece)
                    }
                    records = after
                    guard let piece else { break }
                    if !piece.isEmpty { try await writer.write(ByteBuffer(bytes: piece)) }
                }
                try await writer.finish(nil)
            })
    }

    /// What is looked for; `nil` for everything.
    static func searched(_ request: Request) -> String? {
        let find = String((request.chosen("find") ?? "").prefix(200))
        return find.allSatisfy(\.isWhitespace) ? nil : find
    }

    /// Of letters that every system takes for a file's name.
    private static func fileName(
        _ form: String, _ space: String?, _ today: CalendarDate, _ kind: ExportedRecords.Kind
    ) -> String {
        let parts = ["phusa", form] + (space.map { [SpaceName.unit(of: $0) ?? $0] } ?? []) + [today.iso]
        let plain = parts.joined(separator: "-").unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain || scalar == "-" || scalar == "_" || scalar == "." ? Character(scalar) : "_"
        }
        return String(plain) + "." + kind.ending
    }
}
