import Causality
import SyncProtocol
import Synchronization

/// One device's session, in memory: it dies with the process, and the device begins another.
struct HubSession: Sendable {
    let device: ReplicaID
    let keys: SessionKeys
    /// The hub's time when it began, in seconds since 1970.
    let begun: Int64
    /// Of the latest request; each must have a greater one.
    var counter: UInt64 = 0
    /// What the device may hold: what it said last, and what it holds if it got the answer.
    var remembered: [Remembered] = []
    /// When the device's contact was last written down, in milliseconds since 1970.
    var noted: Int64

    struct Remembered: Sendable {
        let name: [UInt8]
        let places: [KnownPlace]
    }
}

/// Where a device stands in a space, as the hub has checked it against its log.
struct KnownPlace: Hashable, Sendable {
    var position: LogPosition
    /// As the device says.
    var floor: Knowledge.Floor = .none

    var isFilling: Bool { if case .filling = floor { true } else { false } }
}

extension Knowledge {
    static func name(of spaces: [String], _ places: [KnownPlace]) -> [UInt8] {
        name(of: zip(spaces, places).map { (space: $0, position: $1.position, floor: $1.floor.index) })
    }
}

/// The sessions of a hub that runs.
final class HubSessions: Sendable {
    private struct State {
        var sessions: [UInt32: HubSession] = [:]
        var latest: [ReplicaID: UInt32] = [:]
    }

    private let state = Mutex(State())
    /// Each costs some hundred bytes, and more for devices of many spaces.
    private static let most = 50_000

    /// Keeps a new session, the device's only one from now on.
    func begin(_ id: UInt32, _ session: HubSession) {
        state.withLock { state in
            if let old = state.latest[session.device] { state.sessions[old] = nil }
            if state.sessions.count >= Self.most, let (victim, old) = state.sessions.first {
                state.sessions[victim] = nil
                state.latest[old.device] = nil
            }
            state.sessions[id] = session
            state.latest[session.device] = id
        }
    }

    subscript(id: UInt32) -> HubSession? { state.withLock { $0.sessions[id] } }

    /// Counts a request that was proven.
    /// - Returns: whether it is a new one.
    func count(_ counter: UInt64, in id: UInt32) -> Bool {
        state.withLock { state in
            guard let last = state.sessions[id]?.counter, counter > last || !Safeguard.requestsCounted.isOn else {
                return false
            }
            state.sessions[id]?.counter = counter
            return true
        }
    }

    func update(_ id: UInt32, _ body: (inout HubSession) -> Void) {
        state.withLock { state in
            if state.sessions[id] != nil { body(&state.sessions[id]!) }
        }
    }
}
