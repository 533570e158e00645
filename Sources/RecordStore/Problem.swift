/// Something in a store that is not as it must be.
package struct Problem: Hashable, Sendable {
    /// What is wrong; each has a sentence, `problem.WORD`, and one that says what to do, `problem.WORD.remedy`.
    package enum Kind: String, CaseIterable, Sendable {
        /// SQLite's own check of the file.
        case file
        /// An entry of the hub's log does not follow from those before it.
        case log
        /// The log ends elsewhere than the state says.
        case logEnd = "log-end"
        /// The public key of a replica is missing.
        case key
        /// A segment's signature, chain or changes do not agree.
        case segment
        /// A replica's chain ends elsewhere than its head says.
        case head
        /// The state's digest is not that of the log.
        case digest
        /// A record shows other values than its changes give.
        case values
        /// A record is shown by a form that none of its changes names.
        case form
        /// A record's open case is not that of its values.
        case openCase = "case"
        /// A form's definition is not the one of its digest.
        case definition
        /// The bytes of an attachment are not those of its hash.
        case attachment
        /// The same, where nobody else is known to have it.
        case attachmentAlone = "attachment-alone"
        /// An attachment that must be here is not.
        case attachmentGone = "attachment-gone"
        /// The hub's audit is not what was written.
        case audit
    }

    package let kind: Kind
    /// The space's name; empty: the whole file.
    package let space: String
    /// What it is about: a replica, a record, a form or the log.
    package let subject: String
    /// Where in it, or in SQLite's words; often empty.
    package let detail: String

    package init(_ kind: Kind, of subject: String, in space: String = "", detail: String = "") {
        self.kind = kind
        self.space = space
        self.subject = subject
        self.detail = detail
    }
}
