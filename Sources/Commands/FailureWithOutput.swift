import Records
import Wording

/// A failure about which there is more to say than its code: further members for programs, lines for people.
struct FailureWithOutput: Error {
    let cause: any CodedError
    let members: [String: JSON]
    let text: String
}
