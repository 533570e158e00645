extension Catalogue {
    /// The desk where conflicts are settled, and what its admins ask.
    static let deskRows: [Row] =
        caseListRows + casePageRows + resolutionRows + refusedRows + rows(of: deskErrors)

    private static let caseListRows: [Row] = [
        ("cases.kind", "Liên quan đến", "About"), ("cases.author", "Người nhập", "Entered by"),
        ("cases.cause", "Vì sao", "Why"), ("cases.age", "Mở đã", "Open for"),
        ("cases.age.days", "từ {days} ngày trở lên", "{days} days or more"), ("cases.order", "Xếp theo", "Order"),
        ("cases.oldest", "Cũ nhất trước", "Oldest first"), ("cases.newest", "Mới nhất trước", "Newest first"),
        ("cases.all", "Tất cả", "All"), ("cases.unfilter", "Bỏ lọc", "Show all"),
        ("cases.asked", "đã hỏi, {count}/{all} trả lời", "asked, {count} of {all} answered"),
        ("cases.answered", "đã trả lời đủ", "everybody answered"),
        ("case.kind.content", "Nội dung", "Content"), ("case.kind.number", "Số liệu", "A number"),
        ("case.kind.deletion", "Xóa hay giữ", "Deletion"),
        ("case.cause.apart", "Ghi khi không thể thấy nhau", "Written where neither could see the other"),
        ("case.cause.unsynced", "Một máy chưa đồng bộ", "A machine had not synced"),
        ("case.cause.alone", "Một người, hai máy hoặc hai cửa sổ", "One person, two machines or windows"),
    ]

    private static let casePageRows: [Row] = [
        (
            "case.clock", "Đồng hồ máy này nhanh khoảng {minutes} phút",
            "This machine's clock was some {minutes} min ahead"
        ),
        ("case.unseen", "Khi ghi chưa thấy: {what}", "Had not seen: {what}"),
        ("case.take-all", "Lấy tất cả của", "Take everything of"),
        ("case.preview", "Xem trước", "Preview"),
        ("case.preview.head", "Nếu giải quyết như vậy", "If it is settled so"),
        ("case.preview.about", "Chưa lưu gì. Bấm Giải quyết để lưu.", "Nothing is saved yet. Press Settle to save."),
        ("case.preview.now", "Đang hiện", "Shown now"), ("case.preview.then", "Sẽ hiện", "Then"),
        ("case.preview.open", "Vẫn chờ quyết định: {fields}", "Still to be decided: {fields}"),
        (
            "case.preview.total", "Tổng “{field}” của {count} bản ghi cùng biểu mẫu, {unit}: {now} → {then}",
            "Sum of “{field}” over {count} records of the form, {unit}: {now} → {then}"
        ),
        (
            "case.preview.many", "Đơn vị có quá nhiều bản ghi của biểu mẫu này để cộng ngay tại đây.",
            "The unit has too many records of this form to add them up here."
        ),
        ("case.questions", "Hỏi người nhập", "Ask the authors"), ("case.ask", "Câu hỏi", "Question"),
        ("case.ask.do", "Gửi câu hỏi", "Send the question"),
        (
            "case.ask.nobody", "Không ai ghi tên, hoặc bạn không có quyền hỏi.",
            "Nobody gave a name, or you may not ask."
        ),
        ("case.asked.waiting", "Chưa trả lời: {who}", "No answer yet: {who}"),
        ("case.graph", "Ai đã thấy gì", "Who had seen what"),
        ("case.graph.cut", "Chỉ vẽ các lần ghi mới nhất.", "Only the newest changes are drawn."),
        ("case.graph.first", "lần ghi đầu", "the first"),
        ("case.graph.all", "đã thấy mọi lần ghi phía trên", "had seen everything above"),
        ("case.graph.unseen", "chưa thấy {who}", "had not seen {who}"),
        ("case.merged", "Các mục tự hợp nhất", "Fields that merged by themselves"),
        ("case.merged.one", "Chỉ bên {side} sửa mục này.", "Only side {side} changed it."),
        ("case.merged.same", "Các bên ghi giống nhau.", "All sides wrote the same."),
        (
            "case.merged.union", "Mỗi phần tử được thêm hay bỏ riêng, nên không ai ghi đè ai.",
            "Each member is added or taken out by itself, so nobody was written over."
        ),
        ("case.merged.ask", "Không còn khác nhau.", "They no longer differ."),
        ("case.merged.latest", "Quy tắc của mục: lấy lần ghi sau.", "By the field's rule: the later one."),
        ("case.merged.highest", "Quy tắc của mục: lấy giá trị cao nhất.", "By the field's rule: the highest."),
        ("case.merged.lowest", "Quy tắc của mục: lấy giá trị thấp nhất.", "By the field's rule: the lowest."),
        ("case.merged.forward", "Quy tắc của mục: lấy bước đi xa nhất.", "By the field's rule: the furthest step."),
        (
            "notice.asked", "Đã gửi câu hỏi; nó đến máy của người nhập ở lần đồng bộ tới.",
            "The question is on its way; it comes to the authors' machines with their next sync."
        ),
        ("notice.reopened", "Xung đột được mở lại.", "The conflict is open again."),
        ("questions.head", "Trung tâm hỏi bạn", "The hub asks you"),
        ("questions.by", "Người hỏi", "Asked by"), ("questions.answer", "Trả lời", "Answer"),
        ("questions.send", "Gửi trả lời", "Send answer"),
        (
            "questions.gone", "Chưa lưu: câu hỏi này đã được trả lời, hoặc không hỏi bạn. Bạn đã viết: {text}",
            "Not saved: this was answered already, or is not asked of you. You wrote: {text}"
        ),
        ("questions.empty", "Viết câu trả lời trước khi gửi", "Write an answer before you send it"),
        (
            "notice.answered", "Đã lưu câu trả lời; nó đến trung tâm ở lần đồng bộ tới.",
            "The answer is saved; it comes to the hub with the next sync."
        ),
    ]

    private static let resolutionRows: [Row] = [
        ("resolutions.title", "Xung đột đã giải quyết", "Settled conflicts"),
        ("resolutions.none", "Chưa có quyết định nào.", "Nothing was decided yet."),
        ("resolutions.instead", "thay cho", "instead of"), ("resolutions.export", "Tải bảng (CSV)", "Download as CSV"),
        ("resolutions.reopen", "Mở lại xung đột", "Open the conflict again"),
        (
            "resolutions.reopen.about",
            "Các giá trị không được giữ sẽ đứng lại bên cạnh quyết định, và xung đột chờ giải quyết lần nữa.",
            "What was not kept stands beside the decision again, and the conflict waits to be settled once more."
        ),
        ("record.resolutions", "Quyết định về xung đột", "Decisions about conflicts"),
    ]

    private static let refusedRows: [Row] = [
        ("hub.refused", "Bị từ chối", "Refused work"), ("refused.count", "{count} phần việc", "Changes: {count}"),
        (
            "refused.about",
            "Không tính vào số liệu nào cho đến khi được chấp nhận. Người nhập thấy lý do và kết quả ở máy của mình.",
            "None of it counts until it is accepted. Its authors see the reason, and what came of it, at their machines."
        ),
        ("refused.code", "Lý do", "Reason"), ("refused.all-codes", "Mọi lý do", "All reasons"),
        ("refused.none", "Không có phần việc nào bị từ chối.", "Nothing is refused."),
        ("refused.accept", "Chấp nhận", "Accept"),
        ("refused.move", "Chuyển đơn vị khác…", "Hand to another unit…"),
        ("refused.move.do", "Chuyển", "Hand over"), ("refused.move.to", "Đơn vị nhận", "The other unit"),
        (
            "refused.move.about",
            "Bản ghi khép lại ở đây và tiếp tục ở đơn vị kia với mọi điều đã ghi; cả hai đơn vị đều thấy.",
            "The record is closed here and goes on there with all that was written; both units see it."
        ),
        ("refused.late", "Sửa ở đơn vị cũ sau khi đã chuyển", "Written in the old unit after it was handed over"),
        (
            "refused.late.about", "Chuyển sang {unit} lúc {when}; sau đó còn {count} thay đổi ở đây.",
            "Handed to {unit} at {when}; changes here since: {count}."
        ),
        ("refused.late.there", "Bản ghi ở đơn vị mới", "The record in the new unit"),
        ("refused.late.seen", "Đã xem", "Seen"),
        ("notice.work-moved", "Đã chuyển sang đơn vị khác.", "Handed to the other unit."),
        ("notice.late-seen", "Đã ghi là đã xem.", "Noted as seen."),
        (
            "record.moved.away", "Bản ghi này đã khép lại ở đây và tiếp tục ở {unit} ({who}, {when}): {reason}",
            "This record is closed here and goes on in {unit} ({who}, {when}): {reason}"
        ),
        (
            "record.moved.here", "Bản ghi này tiếp nối từ {unit} ({who}, {when}): {reason}",
            "This record goes on from {unit} ({who}, {when}): {reason}"
        ),
        (
            "record.moved.late", "Ghi thêm ở đây không tới đơn vị kia; trung tâm thấy là sửa muộn.",
            "What is written here does not get there; the hub shows it as late."
        ),
        ("record.moved.open", "Mở bản ghi kia", "Open the other record"),
        ("refused.dismiss", "Không nhận…", "Put aside…"),
        (
            "notice.work-accepted", "Đã chấp nhận, đứng tên người nhập.", "It is accepted, under its author's name."
        ),
        (
            "notice.work-dismissed", "Đã gác lại; người nhập sẽ đọc lý do.",
            "It is put aside; its author reads the reason."
        ),
    ]

    private static let deskErrors: [CodeSentences] = [
        row(
            "case.moved-on", "Đã có người ghi tiếp sau quyết định này", "Somebody has written since that decision",
            "Sửa bản ghi như bình thường", "Edit the entry as usual"),
        row(
            "question.missing", "Chưa có câu hỏi", "There is no question", "Viết câu hỏi rồi gửi lại",
            "Write it and send again"),
        row(
            "question.nobody", "Không ai trong các bên ghi tên nên không hỏi được ai",
            "None of the sides gave a name, so there is nobody to ask", "Giải quyết theo những gì đã có",
            "Settle it by what is known"),
    ]
}
