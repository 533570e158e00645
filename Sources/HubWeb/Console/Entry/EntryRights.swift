import RecordStore

/// Who may record, assign and read at the console.
extension Visitor {
    /// Whether there is any space that they enter something in.
    var entersAnywhere: Bool { may(.record) || may(.assign) }
}
