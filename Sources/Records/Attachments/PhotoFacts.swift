/// What a camera wrote into a photo: when it was taken, and where. The Exif block of a JPEG, by CIPA DC-008; everything else in it is
/// passed over, and nothing in it is believed to be well formed.
package struct PhotoFacts: Hashable, Sendable {
    /// By the camera's clock; of Vietnam's time where it says no other.
    package var takenAt: Moment?
    /// As ``Place`` writes it: with the radius that the camera named, else with a note that the photo says so.
    package var place: String?

    package init(takenAt: Moment?, place: String?) {
        self.takenAt = takenAt
        self.place = place
    }

    /// The block is in the first segments of the file: so many bytes are looked at.
    package static let startBytes = 256 * 1024
    /// Stands where a camera said no radius.
    package static let placeNote = "Exif"

    /// - Parameter start: the beginning of the file.
    /// - Returns: `nil` where the photo says neither when nor where.
    package init?(jpeg start: [UInt8]) {
        guard let block = Self.exif(in: start) else { return nil }
        let reader = Exif(block)
        guard let first = reader.number(at: 4, bytes: 4) else { return nil }
        let main = reader.directory(at: first)
        let detail = main[0x8769].flatMap { reader.number($0) }.map { reader.directory(at: $0) } ?? [:]
        let global = main[0x8825].flatMap { reader.number($0) }.map { reader.directory(at: $0) } ?? [:]
        takenAt = reader.moment(detail)
        place = reader.place(global)
        if takenAt == nil, place == nil { return nil }
    }

    /// The TIFF structure in the first segment of its kind.
    private static func exif(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        var offset = 2
        while offset + 4 <= min(bytes.count, startBytes), bytes[offset] == 0xFF {
            let kind = bytes[offset + 1]
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            // Pictures begin, or what is no segment.
            guard length >= 2, kind != 0xDA, kind != 0xD9 else { return nil }
            let content = bytes[min(offset + 4, bytes.count)..<min(offset + 2 + length, bytes.count)]
            if kind == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) { return content.dropFirst(6) }
            offset += 2 + length
        }
        return nil
    }
}

/// A TIFF structure. Every read is checked against its end, and directories do not lead to directories, so that nothing goes round.
private struct Exif {
    /// A directory's entry: its type, how many values, and where they are.
    struct Entry {
        let type: Int
        let count: Int
        let offset: Int
    }

    private let bytes: [UInt8]
    private let isLittle: Bool

    init(_ block: ArraySlice<UInt8>) {
        bytes = Array(block)
        isLittle = bytes.starts(with: [0x49, 0x49])
    }

    private static let entries = 200

    func number(at offset: Int, bytes count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        let slice = bytes[offset..<offset + count]
        return (isLittle ? Array(slice.reversed()) : Array(slice)).reduce(0) { $0 << 8 | Int($1) }
    }

    func directory(at offset: Int) -> [Int: Entry] {
        guard let count = number(at: offset, bytes: 2), count <= Self.entries else { return [:] }
        var entries: [Int: Entry] = [:]
        for index in 0..<count {
            let place = offset + 2 + index * 12
            guard let tag = number(at: place, bytes: 2), let type = number(at: place + 2, bytes: 2),
                let count = number(at: place + 4, bytes: 4), let value = number(at: place + 8, bytes: 4)
            else { break }
            let size = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8][type] ?? 1
            // Values of four bytes or fewer stand in the entry itself.
            entries[tag] = Entry(type: type, count: count, offset: count <= 4 / size ? place + 8 : value)
        }
        return entries
    }

    func number(_ entry: Entry) -> Int? { number(at: entry.offset, bytes: entry.type == 3 ? 2 : 4) }

    private func text(_ entry: Entry?) -> String? {
        guard let entry, entry.type == 2, (1...64).contains(entry.count), entry.offset <= bytes.count - entry.count,
            entry.offset >= 0
        else { return nil }
        let text = bytes[entry.offset..<entry.offset + entry.count].prefix { $0 != 0 }
        return text.allSatisfy { (32..<127).contains($0) } ? String(decoding: text, as: UTF8.self) : nil
    }

    /// One of a row of fractions.
    private func fraction(_ entry: Entry, _ index: Int = 0) -> Double? {
        guard entry.type == 5, index < entry.count, index < 3,
            let above = number(at: entry.offset + index * 8, bytes: 4),
            let below = number(at: entry.offset + index * 8 + 4, bytes: 4), below > 0
        else { return nil }
        return Double(above) / Double(below)
    }

    /// `2026:11:20 09:12:31`, and `+07:00` beside it.
    func moment(_ directory: [Int: Entry]) -> Moment? {
        guard let text = text(directory[0x9003]) else { return nil }
        let parts = text.split(separator: " ")
        guard parts.count == 2, let date = CalendarDate(iso: parts[0].split(separator: ":").joined(separator: "-")),
            let time = TimeOfDay(iso: String(parts[1]))
        else { return nil }
        let offset = self.text(directory[0x9011]) ?? ""
        return Moment(iso: date.iso + "T" + time.iso + offset) ?? Moment(iso: date.iso + "T" + time.iso)
    }

    func place(_ directory: [Int: Entry]) -> String? {
        guard let north = degrees(directory[2], text(directory[1]), below: "S", most: 90),
            let east = degrees(directory[4], text(directory[3]), below: "W", most: 180)
        else { return nil }
        let radius = directory[0x1F].flatMap { fraction($0) }.flatMap { $0 <= 999_999 ? Int($0.rounded(.up)) : nil }
        return "\(north), \(east)" + (radius.map { " ±\($0) m" } ?? "; \(PhotoFacts.placeNote)")
    }

    /// Degrees, minutes and seconds as degrees with six digits after the point.
    private func degrees(_ entry: Entry?, _ side: String?, below: String, most: Double) -> String? {
        guard let entry, let side, let whole = fraction(entry), let minutes = fraction(entry, 1) else { return nil }
        let value = whole + minutes / 60 + (fraction(entry, 2) ?? 0) / 3600
        guard value <= most else { return nil }
        let millionths = Int((value * 1_000_000).rounded())
        let digits = String(millionths % 1_000_000)
        let text = "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
        return side == below ? "-" + text : text
    }
}
