extension Catalogue {
    /// The pages of an agent.
    static let agentPageRows: [Row] = [
        ("agent.home", "Trang chủ", "Home"), ("agent.outbox", "Hàng chờ gửi", "Outbox"),
        ("agent.sync", "Đồng bộ", "Sync"), ("agent.nobody", "— Chưa chọn —", "— Nobody —"),
        ("home.waiting", "đã lưu ở đây, chờ gửi", "saved here, waiting"),
        ("home.received", "trung tâm đã nhận", "received by the hub"), ("home.refused", "bị từ chối", "refused"),
        (
            "home.damaged",
            "Đĩa của máy này đã làm hỏng {count} thay đổi chưa gửi. Hãy kiểm tra và nhập lại; bản nguyên trạng: {copy}",
            "Changes that this machine's disk has damaged before they were sent: {count}. Look and enter them again; as found: {copy}"
        ),
        ("home.records", "{count} bản ghi", "Records: {count}"), ("home.latest", "Mới nhất", "Latest"),
        ("home.cases", "Xung đột chờ giải quyết", "Conflicts to be settled"),
        (
            "home.no-forms", "Chưa có biểu mẫu nào. Biểu mẫu đến cùng lần đồng bộ đầu tiên.",
            "There are no forms yet. They come with the first sync."
        ),
        ("agent.drafts", "Bản nháp", "Drafts"),
        (
            "drafts.about", "Những gì đã gõ mà chưa lưu. Bản nháp chỉ nằm trên máy này và không mất khi tắt máy.",
            "What was typed and not saved yet. Drafts are on this machine only, and outlive a power cut."
        ),
        ("list.blank", "Mẫu giấy", "Paper form"),
        (
            "blank.about", "In trang này để ghi tay khi không có máy, rồi nhập lại sau.",
            "Print this page to fill in by pen where there is no machine, and type it in later."
        ),
        ("blank.date", "Ngày …… tháng …… năm ………", "Day …… month …… year ………"),
        ("blank.filled-by", "Người ghi (ký, ghi rõ họ tên)", "Filled in by (name, signature)"),
        ("blank.entered-by", "Người nhập vào máy, ngày nhập", "Typed in by, on"),
        ("form.similar", "Có thể đã có rồi:", "Perhaps it is there already:"),
        ("grid.past", "12 kỳ trước từ thấp đến cao:", "The 12 periods before, least to most:"),
        ("drafts.left", "Của người không còn ở đây", "Of people who are no longer here"),
        (
            "drafts.left.about", "Ai mở ra và lưu thì đứng tên bản ghi.",
            "Whoever opens one and saves it is the record's author."
        ),
        ("drafts.none", "Không có bản nháp nào.", "There are no drafts."),
        ("drafts.finish", "Lưu {count} bản nháp không lỗi", "Save the {count} drafts without errors"),
        (
            "drafts.finished", "Đã lưu {saved} bản nháp; {left} bản còn lại cần xem lại.",
            "{saved} drafts saved; {left} left to look at."
        ),
        ("drafts.ready", "không lỗi", "no errors"), ("drafts.wrong", "{count} mục cần sửa", "{count} to mend"),
        ("draft.discard", "Bỏ bản nháp", "Throw the draft away"), ("draft.keep", "Giữ bản nháp", "Keep as a draft"),
        ("draft.kept", "Đã giữ bản nháp lúc {time}", "Draft kept at {time}"),
        (
            "draft.kept-beside",
            "Bản nháp này cũng đang mở ở cửa sổ khác; phần gõ ở đây được giữ thành bản nháp riêng.",
            "Another window has this draft open too; what is typed here is kept as a draft of its own."
        ),
        (
            "draft.unkept", "Chưa giữ được bản nháp: chương trình không trả lời. Đang thử lại…",
            "The draft is not kept yet: the program does not answer. Trying again…"
        ),
        (
            "draft.note", "Bản nháp giữ lúc {when} được mở lại; chưa lưu.",
            "The draft kept at {when} is open again; it is not saved yet."
        ),
        ("draft.others", "Bạn có bản nháp chưa lưu của biểu mẫu này:", "You have drafts of this form:"),
        (
            "draft.newer-form",
            "Biểu mẫu đã có phiên bản mới. Bản nháp vẫn theo phiên bản cũ; nếu chuyển sang bản mới:",
            "There is a newer version of this form. The draft stays on its own; taking it over would change:"
        ),
        ("draft.upgrade", "Chuyển sang phiên bản mới", "Take it over to the new version"),
        ("draft.change.added", "thêm mục “{field}”", "“{field}” is added"),
        (
            "draft.change.removed", "bỏ mục “{field}”; phần đã gõ ở mục này sẽ không được lưu",
            "“{field}” is left out; what was typed there will not be saved"
        ),
        ("draft.change.changed", "mục “{field}” được hỏi khác đi", "“{field}” is asked differently"),
        ("notice.draft-kept", "Đã giữ bản nháp.", "The draft is kept."),
        ("notice.draft-discarded", "Đã bỏ bản nháp.", "The draft is thrown away."),
        ("agent.tasks", "Nhiệm vụ", "Tasks"), ("task.open", "Chưa xong", "Open"),
        ("task.overdue", "Quá hạn chưa hoàn thành", "Overdue"), ("task.due-soon", "Sắp đến hạn", "Due soon"),
        ("task.not-started", "Chưa thực hiện", "Not started"),
        ("task.in-progress", "Đang thực hiện (trong hạn)", "Under way"),
        ("task.done-on-time", "Hoàn thành đúng hạn", "Done in time"),
        ("task.done-late", "Hoàn thành quá hạn", "Done late"), ("task.resting", "Tạm dừng, chuyển, thu hồi", "At rest"),
        ("task.filter", "Lọc theo trạng thái", "By status"), ("task.percent", "Tiến độ", "Progress"),
        ("task.none", "Không có nhiệm vụ nào.", "There are no tasks."),
        ("task.no-due", "không có hạn", "no due date"), ("task.due", "hạn {date}", "due {date}"),
        ("task.due.late", "hạn {date}, đã quá {days} ngày", "due {date}, {days} days ago"),
        ("task.due.today", "hạn hôm nay, {date}", "due today, {date}"),
        ("task.due.left", "hạn {date}, còn {days} ngày", "due {date}, {days} days left"),
        ("task.due.granted", "(đã gia hạn)", "(extended)"),
        ("task.way.tien_do", "Báo tiến độ", "Report progress"),
        ("task.way.gia_han", "Xin gia hạn", "Ask for more time"),
        ("task.way.tra_lai", "Trả lại", "Hand back"), ("task.way.hoan_thanh", "Báo hoàn thành", "Report completion"),
        ("agent.notices", "Giá trị không được giữ", "Values that were not kept"),
        ("home.notices", "Giá trị bạn nhập không được giữ khi giải quyết xung đột", "Your values that were not kept"),
        ("notices.mine", "bạn đã nhập", "you entered"), ("notices.kept", "Giá trị được giữ", "Kept instead"),
        ("notices.by", "Người quyết định", "Decided by"), ("notices.because", "Lý do", "Because"),
        ("notices.accept", "Đồng ý", "Accept"), ("notices.object", "Không đồng ý…", "Object…"),
        ("notices.why", "Vì sao giá trị của bạn đúng?", "Why is your value right?"),
        ("notices.object.do", "Gửi ý kiến, mở lại xung đột", "Object and open the case again"),
        (
            "notices.reason-missing", "Cần ghi lý do để trung tâm xem lại.",
            "Please say why, so that the hub can look again."
        ),
        ("notices.none", "Không có thông báo nào.", "There is nothing to tell."),
        (
            "notice.objected", "Đã ghi ý kiến của bạn; trung tâm sẽ xem lại.",
            "Your objection is saved; the hub will look again."
        ),
        ("list.grid", "Nhập theo bảng", "Enter as a table"), ("grid.choose", "Chọn kỳ khác", "Choose another period"),
        ("grid.show", "Hiện bảng", "Show the table"), ("grid.row", "Nội dung", "About"), ("grid.number", "Dòng", "Row"),
        ("grid.before", "Kỳ trước", "Period before"),
        (
            "grid.keys", "Enter hoặc ↓ xuống dòng dưới, ↑ lên dòng trên, Ctrl+S để lưu. Dán được nhiều ô từ Excel.",
            "Enter or ↓ goes down, ↑ up, Ctrl+S saves. Cells can be pasted from Excel."
        ),
        ("grid.saved", "Đã lưu {count} dòng.", "{count} rows saved."),
        (
            "grid.partly", "Đã lưu {count} dòng. Các dòng có lỗi dưới đây chưa lưu; đã giữ thành bản nháp.",
            "{count} rows saved. The rows with errors below are not saved; they are kept as a draft."
        ),
        (
            "grid.saved-before", "Bảng này đã được lưu trước đó. Xem lại rồi lưu lần nữa nếu vẫn cần.",
            "This table was saved before. Look it over, and save once more if it is still needed."
        ),
        (
            "grid.too-many", "Dán quá nhiều dòng: bảng nhận tối đa {count} dòng. Hãy dùng lệnh nhập tệp CSV.",
            "Too many rows to paste: a table takes {count}. Import them as a CSV file."
        ),
        ("sign-in.here", "Đăng nhập máy này", "Sign in on this machine"),
        (
            "sign-in.offline", "Đăng nhập được cả khi không có mạng. Người chưa có mật khẩu để trống ô mật khẩu.",
            "This works without a network. People without a password leave it empty."
        ),
        ("sign-out.title", "Đăng xuất?", "Sign out?"),
        ("sign-out.drafts", "Bạn còn {count} bản nháp chưa lưu.", "You have {count} drafts that are not saved."),
        (
            "sign-out.waiting", "Máy này còn {count} thay đổi trung tâm chưa nhận.",
            "This machine has {count} changes that the hub has not received."
        ),
        (
            "sign-out.safe", "Tất cả vẫn an toàn trên máy này và sẽ được gửi khi có mạng, dù bạn đã đăng xuất.",
            "All of it is safe on this machine, and is sent when there is a line, signed in or not."
        ),
        ("sign-out.send-first", "Gửi trước đã", "Send it first"),
        ("list.new", "Nhập mới", "New"), ("list.find", "Tìm", "Search"), ("list.find.do", "Tìm", "Search"),
        (
            "list.found-many", "Hơn {count} bản ghi; gõ thêm để tìm đúng hơn.",
            "More than {count} records; type more to find fewer."
        ),
        ("list.find.hint", "Gõ có dấu hay không dấu đều được", "With or without diacritics"),
        ("list.find.all", "Xem tất cả", "Show all"), ("list.none", "Chưa có bản ghi nào.", "There are no records yet."),
        ("list.none-found", "Không tìm thấy bản ghi nào.", "Nothing was found."),
        ("outbox.none", "Không có gì chờ gửi.", "Nothing waits to be sent."),
        (
            "outbox.about",
            "Những gì trung tâm chưa nhận hoặc không nhận. Tất cả vẫn được giữ trên máy này.",
            "What the hub does not have yet, or would not take. All of it is kept on this machine."
        ),
        ("outbox.send-now", "Gửi việc này ngay", "Send this one now"),
        (
            "outbox.send-now.about",
            "Gửi ngay một việc: những gì lưu trước nó đi cùng, phần còn lại chờ, và chưa lấy gì về.",
            "Sending one now takes along what was saved before it; the rest waits, and nothing is fetched yet."
        ),
        ("outbox.file", "Tải về tệp", "Download as a file"),
        (
            "outbox.file.about", "mọi việc trung tâm chưa nhận, để mang đi hoặc giữ riêng.",
            "all that the hub has not accepted, to carry away or to keep."
        ),
        ("preview.title", "Xem trước khi đồng bộ", "What a sync would do"),
        ("preview.ask", "Xem trước", "Preview"),
        (
            "preview.about", "Đã hỏi trung tâm; chưa có gì thay đổi ở đây hay ở trung tâm.",
            "The hub was asked; nothing has changed here or there."
        ),
        ("preview.goes", "Sẽ gửi", "Will go"),
        ("preview.comes", "Sẽ nhận", "Will come"),
        ("preview.changes", "{count} thay đổi, {bytes}", "{count} changes, {bytes}"),
        ("preview.nothing", "Không có gì để gửi hay nhận.", "There is nothing to send or fetch."),
        (
            "preview.seconds", "Mất khoảng {seconds} giây với đường truyền lúc này.",
            "Takes about {seconds} s on the line as it is now."
        ),
        (
            "preview.cases", "{count} mâu thuẫn sẽ mở, trong đó {new} mới.",
            "{count} conflicts would be open, {new} of them new."
        ),
        (
            "preview.refused", "{count} thay đổi của máy này sẽ bị từ chối.",
            "{count} changes of this machine would be refused."
        ),
        ("confirm.delete", "Xóa bản ghi này?", "Delete this record?"),
        (
            "confirm.delete.explained", "Bản ghi được ẩn khỏi danh sách. Lịch sử vẫn còn và có thể khôi phục.",
            "It leaves the lists. Its history stays, and it can be restored."
        ),
        ("confirm.restore", "Khôi phục bản ghi này?", "Restore this record?"),
        ("confirm.restore.explained", "Bản ghi trở lại danh sách như trước.", "It comes back to the lists as it was."),
        ("confirm.reason", "Lý do (không bắt buộc)", "Reason (optional)"),
        ("sync.head", "Đồng bộ với trung tâm", "Sync with the hub"), ("sync.now", "Đồng bộ ngay", "Sync now"),
        ("sync.last", "Lần cuối:", "Last time:"), ("sync.never", "Chưa đồng bộ lần nào.", "Never synced yet."),
        ("page.as-of", "Số liệu của nơi khác đến {when} ({age}).", "Others' work as of {when} ({age})."),
        (
            "page.as-of.never", "Chưa có số liệu của nơi khác: chưa đồng bộ lần nào.",
            "Nothing of others is here yet: never synced."
        ),
        ("training.mark", "TẬP HUẤN", "PRACTICE"),
        (
            "training.about", "Không phải số liệu thật. Những gì lưu ở đây không gửi đi đâu.",
            "Not real data. What is saved here goes nowhere."
        ),
        (
            "training.no-sync", "Bản tập huấn không gửi gì và không nhận gì.",
            "A copy for practice sends and fetches nothing."
        ),
        ("sync.not-enrolled", "Máy này chưa đăng ký với trung tâm.", "This machine is not enrolled with a hub."),
        (
            "sync.not-enrolled.remedy",
            "Mọi thứ vẫn được lưu ở đây. Khi có mã đăng ký, chạy lệnh phusa enrol.",
            "Everything is saved here all the same. With a code from the hub, run phusa enrol."
        ),
        ("sync.waiting-now", "Đang chờ gửi:", "Waiting to be sent:"),
        ("sync.idle", "Chưa đồng bộ từ khi mở chương trình.", "No sync since the program was started."),
        ("sync.connecting", "Đang liên lạc với trung tâm…", "Reaching the hub…"),
        (
            "sync.filling", "Đang tải dữ liệu ban đầu: {percent}%. Danh sách và số đếm chưa đầy đủ.",
            "The first data is loading: {percent}%. Lists and counts are not complete yet."
        ),
        ("sync.sending", "Đã gửi {sent}/{total} thay đổi…", "Sent {sent} of {total} changes…"),
        (
            "sync.done", "Xong. Đã gửi {sent} và nhận {fetched} thay đổi.",
            "Done. Sent {sent} and received {fetched} changes."
        ),
        (
            "sync.left", "Đã gửi {sent}, nhận {fetched}; còn {left} thay đổi trung tâm chưa nhận.",
            "Sent {sent}, received {fetched}; {left} changes are not taken by the hub yet."
        ),
        ("sync.failed", "Chưa đồng bộ được.", "The sync did not succeed."),
        ("sync.traffic", "Gửi {up} · nhận {down}", "{up} up · {down} down"),
    ]
}
