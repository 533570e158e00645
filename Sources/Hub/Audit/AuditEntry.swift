package import Causality
import Records

/// What was done with rights at the hub: one entry of its audit. It names records, people and machines, and holds no contents.
package struct AuditEntry: Sendable {
    package enum Act: String, CaseIterable, Sendable {
        case signedIn = "signed-in"
        case signInStopped = "sign-in-stopped"
        case settled, reopened, asked
        case workAccepted = "work-accepted"
        case workDismissed = "work-dismissed"
        case workMoved = "work-moved"
        case codeMade = "code-made"
        case deviceEnrolled = "device-enrolled"
        case deviceRevoked = "device-revoked"
        case deviceRetired = "device-retired"
        case personAdded = "person-added"
        case passwordSet = "password-set"
        case personDisabled = "person-disabled"
        case personEnabled = "person-enabled"
        case roleGiven = "role-given"
        case roleTaken = "role-taken"
        case sessionsEnded = "sessions-ended"
        case recordsTaken = "records-taken"
        case hubLoaded = "hub-loaded"
        case hubRestored = "hub-restored"
        case copyAsked = "copy-asked"
    }

    /// Counts from 1, without gaps.
    package let number: Int64
    /// In milliseconds since 1970.
    package let time: Int64
    /// The person's id; empty for a command on the hub's own machine, and for somebody who is not known, such as who guesses at
    /// passwords.
    package let actor: String
    package let act: Act.RawValue
    /// What it was done to: the word of a record, change or device, or a person's id.
    package let object: String
    /// The unit that it is about; empty for none.
    package let unit: String
    package let details: [String: String]
    /// Of the entry and all before it.
    package let hash: Hash256

    /// The hash of an entry behind the one that ends with `previous`: H("phusa audit 1" ‖ previous ‖ number `varint` ‖ time `signed` ‖
    /// actor, act, object, unit and the details as one line of JSON, each `text`).
    static func hash(
        after previous: Hash256, number: Int64, time: Int64, _ texts: (actor: String, act: String, object: String),
        unit: String, details: String
    ) -> Hash256 {
        var writer = ByteWriter()
        writer.hash(previous)
        writer.varint(UInt64(bitPattern: number))
        writer.signed(time)
        for text in [texts.actor, texts.act, texts.object, unit, details] { writer.text(text) }
        return .of(tag: "phusa audit 1", writer.bytes)
    }
}

/// Which entries are asked for. What is `nil` is not asked about.
package struct AuditFilter: Hashable, Sendable {
    package var actor: String?
    package var act: String?
    package var object: String?
    package var unit: String?
    /// In milliseconds since 1970: from there on, and before.
    package var from: Int64?
    package var before: Int64?

    package init() {}
}
