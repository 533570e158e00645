import Agent
import Foundation
import Hub

/// A new device whose line is cut over and over while it fetches everything: what of the answers came for nothing.
struct CutLine {
    private(set) var cuts = 0
    /// Bytes that came and could not be taken in, since their frame was not whole: of one cut at most, and of all.
    private(set) var lostMost = 0
    private(set) var lost = 0
    private(set) var largestPiece = 0

    /// Every answer is cut after so many bytes at most.
    private static let mostBytes = 200_000

    init(_ device: AgentDevice, _ city: City) throws {
        guard let link = try device.hub() else { throw AgentError(.notEnrolled) }
        var options = DeviceExchange.Options()
        // A hub does not remember where in an answer a device was cut off.
        options.listsKnowledge = true
        // The same cuts in every run.
        var state: UInt64 = 1
        repeat {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let end = Int(state >> 33) % Self.mostBytes
            try fetch(DeviceExchange(device, with: link, options), upTo: end, from: city.hub)
        } while !isWhole
    }

    private var isWhole = false

    private mutating func fetch(_ exchange: DeviceExchange, upTo end: Int, from hub: Hub) throws {
        var answering = HubExchange(hub)
        try answering.take(try exchange.request())
        try answering.endRequest()
        var came = 0
        while let piece = try answering.nextPiece() {
            largestPiece = max(largestPiece, piece.count)
            guard came + piece.count <= end else {
                try exchange.take(piece.prefix(end - came))
                cuts += 1
                lost += end - came
                lostMost = max(lostMost, end - came)
                return
            }
            try exchange.take(piece)
            came += piece.count
        }
        try exchange.finish()
        isWhole = true
    }
}
