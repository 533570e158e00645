import Causality
import Hub
import Hummingbird
import RecordPages
import RecordStore
import Records
import SyncProtocol
import WebPages
import Wording

extension Console {
    func device(_ request: Request, _ word: String) async throws -> Response {
        try await devicePage(request, word, isReasonMissing: false)
    }

    private func devicePage(_ request: Request, _ word: String, isReasonMissing: Bool) async throws -> Response {
        try await show(request, .readDesk) { [hub] store, names, visitor, _ in
            let board = try DeviceBoard(hub, store)
            let entry = try Self.entry(word, on: board, for: visitor)
            let model = try DeviceModel(
                entry, on: board, in: store, canManage: visitor.may(.runDevices),
                isReasonMissing: isReasonMissing, names)
            var page = Page("device", title: "\(model.row.deviceUnit), \(model.row.deviceName)", model)
            if isReasonMissing { page.status = .unprocessableContent }
            return page
        }
    }

    /// - Throws: that there is no such page, for a word that names no device; `rights.console` for another unit's.
    static func entry(_ word: String, on board: DeviceBoard, for visitor: Visitor) throws -> DeviceBoard.Entry {
        guard let entry = board.entries.first(where: { $0.device.replica.word == word }) else {
            throw PagesError(.notFound)
        }
        try visitor.require(.readDesk, in: SpaceName.general(entry.device.unit))
        return entry
    }

    /// Shuts the device out, with a reason.
    /// - Parameter asLost: whether its people look for it; what became of its work is shown then.
    func revoke(_ request: Request, _ word: String, asLost: Bool) async throws -> Response {
        let isDone = try await take(request) { [hub] body, visitor in
            try visitor.require(.runDevices)
            let reason = String(body["reason"].trimmed.prefix(Self.reasonCharacters))
            guard !reason.isEmpty else { return false }
            try hub.revoke(word, reason: reason, by: visitor.person.id)
            return true
        }
        switch isDone {
        case nil: return Self.signInFirst(request)
        case true?: return .seeOther("/devices/\(word)\(asLost ? "/lost" : "")?done=device-revoked")
        case false? where asLost: return try await lostPage(request, word, isReasonMissing: true)
        case false?: return try await devicePage(request, word, isReasonMissing: true)
        }
    }

    private static let reasonCharacters = 2000

    func retire(_ request: Request, _ word: String) async throws -> Response {
        let isDone: Bool? = try await take(request) { [hub] _, visitor in
            try visitor.require(.runDevices)
            try hub.retire(word, by: visitor.person.id)
            return true
        }
        guard isDone == true else { return Self.signInFirst(request) }
        return .seeOther("/devices/\(word)?done=device-retired")
    }
}

extension String {
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = \.isWhitespace
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
