/// What became of attachments in an exchange.
package struct AttachmentReport: Hashable, Sendable {
    /// How many the hub has now that it had not before.
    package var sent = 0
    /// Bytes of chunks that were sent.
    package var bytesSent = 0
    /// How many are still to go, and their bytes.
    package var left = 0
    package var bytesLeft = 0
    /// How many wait until somebody asks for them, since the line is none that they go over by themselves, and their bytes.
    package var held = 0
    package var bytesHeld = 0
    /// How many left this machine, since the hub has them and their time was over.
    package var letGo = 0
    /// The code of what stands in the way of those that are left; `nil` when nothing does.
    package var trouble: String?
    package var troubleDetails: [String: String] = [:]
    /// Whether they stopped since something else is to go first.
    package var isInterrupted = false

    package init() {}
}
