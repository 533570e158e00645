import Records

/// The copies of one store in a folder that several devices may share, by their names alone.
package struct BackupShelf: Sendable {
    /// Days of which a copy is kept.
    package static let days = 7
    package static let ending = ".bak"

    /// What the names of these copies begin with. A device that went on as a new replica begins a new row of copies, and lets
    /// those of the former one be.
    package let prefix: String
    /// Months of which a copy is kept besides.
    private let months: Int

    /// The shelf of a device.
    /// - Parameter replica: the word of who writes on it.
    package init(unit: String, replica: String) {
        prefix = "phusa-\(unit)-\(replica.prefix(8))-"
        months = 0
    }

    /// The shelf of a hub: what was believed a year ago can be looked up.
    /// - Parameter anchor: the word of the key that it is known by, which stays when it is put back from a copy.
    package init(hub anchor: String) {
        prefix = "phusa-hub-\(anchor.prefix(8))-"
        months = 12
    }

    /// `phusa-31120-vydjc2yn-2026-11-28-074000.bak`, by Vietnam's clocks.
    package func name(made milliseconds: Int64) -> String {
        guard let local = Moment(milliseconds: milliseconds)?.local else { return prefix + "0" + Self.ending }
        return prefix + local.date.iso + "-" + local.time.iso.replacing(":", with: "") + Self.ending
    }

    /// Which of the files in the folder go once `latest` is there, whole and checked: of each of the latest seven days that
    /// have any, the last copy stays, and so it does of each of the latest months, where months are kept.
    /// - Parameter latest: stays whatever the clock said when it was made.
    package func surplus(of files: [String], keeping latest: String) -> [String] {
        let copies = files.filter(isOwn).sorted(by: >)
        var (days, ofMonths): ([Substring], [Substring]) = ([], [])
        return copies.filter { copy in
            let (day, month) = (copy.dropFirst(prefix.count).prefix(10), copy.dropFirst(prefix.count).prefix(7))
            let isLastOfDay = !days.contains(day) && (days.count < Self.days || copy == latest)
            let isLastOfMonth = !ofMonths.contains(month) && ofMonths.count < months
            if isLastOfDay { days.append(day) }
            if isLastOfMonth { ofMonths.append(month) }
            return copy != latest && !isLastOfDay && !isLastOfMonth
        }
    }

    /// Where the photos of a device's copies lie.
    package func photos(in folder: String) -> BlobFolder { BlobFolder(path: "\(folder)/\(prefix)\(Self.photosName)") }

    /// Where photos of a copy may lie: beside it alone, or beside all copies of its device.
    package static func photos(of file: String) -> [BlobFolder] {
        let alone = alone(of: file)
        let name = file.split(separator: "/").last ?? ""
        let stamp = "2026-11-28-074000.bak"
        guard name.hasPrefix("phusa-"), name.hasSuffix(ending), name.count > stamp.count else { return [alone] }
        return [alone, BlobFolder(path: file.dropLast(stamp.count) + photosName)]
    }

    /// Where photos of a copy in a file of its own lie.
    package static func alone(of file: String) -> BlobFolder { BlobFolder(path: file + "." + photosName) }

    private static let photosName = "attachments"

    /// Whether a file has the name of a copy on this shelf.
    package func isOwn(_ file: String) -> Bool { file.hasPrefix(prefix) && file.hasSuffix(Self.ending) }
}
