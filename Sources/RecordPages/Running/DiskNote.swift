package import RecordStore
import Records
package import Wording

/// What is said where the disk runs low; `nil` while there is room.
package struct DiskNote {
    let diskText: String
    let diskRemedy: String
    let isStrong: Bool

    package init?(_ room: DiskRoom?, _ language: Language) {
        guard let room, room.level != .ample else { return nil }
        isStrong = room.level == .veryLow
        diskText = Catalogue.text(
            "disk.\(room.level.rawValue)", language, ["free": VietnameseFormat.bytes(room.free)])
        diskRemedy = Catalogue.text("disk.\(room.level.rawValue).remedy", language)
    }

    /// The room and what the data takes of it.
    package static func facts(_ room: DiskRoom?, databaseBytes: Int64, _ language: Language) -> [NamedFact] {
        let database = NamedFact("running.database", VietnameseFormat.bytes(databaseBytes), language)
        guard let room else { return [database] }
        let text = Catalogue.text(
            "running.free.of", language,
            ["free": VietnameseFormat.bytes(room.free), "total": VietnameseFormat.bytes(room.total)])
        return [NamedFact("running.free", text, language), database]
    }
}
