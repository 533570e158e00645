package import NIOCore
package import NIOHTTPTypes

/// Lets go of a client that keeps a request open without getting on with it: it sends its body by the drop, or does not take
/// what it asked for. Heads that do not come are the server's own to see to.
///
/// A bad line is slow too, and is to be served: a drop is far less than the worst line brings.
package final class SlowClient: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// How often it is looked, while a request is under way.
    package static let span = TimeAmount.seconds(60)

    private let span: TimeAmount
    private var progress = RequestProgress()
    private var look: Scheduled<Void>?

    package init(span: TimeAmount = SlowClient.span) { self.span = span }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: progress.begin()
        case .body(let bytes): progress.received(bytes.readableBytes)
        case .end: progress.endOfBody()
        }
        begin(context)
        context.fireChannelRead(data)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        progress.answered()
        context.fireChannelReadComplete()
    }

    package func read(context: ChannelHandlerContext) {
        progress.ask()
        context.read()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { progress.endOfAnswer() }
        progress.wrote()
        begin(context)
        let done = promise ?? context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        done.futureResult.whenComplete { _ in bound.value.progress.gotOut() }
        context.write(data, promise: done)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { stop() }

    package func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        look?.cancel()
        look = nil
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard look == nil, progress.isUnderWay else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        look = context.eventLoop.scheduleTask(in: span) {
            let (handler, context) = bound.value
            handler.look = nil
            guard handler.progress.hasMoved() else { return context.close(promise: nil) }
            handler.begin(context)
        }
    }
}

/// What a client has done since it was last looked at. A value without a clock.
package struct RequestProgress {
    /// So many bytes of a body at least come from one look to the next.
    package static let leastBytes = 512
    /// An answer whose writing gets on by nothing is waited for so many looks: what was given to the system goes out in pieces
    /// that it does not tell of.
    package static let patience = 10

    /// Requests whose body is not at its end.
    private var isReading = false
    private var bytes = 0
    /// Whether the program waits for what comes next; while it does not, a client that sends nothing is held up by it.
    private var isAsking = false
    /// Parts of answers that the system has not taken yet.
    private var waiting = 0
    private var taken = 0
    private var looksWithoutMove = 0
    private var answers = 0

    package init() {}

    package var isUnderWay: Bool { isReading || waiting > 0 || answers > 0 }

    package mutating func begin() {
        isReading = true
        // A head counts as much as it needs to: the body has a whole span to begin.
        bytes = Self.leastBytes
        answers += 1
    }

    package mutating func ask() { isAsking = true }
    package mutating func answered() { isAsking = false }
    package mutating func received(_ count: Int) { bytes += count }
    package mutating func endOfBody() { isReading = false }
    package mutating func endOfAnswer() { answers = max(0, answers - 1) }
    package mutating func wrote() { waiting += 1 }

    package mutating func gotOut() {
        waiting -= 1
        taken += 1
    }

    /// Whether the client got on since the last look.
    package mutating func hasMoved() -> Bool {
        defer { (bytes, taken) = (0, 0) }
        if waiting > 0, taken == 0 {
            looksWithoutMove += 1
            return looksWithoutMove < Self.patience
        }
        looksWithoutMove = 0
        // While an answer is being written, and while the program does not ask for more, nothing has to come.
        guard isReading, isAsking, waiting == 0 else { return true }
        return bytes >= Self.leastBytes
    }
}
