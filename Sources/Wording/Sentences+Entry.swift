extension Catalogue {
    /// Records entered and changed at the hub, tasks that it gives, tables that are taken home.
    static let entryRows: [Row] =
        [
            ("entry.new", "Nhập bản ghi mới", "New record"), ("entry.go", "Tiếp tục", "Go on"),
            ("entry.choose-both", "Hãy chọn đủ các mục.", "Choose in every list."),
            ("records.files", "Tải về tất cả", "Take all of it home"),
            (
                "drafts.about.hub",
                "Những gì đã gõ mà chưa lưu. Bản nháp nằm ở trung tâm, chỉ mình bạn xem được, và không mất khi tắt máy.",
                "What was typed and not saved yet. Drafts are at the hub, for your eyes only, and outlive a power cut."
            ),
            (
                "notice.hub.saved", "Đã lưu ở trung tâm; máy của đơn vị nhận khi đồng bộ.",
                "Saved at the hub; the unit's machines get it at their next contact."
            ),
            (
                "notice.hub.deleted", "Đã xóa ở trung tâm; máy của đơn vị nhận khi đồng bộ.",
                "Deleted at the hub; the unit's machines get it at their next contact."
            ),
            (
                "notice.hub.restored", "Đã khôi phục ở trung tâm; máy của đơn vị nhận khi đồng bộ.",
                "Restored at the hub; the unit's machines get it at their next contact."
            ),
            ("records.file.excel", "CSV cho bảng tính", "CSV for spreadsheets"),
            ("records.file.csv", "CSV", "CSV"), ("records.file.jsonl", "JSON lines", "JSON lines"),
            ("tasks.new", "Giao nhiệm vụ", "Give a task"), ("tasks.lead", "Đơn vị chủ trì", "Lead unit"),
            ("tasks.all-leads", "Mọi đơn vị chủ trì", "All lead units"),
            ("tasks.count", "{count} nhiệm vụ", "Tasks: {count}"),
            ("tasks.change", "Sửa, đổi hạn", "Change, or its date"),
            ("tasks.give-too", "Giao cho đơn vị khác", "Give to another unit"),
        ] + rows(of: entryErrors)

    private static let entryErrors: [CodeSentences] = []
}
