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
    /// Files that are made at the same time: each holds a thread while it reads, and the rows that it has before it.
    private static let exports = ExchangeGate(most: 8)

    /// The records that `/records` shows, as a table.
    func exportRecords(_ request: Request) async throws -> Response {
        let kind = ExportedRecords.Kind(rawValue: Self.chosen("as", request) ?? "csv")
        guard let kind else { throw PagesError(.notFound) }
        let (form, space) = (Self.chosen("form", request) ?? "", Self.chosen("unit", request))
        let find = Self.searched(request)
        if find != nil { try await NIOThreadPool.singleton.runIfActive { [self] in try readySearch(for: request) } }
        let begun = try await NIOThreadPool.singleton.runIfActive { [self] () throws -> (ExportedRecords, String)? in
            guard let visitor = try visitor(request) else { return nil }
            guard !form.hasPrefix("@") else { throw RecordsError(.formUnknown, ["form": form]) }
            if let space {
                guard !SpaceName.isPeople(space) else { throw StoreError(.spaceUnknown, ["space": space]) }
                try requireReading(visitor, in: space)
            }
            return try hub.store.read { store in
                let definition = try store.latestForm(form)
                let records = try ExportedRecords(
                    RecordFilter(form: form, space: space, find: find), of: definition, as: kind, store
                ) { [self] in mayRead(visitor, in: $0) }
                return (records, Self.fileName(form, space, store.today, kind))
            }
        }
        guard let (records, name) = begun else { return Self.signInFirst(request) }
        guard let place = Self.exports.enter() else {
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
        let find = String((chosen("find", request) ?? "").prefix(200))
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
