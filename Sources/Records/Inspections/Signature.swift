/// A signature that was drawn on a screen, as a text: strokes apart by `;`, each of points `x,y` apart by spaces, on a sheet of
/// ``width`` by ``height``. As a text it is a value as any other: it travels with the record, is signed with it, and prints sharp.
package struct Signature: Hashable, Sendable {
    package struct Point: Hashable, Sendable {
        package let x: Int
        package let y: Int
    }

    /// Steps along the sheet's sides.
    package static let width = 1000
    package static let height = 400
    /// UTF-8 bytes of the text.
    package static let textBytes = 16 * 1024

    /// Each of at least one point.
    package let strokes: [[Point]]

    /// - Returns: `nil` for what is no drawing, or one without a line that anybody would see.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.textBytes else { return nil }
        var strokes: [[Point]] = []
        for stroke in text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            var points: [Point] = []
            for point in stroke.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
                let parts = point.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                guard parts.count == 2, let x = Self.step(parts[0], below: Self.width),
                    let y = Self.step(parts[1], below: Self.height)
                else { return nil }
                points.append(Point(x: x, y: y))
            }
            strokes.append(points)
        }
        guard strokes.contains(where: { Set($0).count > 1 }) else { return nil }
        self.strokes = strokes
    }

    private static func step(_ digits: Substring.UTF8View, below end: Int) -> Int? {
        guard (1...4).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        return number <= end ? number : nil
    }

    /// The `d` of an SVG path on a sheet of ``width`` by ``height``.
    package var path: String {
        strokes.map { stroke in
            let points = stroke.map { "\($0.x) \($0.y)" }
            // A dot is a line of no length, which round ends make visible.
            return "M" + points[0] + "L" + (points.count > 1 ? points.dropFirst().joined(separator: "L") : points[0])
        }.joined()
    }
}
