/// Lines of a file, however long it is: ends in LF or CRLF, a byte order mark passed over, empty lines too.
package struct LineReader {
    package struct Line: Sendable {
        /// Counted from 1.
        package let number: Int
        /// Without the line's end; nothing of a line that is too long.
        package let bytes: [UInt8]
        package let isTooLong: Bool
    }

    private var input: ByteInput
    private var number = 0

    /// - Parameter source: the file's next bytes each time; none at its end.
    package init(_ source: @escaping () throws -> [UInt8]) throws {
        input = ByteInput(source)
        try input.skipByteOrderMark()
    }

    package mutating func next() throws -> Line? {
        while try input.peek() != nil {
            number += 1
            var bytes: [UInt8] = []
            var length = 0
            while let byte = try input.next(), byte != UInt8(ascii: "\n") {
                length += 1
                if length <= TableLimits.rowBytes { bytes.append(byte) } else { bytes = [] }
            }
            let isTooLong = length > TableLimits.rowBytes
            if !isTooLong, bytes.allSatisfy({ [32, 9, 13].contains($0) }) { continue }
            return Line(number: number, bytes: bytes, isTooLong: isTooLong)
        }
        return nil
    }
}
