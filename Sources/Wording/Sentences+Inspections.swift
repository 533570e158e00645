extension Catalogue {
    /// Inspections, what is signed of them, and the paper.
    static let inspectionRows: [Row] =
        rows(of: inspectionErrors) + statusRows + paperRows + [
            ("agent.inspections", "Kiểm tra", "Inspections"),
            ("inspection.none", "Không có lần kiểm tra nào.", "There are no inspections here."),
            ("inspection.filter", "Lọc theo tình trạng", "Filter by state"),
            ("severity.minor", "nhẹ", "minor"), ("severity.major", "nặng", "major"),
            ("severity.critical", "nghiêm trọng", "critical"),
            ("board.severity", "Mức độ", "Severity"), ("board.all-severities", "Mọi mức độ", "Any severity"),
            ("board.count", "{count} lần kiểm tra", "{count} inspections"),
            ("value.signature", "(chữ ký)", "(signature)"), ("value.content", "(nội dung đã ký)", "(what was signed)"),
            ("paper.authority", "ỦY BAN NHÂN DÂN", "PEOPLE'S COMMITTEE"),
            ("record.add-child", "Thêm", "Add"), ("map.title", "Vị trí", "Place"),
            ("inspection.open", "Chưa xong", "Open"), ("inspection.all", "Tất cả", "All"),
            ("inspection.sign", "Ký biên bản", "Sign the record"),
            ("inspection.preview", "Xem trước bản in", "Preview the paper"),
            ("inspection.paper", "Bản in", "Paper"),
            ("inspection.supplement", "Lập biên bản bổ sung", "Write a supplement"),
            (
                "inspection.sealed",
                "Đã ký biên bản số {seal}: không sửa được nữa. Điều cần sửa thì ghi vào biên bản bổ sung.",
                "Signed as record {seal}: it can no longer be changed. What is to be corrected goes into a supplement."
            ),
            (
                "inspection.changed-since",
                "Ở đây có điều không nằm trong biên bản đã ký. Ghi vào biên bản bổ sung nếu cần.",
                "Something here is not in the signed record. Say it in a supplement where it matters."
            ),
            ("inspection.score", "Kết quả bảng kiểm", "Checklist"),
            (
                "inspection.score.line",
                "{passed} đạt, {failed} không đạt ({critical} nghiêm trọng), {na} không áp dụng, {unchecked} không kiểm tra được, {open} chưa trả lời",
                "{passed} passed, {failed} failed ({critical} critical), {na} not applicable, {unchecked} could not be checked, {open} not answered"
            ),
            ("inspection.findings", "Phát hiện: {count}", "Findings: {count}"),
            ("inspection.due", "Hạn khắc phục gần nhất: {date}", "Next due: {date}"),
            ("inspection.requirement.open", "chưa khắc phục", "not done"),
            ("inspection.requirement.overdue", "quá hạn", "overdue"),
            ("inspection.requirement.done", "báo đã khắc phục", "said to be done"),
            ("inspection.requirement.closed", "đã kiểm tra lại, xong", "looked at again, done"),
            ("facility.visits", "Các lần kiểm tra trước", "Earlier inspections"),
            ("facility.open", "Kiến nghị chưa xong", "Open requirements"),
            ("facility.alike", "Có thể trùng với", "May be the same as"),
            ("facility.alike.name", "tên giống nhau", "alike by name"),
            ("facility.alike.address", "địa chỉ giống nhau", "alike by address"),
            ("facility.alike.near", "cách {metres} m", "{metres} m away"),
            ("group.facilities", "Cơ sở, kế hoạch", "Facilities, plans"),
            ("group.findings", "Phát hiện, biên bản", "Findings, records"),
            ("form.parent.none", "(không)", "(none)"),
            ("form.signature", "Ký trong khung bằng tay, bút hoặc chuột", "Sign in the frame by hand, pen or mouse"),
            ("form.signature.again", "Ký lại", "Sign again"),
            ("form.signature.done", "Đã có chữ ký", "Signed"),
            (
                "form.signature.no-script",
                "Trình duyệt không chạy kịch bản thì không ký ở đây được: chọn ký trên bản giấy.",
                "Without scripts nobody can sign here: choose to sign on paper."
            ),
            ("form.place.take", "Lấy vị trí hiện tại", "Take this place"),
            ("form.place.waiting", "Đang đo vị trí…", "Measuring…"),
            (
                "form.place.failed", "Không đo được vị trí. Nhập tọa độ và lý do sau dấu chấm phẩy.",
                "The place could not be measured. Type it, and why after a semicolon."
            ),
            (
                "form.seal.about",
                "Sau khi lưu, lần kiểm tra này và các phát hiện, kiến nghị của nó không sửa được nữa.",
                "Once this is saved, the inspection with its findings and recommendations can no longer be changed."
            ),
        ]

    private static let statusRows: [Row] = [
        ("inspection.status.overdue", "quá hạn khắc phục", "remedy overdue"),
        ("inspection.status.remediating", "đang khắc phục", "being remedied"),
        ("inspection.status.awaiting-signature", "chờ ký", "to be signed"),
        ("inspection.status.under-way", "đang kiểm tra", "under way"),
        ("inspection.status.draft", "nháp", "begun"),
        ("inspection.status.signed", "đã ký", "signed"),
        ("inspection.status.submitted", "đã nộp", "handed in"),
        ("inspection.status.remediated", "đã khắc phục, chờ kiểm tra lại", "remedied, to be looked at"),
        ("inspection.status.closed", "đã đóng", "closed"),
        ("inspection.status.transferred", "chuyển xử phạt", "passed on for a penalty"),
    ]

    private static let paperRows: [Row] = [
        ("paper.title", "Biên bản kiểm tra", "Inspection record"),
        ("paper.supplement.title", "Biên bản bổ sung", "Supplement"),
        ("paper.state", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
        ("paper.motto", "Độc lập – Tự do – Hạnh phúc", "Independence – Freedom – Happiness"),
        ("paper.number", "Số: {number}", "No. {number}"),
        ("paper.draft", "BẢN XEM TRƯỚC – CHƯA KÝ", "PREVIEW – NOT SIGNED"),
        ("paper.print", "In", "Print"),
        ("paper.made", "Lập lúc {time} tại {place}", "Made at {time} in {place}"),
        ("paper.adds-to", "Bổ sung cho biên bản số {number}", "Adds to record {number}"),
        ("paper.of-checklist", "Về {what}", "On {what}"),
        ("paper.part.visit", "I. Lần kiểm tra", "I. The inspection"),
        ("paper.part.items", "II. Nội dung kiểm tra", "II. What was checked"),
        ("paper.part.findings", "III. Phát hiện và kiến nghị", "III. Findings and recommendations"),
        ("paper.part.statement", "IV. Ý kiến của đối tượng được kiểm tra", "IV. Statement of the inspected party"),
        ("paper.part.photos", "Ảnh kèm theo", "Photos"),
        ("paper.no-findings", "Không có phát hiện.", "Nothing was found."),
        ("paper.no-statement", "Không có ý kiến.", "None."),
        ("paper.item", "Mục", "Item"), ("paper.answer", "Kết quả", "Result"),
        ("paper.score", "Điểm: {score} % ({line})", "Score: {score} % ({line})"),
        (
            "paper.requirement", "Kiến nghị: {what}. Chịu trách nhiệm: {owner}. Hạn: {due}.",
            "To be done: {what}. By: {owner}. Due: {due}."
        ),
        ("paper.leader", "TRƯỞNG ĐOÀN", "LEADER OF THE TEAM"), ("paper.member", "THÀNH VIÊN", "MEMBER"),
        ("paper.party", "ĐẠI DIỆN ĐỐI TƯỢNG ĐƯỢC KIỂM TRA", "FOR THE INSPECTED PARTY"),
        ("paper.witness", "NGƯỜI CHỨNG KIẾN", "WITNESS"),
        ("paper.on-paper", "(ký trên bản giấy)", "(signed on paper)"),
        ("paper.refused", "Không ký: {why}", "Not signed: {why}"),
        ("paper.hash", "Mã kiểm tra: {hash}", "To check: {hash}"),
        (
            "paper.check-how", "Quét mã để đối chiếu với sổ đã ký, hoặc dùng lệnh phusa verify --paper.",
            "Scan to check it against the signed log, or use phusa verify --paper."
        ),
        ("paper.photo-elsewhere", "(ảnh không có trên máy này)", "(not on this machine)"),
        ("paper.why", "Lý do: {why}", "Why: {why}"),
        ("paper.check.title", "Đối chiếu biên bản", "Check a record"),
        ("paper.check.green", "Khớp với sổ đã ký", "As it was signed"),
        ("paper.check.amber", "Khớp, nhưng cần lưu ý", "As it was signed, with something to know"),
        ("paper.check.red", "Không khớp", "Not as it was signed"),
        (
            "paper.check.signed", "Biên bản số {number}, lập ngày {date}, {unit}.",
            "Record {number}, made on {date}, {unit}."
        ),
        ("paper.reason.unknown", "Không có biên bản nào như vậy.", "Nothing of that name was signed."),
        (
            "paper.reason.unsealed", "Mã này không phải của một biên bản đã ký.",
            "The code is of nothing that was signed."
        ),
        (
            "paper.reason.differs", "Nội dung trên giấy không phải nội dung đã ký.",
            "What the paper says is not what was signed."
        ),
        ("paper.reason.refused", "Trung tâm không chấp nhận biên bản này.", "The hub did not accept it."),
        (
            "paper.reason.elsewhere", "Máy này không giữ biên bản đó; hỏi trung tâm.",
            "This machine does not hold that record; ask the hub."
        ),
        (
            "paper.reason.waiting", "Biên bản chưa đến trung tâm, nên sổ của trung tâm chưa xác nhận.",
            "The record is not at the hub yet, so its log does not vouch for it."
        ),
        (
            "paper.reason.unlogged", "Máy này chỉ giữ kết quả, không giữ sổ của biên bản đó.",
            "This machine holds what it came to, not the log of it."
        ),
        (
            "paper.reason.changed-since", "Có điều ghi cho lần kiểm tra này mà không nằm trong biên bản.",
            "Something was recorded for this inspection that was not signed."
        ),
        (
            "paper.reason.supplemented", "Có biên bản bổ sung: {numbers}.", "There are supplements: {numbers}."
        ),
        (
            "paper.reason.photos-missing", "Ảnh trong biên bản chưa có đủ ở đây.",
            "Not all photos of the record are here."
        ),
    ]

    private static let inspectionErrors: [CodeSentences] = [
        row(
            "record.sealed", "Đã ký biên bản: không sửa được nữa",
            "It was signed: it can no longer be changed",
            "Ghi điều cần sửa vào biên bản bổ sung", "Say what is to be corrected in a supplement"),
        row(
            "seal.conflict", "Có trường mang hai giá trị khác nhau, cần chọn một trước khi ký",
            "A field has two different values, of which one is to be chosen before signing",
            "Mở bản ghi, chọn giá trị đúng rồi ký lại", "Open the record, choose the right value, then sign"),
        row(
            "seal.too-many", "Lần kiểm tra có quá nhiều phát hiện, kiến nghị để ký một lần",
            "The inspection has too many findings and recommendations to be signed at once",
            "Chia thành nhiều lần kiểm tra", "Divide it into several inspections"),
        row(
            "seal.changed", "Nội dung đã đổi từ khi mở trang này", "The contents changed since this page was opened",
            "Xem lại nội dung rồi ký", "Look at it again, then sign"),
        row(
            "seal.unreadable", "Biên bản không chứa nội dung đã ký", "The record does not hold what was signed",
            "Cập nhật chương trình trên máy đã lập biên bản", "Update the program on the machine that made it"),
        row(
            "field.signature", "“{field}” chưa có nét chữ ký nào", "“{field}” holds no signature",
            "Ký trong khung", "Sign in the frame"),
        row(
            "field.place", "“{field}” không phải là tọa độ", "“{field}” is no place on the map",
            "Nhập vĩ độ, kinh độ, ví dụ 10.03452, 105.78812 ±12 m",
            "Type latitude, longitude, as 10.03452, 105.78812 ±12 m"),
        row(
            "field.place-reason", "“{field}” do người nhập đặt mà chưa có lý do",
            "“{field}” was set by hand, and nothing says why",
            "Ghi lý do sau dấu chấm phẩy, ví dụ 10.03452, 105.78812; máy không có định vị",
            "Say why after a semicolon, as 10.03452, 105.78812; this machine has no locator"),
        row(
            "paper.invalid", "Đây không phải là mã của một biên bản", "This is no code of a record",
            "Chép đúng dòng chữ của mã trên giấy", "Copy the code's text from the paper as it is"),
    ]
}
