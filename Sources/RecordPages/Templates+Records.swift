/// The templates that agent and hub share beyond the frame.
package enum RecordTemplates {
    package static let sources: [String: [UInt8]] = [
        "record": PackageResources.record_mustache, "history": PackageResources.history_mustache,
        "rows": PackageResources.rows_mustache,
    ]
}
