import HTTPTypes
package import Hummingbird
package import WebPages
import Wording

/// Lets so many requests for pages in at once: each waits for the database on one of a few threads, and a crowd of them must not
/// cost memory without end. Who is turned away is told when to come again, in words.
package struct PageGate: RouterMiddleware {
    package typealias Context = PageContext

    /// Several seconds' worth of pages.
    package static let most = 256

    private let gate: ExchangeGate

    package init(most: Int = PageGate.most) { gate = ExchangeGate(most: most) }

    package func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        guard let place = gate.enter() else { throw ReportedError(code: "page.busy", retryable: true) }
        var response = try await next(request, context)
        // What is made as it goes out holds its place until it is out.
        response.body = ResponseBody(contentLength: response.body.contentLength) { [body = response.body] writer in
            defer { withExtendedLifetime(place) {} }
            try await body.write(writer)
        }
        return response
    }
}
