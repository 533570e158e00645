import RecordStore
import Records

/// The people at one machine: what they are about to save, and what they saved.
struct Authors {
    /// Something that somebody saves, with what they see of its record.
    struct Attempt {
        /// When in the run.
        let step: Int
        let space: String
        let record: RecordID
        let draft: Draft
        let sight: Sight
        /// They see what is known at that moment, and not what a form showed that was opened before.
        let isOfNow: Bool
        /// What they see may not be named whole; see ``ChangeModel/Saved``.
        var isCautious = false
    }

    /// What was to be saved since saving last returned: some of it may be there after all.
    var attempts: [Attempt] = []
    /// Steps whose attempts were just like others, so that nobody can tell which of them is there.
    var doubtful: Set<Int> = []
    /// What was saved on this machine's disk.
    var made: Set<ChangeName> = []
}
