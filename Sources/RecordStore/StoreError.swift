import Wording

/// What can go wrong between a caller and a replica's store.
package struct StoreError: CodedError {
    package enum Code: String, Sendable {
        case damaged = "store.damaged"
        case full = "store.full"
        case busy = "store.busy"
        case backupUnwritable = "backup.unwritable"
        case backupUnreadable = "backup.unreadable"
        case keyWrong = "store.key-wrong"
        case replaced = "store.replaced"
        case unavailable = "store.unavailable"
        case newer = "store.newer"
        case spaceUnknown = "space.unknown"
        case recordUnknown = "record.unknown"
        case recordDeleted = "record.deleted"
        case recordExists = "record.exists"
        case baseInvalid = "base.invalid"
        case baseUnknown = "base.unknown"
        case baseOtherRecord = "base.other-record"
        case batchTooLarge = "batch.too-large"
        case batchSpaces = "batch.several-spaces"
        case passwordShort = "password.short"
        case passwordLong = "password.long"
        case passwordGuessed = "password.guessed"
        case replicaUnknown = "replica.unknown"
        case hubRolledBack = "hub.rolled-back"
    }

    package let kind: Code
    package let details: [String: String]
    package let cause: (any Error)?

    package init(_ kind: Code, _ details: [String: String] = [:], cause: (any Error)? = nil) {
        self.kind = kind
        self.details = details
        self.cause = cause
    }

    package var code: String { kind.rawValue }
    package var retryable: Bool { kind == .busy || kind == .full }
}
