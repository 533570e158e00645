import Agent
import SyncProtocol

/// A line that is cut after so many bytes of messages to one address.
final class CutLine: HubTransport {
    let line: any HubTransport
    var room: Int
    /// Bytes of chunks that came over it, by their place in all that were sent.
    var sent = 0

    init(_ line: any HubTransport, after room: Int) {
        self.line = line
        self.room = room
    }

    struct Cut: Error {}

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        guard route == .putAttachment else { return try line.exchange(route, sending: next, receiving: take) }
        var message: [UInt8] = []
        var isCut = false
        while let piece = try next() {
            message += piece
            room -= piece.count
            isCut = room < 0
            if isCut { break }
        }
        if isCut { message.removeLast(min(message.count, -room)) }
        sent += message.count
        try line.exchange(message, to: route, take)
        if isCut { throw Cut() }
    }
}

struct NotingLine: HubTransport {
    let line: any HubTransport
    let note: (HubRoute) -> Void

    init(_ line: any HubTransport, _ note: @escaping (HubRoute) -> Void) {
        self.line = line
        self.note = note
    }

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        note(route)
        try line.exchange(route, sending: next, receiving: take)
    }
}

final class DeadForPhotos: HubTransport {
    let line: any HubTransport
    private(set) var tries = 0

    let dead: HubRoute

    init(line: any HubTransport, route: HubRoute = .putAttachment) {
        self.line = line
        dead = route
    }

    func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        guard route == dead else { return try line.exchange(route, sending: next, receiving: take) }
        tries += 1
        while try next() != nil {}
        throw AgentError(.hubUnreachable, ["problem": "cut"])
    }
}

extension HubTransport {
    fileprivate func exchange(_ message: [UInt8], to route: HubRoute, _ take: ([UInt8]) throws -> Void) throws {
        var rest: [UInt8]? = message
        try exchange(
            route,
            sending: {
                defer { rest = nil }
                return rest
            }, receiving: take)
    }
}
