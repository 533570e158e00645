/// What may have happened to bytes on their way.
enum Damage {
    /// Each byte replaced by each other byte.
    static func everyByte(of bytes: [UInt8]) -> [[UInt8]] {
        bytes.indices.flatMap { index in (1...255).map { bytes.changed(at: index, by: UInt8($0)) } }
    }

    /// Each byte with its lowest, its highest and all bits flipped: for messages whose check costs a signature.
    static func someBits(of bytes: [UInt8]) -> [[UInt8]] {
        bytes.indices.flatMap { index in [1, 0x80, 0xFF].map { bytes.changed(at: index, by: $0) } }
    }

    static func truncations(of bytes: [UInt8]) -> [[UInt8]] { bytes.indices.map { Array(bytes[..<$0]) } }
}

extension [UInt8] {
    func changed(at index: Int, by mask: UInt8) -> [UInt8] {
        var copy = self
        copy[index] ^= mask
        return copy
    }
}
