/// A page's model as its template reads it: texts, flags, numbers, lists, and dictionaries of these.
///
/// The template engine looks for a tag's value by reflection in every model on its way up, and takes each of them apart
/// anew for every tag. Here each is taken apart once.
enum PlainModel {
    /// - Returns: `nil` for an optional that holds nothing. A property without a value is left out, so that, as by reflection,
    ///   the tag is looked for further up.
    static func of(_ value: Any) -> Any? {
        if value is String || value is Bool || value is Int { return value }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.flatMap { of($0.value) }
        case .collection: return mirror.children.compactMap { of($0.value) }
        case .dictionary: return (value as? [String: Any])?.compactMapValues(of) ?? value
        case .struct where mirror.children.first?.label != nil:
            var members: [String: Any] = [:]
            members.reserveCapacity(mirror.children.count)
            for child in mirror.children {
                if let name = child.label, let member = of(child.value) { members[name] = member }
            }
            return members
        default: return value
        }
    }
}
