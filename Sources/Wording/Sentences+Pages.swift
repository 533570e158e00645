extension Catalogue {
    /// Codes of what browsers send, and of serving.
    static let pageErrorRows: [Row] = rows(of: [
        row(
            "page.not-found", "Không có trang này", "There is no such page", "Về trang chủ rồi chọn lại",
            "Go back to the first page and choose again"),
        row(
            "page.too-large", "Nội dung gửi lên quá lớn", "What was sent is too large",
            "Chia nhỏ nội dung rồi gửi lại", "Split it and send it again"),
        row(
            "page.malformed", "Trình duyệt gửi dữ liệu không đọc được", "The browser sent something unreadable",
            "Tải lại trang rồi thử lại", "Load the page again and try once more"),
        row(
            "page.foreign-host", "Địa chỉ này không phải của chương trình", "This address is not the program's",
            "Mở trang bằng địa chỉ mà lệnh serve in ra", "Open the address that `serve` printed"),
        row(
            "page.foreign-origin", "Yêu cầu đến từ một trang web khác", "The request came from another site",
            "Mở trang của chương trình rồi làm lại", "Open the program's own page and do it there"),
        row(
            "page.token-missing", "Trang đã cũ hoặc không do chương trình tạo ra",
            "The page is too old or was not made by this program",
            "Mở lại trang rồi làm lại; những gì đã lưu vẫn còn", "Open the page again; what was saved is safe"),
        row(
            "page.busy", "Trung tâm đang có quá nhiều người truy cập", "The hub has too many visitors at the moment",
            "Chờ vài giây rồi tải lại trang; những gì đã lưu vẫn còn",
            "Wait a few seconds and load the page again; what was saved is kept"),
        row(
            "page.failed", "Có lỗi ngoài dự kiến", "Something unexpected went wrong",
            "Thử lại; nếu lặp lại, báo người quản trị", "Try again; if it comes back, tell the admin"),
        row(
            "number.ambiguous", "“{typed}” có thể là {whole} hoặc {fraction}",
            "“{typed}” could be {whole} or {fraction}", "Gõ rõ {whole} hoặc {fraction}",
            "Type {whole} or {fraction}"),
        row(
            "listen.invalid", "“{address}” không phải địa chỉ phục vụ", "“{address}” is not an address to serve at",
            "Viết MÁY:CỔNG, ví dụ 127.0.0.1:8642", "Write HOST:PORT, such as 127.0.0.1:8642"),
        row(
            "listen.failed", "Không mở được {address} ({code})", "{address} cannot be opened ({code})",
            "Chọn cổng khác, hoặc dừng chương trình đang dùng cổng này",
            "Take another port, or stop the program that uses it"),
        row(
            "agent.listen-local", "Trang của máy này chỉ mở trên chính máy này, không phải {address}",
            "An agent's pages are for this machine only, not {address}",
            "Dùng 127.0.0.1, localhost hoặc [::1]", "Use 127.0.0.1, localhost or [::1]"),
        row(
            "sign-in.too-often", "Đăng nhập sai quá nhiều lần", "Too many wrong tries to sign in",
            "Thử lại sau {minutes} phút", "Try again in {minutes} minutes"),
        row(
            "rights.console", "Vai trò của bạn không xem được trang này", "Your role does not see this page",
            "Đề nghị người quản trị ở trung tâm", "Ask an admin of the hub"),
        row(
            "rights.settle", "Chỉ người quản trị được giải quyết xung đột", "Only an admin settles conflicts",
            "Đề nghị người quản trị ở trung tâm", "Ask an admin of the hub"),
        row(
            "record.deleted", "Bản ghi đã bị xóa", "The record is deleted", "Khôi phục bản ghi rồi sửa",
            "Restore it first, then edit"),
        row(
            "record.exists", "Đã có bản ghi với khóa này", "There is a record with this key", "Mở bản ghi đó để sửa",
            "Open that record and edit it"),
    ])

    /// What stands on every page, and in every form.
    static let pageRows: [Row] =
        frameRows + formRows + [
            ("value.yes", "có", "yes"), ("value.no", "không", "no"),
            ("value.unknown", "(cần bản mới hơn để xem)", "(a newer version is needed to see this)"),
            ("age.now", "vừa xong", "just now"), ("age.minutes", "{count} phút trước", "{count} min ago"),
            ("age.hours", "{count} giờ trước", "{count} h ago"), ("age.days", "{count} ngày trước", "{count} days ago"),
            ("type.text", "chữ", "text"), ("type.integer", "số nguyên", "whole number"),
            ("type.decimal", "số (phần lẻ sau dấu phẩy)", "number (decimals after a comma)"),
            ("type.date", "ngày (ngày/tháng/năm)", "date (day/month/year)"), ("type.time", "giờ", "time"),
            ("type.dateTime", "ngày giờ", "date and time"), ("type.select_one", "lựa chọn", "choice"),
            ("type.select_multiple", "nhiều lựa chọn", "choices"),
            ("group.indicators", "Chỉ số", "Indicators"), ("group.inspections", "Kiểm tra", "Inspections"),
            ("group.tasks", "Nhiệm vụ", "Tasks"),
        ]

    private static let frameRows: [Row] = [
        ("page.skip", "Đến nội dung chính", "Skip to the content"), ("page.ways", "Các trang", "Pages"),
        ("page.home", "Trang chủ", "Home"), ("page.who", "Người nhập", "Recording as"),
        ("page.who.set", "Chọn", "Choose"), ("page.sign-out", "Đăng xuất", "Sign out"),
        ("page.see-record", "Xem bản ghi", "See the record"),
        (
            "page.keys", "Phím tắt: / để tìm · Ctrl+S để lưu",
            "Keys: / to search · Ctrl+S to save"
        ),
        ("page.error.title", "Chưa làm được", "That did not work"), ("page.error.code", "Mã", "Code"),
        ("page.pager", "Chuyển trang", "Pages of the list"), ("page.pager.newer", "Mới hơn", "Newer"),
        ("page.pager.older", "Cũ hơn", "Older"),
        ("page.pager.page", "Trang {page}", "Page {page}"),
        ("page.pager.position", "Trang {page}/{pages}", "Page {page} of {pages}"),
    ]

    private static let formRows: [Row] = [
        ("form.required", "bắt buộc", "required"), ("form.choose", "— Chọn —", "— Choose —"),
        ("form.none", "Chưa trả lời", "No answer"), ("form.filter", "Gõ để lọc danh sách", "Type to filter the list"),
        ("form.filter.none", "Không có mục nào khớp", "Nothing matches"),
        (
            "form.contested", "Đang có nhiều giá trị: {values}. Lưu giá trị mới sẽ thay tất cả.",
            "Several values stand: {values}. Saving a new one replaces them all."
        ),
        ("form.new", "Nhập mới", "New record"), ("form.back", "Quay lại bản ghi", "Back to the record"),
        ("form.save", "Lưu", "Save"), ("form.cancel", "Thôi", "Cancel"), ("form.author", "Người nhập:", "Recorded by:"),
        ("form.author.missing", "chọn tên ở đầu trang", "choose your name at the top"),
        (
            "form.leave", "Nội dung chưa lưu sẽ mất.", "What you typed is not saved yet."
        ),
        ("form.wrong", "Chưa lưu: cần sửa các mục sau", "Not saved yet: please mend these"),
        (
            "form.exists", "Chưa lưu: đã có bản ghi với khóa này. Mở ra xem rồi sửa ở đó.",
            "Not saved: there is a record with this key already. Open it and edit it there."
        ),
        (
            "form.exists-deleted", "Chưa lưu: đã có bản ghi với khóa này và nó đã bị xóa. Mở ra để khôi phục.",
            "Not saved: a record with this key exists and is deleted. Open it to restore it."
        ),
        ("form.exists.open", "Mở bản ghi", "Open the record"),
        (
            "form.saved-before",
            "Mẫu này đã được lưu trước đó. Dưới đây là nội dung bạn vừa gõ trên bản mới nhất; kiểm tra rồi lưu lại.",
            "This form was saved before. What you typed now stands below on the newest state; check it and save again."
        ),
    ]
}
