import Records
import Wording

/// A file of several records stopped at one of them: which, why, and what was saved before it.
struct RowFailure: Error {
    /// Counted from 1.
    let row: Int
    let saved: [JSON]
    let cause: any CodedError
}
