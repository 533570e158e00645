extension Catalogue {
    /// Copies of the hub.
    static let backupRows: [Row] = [
        ("backups.title", "Sao lưu", "Backups"),
        (
            "backups.never", "Trung tâm chưa có bản sao lưu nào: hỏng ổ đĩa là mất dữ liệu.",
            "The hub has no backup at all: its data would go with its disk."
        ),
        (
            "backups.late", "Bản sao lưu mới nhất của trung tâm đã cũ ({age}). Cần xem ngay vì sao.",
            "The hub's latest backup is old ({age}). Find out now why there is none since."
        ),
        (
            "backups.trouble", "Việc sao lưu trung tâm gặp trục trặc kéo dài ({age}). Cần xem ngay vì sao.",
            "Something has stood in the way of the hub's backups for long ({age}). Find out now what."
        ),
        (
            "backups.about",
            """
            Mỗi ngày một bản; bản nào cũng được khôi phục thử và kiểm tra toàn bộ rồi mới tính. Giữ bản cuối của 7 ngày và của 12 \
            tháng gần nhất. Mỗi bản có khóa của trung tâm: giữ cẩn thận như chính trung tâm.
            """,
            """
            One a day; each is put back on trial and verified whole before it counts. The last copy of each of the latest 7 days \
            and 12 months is kept. Each holds the hub's key: keep it as safe as the hub.
            """
        ),
        ("backups.generations", "Các bản đã tạo", "Generations"),
        (
            "backups.generations.about",
            """
            Khôi phục: dừng chương trình, chạy phusa-hub restore với tên tệp. Các máy gửi lại những gì bản sao còn thiếu. Bản mới \
            nhất là mốc cam kết: các máy mới có thể chỉ dựa vào nó.
            """,
            """
            To go back to one: stop the program and run phusa-hub restore with the file's name. The devices give back what the \
            copy lacks. The latest is promised: new devices may rest on it alone.
            """
        ),
        ("backups.epoch", "Thời kỳ", "Epoch"),
        ("backups.entries", "Số mục trong nhật ký dữ liệu", "Entries in its logs"),
        ("backups.promised", "mốc cam kết", "promised"),
        ("backups.not-there", "không còn tệp ở đó", "the file is not there any more"),
    ]
}
