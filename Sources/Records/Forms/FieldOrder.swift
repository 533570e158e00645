/// Which fields must be known before which.
enum FieldOrder {
    /// A field whose visibility or formula rests on itself, by way of others or at once; `nil` when there is none.
    static func circle(in form: FormDefinition) -> String? {
        var needs: [String: Set<String>] = [:]
        for field in form.fields {
            needs[field.name] = (field.visible?.fields ?? []).union(field.compute?.fields ?? [])
        }
        // Takes away what rests on nothing that is left; what stays goes round.
        while let free = form.fields.first(where: { needs[$0.name]?.isEmpty ?? false })?.name {
            needs[free] = nil
            for name in needs.keys { needs[name]?.remove(free) }
        }
        return form.fields.first { needs[$0.name] != nil }?.name
    }
}
