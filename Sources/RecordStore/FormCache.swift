import Causality
import Records
import Synchronization

/// Form definitions as they were read last, for all transactions of a store. A definition is known by its digest, so one that
/// another process replaced is read anew.
final class FormCache: Sendable {
    private let forms = Mutex<[FormReference: (digest: Hash256, form: FormDefinition)]>([:])

    func form(_ reference: FormReference, digest: Hash256) -> FormDefinition? {
        forms.withLock { forms in forms[reference].flatMap { $0.digest == digest ? $0.form : nil } }
    }

    func keep(_ form: FormDefinition, digest: Hash256) {
        forms.withLock { $0[form.reference] = (digest, form) }
    }
}
