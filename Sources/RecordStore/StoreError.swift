import Wording

/// What can go wrong between a caller and a replica's store.
package struct StoreError: CodedError {
    package enum Code: String, Sendable {
        case damaged = "store.damaged"
        case full = "store.full"
        case busy = "store.busy"
        case backupUnwritable = "backup.unwritable"
        case backupUnreadable = "backup.unreadable"
        case backupRunning = "backup.running"
        case backupFolderGone = "backup.folder-gone"
        /// The folder of copies is there, and the disk that it was on is not.
        case backupDiskGone = "backup.disk-gone"
        case backupNoRoom = "backup.no-room"
        /// A copy that could not be put back.
        case backupUnsound = "backup.unsound"
        case backupFailed = "backup.failed"
        /// Photos that should be here are not, or damaged.
        case backupPhotosMissing = "backup.photos-missing"
        case keyWrong = "store.key-wrong"
        case replaced = "store.replaced"
        case unavailable = "store.unavailable"
        case newer = "store.newer"
        case spaceUnknown = "space.unknown"
        case recordUnknown = "record.unknown"
        case recordDeleted = "record.deleted"
        /// It was signed: nothing of it may be changed.
        case recordSealed = "record.sealed"
        /// What is to be signed holds something that a person has to settle first.
        case sealConflict = "seal.conflict"
        case sealTooMany = "seal.too-many"
        /// Whoever signs was shown something else.
        case sealChanged = "seal.changed"
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
        /// Neither a photo nor a document of a kind that PhuSa knows.
        case attachmentKindUnknown = "attachment.kind-unknown"
        case attachmentEmpty = "attachment.empty"
        case attachmentTooLarge = "attachment.too-large"
        /// The file cannot be read.
        case attachmentUnreadable = "attachment.unreadable"
        /// Text is kept before photos are.
        case attachmentNoRoom = "attachment.no-room"
        /// Bytes that do not go on where the beginning ends.
        case attachmentGap = "attachment.gap"
        /// Bytes that are not those of their hash.
        case attachmentHashWrong = "attachment.hash-wrong"
        /// No record of the device's spaces lists it.
        case attachmentUnlisted = "attachment.unlisted"
        case attachmentMissing = "attachment.missing"
        case attachmentField = "attachment.field"
        case draftsTooMany = "draft.too-many"
        case draftGone = "draft.gone"
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
    package var retryable: Bool {
        [.busy, .full, .attachmentGap, .attachmentHashWrong, .attachmentNoRoom].contains(kind)
    }
}
