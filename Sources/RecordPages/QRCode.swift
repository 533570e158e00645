import CQrEncode

/// A text as a picture that telephones read.
package struct QRCode: Sendable {
    /// Modules along each side.
    package let width: Int
    private let isDark: [Bool]

    /// - Returns: `nil` where the text is longer than a picture holds, some two thousand bytes, or empty.
    package init?(_ text: String) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else { return nil }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        // The lowest bit of each module's byte is its colour.
        isDark = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    /// The light frame that readers need to find it.
    private static let margin = 4

    /// Dark on white, whatever the page's colours are.
    package var svg: String {
        let side = width + 2 * Self.margin
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, isDark[row * width + column] { column += 1 }
                if column > start {
                    path += "M\(start + Self.margin) \(row + Self.margin)h\(column - start)v1H\(start + Self.margin)z"
                }
                column += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">\
            <rect width="\(side)" height="\(side)" fill="#fff"/><path d="\(path)" fill="#000"/></svg>
            """
    }
}
