package import RecordStore
package import Records
package import Wording

extension BackupRecord.Good {
    package var json: [String: JSON] {
        [
            "file": .text(file), "made": .moment(made), "bytes": .number(bytes), "changes": .number(changes),
            "records": .number(records), "rehearsed": .bool(true), "otherDisk": .bool(isElsewhere),
        ]
    }
}

extension BackupRecord {
    /// What `status` tells of copies: the latest good one, and what stands in the way of the next.
    package func json(_ language: Language) -> JSON {
        var members = good?.json ?? ["made": .null]
        members["trouble"] =
            trouble.map { trouble in
                .object([
                    "code": .text(trouble.code), "message": .text(trouble.error.message(in: language)),
                    "remedy": .text(trouble.error.remedy(in: language)), "since": .moment(trouble.since),
                ])
            } ?? .null
        return .object(members)
    }

    package func text(_ language: Language) -> String {
        var lines = ["last backup \(good.map { isoMoment($0.made) + "  " + $0.file } ?? "-")"]
        if let trouble {
            lines.append(
                "\(trouble.code): \(trouble.error.message(in: language)); \(trouble.error.remedy(in: language))")
        }
        return lines.joined(separator: "\n")
    }
}
