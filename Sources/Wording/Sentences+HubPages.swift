extension Catalogue {
    /// The hub's console.
    static let hubPageRows: [Row] = [
        ("hub.name", "Trung tâm", "Hub"), ("hub.records", "Bản ghi", "Records"),
        (
            "records.unready", "Còn {count} bản ghi mới chưa tìm được; tìm lại sau ít giây.",
            "{count} new records cannot be found yet; search again in a few seconds."
        ), ("hub.conflicts", "Xung đột", "Conflicts"),
        ("sign-in.title", "Đăng nhập trung tâm", "Sign in to the hub"), ("sign-in.id", "Tên đăng nhập", "Name"),
        ("sign-in.password", "Mật khẩu", "Password"), ("sign-in.do", "Đăng nhập", "Sign in"),
        ("cases.count", "{count} xung đột đang mở", "Open conflicts: {count}"), ("cases.unit", "Đơn vị", "Unit"),
        ("cases.form", "Biểu mẫu", "Form"), ("cases.all-units", "Mọi đơn vị", "All units"),
        ("cases.all-forms", "Mọi biểu mẫu", "All forms"), ("cases.filter", "Lọc", "Filter"),
        ("cases.none", "Không có xung đột nào.", "There are no conflicts."),
        ("cases.fields", "Mục khác nhau:", "Differing:"), ("cases.since", "Từ", "Since"),
        ("cases.authors", "Người nhập:", "Entered by:"),
        ("case.sides", "Các bên", "The sides"), ("case.side", "Bên {letter}", "Side {letter}"),
        ("case.entered", "Nhập lúc", "Entered"), ("case.received", "Trung tâm nhận lúc", "Received by the hub"),
        ("case.decide", "Quyết định từng mục", "Decide field by field"), ("case.field", "Mục", "Field"),
        ("case.base", "Trước đó", "Base"), ("case.result", "Kết quả khác", "Another result"),
        ("case.base.about", "Giá trị cả hai bên đã thấy", "The value that all sides had seen"),
        ("case.other", "Nhập giá trị khác", "Type another value"),
        ("case.reason", "Lý do (người nhập sẽ đọc)", "Reason (the authors read it)"),
        ("case.settle", "Giải quyết", "Settle"), ("case.back", "Danh sách xung đột", "Conflicts"),
        ("case.record", "Xem bản ghi và lịch sử", "See the record and its history"),
        ("case.unchanged", "Các mục khác", "Other fields"), ("case.since", "Mở từ", "Open since"),
        ("case.choose", "Chọn ít nhất một giá trị", "Choose at least one value"),
        ("case.reason.missing", "Ghi lý do của quyết định", "Give a reason for the decision"),
        ("case.wrong", "Chưa lưu: cần sửa các mục sau", "Not saved yet: please mend these"),
        (
            "case.read-only", "Bạn xem được xung đột này; người quản trị sẽ giải quyết.",
            "You may look at this conflict; an admin settles it."
        ),
        ("case.deletion", "Xóa hay giữ lại", "Delete or keep"), ("case.deletes", "xóa", "delete"),
        ("case.keeps", "giữ lại", "keep"),
        ("case.keeps.edited", "giữ lại (đã sửa: {fields})", "keep (edited: {fields})"),
    ]
}
