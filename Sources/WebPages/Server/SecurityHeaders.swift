import HTTPTypes
package import Hummingbird

/// Tells browsers to run and load nothing but what this program serves.
package struct SecurityHeaders: RouterMiddleware {
    package typealias Context = PageContext

    package init() {}

    private static let policy = """
        default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; \
        connect-src 'self'; base-uri 'none'; frame-ancestors 'none'
        """

    package func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { response.headers[name] = "same-origin" }
        return response
    }
}
