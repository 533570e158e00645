extension Catalogue {
    /// The port for the office's other machines.
    static let officeRows: [Row] =
        rows(of: officeErrors) + officeAddressRows + officeTrustRows + [
            ("agent.office", "Cả văn phòng", "The office"), ("office.title", "Dùng từ máy khác", "From other machines"),
            ("sign-in.office", "Đăng nhập từ máy khác", "Sign in from another machine"),
            (
                "sign-in.office.about",
                "Trước khi gõ mật khẩu lần đầu, hãy so dấu vân tay của chứng chỉ với màn hình máy chính (trang Cả văn phòng).",
                "Before you type a password for the first time, compare the certificate's fingerprint with the screen of the office's machine (its page The office)."
            ),
            ("office.sign-in", "Đăng nhập", "Sign in"),
            (
                "office.sign-in.how",
                "Chọn tên và gõ mật khẩu của mình. Chỉ người có mật khẩu mới vào được từ máy khác. Dữ liệu nằm trên máy này; khi máy này tắt, không ai vào được từ máy khác.",
                "Choose your name and type your password. Only people with a password come in from other machines. The data are on this machine; while it is off, nobody comes in from another."
            ),
        ]

    private static let officeErrors: [CodeSentences] = [
        row(
            "office.certificate", "Không đọc hoặc ghi được khóa và chứng chỉ cho văn phòng trong {folder}",
            "The office's key and certificate in {folder} cannot be read or written",
            "Kiểm tra quyền của thư mục; nếu office.key hỏng thì xóa nó, máy sẽ tạo khóa mới và mọi người phải so lại dấu vân tay",
            "Check the folder's rights; if office.key is damaged, delete it: a new one is made, and everybody compares the fingerprint again"
        ),
        row(
            "office.nobody", "Chưa ai ở đơn vị này có mật khẩu nên chưa ai vào được từ máy khác",
            "Nobody of this unit has a password yet, so nobody can sign in from another machine",
            "Đề nghị trung tâm đặt mật khẩu, rồi đồng bộ máy này",
            "Ask the hub to set passwords, then sync this machine"),
    ]

    private static let officeAddressRows: [Row] = [
        (
            "office.off",
            "Máy khác và điện thoại hiện chưa vào được: trang của máy này chỉ mở trên chính máy này.",
            "Other machines and telephones get nothing now: this machine's pages open on this machine only."
        ),
        (
            "office.off.how",
            "Để cả văn phòng dùng chung máy này qua trình duyệt, hãy chạy chương trình với:",
            "To let the whole office use this machine by browser, start the program with:"
        ),
        (
            "office.off.package",
            "Nếu cài bằng gói Debian, ghi dòng này vào /etc/phusa.conf rồi khởi động lại dịch vụ phusa:",
            "If it was installed as a Debian package, put this line into /etc/phusa.conf and restart the service phusa:"
        ),
        (
            "office.off.people", "Chỉ người có mật khẩu mới vào được từ máy khác; mọi kết nối đều được mã hóa.",
            "Only people with a password come in from other machines, and every connection is encrypted."
        ),
        ("office.open", "Mở địa chỉ này", "Open this address"),
        (
            "office.open.how",
            "Trên điện thoại hoặc máy tính cùng mạng, quét mã hoặc gõ địa chỉ này, kể cả chữ https.",
            "On a telephone or computer of the same network, scan the code or type this address, the https too."
        ),
        ("office.others", "Nếu không mở được, thử:", "If that does not open, try:"),
        ("office.qr", "Mã QR của địa chỉ bên cạnh", "QR code of the address beside it"),
    ]

    private static let officeTrustRows: [Row] = [
        ("office.warning", "Trình duyệt sẽ cảnh báo một lần", "The browser will warn, once"),
        (
            "office.warning.why",
            "Trình duyệt báo kết nối không riêng tư hoặc không an toàn, vì chứng chỉ do chính máy này tạo ra chứ không mua. Kết nối vẫn được mã hóa; việc còn lại là xem có đúng máy này không.",
            "It says that the connection is not private or not secure, since this machine made its certificate itself instead of buying one. The connection is encrypted all the same; what is left is to see whether it is this machine."
        ),
        (
            "office.warning.where",
            "Khi thấy cảnh báo, đừng bấm tiếp ngay. Chạm vào chữ “Không an toàn” hoặc hình tam giác bên trái địa chỉ rồi mở chi tiết chứng chỉ (Chrome, Edge, Cốc Cốc); trên iPhone, chạm “Hiển thị chi tiết” rồi “xem chứng chỉ”; trên Firefox, “Nâng cao” rồi “Xem chứng chỉ”.",
            "Do not go on at once. Press “Not secure” or the triangle left of the address and open the certificate's details (Chrome, Edge); on an iPhone “Show Details”, then “view the certificate”; in Firefox “Advanced”, then “View Certificate”."
        ),
        ("office.compare", "So dấu vân tay SHA-256", "Compare the SHA-256 fingerprint"),
        (
            "office.compare.how",
            "Dấu vân tay của chứng chỉ mà trình duyệt hiện phải giống hệt các nhóm dưới đây. Chữ hoa hay thường, có dấu hai chấm hay dấu cách đều như nhau.",
            "The certificate's fingerprint that the browser shows must be these groups exactly. Capitals or not, colons or spaces, make no difference."
        ),
        (
            "office.compare.same", "Giống hệt: chọn tiếp tục, trình duyệt sẽ nhớ.",
            "The same: go on; the browser will remember."
        ),
        (
            "office.compare.differs",
            "Khác dù chỉ một ký tự: đóng trang, đừng gõ mật khẩu, và báo người quản trị.",
            "Another, if only by one sign: close the page, type no password, and tell the admin."
        ),
        (
            "office.lasts",
            "Chứng chỉ này dùng đến {date}. Trong tháng cuối, lần khởi động tiếp theo sẽ tạo chứng chỉ mới, dấu vân tay đổi và trình duyệt cảnh báo lại.",
            "This certificate is good until {date}. In its last month the next start makes a new one: the fingerprint changes, and browsers warn once more."
        ),
        ("office.key", "Dấu vân tay của khóa công khai", "Fingerprint of the public key"),
        (
            "office.key.why",
            "Không đổi khi có chứng chỉ mới. Chrome và Edge hiện dấu này dưới tên “Khóa công khai”.",
            "Stays when there is a new certificate. Chrome and Edge show it as “Public key”."
        ),
    ]
}
