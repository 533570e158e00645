package import HummingbirdCore
package import Logging
package import NIOCore
import Synchronization

/// Stands before everything that is spoken on a connection and lets so many in from one address.
///
/// An address may stand for a whole office, and for every visitor where a proxy is in front: the limit is far above what an
/// office needs, and does not hold for this machine itself.
package struct Doorkeeper<Inside: ServerChildChannel>: ServerChildChannel {
    package typealias Value = Inside.Value

    private let inside: Inside
    private let counts: AddressCounts

    package init(_ inside: Inside, counts: AddressCounts) { (self.inside, self.counts) = (inside, counts) }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        if let address = channel.remoteAddress, !address.isThisMachine {
            let name = address.ipAddress.map(ClientAddress.counted) ?? "unknown"
            guard counts.enter(name) else {
                channel.close(promise: nil)
                return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            channel.closeFuture.whenComplete { [counts] _ in counts.leave(name) }
        }
        return inside.setup(channel: channel, logger: logger)
    }

    package func handle(value: Value, logger: Logger) async { await inside.handle(value: value, logger: logger) }
}

/// How many connections each address has.
package final class AddressCounts: Sendable {
    /// Several for each browser of an office.
    package static let most = 512

    private let most: Int
    private let counts = Mutex<[String: Int]>([:])

    package init(most: Int = AddressCounts.most) { self.most = most }

    package func enter(_ address: String) -> Bool {
        counts.withLock { counts in
            guard counts[address, default: 0] < most else { return false }
            counts[address, default: 0] += 1
            return true
        }
    }

    package func leave(_ address: String) {
        counts.withLock { counts in
            let left = counts[address, default: 1] - 1
            counts[address] = left == 0 ? nil : left
        }
    }

    /// How many addresses are remembered.
    package var addressCount: Int { counts.withLock { $0.count } }
}

extension SocketAddress {
    fileprivate var isThisMachine: Bool { ipAddress.map(ClientAddress.isThisMachine) ?? true }
}
