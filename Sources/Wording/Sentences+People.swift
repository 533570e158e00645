extension Catalogue {
    /// People, what they may do, and what was done with it.
    static let peopleRows: [Row] =
        rows(of: rightErrors) + peoplePageRows + personRows + roleRows + auditPageRows + auditActRows

    private static let rightErrors: [CodeSentences] = [
        row(
            "rights.days", "“{person}” không có quyền ở đây vào những ngày đó",
            "“{person}” had no right here on those days", "Đề nghị người quản trị xem lại và tiếp nhận thay đổi",
            "Ask the admin to look at the change and accept it"),
        row(
            "rights.record", "Bạn không được ghi số liệu của đơn vị này", "You do not record this unit's data",
            "Đề nghị người quản trị ở trung tâm", "Ask an admin of the hub"),
        row(
            "rights.assign", "Bạn không được giao nhiệm vụ cho đơn vị này", "You do not assign tasks to this unit",
            "Đề nghị người quản trị ở trung tâm", "Ask an admin of the hub"),
        row(
            "rights.people", "Chỉ người quản trị được quản lý tài khoản và quyền",
            "Only an admin looks after people and their rights", "Đề nghị người quản trị ở trung tâm",
            "Ask an admin of the hub"),
        row(
            "rights.audit", "Vai trò của bạn không xem được nhật ký quản trị", "Your role does not see the audit",
            "Đề nghị người quản trị ở trung tâm", "Ask an admin of the hub"),
        row(
            "rights.hub", "Chỉ người quản trị được sao lưu trung tâm", "Only an admin has copies of the hub made",
            "Đề nghị người quản trị ở trung tâm", "Ask an admin of the hub"),
        row(
            "move.same-unit", "Phần việc đã ở đơn vị này", "The work is of that unit already", "Chọn đơn vị khác",
            "Choose another unit"),
        row(
            "move.exists", "Đơn vị đó đã có bản ghi với khóa này: {record}",
            "That unit has a record with this key: {record}", "Mở bản ghi đó và sửa ở đó",
            "Open that record and edit it there"),
        row(
            "move.part", "Đây là một phần của bản ghi khác", "This is a part of another record",
            "Nhập lại ở đơn vị kia, cùng bản ghi chứa nó",
            "Enter it anew in the other unit, with the record that holds it"),
        row(
            "role.missing", "Chưa chọn vai trò", "No role is chosen", "Chọn một vai trò", "Choose a role"),
        row(
            "person.nameless", "Chưa có họ tên", "The name is missing", "Nhập họ tên", "Enter the name"),
        row(
            "person.self", "Không ai tự đổi quyền hay tự khóa mình",
            "Nobody changes their own rights or locks themselves out",
            "Nhờ một người quản trị khác", "Ask another admin"),
        row(
            "grant.unknown", "“{person}” không có vai trò ở đơn vị {unit}", "“{person}” has no role in the unit {unit}",
            "Tải lại trang", "Load the page again"),
        row(
            "grant.days", "Ngày không đúng, hoặc ngày cuối trước ngày đầu",
            "The days are wrong, or the last is before the first", "Sửa các ngày", "Correct the days"),
        row(
            "audit.end-invalid", "Chỗ kết thúc của nhật ký có dạng SỐ:MÃ",
            "Where an audit ends is written as NUMBER:HASH",
            "Chép lại nguyên dòng cuối của lệnh audit", "Copy the whole last line that `audit` prints"),
        row(
            "audit.shorter", "Nhật ký quản trị không còn mục {number} như đã ghi lại",
            "The audit has not got entry {number} as it was written down",
            "Báo người phụ trách an toàn thông tin; giữ nguyên máy",
            "Tell whoever is in charge of security, and leave the machine as it is"),
    ]

    private static let peoplePageRows: [Row] = [
        ("people.title", "Người dùng", "People"), ("people.add", "Thêm người dùng", "Add somebody"),
        ("people.find", "Tìm theo tên hoặc mã", "Search by name or id"),
        ("people.role", "Vai trò", "Role"), ("people.all-roles", "Mọi vai trò", "Every role"),
        ("people.count", "{count} người", "People: {count}"), ("people.none", "Không có ai.", "There is nobody."),
        ("people.disabled", "đã khóa", "locked"), ("people.idle", "hôm nay không có vai trò", "no role today"),
        ("people.back", "Người dùng", "People"), ("people.name", "Họ và tên", "Full name"),
        ("people.id", "Mã người dùng", "Id"),
        (
            "people.id.hint", "Chữ thường không dấu, số, dấu chấm, gạch. Không đổi được về sau.",
            "Lower-case letters, digits, dots, dashes. It cannot be changed later."
        ),
        ("people.from", "Từ ngày", "From"), ("people.until", "Đến hết ngày", "Until the end of"),
        (
            "people.until.hint",
            "Bỏ trống nếu không có thời hạn. Việc đã ghi đến hết ngày này vẫn được nhận, dù gửi sau.",
            "Leave it empty for no end. What was recorded until then is accepted, also when it is sent later."
        ),
        ("people.with-password", "Tạo mật khẩu để đăng nhập", "Make a password to sign in with"),
        (
            "people.with-password.hint", "Không có mật khẩu, người này chỉ được chọn tên trên máy của đơn vị.",
            "Without one, this person can only be chosen by name at the unit's machines."
        ),
        ("notice.person-added", "Đã thêm người dùng.", "Added."),
        ("notice.role-given", "Đã giao vai trò.", "The role is given."),
        ("notice.role-taken", "Đã thu hồi vai trò.", "The role is taken away."),
        ("notice.person-disabled", "Đã khóa tài khoản.", "The account is locked."),
        ("notice.person-enabled", "Đã mở lại tài khoản.", "The account is open again."),
        ("notice.sessions-ended", "Đã kết thúc các phiên đăng nhập.", "The sessions are ended."),
    ]

    private static let personRows: [Row] = [
        ("people.home", "Đơn vị", "Unit"), ("people.password.state", "Mật khẩu", "Password"),
        ("people.password.there", "có", "there is one"), ("people.password.none", "không có", "none"),
        ("people.signed-in", "Đang đăng nhập ở trung tâm", "Signed in at the hub"),
        ("people.sessions", "{count} phiên", "Sessions: {count}"),
        ("people.sessions.end", "Kết thúc các phiên", "End the sessions"),
        ("people.roles", "Vai trò và nơi có quyền", "Roles, and where"),
        ("people.no-roles", "Chưa có vai trò nào.", "There is no role."),
        ("people.from-day", "từ {day}", "from {day}"), ("people.until-day", "đến hết {day}", "until {day}"),
        ("people.grant.active", "đang có", "holds"), ("people.grant.coming", "chưa bắt đầu", "not yet"),
        ("people.grant.over", "đã hết", "over"), ("people.take", "Thu hồi", "Take away"),
        ("people.give", "Giao một vai trò", "Give a role"), ("people.give.do", "Giao vai trò", "Give the role"),
        (
            "people.give.about",
            "Mỗi người có một vai trò ở mỗi đơn vị; vai trò mới thay vai trò cũ ở đó. Thu hồi có hiệu lực ngay: việc gửi đến sau bị từ chối và chờ người quản trị xem. Muốn việc đã ghi vẫn được nhận, hãy đặt ngày cuối thay vì thu hồi.",
            "A person has one role in each unit; a new one takes the place of the old one there. Taking away counts at once: what is sent later is refused and waits for an admin. To have recorded work accepted all the same, set a last day instead."
        ),
        (
            "people.oneself", "Không ai tự đổi quyền của mình; hãy nhờ một người quản trị khác.",
            "Nobody changes their own rights; ask another admin."
        ),
        ("people.account", "Tài khoản", "Account"), ("people.password", "Mật khẩu mới", "New password"),
        ("people.password.make", "Tạo mật khẩu mới", "Make a new password"),
        (
            "people.password.about",
            "Mật khẩu cũ hết dùng ở đây ngay, và ở máy của đơn vị từ lần đồng bộ tới. Việc chưa gửi không mất.",
            "The old one is worth nothing here at once, and at the unit's machines after their next contact with the hub. Unsent work stays there."
        ),
        (
            "people.password.once", "Chỉ hiện một lần, ở trang này.", "It is shown this once and not again."
        ),
        (
            "people.password.hand", "Trao tận tay; người dùng đổi mật khẩu ở máy của đơn vị khi có mạng.",
            "Hand it over in person; they change it at their unit's machine while there is a network."
        ),
        ("people.disable", "Khóa tài khoản", "Lock the account"),
        ("people.enable", "Mở lại tài khoản", "Open the account again"),
        (
            "people.disable.about",
            "Người này ra khỏi trung tâm ngay. Việc họ gửi đến sau bị từ chối, không mất, và chờ người quản trị tiếp nhận.",
            "They are signed out of the hub at once. What they send later is refused, is not lost, and waits for an admin to accept it."
        ),
        (
            "people.enable.about", "Người này lại đăng nhập được bằng mật khẩu cũ.",
            "They can sign in again with the password that they had."
        ),
        ("people.entries", "Đã làm gì với tài khoản này", "What was done about this account"),
        ("people.entries.all", "Xem tất cả trong nhật ký", "All of it in the audit"),
    ]

    private static let roleRows: [Row] = [
        ("role.ward_staff", "Cán bộ xã, phường", "Ward staff"), ("role.inspector", "Cán bộ kiểm tra", "Inspector"),
        ("role.unit_leader", "Lãnh đạo đơn vị", "Unit leader"), ("role.department", "Cán bộ sở, ngành", "Department"),
        ("role.hub_admin", "Quản trị trung tâm", "Hub admin"), ("role.auditor", "Kiểm toán", "Auditor"),
        ("role.viewer", "Người xem", "Viewer"),
    ]

    private static let auditPageRows: [Row] = [
        ("audit.title", "Nhật ký quản trị", "Audit"),
        (
            "audit.about",
            "Ai đã dùng quyền gì, khi nào, với cái gì. Chỉ ghi thêm, không sửa, không xóa; không chứa nội dung bản ghi.",
            "Who used which right, when and on what. It only grows; nothing in it is changed or deleted, and it holds no contents."
        ),
        ("audit.by", "Người làm", "Who"), ("audit.act", "Việc", "What"), ("audit.from", "Từ ngày", "From"),
        ("audit.until", "Đến hết ngày", "Until"),
        ("audit.object", "Mã bản ghi, máy hoặc người", "Word of a record or device, or a person's id"),
        ("audit.count", "{count} mục", "Entries: {count}"),
        ("audit.none", "Không có mục nào.", "There are no entries."),
        ("audit.number", "mục", "entry"), ("audit.machine", "lệnh trên máy trung tâm", "a command at the hub"),
        ("audit.device", "chính máy đó, bằng mã", "the device itself, by its code"),
        ("audit.stranger", "người chưa đăng nhập", "somebody who was not signed in"),
        ("audit.chain", "Chỗ kết thúc của chuỗi", "Where the chain ends"),
        (
            "audit.chain.about",
            "Mỗi mục nối với mọi mục trước bằng mã băm; lệnh verify tính lại cả chuỗi. Ghi dòng này ra nơi khác: về sau, verify --audit với dòng đó cho biết có mục nào bị cắt mất không.",
            "Each entry is chained to all before it by its hash; verify recomputes the chain. Write this line down elsewhere: later, verify --audit with it tells whether any entry was cut off."
        ),
        ("audit.detail.role", "vai trò", "role"), ("audit.detail.spaces", "không gian", "spaces"),
        ("audit.detail.address", "địa chỉ", "address"), ("audit.detail.from", "từ", "from"),
        ("audit.detail.until", "đến", "until"),
        ("audit.detail.reason", "lý do", "reason"), ("audit.detail.code", "mã", "code"),
        ("audit.detail.hours", "số giờ", "hours"), ("audit.detail.change", "thay đổi", "change"),
        ("audit.detail.fields", "trường", "fields"), ("audit.detail.decision", "quyết định", "decision"),
        ("audit.detail.question", "câu hỏi", "question"), ("audit.detail.epoch", "kỷ nguyên", "epoch"),
        ("audit.detail.count", "số lượng", "count"), ("audit.detail.form", "biểu mẫu", "form"),
        ("audit.detail.to", "đến đơn vị", "to the unit"), ("audit.detail.find", "tìm", "search"),
        (
            "problem.audit", "Nhật ký quản trị bị sửa hoặc mất từ mục {detail}.",
            "The audit was changed or cut at entry {detail}."
        ),
        (
            "problem.audit.remedy", "Báo người phụ trách an toàn thông tin; so với bản sao lưu.",
            "Tell whoever is in charge of security; compare it with a backup."
        ),
    ]

    private static let auditActRows: [Row] = [
        ("audit.act.signed-in", "đăng nhập", "signed in"),
        ("audit.act.sign-in-stopped", "bị chặn vì đăng nhập sai nhiều lần", "stopped after wrong sign-ins"),
        ("audit.act.settled", "giải quyết xung đột", "settled a conflict"),
        ("audit.act.reopened", "mở lại xung đột", "opened a conflict again"),
        ("audit.act.asked", "hỏi người ghi", "asked the authors"),
        ("audit.act.work-accepted", "tiếp nhận việc bị từ chối", "accepted refused work"),
        ("audit.act.work-dismissed", "gác lại việc bị từ chối", "put refused work aside"),
        ("audit.act.work-moved", "chuyển việc bị từ chối sang đơn vị khác", "handed refused work to another unit"),
        ("audit.act.code-made", "tạo mã đăng ký máy", "made a code to enrol with"),
        ("audit.act.device-enrolled", "máy đăng ký", "a device enrolled"),
        ("audit.act.device-revoked", "thu hồi máy", "revoked a device"),
        ("audit.act.device-retired", "cho máy nghỉ", "retired a device"),
        ("audit.act.person-added", "thêm người dùng", "added a person"),
        ("audit.act.password-set", "đặt mật khẩu", "set a password"),
        ("audit.act.person-disabled", "khóa tài khoản", "locked an account"),
        ("audit.act.person-enabled", "mở lại tài khoản", "opened an account again"),
        ("audit.act.role-given", "giao vai trò", "gave a role"),
        ("audit.act.role-taken", "thu hồi vai trò", "took a role away"),
        ("audit.act.sessions-ended", "kết thúc các phiên", "ended sessions"),
        ("audit.act.records-taken", "xuất bản ghi ra tệp", "took records out as a file"),
        ("audit.act.hub-loaded", "nạp danh mục", "loaded the catalogue"),
        ("audit.act.copy-asked", "yêu cầu sao lưu trung tâm", "asked for a copy of the hub"),
        ("audit.act.hub-restored", "khôi phục trung tâm từ bản sao", "the hub was put back from a copy"),
    ]
}
