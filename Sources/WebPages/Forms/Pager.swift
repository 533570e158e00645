package import Hummingbird
import Records
package import Wording

/// The ways to the other pages of a long list.
package struct Pager {
    /// Rows of one page.
    package static let size = 50

    let previous: String?
    let next: String?
    let position: String

    /// - Parameter path: the list's address up to and with `?` or `&`.
    /// - Parameter isEndKnown: whether `count` is all there is, and not only all that was counted.
    /// - Returns: `nil` when everything fits on one page.
    package init?(path: String, page: Int, count: Int, isEndKnown: Bool = true, _ language: Language) {
        let pages = (count + Self.size - 1) / Self.size
        guard pages > 1 else { return nil }
        previous = page > 0 ? "\(path)page=\(page)" : nil
        next = page + 1 < pages ? "\(path)page=\(page + 2)" : nil
        let number = VietnameseFormat.number(String(page + 1))
        position =
            isEndKnown
            ? Catalogue.text(
                "page.pager.position", language,
                ["page": number, "pages": VietnameseFormat.number(String(pages))])
            : Catalogue.text("page.pager.page", language, ["page": number])
    }

    /// Which page a request asks for, from 0.
    package static func page(of request: Request) -> Int {
        let asked = request.uri.queryParameters.get("page").flatMap { Int($0) } ?? 1
        return min(max(asked, 1), 1_000_000) - 1
    }
}
