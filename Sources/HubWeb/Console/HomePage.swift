import Hummingbird
import NIOPosix
import RecordStore
import WebPages

extension Console {
    /// Sends to the first page that the visitor may look at.
    func home(_ request: Request) async throws -> Response {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            guard let visitor = try visitor(request) else { return Self.signInFirst(request) }
            return .seeOther(visitor.may(.readDesk) ? "/conflicts" : "/records")
        }
    }
}
