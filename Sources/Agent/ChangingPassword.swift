import Foundation
import RecordStore
import SyncProtocol

extension AgentDevice {
    /// Has the hub give a person another password. The device gets what it is known by with the next sync, as all of the unit's
    /// devices do; until then the old one opens the door here.
    /// - Throws: `agent.not-enrolled`; `hub.line-open` where others could read along; what ``PasswordRule`` says; the hub's refusal.
    package func changePassword(
        of person: String, from old: String, to new: String, over transport: some HubTransport
    ) throws {
        guard let hub = try hub() else { throw AgentError(.notEnrolled) }
        guard !hub.isOpen else { throw AgentError(.hubLineOpen) }
        try PasswordRule.check(new, of: person)
        // Nobody has such a long one.
        guard old.utf8.count <= ProtocolLimits.passwordBytes else { throw AgentError(.signInWrong) }
        let message = PasswordChange(person: person, old: old, new: new).bytes
        let answer = try metered(transport, isSecure: hub.isSecure) { try $0.exchange(message, route: .password) }
        try PasswordChange.checkDone(try Self.checked(answer))
    }
}

extension AgentDevice.HubLink {
    /// Whether others may read what goes over the line: HTTP without TLS that leaves this machine.
    fileprivate var isOpen: Bool {
        guard let parts = URLComponents(string: url), parts.scheme?.lowercased() == "http" else { return false }
        return !["127.0.0.1", "::1", "[::1]", "localhost"].contains(parts.host?.lowercased() ?? "")
    }
}
