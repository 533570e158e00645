import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
package import Wording

/// The one place where an error becomes a page: what happened and what to do, in the person's language.
package struct ErrorPages: RouterMiddleware {
    package typealias Context = PageContext

    /// When somebody who came at a bad moment may come again.
    private static let retrySeconds = 5

    package init() {}

    package func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any CodedError {
            return Self.page(error, request)
        } catch let error as HTTPError {
            return Self.page(PagesError(error.status == .contentTooLarge ? .tooLarge : .notFound), request)
        } catch is NIOTooManyBytesError {
            return Self.page(PagesError(.tooLarge), request)
        } catch {
            context.logger.error("page failed", metadata: ["error.type": "\(type(of: error))"])
            return Self.page(PagesError(.failed), request)
        }
    }

    private static func page(_ error: any CodedError, _ request: Request) -> Response {
        let language = request.language
        let status = status(of: error)
        var page = Page(
            "error", title: Catalogue.text("page.error.title", language),
            [
                "message": error.message(in: language), "remedy": error.remedy(in: language), "code": error.code,
            ])
        page.status = status
        var response = page.response(in: Shell(request))
        if status == .serviceUnavailable { response.headers[.retryAfter] = String(retrySeconds) }
        return response
    }

    /// The HTTP status that fits a code.
    package static func status(of error: any CodedError) -> HTTPResponse.Status {
        switch error.code {
        case "page.not-found", "record.unknown", "form.unknown", "case.unknown", "word.invalid", "draft.gone": .notFound
        case "page.too-large": .contentTooLarge
        case "page.foreign-host": .misdirectedRequest
        case "page.foreign-origin", "page.token-missing", "sign-in.needed": .forbidden
        case "page.failed": .internalServerError
        case "sign-in.too-often": .tooManyRequests
        default: error.code.hasPrefix("rights.") ? .forbidden : error.retryable ? .serviceUnavailable : .badRequest
        }
    }
}
