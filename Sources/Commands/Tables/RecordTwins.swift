import RecordStore
import Records

/// Records without a natural key, by all that they show: how many of each there are, so that a file that is imported again
/// makes none a second time, and two equal rows of one file still make two.
struct RecordTwins {
    private let form: String
    /// What is not stored tells no record from another.
    private let computed: Set<String>
    /// By space, then by a hash over the values. 16 bytes a record, whatever it holds.
    private var counts: [String: [NaturalKey: Int]] = [:]

    init(of form: FormDefinition) {
        self.form = form.form
        computed = Set(form.fields.filter { $0.compute != nil }.map(\.name))
    }

    /// Takes one record that shows exactly `values` from those that were there before this import.
    /// - Returns: whether there was one left.
    mutating func take(_ values: [(String, Value)], _ space: String, in store: StoreTransaction) throws -> Bool {
        if counts[space] == nil { counts[space] = try count(space, store) }
        let key = NaturalKey(form: form, values: Dictionary(values, uniquingKeysWith: { first, _ in first }))
        guard let left = counts[space]?[key], left > 0 else { return false }
        counts[space]?[key] = left - 1
        return true
    }

    private func count(_ space: String, _ store: StoreTransaction) throws -> [NaturalKey: Int] {
        var counts: [NaturalKey: Int] = [:]
        for row in try store.recordRows(RecordFilter(form: form, space: space)) {
            let values = try store.view(ofRow: row).fields.filter { $0.value != .null && !computed.contains($0.key) }
            counts[NaturalKey(form: form, values: values), default: 0] += 1
        }
        return counts
    }
}
