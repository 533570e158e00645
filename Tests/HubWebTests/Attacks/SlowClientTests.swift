import Foundation
import HubWeb
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import PageTesting
import Testing
import WebPages

/// Clients that hold a connection for nothing, against a server whose minutes are tenths of seconds.
@Suite struct SlowClientTests {
    /// Serves one way that answers with as much as is asked for.
    /// - Parameter ends: told whether the long answer was taken whole.
    private func serve(
        most: Int = 512, ends: AsyncStream<Bool>.Continuation? = nil,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let router = Router(context: PageContext.self)
        router.post("take") { request, _ in
            var count = 0
            for try await piece in request.body { count += piece.readableBytes }
            return String(count)
        }
        router.get("much") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    do {
                        for _ in 0..<4096 { try await writer.write(ByteBuffer(repeating: 120, count: 65_536)) }
                        try await writer.finish(nil)
                        ends?.yield(true)
                    } catch {
                        ends?.yield(false)
                        throw error
                    }
                })
        }
        let counts = AddressCounts(most: most)
        let server = HTTPServerBuilder { responder in
            Doorkeeper(
                HTTP1Channel(
                    responder: responder,
                    configuration: .init(
                        additionalChannelHandlers: [SlowClient(span: .milliseconds(200))],
                        idleTimeout: TimeAmount.seconds(75))),
                counts: counts)
        }
        try await Application(router: router, server: server).test(.live) { client in
            try await body(try #require(client.port))
        }
    }

    @Test(.timeLimit(.minutes(10))) func aBodyThatDoesNotComeIsNotWaitedFor() async throws {
        try await serve { port in
            let text = try await Siege.attack {
                let line = try RawLine(port: port)
                line.send("POST /take HTTP/1.1\r\nHost: hub\r\nContent-Length: 5000\r\n\r\nfew")
                return try line.receive()
            }
            // Closed, after at most an answer that says that it did not come whole.
            #expect(!text.contains("200 OK"))
        }
    }

    @Test(.timeLimit(.minutes(10))) func anAnswerThatNobodyTakesIsGivenUp() async throws {
        let (ends, tell) = AsyncStream.makeStream(of: Bool.self)
        try await serve(ends: tell) { port in
            let line = try await Siege.attack {
                let line = try RawLine(port: port)
                line.send("GET /much HTTP/1.1\r\nHost: hub\r\n\r\n")
                return Held(line: line)
            }
            var turns = ends.makeAsyncIterator()
            let isWhole = await turns.next()
            #expect(isWhole == false)
            withExtendedLifetime(line) {}
        }
    }

    @Test(.timeLimit(.minutes(10))) func whoGetsOnIsServedWhole() async throws {
        try await serve { port in
            let text = try await Siege.attack {
                let line = try RawLine(port: port)
                line.send("POST /take HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n")
                for _ in 0..<60 { line.send(String(repeating: "x", count: 1000)) }
                return try line.receive()
            }
            #expect(text.contains("200 OK") && text.hasSuffix("60000"))
        }
    }

    /// This machine's own connections are not counted: a proxy brings everybody's. What is tried here goes by the counting alone,
    /// since all tests come from this machine.
    @Test func theMachinesOwnAddressHasNoLimit() async throws {
        try await serve(most: 1) { port in
            let answers = try await Siege.attack {
                let lines = try (0..<3).map { _ in try RawLine(port: port) }
                for line in lines {
                    line.send("POST /take HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")
                }
                return try lines.map { try $0.receive() }
            }
            #expect(answers.allSatisfy { $0.contains("200 OK") })
        }
    }

    private struct Held: @unchecked Sendable {
        // Used by one task after another.
        let line: RawLine
    }
}
