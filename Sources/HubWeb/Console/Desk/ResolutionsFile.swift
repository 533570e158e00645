import Causality
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
    /// What was decided, against what, as a table: one row for each field and each value that was not kept.
    func resolutionsFile(_ request: Request) async throws -> Response {
        let unit = request.chosen("unit")
        let bytes = try await NIOThreadPool.singleton.runIfActive { [self] () throws -> [UInt8]? in
            guard let visitor = try visitor(request) else { return nil }
            let space = try visitor.space(unit, for: .readDesk)
            return try hub.store.read { store in try resolutionRows(unit: space, store) }
        }
        guard let bytes else { return Self.signInFirst(request) }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"phusa-decisions.csv\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static let columns = [
        "unit", "form", "record", "field", "decided", "overruled", "overruled_by", "decided_by", "decided_at", "reason",
    ]

    private func resolutionRows(unit: String?, _ store: StoreTransaction) throws -> [UInt8] {
        // Spreadsheets take a file for UTF-8 by these three bytes.
        var bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + CSVLine.bytes(Self.columns, separator: UInt8(ascii: ","))
        for resolution in try resolutions(unit: unit, store) {
            let view = try store.view(ofRow: resolution.change.record)
            for field in resolution.fields {
                let overruled = field.overruled.map { ($0.value.plainText, $0.change.author) }
                for (value, author) in overruled.isEmpty ? [("", "")] : overruled {
                    let cells = [
                        SpaceName.unit(of: view.space) ?? view.space, view.form, view.word, field.register.field,
                        field.decided.plainText, value, author, resolution.change.author,
                        Moment(milliseconds: resolution.change.time.milliseconds)?.iso ?? "", resolution.reason ?? "",
                    ]
                    bytes += CSVLine.bytes(cells.map(FormulaGuard.guarded), separator: UInt8(ascii: ","))
                }
            }
        }
        return bytes
    }
}
