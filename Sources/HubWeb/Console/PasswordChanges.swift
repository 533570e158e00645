import Hub
import RecordStore
import SyncProtocol
import Synchronization
import WebPages

extension Console {
    /// Gives a person another password at the wish of a unit's device, and ends what they had signed in to here. Wrong tries count
    /// as those to sign in.
    /// - Parameter message: a ``PasswordChange``.
    func changePassword(_ message: [UInt8], from address: String) throws -> [UInt8] {
        let change = try PasswordChange(bytes: message)
        try countTry(name: change.person, address: address)
        try hub.changePassword(change)
        limiter.withLock { $0.succeeded(name: change.person, address: address) }
        sessions.closeAll(of: change.person)
        return PasswordChange.done
    }
}
