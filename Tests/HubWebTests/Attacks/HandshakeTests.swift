import HubWeb
import NIOCore
import NIOEmbedded
import NIOTLS
import Testing

/// Who connects and never gets as far as a request.
@Suite struct HandshakeTests {
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: HandshakeDeadline(patience: .seconds(30)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    @Test func aHandshakeThatDoesNotEndIsNotWaitedFor() throws {
        let channel = try channel()
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func whoHasAgreedIsLeftToItsOwnLimits() throws {
        let channel = try channel()
        channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: "h2"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(300))
        #expect(channel.isActive)
        _ = try? channel.finish()
    }
}
