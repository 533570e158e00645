extension Catalogue {
    /// How the program runs on its machine: room, copies, and what goes over the line.
    static let runningRows: [Row] = rows(of: runningErrors) + diskRows + copyRows + trafficRows

    private static let runningErrors: [CodeSentences] = [
        row(
            "backup.running", "Đang có một bản sao lưu được tạo", "A backup is being made already",
            "Chờ bản đó xong", "Wait until it is done"),
        row(
            "backup.folder-gone", "Không thấy thư mục sao lưu {folder}", "The backup folder {folder} is not there",
            "Cắm lại ổ hoặc USB, hoặc tạo thư mục, rồi bấm Sao lưu ngay",
            "Plug the disk in again, or make the folder, then press Back up now"),
        row(
            "backup.disk-gone", "Ổ đĩa sao lưu không còn gắn ở {folder}: thư mục đó giờ nằm trên ổ của máy",
            "The backup disk is no longer at {folder}: that folder is on this machine's own disk now",
            "Cắm lại ổ hoặc USB, rồi bấm Sao lưu ngay", "Plug the disk in again, then press Back up now"),
        row(
            "backup.no-room", "Không đủ chỗ để sao lưu vào {folder}", "There is no room for a backup in {folder}",
            "Xóa bớt tệp không cần trên ổ đó, hoặc chọn ổ khác bằng serve --backup-to",
            "Delete files on that disk that nobody needs, or name another by serve --backup-to"),
        row(
            "backup.unsound", "Bản sao lưu vừa tạo không khôi phục thử được: {problem}",
            "The backup that was just made did not pass its trial restore: {problem}",
            "Các bản cũ vẫn còn. Chạy verify; nếu dữ liệu tốt thì thử ổ khác",
            "Older backups are kept. Run verify; if the data is sound, try another disk"),
        row(
            "backup.photos-missing", "Bản sao lưu tốt, nhưng {count} ảnh hoặc tệp của trung tâm bị thiếu hoặc hỏng",
            "The backup is good, but {count} photos or files of the hub are missing or damaged",
            "Chạy verify để biết là những ảnh nào; tìm lại trong các bản sao lưu cũ hoặc ở máy đã gửi",
            "Run verify to learn which; look for them in older backups or on the machine that sent them"),
        row(
            "backup.failed", "Việc sao lưu dừng giữa chừng ({code})", "The backup stopped half way ({code})",
            "Bấm Sao lưu ngay để thử lại; nếu vẫn lỗi, chạy backup --in để xem lý do",
            "Press Back up now to try again; if it still fails, run backup --in to see why"),
        row(
            "budget.invalid", "“{text}” không phải lượng dữ liệu", "“{text}” is no amount of data",
            "Ghi như 200 hoặc 1,5 (MB), ở dòng lệnh như 200MB; bỏ trống hoặc none: không giới hạn",
            "Write 200 or 1,5 for megabytes, on a command line 200MB; empty or none for any amount"),
    ]

    private static let diskRows: [Row] = [
        ("running.title", "Tình trạng máy và chương trình", "This machine and the program"),
        ("running.disk", "Chỗ trống trên ổ đĩa", "Room on the disk"),
        ("running.free", "Còn trống", "Free"), ("running.free.of", "{free} trên {total}", "{free} of {total}"),
        ("running.database", "Dữ liệu của chương trình", "The program's data"),
        (
            "running.disk.refused",
            """
            Dưới 500 MB có lời nhắc. Dưới 100 MB không sao lưu vào ổ này nữa, để dành chỗ cho việc nhập liệu. Khi đầy hẳn, nút \
            Lưu báo lỗi và điều đã gõ vẫn ở trên trang; những gì đã lưu không mất.
            """,
            """
            Below 500 MB you are told. Below 100 MB no copies are made on this disk, so that what is left is for your work. When \
            it is full, Save says so and what you typed stays on the page; nothing that was saved is lost.
            """
        ),
        ("disk.low", "Ổ đĩa chỉ còn {free}.", "Only {free} are left on the disk."),
        (
            "disk.low.remedy", "Nên xóa bớt tệp không cần, dọn thùng rác.",
            "Delete files that nobody needs, and empty the bin."
        ),
        ("disk.very-low", "Ổ đĩa gần đầy: chỉ còn {free}.", "The disk is nearly full: {free} are left."),
        (
            "disk.very-low.remedy",
            "Xóa bớt tệp ngay; nếu đầy, số liệu mới sẽ không lưu được. Đồng bộ sớm để trung tâm có dữ liệu của bạn.",
            "Delete files now: once it is full, nothing new can be saved. Sync soon, so that the hub has your work."
        ),
        ("running.program", "Chương trình", "The program"),
        ("running.check", "Tự kiểm tra khi mở", "Self-check at start"),
        ("running.check.running", "đang kiểm tra…", "being made…"),
        (
            "running.check.good", "Tốt: tệp dữ liệu nguyên vẹn ({when}, {milliseconds} ms)",
            "Good: the data file is whole ({when}, {milliseconds} ms)"
        ),
        ("running.version", "Phiên bản", "Version"), ("running.started", "Chạy từ", "Running since"),
        ("running.contact", "Liên lạc trung tâm lần cuối", "Last contact with the hub"),
        ("running.epoch", "Thời kỳ của trung tâm", "The hub's epoch"),
    ]

    private static let copyRows: [Row] = [
        ("running.copies", "Sao lưu hằng ngày", "Daily backup"),
        (
            "running.copy.none", "Chưa có bản sao lưu nào do chương trình tự tạo.",
            "The program has made no backup by itself yet."
        ),
        ("running.copy.made", "Bản gần nhất", "The latest"),
        ("running.copy.rehearsed", "Đã khôi phục thử", "Trial restore"),
        (
            "running.copy.rehearsed.found", "Tốt: {records} bản ghi, {changes} thay đổi, đã kiểm tra toàn bộ",
            "Good: {records} records, {changes} changes, all of it verified"
        ),
        ("running.copy.file", "Tệp", "File"), ("running.copy.size", "Dung lượng", "Size"),
        ("running.copy.folder", "Thư mục sao lưu", "Folder"),
        (
            "running.copy.same-disk",
            """
            Bản sao nằm cùng ổ đĩa với dữ liệu: nếu hỏng ổ hoặc mất máy thì mất cả hai. Nên cắm ổ ngoài hoặc USB và chạy serve \
            --backup-to với thư mục trên đó.
            """,
            """
            The copy is on the same disk as the data: if the disk breaks or the machine is lost, both are gone. Plug in another \
            disk and run serve --backup-to with a folder on it.
            """
        ),
        ("running.copy.running", "Đang sao lưu và khôi phục thử…", "A backup is being made and tried…"),
        ("running.copy.now", "Sao lưu ngay", "Back up now"),
        (
            "running.copy.secret",
            """
            Giữ bản của 7 ngày gần nhất có thay đổi. Mỗi bản có khóa riêng của máy này: giữ ổ hoặc USB cẩn thận như chính máy.
            """,
            """
            Copies of the latest 7 days with changes are kept. Each holds this machine's private key: keep the disk as safe as \
            the machine.
            """
        ),
        (
            "running.copy.off", "Sao lưu tự động đang tắt (serve --no-backup).",
            "Automatic backup is off (serve --no-backup)."
        ),
        ("home.copy-trouble", "Chưa sao lưu được:", "No backup could be made:"),
        ("notice.backup-begun", "Đã bắt đầu sao lưu.", "The backup has begun."),
    ]

    private static let trafficRows: [Row] = [
        ("traffic.head", "Dữ liệu mạng đã dùng", "Data used on the network"),
        ("traffic.today", "Hôm nay", "Today"), ("traffic.month", "Tháng này", "This month"),
        (
            "traffic.about",
            "Tính cả phần khung của mỗi lần liên lạc, theo ước lượng. Trang web trên máy này không tốn dữ liệu.",
            "With an estimate of what each contact takes beside its contents. The pages on this machine use none."
        ),
        ("budget.head", "Hạn mức tháng", "Monthly budget"),
        ("budget.left", "còn {left} trên {limit}", "{left} left of {limit}"),
        ("budget.field", "Hạn mức mỗi tháng, MB", "Monthly budget, MB"), ("budget.set", "Đặt hạn mức", "Set it"),
        (
            "budget.hint", "Bỏ trống nếu không giới hạn. Hết hạn mức thì chỉ đồng bộ khi bạn bấm.",
            "Empty for no limit. Once it is used up, syncs happen only when you press."
        ),
        (
            "budget.near", "Đã dùng {used} trên hạn mức {limit} của tháng này ({waiting} thay đổi đang chờ gửi).",
            "{used} of this month's {limit} are used ({waiting} changes wait to be sent)."
        ),
        (
            "budget.used",
            """
            Đã hết hạn mức {limit} của tháng này (đã dùng {used}). Máy không tự đồng bộ nữa; {waiting} thay đổi đang chờ. Bấm \
            Đồng bộ ngay để gửi, hoặc nâng hạn mức.
            """,
            """
            This month's {limit} are used up ({used} used). The machine no longer syncs by itself; {waiting} changes wait. Press \
            Sync now to send them, or raise the budget.
            """
        ),
        ("notice.budget", "Đã đặt hạn mức.", "The budget is set."),
    ]
}
