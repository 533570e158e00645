extension Catalogue {
    /// Another password, and what is wrong with one.
    static let passwordRows: [Row] =
        rows(of: passwordErrors) + [
            ("password.title", "Đổi mật khẩu", "Change your password"),
            (
                "password.about",
                """
                Việc đổi mật khẩu được trung tâm thực hiện ngay nên cần có mạng. Mật khẩu mới có hiệu lực ở các máy của đơn vị sau \
                lần đồng bộ kế tiếp của từng máy; trước đó máy ấy vẫn nhận mật khẩu cũ.
                """,
                """
                The hub changes it at once, so there has to be a line. Each of the unit's machines takes the new password after its \
                next sync; until then it takes the old one.
                """
            ),
            ("password.old", "Mật khẩu hiện tại", "Present password"), ("password.new", "Mật khẩu mới", "New password"),
            ("password.again", "Gõ lại mật khẩu mới", "New password again"),
            (
                "password.hint", "Ít nhất {count} ký tự; một câu ngắn dễ nhớ là tốt nhất.",
                "At least {count} characters; a short sentence that you remember is best."
            ),
            ("password.do", "Đổi mật khẩu", "Change it"),
            (
                "notice.password", "Đã đổi mật khẩu. Máy đang đồng bộ để nhận mật khẩu mới.",
                "Your password was changed. This machine is syncing to take the new one."
            ),
        ]

    private static let passwordErrors: [CodeSentences] = [
        row(
            "password.short", "Mật khẩu mới quá ngắn, cần ít nhất {count} ký tự",
            "The new password is too short: at least {count} characters", "Chọn mật khẩu dài hơn, ví dụ một câu ngắn",
            "Choose a longer one, a short sentence for instance"),
        row(
            "password.long", "Mật khẩu mới quá dài", "The new password is too long", "Chọn mật khẩu ngắn hơn",
            "Choose a shorter one"),
        row(
            "password.guessed", "Mật khẩu mới quá dễ đoán", "The new password is too easy to guess",
            "Chọn mật khẩu mà người khác không thử đầu tiên", "Choose one that nobody tries first"),
        row(
            "password.wrong", "Mật khẩu hiện tại không đúng", "The present password is not right",
            "Kiểm tra và gõ lại; nếu quên, đề nghị trung tâm đặt lại",
            "Type it again; if you forgot it, ask the hub to set another"),
        row(
            "password.unsure", "Mất liên lạc với trung tâm nên chưa biết mật khẩu đã đổi hay chưa: {problem}",
            "The line to the hub is gone, so it is not known whether the password was changed: {problem}",
            "Khi có mạng, gõ lại đúng ba ô như vừa rồi; nếu đã đổi rồi thì không đổi thêm gì",
            "Once there is a line, type the same again in all three fields; if it was changed already, nothing more happens"
        ),
        row(
            "password.twice", "Hai lần gõ mật khẩu mới không giống nhau", "The new password was not the same twice",
            "Gõ lại cả hai ô", "Type both fields again"),
        row(
            "hub.line-open", "Đường tới trung tâm không được mã hóa nên không gửi mật khẩu qua đó",
            "The line to the hub is not encrypted, so no password goes over it",
            "Đề nghị trung tâm đổi mật khẩu giúp, hoặc dùng địa chỉ https",
            "Ask the hub to change it, or use an https address"),
    ]
}
