import Foundation

/// What a password has to be like when it is chosen; NIST SP 800-63B: long enough, nothing that anybody would try first, and no
/// rules about its characters.
package enum PasswordRule {
    package static let fewestCharacters = 8
    /// In UTF-8, so that nobody has the machine hash a book.
    package static let mostBytes = 256

    /// - Throws: `password.short`, `password.long`, `password.guessed`.
    package static func check(_ password: String, of person: String) throws(StoreError) {
        let password = password.precomposedStringWithCanonicalMapping
        guard password.unicodeScalars.count >= fewestCharacters else {
            throw StoreError(.passwordShort, ["count": String(fewestCharacters)])
        }
        guard password.utf8.count <= mostBytes else { throw StoreError(.passwordLong) }
        let plain = password.lowercased()
        let isRun = Set(plain.unicodeScalars).count < 3
        guard !isRun, !firstTried.contains(plain), plain != person.lowercased() else {
            throw StoreError(.passwordGuessed)
        }
    }

    /// Of the lists of passwords that were found out, those of eight characters and more that top them, here and abroad.
    private static let firstTried: Set<String> = [
        "12345678", "123456789", "1234567890", "0123456789", "87654321", "987654321", "0987654321", "11223344",
        "12341234", "password", "password1", "passw0rd", "qwertyuiop", "qwerty123", "1q2w3e4r", "1qaz2wsx",
        "iloveyou", "abcd1234", "abc12345", "a1234567", "matkhau1", "matkhau123", "mật khẩu", "vietnam1",
        "vietnam123", "cantho123", "anhyeuem", "emyeuanh", "khongbiet", "khongcopass", "administrator", "admin123",
    ]
}
