/// Bytes that come in chunks, taken one by one.
struct ByteInput {
    private let source: () throws -> [UInt8]
    private var chunk: [UInt8] = []
    private var index = 0

    /// - Parameter source: the next bytes each time; none at the end.
    init(_ source: @escaping () throws -> [UInt8]) { self.source = source }

    mutating func peek() throws -> UInt8? {
        if index == chunk.count {
            chunk = try source()
            index = 0
        }
        return index < chunk.count ? chunk[index] : nil
    }

    mutating func next() throws -> UInt8? {
        let byte = try peek()
        if byte != nil { index += 1 }
        return byte
    }

    /// What comes next stays to be taken.
    /// - Returns: the bytes up to where `isEnd` says so, at most `most`.
    mutating func ahead(most: Int, until isEnd: (UInt8) -> Bool) throws -> ArraySlice<UInt8> {
        var end = index
        while end - index < most {
            if end == chunk.count {
                let more = try source()
                guard !more.isEmpty else { break }
                chunk = chunk[index...] + more
                end -= index
                index = 0
            }
            if isEnd(chunk[end]) { break }
            end += 1
        }
        return chunk[index..<end]
    }

    mutating func skipByteOrderMark() throws {
        if try ahead(most: 3, until: { _ in false }).elementsEqual([0xEF, 0xBB, 0xBF]) { index += 3 }
    }
}
