extension Catalogue {
    /// Photos and files of records.
    static let attachmentRows: [Row] =
        rows(of: attachmentErrors) + [
            ("form.attach", "Thêm ảnh", "Add photos"),
            (
                "form.attach.shrink", "Thu nhỏ để gửi nhẹ hơn (giờ, vị trí và mã của ảnh gốc được ghi riêng)",
                "Make smaller, less to send (the original's time, place and hash are kept apart)"
            ),
            ("form.attach.sending", "Đang lưu", "Storing"),
            (
                "form.attach.done", "Đã nhận; bấm Lưu để ghi vào bản ghi",
                "Taken in; press Save to add it to the record"
            ),
            (
                "form.attach.held", "Đang lưu ảnh; bản ghi sẽ được lưu ngay sau đó…",
                "Photos are being stored; the record is saved right after…"
            ),
            (
                "form.attach.lost", "Mất kết nối với chương trình trên máy. Thử chọn lại ảnh.",
                "The program on this machine did not answer. Choose the photo again."
            ),
            (
                "form.attach.no-script",
                "Trình duyệt không chạy kịch bản thì không thêm được ảnh ở đây; dùng lệnh phusa attach.",
                "Without scripts no photos can be added here; use the command phusa attach."
            ),
            ("attachment.fetch", "Lấy ảnh về máy", "Fetch the photo"),
            (
                "attachment.elsewhere", "Ảnh chưa có trên máy này.", "The photo is not on this machine."
            ),
            ("outbox.photos", "Ảnh và tệp chờ gửi: {count} ({bytes}).", "Photos and files to send: {count} ({bytes})."),
            ("sync.photos", "Đang gửi ảnh: còn {count}, {bytes}.", "Sending photos: {count} left, {bytes}."),
            ("sync.photos.seconds", "Khoảng {count} giây nữa.", "About {count} s more."),
            ("sync.photos.minutes", "Khoảng {count} phút nữa.", "About {count} min more."),
            ("sync.photos.sent", "Đã gửi {count} ảnh.", "{count} photos were sent."),
            ("sync.photos.left", "Còn {count} ảnh chưa gửi.", "{count} photos are still to go."),
            (
                "sync.photos.held", "{count} ảnh và tệp chờ đường truyền khác, hoặc chờ bạn bấm Gửi ảnh.",
                "{count} photos and files wait for another line, or until you press Send photos."
            ),
            ("attachment.away", "Ảnh chưa về đến đây.", "The photo has not come here yet."),
            ("photos.head", "Ảnh và tệp", "Photos and files"),
            (
                "photos.about",
                "Chữ, số và ảnh nhỏ luôn đi trước, qua mọi đường truyền. Ở đây chọn ảnh và tệp tự đi qua đường nào.",
                "Text, numbers and small pictures always go first, over any line. Choose here which lines photos and files go over by themselves."
            ),
            ("photos.networks", "Ảnh và tệp tự gửi qua", "Photos and files go by themselves over"),
            ("photos.network.cable", "Dây mạng", "Cable"), ("photos.network.wifi", "Wi-Fi", "Wi-Fi"),
            ("photos.network.mobile", "Mạng di động (kể cả điện thoại cắm dây)", "Mobile (also a phone on a cable)"),
            ("photos.network.other", "Đường khác (VPN, bộ chuyển USB)", "Others (VPN, USB adapters)"),
            (
                "photos.network.hint", "Không chọn gì: chỉ gửi khi bạn bấm Gửi ảnh.",
                "None: only when you press Send photos."
            ),
            ("photos.days", "Giữ ảnh trên máy này (ngày)", "Keep photos on this machine (days)"),
            (
                "photos.days.hint",
                "Sau đó ảnh rời máy khi trung tâm đã có đủ; ảnh nhỏ ở lại và lấy lại được ảnh bất cứ lúc nào có mạng. Khi ổ đĩa gần đầy: sau 7 ngày. Bỏ trống: giữ mãi.",
                "Then a photo leaves this machine when the hub has it whole; its small picture stays, and the photo can be fetched again whenever there is a line. Where the disk runs low: after 7 days. Empty: for ever."
            ),
            ("photos.set", "Lưu lựa chọn", "Save choice"), ("photos.send", "Gửi ảnh ngay", "Send photos now"),
            ("notice.photos", "Đã lưu lựa chọn về ảnh.", "The choice about photos is saved."),
            ("attachment.open", "Mở", "Open"),
            ("notice.fetched", "Đã lấy tệp về máy này.", "The file is on this machine now."),
            ("type.image", "ảnh", "photos"), ("type.file", "ảnh và tài liệu", "photos and documents"),
            (
                "problem.attachment", "Tệp đính kèm {subject} đã bị thay đổi hoặc hỏng trên đĩa.",
                "The attachment {subject} was altered, or is damaged on disk."
            ),
            (
                "problem.attachment.remedy",
                "Xóa tệp ấy; máy sẽ lấy lại từ trung tâm, hoặc trung tâm sẽ nhận lại từ máy còn giữ nó.",
                "Delete that file; it is fetched from the hub again, or the hub gets it from a machine that still has it."
            ),
            (
                "problem.attachment-alone",
                "Tệp đính kèm {subject} đã bị thay đổi hoặc hỏng trên đĩa, và trung tâm chưa có nó.",
                "The attachment {subject} was altered, or is damaged on disk, and the hub has not got it yet."
            ),
            (
                "problem.attachment-alone.remedy",
                "Đừng xóa tệp. Tìm ảnh gốc và đính kèm lần nữa; nếu không còn, chép tệp ra ngoài và báo quản trị.",
                "Do not delete the file. Find the original and attach it again; where there is none, copy the file away and tell your administrator."
            ),
            (
                "problem.attachment-gone", "Thiếu tệp đính kèm {subject} mà bản ghi có nêu.",
                "The attachment {subject}, which a record lists, is missing."
            ),
            (
                "problem.attachment-gone.remedy",
                "Tìm lại ảnh gốc và đính kèm lần nữa; cùng một ảnh thì vẫn khớp với bản ghi.",
                "Find the original and attach it again: the same photo fits the record as before."
            ),
        ]

    private static let attachmentErrors: [CodeSentences] = [
        row(
            "photos.days", "Số ngày giữ ảnh phải từ 1 đến {most}", "Photos are kept for 1 to {most} days",
            "Nhập lại số ngày, hoặc bỏ trống để giữ mãi",
            "Enter the days again, or leave it empty to keep them for ever"),
        row(
            "photos.network", "Không có loại đường truyền “{text}”", "There is no kind of line “{text}”",
            "Dùng cable, wifi, mobile, other, all hoặc none", "Use cable, wifi, mobile, other, all or none"),
        row(
            "attachment.field", "Trường “{field}” của biểu mẫu “{form}” không nhận ảnh hay tệp",
            "The field “{field}” of the form “{form}” takes no photos or files",
            "Chọn trường kiểu ảnh hoặc tệp; phusa forms show liệt kê các trường",
            "Choose a field for photos or files; the form's definition lists them"),
        row(
            "field.attachment", "“{field}” chỉ nhận ảnh hoặc tài liệu đã lưu trên máy này",
            "“{field}” takes photos or documents that were stored on this machine", "Đính kèm tệp rồi lưu lại",
            "Attach the file and save again"),
        row(
            "attachment.kind-unknown", "Tệp không phải ảnh JPEG, PNG hay tài liệu PDF",
            "The file is no JPEG or PNG image and no PDF document",
            "Chuyển ảnh sang JPEG (máy iPhone: Cài đặt, Camera, Định dạng, Tương thích nhất) rồi thử lại",
            "Turn it into a JPEG (iPhone: Settings, Camera, Formats, Most Compatible) and try again"),
        row("attachment.empty", "Tệp rỗng", "The file is empty", "Chọn tệp khác", "Choose another file"),
        row(
            "attachment.too-large", "Tệp quá lớn, nhiều nhất {limit} MB", "The file is too large: at most {limit} MB",
            "Thu nhỏ ảnh hoặc tách tài liệu rồi thử lại", "Make the photo smaller, or part the document, and try again"),
        row(
            "attachment.unreadable", "Không đọc được tệp {file}", "The file {file} cannot be read",
            "Kiểm tra đường dẫn và quyền đọc", "Check its path and rights"),
        row(
            "attachment.no-room", "Đĩa gần đầy nên không nhận thêm ảnh; chữ và số vẫn lưu được",
            "The disk is nearly full, so no more photos are taken in; text and numbers are still saved",
            "Giải phóng chỗ trên đĩa rồi thử lại", "Free some room on the disk and try again"),
        row(
            "attachment.gap", "Phần gửi đến không nối tiếp phần đã có",
            "What was sent does not go on where the rest ends",
            "Đồng bộ lại", "Sync again"),
        row(
            "attachment.hash-wrong", "Nội dung tệp đính kèm không khớp với mã băm của nó",
            "The bytes of the attachment are not those of its hash", "Đồng bộ lại; nếu vẫn vậy, chạy phusa verify",
            "Sync again; if it stays so, run phusa verify"),
        row(
            "attachment.unlisted", "Không bản ghi nào của đơn vị nêu tệp đính kèm này",
            "No record of the unit lists this attachment", "Đồng bộ bản ghi trước rồi thử lại",
            "Sync the record first and try again"),
        row(
            "attachment.missing", "Chưa có tệp đính kèm ở đây", "The attachment is not here yet",
            "Đợi máy đã chụp đồng bộ xong rồi thử lại", "Wait until the machine that took it has synced"),
    ]
}
