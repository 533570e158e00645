/// What is said about one code: what happened, and what to do.
struct CodeSentences {
    let code: String
    let message: (vi: String, en: String)
    let remedy: (vi: String, en: String)
}

extension Catalogue {
    /// A code with its sentences: Vietnamese and English of what happened, then of what to do.
    static func row(_ code: String, _ vi: String, _ en: String, _ remedyVi: String, _ remedyEn: String) -> CodeSentences
    {
        CodeSentences(code: code, message: (vi, en), remedy: (remedyVi, remedyEn))
    }

    static func rows(of codes: [CodeSentences]) -> [Row] {
        codes.flatMap { code in
            [
                ("error." + code.code, code.message.vi, code.message.en),
                ("remedy." + code.code, code.remedy.vi, code.remedy.en),
            ]
        }
    }
}
