package import Records

extension StoreTransaction {
    /// Records of a unit's register that may be of the same facility, without those that somebody said so of.
    package func facilities(alike view: RecordView) throws -> [(view: RecordView, reasons: [FacilityLikeness])] {
        func facts(_ view: RecordView) -> (name: String, address: String, place: String) {
            func text(_ field: String) -> String { view.fields[field]?.plainText ?? "" }
            return (text("facility"), text("address"), text("place"))
        }
        let own = facts(view)
        let filter = RecordFilter(form: InspectionForm.facility, space: view.space)
        return try records(filter, limit: InspectionForm.most).filter { other in
            other.word != view.word && !other.deleted && other.fields["same_as"] != .text(view.word)
                && view.fields["same_as"] != .text(other.word)
        }.compactMap { other in
            let reasons = FacilityLikeness.of(own, facts(other))
            return reasons.isEmpty ? nil : (other, reasons)
        }
    }
}
