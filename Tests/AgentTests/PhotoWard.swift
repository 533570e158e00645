import Agent
import PageTesting
import RecordStore
import Records

/// Photos in the ward of the tests.
extension Ward {
    /// Bytes that begin as a JPEG does and are otherwise their own.
    static func photo(_ count: Int, _ seed: UInt8 = 1) -> [UInt8] {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        return [0xFF, 0xD8, 0xFF, 0xE0]
            + (0..<max(0, count - 4)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
    }

    func attach(_ bytes: [UInt8], on device: AgentDevice) throws -> Records.Attachment {
        let intake = try device.attachmentIntake()
        // The first piece does not tell what it is.
        var rest: ArraySlice<UInt8> = bytes[...]
        try intake.add(Array(rest.prefix(3)))
        rest = rest.dropFirst(3)
        while !rest.isEmpty {
            try intake.add(Array(rest.prefix(10_000)))
            rest = rest.dropFirst(10_000)
        }
        return try intake.finish()
    }

    @discardableResult
    func visit(with attachments: [Records.Attachment], on device: AgentDevice, _ place: String = "Chợ") throws
        -> String
    {
        try save(
            device, [("place", .set(.text(place))), ("photos", .set(.items(attachments.map(\.word).sorted())))],
            form: "visit")
    }
}
