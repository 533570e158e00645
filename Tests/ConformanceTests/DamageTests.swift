import Foundation
import Records
import SyncProtocol
import Testing
import Wording

/// Any one byte of any vector changed, dropped or doubled: a typed error or the same meaning, in bounded memory.
@Suite(.serialized) struct DamageTests {
    private enum Part { case bytes, tail }

    /// Each byte changed by some masks, dropped, and doubled.
    private static func damages(of bytes: [UInt8], masks: [UInt8]) -> some Sequence<[UInt8]> {
        bytes.indices.lazy.flatMap { index -> [[UInt8]] in
            var dropped = bytes
            dropped.remove(at: index)
            var doubled = bytes
            doubled.insert(bytes[index], at: index)
            return masks.map { bytes.with(bytes[index] ^ $0, at: index) } + [dropped, doubled]
        }
    }

    /// What the damaged bytes may mean. Proven bytes may mean only what the genuine ones do. Others may mean something else,
    /// as any bytes of their kind do, but then they are its only encoding, so that the hash or signature that they stand
    /// under shows it.
    private static func isHarmless(_ trial: Vector.Trial, _ damaged: [UInt8], _ part: Part, _ genuine: JSON) -> Bool {
        do {
            let found = try part == .bytes ? trial.decode(damaged, trial.tail) : trial.decode(trial.bytes, damaged)
            if meaning(found) == meaning(genuine) { return true }
            guard !trial.isProven else { return false }
            guard let encode = trial.encode else { return true }
            return try encode(damaged) == damaged
        } catch {
            return error is any CodedError
        }
    }

    /// Of a batch the canonical segments count, not how they travelled.
    private static func meaning(_ decoded: JSON) -> JSON { decoded["canonical"] ?? decoded }

    @Test func damageToAnyVectorShows() throws {
        let trials = VectorBook.all.vectors.compactMap { vector in vector.trial.map { (vector.path, $0) } }
        #expect(trials.count > 60)
        var tried = 0
        for (path, trial) in trials {
            let genuine = try trial.decode(trial.bytes, trial.tail)
            // What costs a signature each time is changed in fewer ways.
            let masks: [UInt8] = trial.bytes.count + trial.tail.count > 400 ? [1, 0x80] : [1, 0x80, 0xFF, 0x10]
            for (part, bytes) in [(Part.bytes, trial.bytes), (.tail, trial.tail)] {
                for damaged in Self.damages(of: bytes, masks: masks) {
                    tried += 1
                    if !Self.isHarmless(trial, damaged, part, genuine) {
                        Issue.record("\(path), \(part): \(damaged.hex)")
                        return
                    }
                }
            }
        }
        #expect(tried > 10_000)
    }

    /// A line of what the system says of this process's memory, in bytes.
    private static func memory(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        let words = line?.split(whereSeparator: \.isWhitespace) ?? []
        return (words.count > 1 ? Int(words[1]) : nil).map { $0 * 1024 } ?? 0
    }

    /// A frame's contents cost at most ``bound`` when they are put together, whatever they claim.
    private static let bound = 64 * 1024 * 1024

    /// In a process of its own: what other tests need beside it is not this one's.
    @Test func whatClaimsMuchCostsLittle() async {
        await #expect(processExitsWith: .success) {
            #expect(VectorBook.all.problems.isEmpty)
            for (name, contents) in Bombs.all {
                // From here on the peak is counted anew.
                try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
                let before = try Self.memory("VmRSS")
                var reader = ColumnReader(contents.bytes, tail: contents.tail)
                var room = ProtocolLimits.frameBytes
                do {
                    _ = try Upload.read(from: &reader, room: &room) { _ in
                        (12, BatchVectors.reading(for: Fixed.device.replica))
                    }
                } catch {
                    #expect(error is any CodedError)
                }
                let grown = try Self.memory("VmHWM") - before
                #expect(grown < Self.bound, "\(name): \(grown >> 20) MiB")
                if ProcessInfo.processInfo.environment["PHUSA_SHOW_MEMORY"] != nil {
                    print("memory: \(name) \(contents.bytes.count) bytes, peak \(grown >> 10) KiB")
                }
            }
        }
    }
}

/// Contents of a frame that expand as far as they may, or claim to.
enum Bombs {
    static var all: [(name: String, contents: ColumnWriter)] {
        [
            ("empty changes", empty), ("numbers", numbers), ("members", members), ("texts", texts),
            ("shapes", shapes),
        ]
    }

    private static func changes(_ count: Int) -> ColumnWriter {
        var writer = ColumnWriter()
        let segments = (count + 4999) / 5000
        writer.raw([2, 0])
        writer.varint(UInt64(segments))
        writer.byte(0)
        writer.uints([UInt64](repeating: 1, count: segments))
        writer.uints((0..<segments).map { UInt64(min(5000, count - $0 * 5000)) })
        writer.raw([0, 0])
        writer.deltas([Int64](repeating: 0, count: segments))
        writer.byte(1)
        writer.text("f")
        writer.raw([1, 0, 0, 0, 0, 0, 0])
        writer.deltas([Int64](repeating: 1, count: count), from: 0)
        writer.raw([0, 0])
        return writer
    }

    private static func shape(_ writer: inout ColumnWriter, slots: Int, kind: UInt8) {
        writer.raw([1, 1, 0x61, 1, 0])
        writer.varint(UInt64(slots))
        for _ in 0..<slots {
            writer.varint(0)
            writer.byte(kind)
        }
        writer.byte(0)
    }

    /// As many empty changes as there is room for.
    private static var empty: ColumnWriter {
        var writer = changes(20_000)
        shape(&writer, slots: 0, kind: 0)
        return writer
    }

    /// As many numbers as there is room for.
    private static var numbers: ColumnWriter {
        var writer = changes(120)
        shape(&writer, slots: 2000, kind: 1)
        writer.byte(0)
        return writer
    }

    /// As many members of lists as there is room for.
    private static var members: ColumnWriter {
        var writer = changes(10)
        shape(&writer, slots: 100, kind: 7)
        writer.uints([UInt64](repeating: 1000, count: 1000))
        writer.raw([0, 0])
        return writer
    }

    /// One text that stands for very many.
    private static var texts: ColumnWriter {
        var writer = changes(120)
        shape(&writer, slots: 2000, kind: 3)
        writer.raw([1, 1])
        writer.block([UInt8](repeating: 0x61, count: 60_000))
        writer.byte(0)
        return writer
    }

    /// As many shapes as the contents can hold.
    private static var shapes: ColumnWriter {
        var writer = changes(240)
        writer.raw([1, 1, 0x61])
        writer.varint(240)
        for _ in 0..<240 {
            writer.byte(0)
            writer.varint(2000)
            for _ in 0..<2000 { writer.raw([0, 0]) }
        }
        writer.byte(0)
        return writer
    }
}
