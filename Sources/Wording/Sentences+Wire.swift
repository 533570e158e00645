extension Catalogue {
    /// Codes of bytes, messages, enrolment and exchange.
    static let wireErrorRows: [Row] = rows(of: byteErrors + messageErrors + exchangeErrors)

    private static let byteErrors: [CodeSentences] = [
        row("bytes.truncated", "Dữ liệu bị cắt cụt", "The bytes end too early", "Gửi lại", "Send them again"),
        row(
            "bytes.not-canonical", "Dữ liệu không ở dạng chuẩn", "The bytes are not in canonical form", "Gửi lại",
            "Send them again"),
        row(
            "bytes.too-large", "Số hoặc kích thước vượt giới hạn", "A number or size is beyond its limit", "Gửi lại",
            "Send them again"),
        row(
            "bytes.unknown-kind", "Dữ liệu thuộc loại chưa biết", "The bytes are of an unknown kind",
            "Cập nhật chương trình", "Update the program"),
        row("bytes.trailing", "Thừa dữ liệu ở cuối", "There are bytes left over", "Gửi lại", "Send them again"),
        row(
            "bytes.inconsistent", "Dữ liệu tự mâu thuẫn", "The bytes contradict themselves", "Gửi lại",
            "Send them again"),
    ]

    private static let messageErrors: [CodeSentences] = [
        row(
            "wire.not-a-message", "Đây không phải thông điệp của PhuSa", "This is no message of PhuSa",
            "Kiểm tra địa chỉ trung tâm", "Check the hub's address"),
        row(
            "wire.version-unknown", "Phiên bản giao thức khác", "The protocol's version differs",
            "Cập nhật chương trình", "Update the program"),
        row(
            "wire.malformed", "Thông điệp hỏng ({problem} tại {offset})",
            "The message is damaged ({problem} at {offset})",
            "Đồng bộ lại", "Sync again"),
        row(
            "wire.signature-wrong", "Chữ ký không đúng ({what})", "A signature is wrong ({what})",
            "Đồng bộ lại; nếu lặp lại, báo người quản trị", "Sync again; if it comes back, tell the admin"),
        row("wire.chain-broken", "Chuỗi băm bị đứt", "A hash chain is broken", "Báo người quản trị", "Tell the admin"),
        row(
            "wire.answer-foreign", "Câu trả lời không dành cho yêu cầu này", "The answer is not for this request",
            "Đồng bộ lại", "Sync again"),
        row(
            "wire.answer-incomplete", "Câu trả lời thiếu dữ liệu", "The answer lacks what it speaks of", "Đồng bộ lại",
            "Sync again"),
        row(
            "segment.too-large", "Đoạn nhật ký quá lớn", "The segment is too large", "Báo người quản trị",
            "Tell the admin"),
        row("segment.gap", "Thiếu đoạn nhật ký trước đó", "An earlier segment is missing", "Đồng bộ lại", "Sync again"),
        row(
            "segment.fork", "Thiết bị này có hai lịch sử khác nhau", "This device has two histories",
            "Dữ liệu ở đây vẫn còn; báo người quản trị", "What is here is kept; tell the admin"),
        row(
            "segment.base-beyond", "Thay đổi {sequence} nêu cơ sở nó không thể biết",
            "Change {sequence} names a base it cannot know",
            "Báo người quản trị", "Tell the admin"),
        row(
            "segment.dependency-unknown", "Đoạn nhật ký dựa trên dữ liệu trung tâm không có",
            "The segment builds on what the hub does not hold",
            "Báo người quản trị", "Tell the admin"),
        row(
            "certificate.wrong", "Chứng nhận không đúng", "The certificate is not valid", "Đăng ký lại bằng mã mới",
            "Enrol again with a new code"),
    ]

    private static let exchangeErrors: [CodeSentences] = [
        row(
            "enrol.code-invalid", "Mã đăng ký không đúng dạng", "The enrolment code is not well-formed",
            "Gõ lại đủ năm nhóm bốn ký tự", "Type all five groups of four"),
        row(
            "enrol.code-unknown", "Mã đăng ký không đúng", "The enrolment code is wrong", "Xin mã mới ở trung tâm",
            "Ask the hub for a new one"),
        row(
            "enrol.code-used", "Mã đăng ký đã dùng cho máy khác", "The code was used by another device",
            "Xin mã mới ở trung tâm", "Ask the hub for a new one"),
        row(
            "enrol.code-expired", "Mã đăng ký đã hết hạn", "The code has expired", "Xin mã mới ở trung tâm",
            "Ask the hub for a new one"),
        row(
            "enrol.unit-differs", "Mã dành cho đơn vị {unit}, máy này của {device}",
            "The code is for unit {unit}, this device is of {device}",
            "Xin mã của đúng đơn vị", "Ask for a code of this unit"),
        row(
            "enrol.form-differs", "Biểu mẫu {form} bản {version} ở đây khác với trung tâm",
            "Form {form} version {version} differs from the hub's",
            "Báo người quản trị trước khi đăng ký", "Tell the admin before enrolling"),
        row(
            "device.unknown", "Trung tâm không biết thiết bị này", "The hub does not know this device",
            "Đăng ký bằng mã mới", "Enrol with a new code"),
        row(
            "device.revoked", "Thiết bị này đã bị thu hồi", "This device was revoked",
            "Dữ liệu ở đây vẫn còn; liên hệ người quản trị", "What is here is kept; speak to the admin"),
        row(
            "request.replayed", "Yêu cầu này đã được gửi trước đó", "This request was sent before", "Thử lại",
            "Try again"),
        row(
            "request.forged", "Yêu cầu không do thiết bị này ký", "The request was not signed by this device",
            "Đăng ký lại", "Enrol again"),
        row(
            "space.forbidden", "Thiết bị không có quyền ở không gian này", "The device has no right to this space",
            "Hỏi người quản trị", "Ask the admin"),
        row(
            "space.invalid", "“{space}” không phải tên không gian dữ liệu", "“{space}” is not a space's id",
            "Dùng dạng ĐƠN-VỊ/tên", "Write UNIT/name"),
        row(
            "refused.unknown", "Không có mục bị từ chối này", "There is no such refused item", "Xem refused list",
            "See `refused list`"),
        row(
            "refused.hub-only", "Nội dung này chỉ trung tâm được ghi, không thể tiếp nhận từ thiết bị",
            "Only the hub writes this; it cannot be accepted from a device",
            "Ghi lại ở trung tâm, rồi bỏ qua mục này", "Write it at the hub, then dismiss this"),
        row(
            "case.unknown", "Không có xung đột này", "There is no such case", "Xem conflicts list",
            "See `conflicts list`"),
        row(
            "case.changed", "Xung đột đã thay đổi từ khi mở", "The case has changed since it was opened",
            "Mở lại rồi quyết định", "Open it again and decide"),
        row(
            "case.choice-missing", "Chưa chọn giá trị nào", "No value was chosen", "Dùng --pick hoặc --set",
            "Use --pick or --set"),
        row(
            "agent.directory", "Không dùng được thư mục dữ liệu: {problem}", "The folder cannot be used: {problem}",
            "Kiểm tra đường dẫn và quyền", "Check path and rights"),
        row(
            "agent.not-initialized", "Thư mục này chưa được khởi tạo", "There is no agent in this folder",
            "Chạy init hoặc enrol", "Run `init` or `enrol`"),
        row(
            "hub.not-initialized", "Thư mục này chưa có trung tâm: {problem}",
            "There is no hub in this folder: {problem}",
            "Kiểm tra --dir, hoặc chạy phusa-hub init", "Check --dir, or run `phusa-hub init`"),
        row(
            "hub.initialized", "Thư mục này đã có trung tâm: {problem}",
            "There is a hub in this folder already: {problem}",
            "Dùng trung tâm đó, hoặc thư mục khác", "Use it, or another folder"),
        row(
            "agent.initialized", "Thư mục này đã được khởi tạo", "There is an agent in this folder already",
            "Dùng thư mục khác", "Use another folder"),
        row(
            "agent.key-missing", "Thiếu khóa của thiết bị", "The device's key is missing",
            "Khôi phục tệp khóa từ bản sao lưu", "Bring the key file back from a backup"),
        row(
            "agent.enrolled", "Thiết bị đã đăng ký với {hub}", "The device is enrolled with {hub}",
            "Không cần đăng ký lại", "There is nothing to do"),
        row(
            "agent.not-enrolled", "Thiết bị chưa đăng ký với trung tâm", "The device is not enrolled with a hub",
            "Chạy enrol với mã của trung tâm", "Run `enrol` with the hub's code"),
        row(
            "agent.training", "Dữ liệu tập huấn không đồng bộ với trung tâm nào",
            "Data for practice are never synced with a hub", "Dùng thư mục của dữ liệu thật",
            "Use the folder with the real data"),
        row(
            "agent.serving", "Đã có một serve chạy trên thư mục này", "A serve runs on this folder already",
            "Dùng serve đang chạy", "Use the one that runs"),
        row(
            "hub.unreachable", "Không liên lạc được với trung tâm: {problem}", "The hub cannot be reached: {problem}",
            "Dữ liệu đã lưu ở đây; thử lại khi có mạng", "Your work is saved here; try again when there is a line"),
        row(
            "hub.not-a-hub", "Địa chỉ này không phải trung tâm PhuSa ({status})",
            "There is no PhuSa hub at this address ({status})",
            "Kiểm tra địa chỉ, proxy hoặc cổng đăng nhập Wi-Fi", "Check the address, proxy or Wi-Fi sign-in page"),
        row(
            "wire.session-wrong", "Không lập được phiên với trung tâm", "No session could be agreed on with the hub",
            "Thử lại", "Try again"),
        row(
            "wire.dictionary-unknown", "Dữ liệu nén bằng từ điển chưa có ở đây",
            "The data is compressed with a dictionary that is not known here", "Đồng bộ lại", "Sync again"),
        row(
            "wire.answer-cut", "Câu trả lời của trung tâm bị ngắt giữa chừng", "The hub's answer ended too early",
            "Phần đã nhận được giữ lại; thử lại để nhận tiếp", "What came is kept; try again for the rest"),
        row(
            "wire.request-cut", "Yêu cầu bị ngắt giữa chừng", "The request ended too early", "Thử lại", "Try again"),
        row(
            "session.unknown", "Trung tâm không còn phiên này", "The hub has no such session", "Thử lại", "Try again"),
        row(
            "snapshot.wrong", "Bản chụp dữ liệu không đúng như trung tâm đã ký",
            "A snapshot is not what the hub signed", "Đồng bộ lại; thiết bị sẽ tải nhật ký thay cho bản chụp",
            "Sync again; the device will fetch the log instead"),
        row(
            "snapshot.gone", "Trung tâm không còn giữ bản chụp đang tải dở",
            "The hub no longer has the snapshot that was loading", "Đồng bộ lại; thiết bị sẽ tải nhật ký",
            "Sync again; the device will fetch the log"),
        row(
            "snapshot.too-late", "Bản chụp của thiết bị không đủ xa về trước cho điều trung tâm vừa báo",
            "The device's snapshot does not go back as far as what the hub tells of",
            "Đồng bộ lại; thiết bị sẽ tải nhật ký", "Sync again; the device will fetch the log"),
        row(
            "knowledge.unknown", "Trung tâm không nhớ thiết bị đang ở đâu",
            "The hub does not remember where the device stands", "Thử lại", "Try again"),
        row(
            "hub.certificate", "Không xác thực được chứng chỉ TLS của trung tâm: {problem}",
            "The hub's TLS certificate cannot be trusted: {problem}",
            "Xin tệp chứng chỉ gốc của trung tâm rồi đăng ký với --ca, hoặc kiểm tra đồng hồ máy",
            "Ask for the hub's root certificate and enrol with --ca, or check this machine's clock"),
        row(
            "hub.ca-unreadable", "Không đọc được tệp chứng chỉ {file}", "The certificate file {file} cannot be read",
            "Dùng tệp PEM của trung tâm", "Give the hub's PEM file"),
        row(
            "hub.busy", "Trung tâm đang bận, hãy thử lại sau {seconds} giây",
            "The hub is busy; it can be asked again in {seconds} seconds",
            "Dữ liệu đã lưu ở đây; máy sẽ tự thử lại", "Your work is saved here; it is tried again by itself"),
        row(
            "hub.failed", "Trung tâm gặp lỗi khi xử lý", "The hub failed on its side",
            "Dữ liệu đã lưu ở đây; thử lại sau, nếu lặp lại hãy báo người quản trị",
            "Your work is saved here; try again later, and tell the admin if it goes on"),
        row(
            "request.too-large", "Yêu cầu lớn hơn mức {limit} byte", "The request is larger than {limit} bytes",
            "Cập nhật chương trình rồi đồng bộ lại", "Update the program and sync again"),
        row(
            "hub.tls-files", "Không dùng được chứng chỉ hoặc khóa TLS: {problem}",
            "The TLS certificate or key cannot be used: {problem}", "Kiểm tra hai tệp PEM", "Check both PEM files"),
        row(
            "database.unsupported", "Bản này chưa dùng được cơ sở dữ liệu đó",
            "This version cannot use that database", "Bỏ --database để dùng SQLite trong thư mục",
            "Leave --database out: SQLite in the folder is used"),
        row(
            "hub.url", "Địa chỉ trung tâm không đúng", "This is not a hub's address", "Dùng http:// hoặc https://",
            "Use http:// or https://"),
        row(
            "hub.answer-too-large", "Câu trả lời quá lớn", "The answer is too large", "Báo người quản trị",
            "Tell the admin"),
        row(
            "sync.digest-differs", "Trạng thái của {space} khác với trung tâm",
            "The state of {space} differs from the hub's",
            "Không mất dữ liệu; chạy verify và báo người quản trị", "Nothing is lost; run `verify` and tell the admin"),
    ]
}
