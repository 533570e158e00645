import HummingbirdCore
import Logging
package import NIOCore
import NIOSSL
import NIOTLS

/// Lets go of who connects and does not get as far as agreeing on what to speak. From then on, what is spoken has limits of its own.
struct TimedHandshake<Inside: ServerChildChannel>: ServerChildChannel {
    typealias Value = Inside.Value

    private let inside: Inside

    init(_ inside: Inside) { self.inside = inside }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        inside.setup(channel: channel, logger: logger).flatMapThrowing { value in
            // Right behind TLS: what comes after it may keep to itself that the handshake is over.
            let pipeline = channel.pipeline.syncOperations
            let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
            try pipeline.addHandler(HandshakeDeadline(), position: .after(tls))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await inside.handle(value: value, logger: logger) }
}

/// Closes the connection unless TLS has been agreed on in time.
package final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    /// A greeting and its answers over the worst line.
    package static let patience = TimeAmount.seconds(30)

    private let patience: TimeAmount
    private var end: Scheduled<Void>?

    package init(patience: TimeAmount = HandshakeDeadline.patience) { self.patience = patience }

    package func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        end = context.eventLoop.scheduleTask(in: patience) { bound.value.close(promise: nil) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { end?.cancel() }

    package func channelInactive(context: ChannelHandlerContext) {
        end?.cancel()
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { end?.cancel() }
        context.fireUserInboundEventTriggered(event)
    }
}
