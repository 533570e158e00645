import HTTPTypes
package import Hummingbird
import Wording

/// Changes the language, and goes back to where the person was.
package enum LanguageRoutes {
    package static func add(to router: some RouterMethods<PageContext>) {
        router.get("/language/:language") { request, context in
            let back = request.uri.queryParameters.get("back").flatMap { SitePath($0) }?.text ?? "/"
            var response = Response.seeOther(back)
            if let language = context.parameters.get("language").flatMap({ Language(rawValue: $0) }) {
                response.setCookie(
                    Cookie(
                        name: Request.languageCookie, value: language.rawValue, maxAge: 365 * 86_400, path: "/",
                        httpOnly: true, sameSite: .lax))
            }
            return response
        }
    }
}
