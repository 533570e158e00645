extension Catalogue {
    /// The hub's board of devices.
    static let deviceRows: [Row] =
        rows(of: [
            row(
                "rights.devices", "Chỉ người quản trị được quản lý máy", "Only an admin looks after devices",
                "Đề nghị người quản trị ở trung tâm", "Ask an admin of the hub"),
            row(
                "enrol.hours", "Số giờ phải từ 1 đến {most}", "The hours are from 1 to {most}", "Sửa số giờ",
                "Change the number"),
        ]) + boardRows + standingRows + deviceFactRows + onePageRows + lostRows + enrolPageRows

    private static let boardRows: [Row] = [
        ("devices.title", "Máy", "Devices"), ("devices.enrol", "Đăng ký một máy", "Enrol a device"),
        ("devices.count", "{count} máy", "Devices: {count}"),
        ("devices.none", "Không có máy nào.", "There are no devices."),
        ("devices.filter", "Lọc theo tình trạng", "Filter by standing"),
        (
            "devices.about",
            "“Không tới được” là phỏng đoán: không máy nào của đơn vị liên lạc. Trung tâm chỉ biết ai đã đến.",
            "“Unreachable” is a guess: no device of the unit comes. The hub knows only who came."
        ),
        ("devices.machine", "máy {machine}", "machine {machine}"),
        ("notice.device-revoked", "Đã thu hồi máy.", "The device is revoked."),
        ("notice.device-retired", "Đã ghi là máy không dùng nữa.", "The device is retired."),
    ]

    private static let standingRows: [Row] = [
        ("device.on-time", "đúng nhịp", "on time"), ("device.silent", "im lặng", "silent"),
        ("device.unreachable", "không tới được", "unreachable"), ("device.never-seen", "chưa liên lạc", "never seen"),
        ("device.succeeded", "đã đổi khóa", "goes on under another key"),
        ("device.retired", "không dùng nữa", "retired"),
        ("device.revoked", "đã thu hồi", "revoked"),
        ("device.on-time.about", "Máy liên lạc như mọi khi.", "It comes as it usually does."),
        (
            "device.silent.about",
            "Lâu hơn thường lệ. Đường truyền của đơn vị có lẽ vẫn tốt, hoặc máy không có gì để gửi: hãy hỏi người dùng máy.",
            "Longer than usual. The unit's line probably works, or the device had nothing to bring: ask its people."
        ),
        (
            "device.unreachable.about",
            "Đã lâu hơn thường lệ mà không máy nào của đơn vị liên lạc. Có thể do đường truyền; đây là phỏng đoán từ các máy khác.",
            "No device of the unit came for longer than usual. The line may be at fault; that is a guess from the other devices."
        ),
        (
            "device.never-seen.about", "Đã đăng ký nhưng chưa đồng bộ lần nào.",
            "Enrolled, and it has not synced yet."
        ),
        (
            "device.succeeded.about", "Máy này đi tiếp dưới khóa mới; xem máy kế tiếp.",
            "It goes on under a new key; see the next one."
        ),
        (
            "device.retired.about", "Không còn chờ máy này. Nếu nó vẫn gửi, dữ liệu vẫn được nhận.",
            "It is not expected. Should it come all the same, its work is taken in."
        ),
        (
            "device.revoked.about", "Những gì máy gửi từ nay được giữ là việc bị từ chối.",
            "Whatever it sends from now on is kept as refused work."
        ),
    ]

    private static let deviceFactRows: [Row] = [
        ("device.contact", "Liên lạc cuối: {when} ({age})", "Last contact: {when} ({age})"),
        ("device.contact.none", "Chưa liên lạc lần nào", "No contact yet"),
        ("device.rhythm.unknown", "Chưa rõ nhịp liên lạc", "Rhythm not known yet"),
        ("device.rhythm.working-days", "Thường mỗi ngày làm việc", "Usually every working day"),
        ("device.rhythm.daily", "Thường mỗi ngày", "Usually every day"),
        ("device.rhythm.days", "Thường khoảng {days} ngày một lần", "Usually about every {days} days"),
        ("device.version", "Phiên bản {version}", "Version {version}"),
        (
            "device.waiting", "Đang chờ gửi: {changes} thay đổi, {photos} ảnh",
            "Waiting: changes {changes}, photos {photos}"
        ),
        ("device.waiting.none", "Không có gì chờ gửi", "Nothing waits"),
        ("device.clock.right", "Đồng hồ đúng", "Clock right"),
        ("device.clock.ahead", "Đồng hồ nhanh {minutes} phút", "Clock {minutes} min ahead"),
        ("device.clock.behind", "Đồng hồ chậm {minutes} phút", "Clock {minutes} min behind"),
        ("device.disk", "Đĩa còn trống {bytes}", "Free disk {bytes}"),
        ("device.disk.low", "Đĩa sắp đầy: còn {bytes}", "Disk nearly full: {bytes} left"),
        (
            "device.epoch", "Theo kỷ nguyên {epoch}, trung tâm ở {hub}",
            "Knows epoch {epoch}, the hub is in {hub}"
        ),
        ("device.epoch.same", "Cùng kỷ nguyên với trung tâm", "Same epoch as the hub"),
        ("device.told.none", "Máy chưa báo gì về mình", "It has told nothing of itself"),
        ("device.told", "Máy báo lúc {when} ({age})", "Told {when} ({age})"),
    ]

    private static let onePageRows: [Row] = [
        ("device.back", "Các máy", "Devices"), ("device.facts", "Máy này", "This device"),
        ("device.enrolled", "Đăng ký lúc", "Enrolled"), ("device.replica", "Mã máy", "Replica"),
        ("device.spaces", "Không gian dữ liệu", "Spaces"),
        ("device.work", "Việc đã nhận từ máy", "Work received from it"),
        ("device.work.changes", "{count} thay đổi", "Changes: {count}"),
        ("device.work.none", "Trung tâm chưa nhận thay đổi nào từ máy này.", "The hub has no changes from it."),
        (
            "device.work.last", "nhận lần cuối {received}, nhập lúc {made}",
            "the last received {received}, entered {made}"
        ),
        ("device.refused", "Việc bị từ chối chưa ai xem", "Refused work nobody has looked at"),
        ("device.former", "Trước đây là", "Was before"), ("device.next", "Đi tiếp là", "Goes on as"),
        ("device.revoked.when", "Thu hồi lúc", "Revoked"), ("device.retired.when", "Không dùng từ", "Retired"),
        ("device.reason", "Lý do", "Reason"), ("device.days", "Ngày có liên lạc", "Days of contact"),
        (
            "device.days.text", "Có liên lạc {count} trong {days} ngày qua",
            "In contact on {count} of the last {days} days"
        ),
        ("device.days.list", "Các ngày", "The days"), ("device.days.today", "hôm nay", "today"),
        ("device.manage", "Quản lý", "Manage"),
        (
            "device.lost.link", "Máy bị mất hoặc bị lấy cắp: xem phải làm gì",
            "The device is lost or stolen: what to do"
        ),
        ("device.lost.became", "Việc của máy nay ở đâu", "What became of its work"),
        ("device.retire", "Không dùng nữa", "Retire"),
        (
            "device.retire.about",
            "Máy hỏng hoặc cất đi. Không ai chờ nó nữa; nếu nó vẫn gửi, dữ liệu vẫn được nhận.",
            "It broke or was put away. Nobody waits for it; should it come all the same, its work is taken in."
        ),
        ("device.revoke", "Thu hồi", "Revoke"),
        (
            "device.revoke.about",
            "Máy không được tin nữa. Mọi thứ nó gửi sau đó được giữ là việc bị từ chối. Không hoàn tác được.",
            "It is trusted no longer. All it sends after that is kept as refused work. This cannot be undone."
        ),
        ("device.reason.ask", "Lý do (được ghi lại)", "Reason (it is written down)"),
        ("device.reason.missing", "Ghi lý do", "Give a reason"),
        (
            "device.read-only", "Bạn xem được máy này; người quản trị quản lý nó.",
            "You may look at it; an admin looks after it."
        ),
    ]

    private static let lostRows: [Row] = [
        ("lost.title", "Máy bị mất", "A lost device"), ("lost.what", "Việc sẽ xảy ra", "What happens"),
        (
            "lost.what.revoke",
            "Trung tâm thu hồi máy: từ lúc đó không gì máy gửi được tính, dưới bất kỳ tên nào của nó.",
            "The hub revokes it: from then on nothing it sends counts, by any of its names."
        ),
        (
            "lost.what.kept", "Những gì trung tâm đã nhận từ máy vẫn giữ nguyên.",
            "What the hub has received from it stays as it is."
        ),
        (
            "lost.what.waiting",
            "Những gì còn trên máy chưa gửi có thể mất. Nếu máy gửi sau, việc đó được giữ để xem lại.",
            "What it had not sent may be gone. Should it be sent later, it is kept to be looked at."
        ),
        (
            "lost.what.data",
            "Trung tâm không xóa được dữ liệu trên máy. Ai có máy đọc được nó, trừ khi ổ đĩa được mã hóa.",
            "The hub cannot wipe it. Whoever has the machine can read what is on it, unless its disk is encrypted."
        ),
        (
            "lost.if-found", "Nếu tìm lại được: đừng dùng tiếp. Đăng ký lại như một máy mới.",
            "Should it be found: do not go on with it. Enrol it as a new device."
        ),
        ("lost.do", "Thu hồi máy bị mất", "Revoke the lost device"),
        ("lost.work", "Trung tâm đã nhận", "What the hub has"), ("lost.space", "Đơn vị", "Of"),
        ("lost.changes", "Thay đổi", "Changes"), ("lost.received", "Nhận lần cuối", "Last received"),
        ("lost.made", "Nhập lúc", "Entered"),
        ("lost.total", "{count} thay đổi đã được nhận.", "Changes received: {count}."),
        ("lost.left", "Còn lại trên máy", "What was left on it"),
        (
            "lost.left.told", "Theo lời báo cuối, lúc {when}: {changes} thay đổi và {photos} ảnh chưa gửi.",
            "By its last word, {when}: changes not sent {changes}, photos not sent {photos}."
        ),
        (
            "lost.left.none", "Theo lời báo cuối, lúc {when}: không có gì chưa gửi.",
            "By its last word, {when}: nothing was left to send."
        ),
        (
            "lost.left.since", "Những gì nhập sau đó, trung tâm không biết: hãy hỏi người dùng máy.",
            "What was entered after that, the hub cannot know: ask its people."
        ),
        (
            "lost.left.unknown", "Máy chưa bao giờ báo còn gì chưa gửi: hãy hỏi người dùng máy.",
            "It never told what was left to send: ask its people."
        ),
        ("lost.later", "Nếu máy còn gửi", "Should it still send"),
        (
            "lost.later.about",
            "Mọi thứ đến sau được giữ là việc bị từ chối, với mã {code}, để người quản trị xem và quyết định.",
            "Whatever comes later is kept as refused work, with the code {code}, for an admin to look at and decide."
        ),
        ("lost.later.count", "Hiện có {count} việc như vậy chờ xem.", "Waiting to be looked at now: {count}."),
        ("lost.passwords", "Mật khẩu cần đổi", "Passwords to change"),
        (
            "lost.passwords.about", "Những người này đã làm việc trên máy. Hãy đổi mật khẩu của họ trước:",
            "These people worked on it. Change their passwords first:"
        ),
        (
            "lost.passwords.none", "Trung tâm không thấy ai đã nhập trên máy này.",
            "The hub saw nobody's work from it."
        ),
        (
            "lost.passwords.all",
            "Máy cũng giữ dữ liệu kiểm tra mật khẩu của mọi người trong đơn vị: mật khẩu dễ đoán có thể bị dò ra.",
            "It also holds what proves the passwords of all people of its unit: weak ones may be guessed from it."
        ),
    ]

    private static let enrolPageRows: [Row] = [
        (
            "enrol.about", "Tạo mã dùng một lần cho một máy của đơn vị. Gõ mã trên máy mới, hoặc quét mã QR.",
            "Makes a one-time code for a device of a unit. It is typed there, or scanned."
        ),
        ("enrol.unit", "Đơn vị", "Unit"), ("enrol.unit.choose", "Chọn đơn vị", "Choose a unit"),
        ("enrol.hours.label", "Mã có giá trị trong (giờ)", "Good for (hours)"), ("enrol.make", "Tạo mã", "Make a code"),
        ("enrol.code", "Mã đăng ký", "The code"), ("enrol.for", "Cho {unit}", "For {unit}"),
        ("enrol.until", "Dùng được một lần, đến {when}.", "Good once, until {when}."),
        (
            "enrol.once", "Mã chỉ hiện lần này. Rời trang là không xem lại được; khi đó hãy tạo mã khác.",
            "It is shown this once. Whoever leaves the page cannot see it again, and makes another."
        ),
        ("enrol.command", "Lệnh gõ trên máy mới", "The command for the new device"),
        ("enrol.qr", "Mã QR của lệnh đăng ký", "QR code of the command"),
        ("enrol.another", "Tạo mã khác", "Make another code"),
    ]
}
