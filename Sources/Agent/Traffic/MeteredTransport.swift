package import SyncProtocol

/// Counts what goes over a transport, over all tries: the bodies of requests and answers.
package final class MeteredTransport: HubTransport {
    /// What went over the line.
    package struct Count: Hashable, Sendable {
        /// Requests sent, failed ones too.
        package var roundTrips = 0
        package var bytesUp = 0
        package var bytesDown = 0
    }

    private let inner: any HubTransport
    package private(set) var count = Count()

    package init(_ inner: any HubTransport) { self.inner = inner }

    package var network: NetworkKind? { inner.network }

    package func exchange(
        _ route: HubRoute, sending next: () throws -> [UInt8]?, receiving take: ([UInt8]) throws -> Void
    ) throws {
        count.roundTrips += 1
        try inner.exchange(
            route,
            sending: {
                let piece = try next()
                count.bytesUp += piece?.count ?? 0
                return piece
            },
            receiving: { piece in
                count.bytesDown += piece.count
                try take(piece)
            })
    }
}
