extension Catalogue {
    /// What happened (`error.`) and what to do (`remedy.`) for each code of records, stores and people.
    static let errorRows: [Row] =
        rows(of: recordErrors + storeErrors + peopleErrors) + [
            (
                "row.failed", "bản ghi thứ {row} của tệp (đã lưu {saved})",
                "record {row} of the file ({saved} saved before it)"
            )
        ]

    private static let recordErrors: [CodeSentences] = [
        row(
            "form.unknown", "Không có biểu mẫu “{form}”", "There is no form “{form}”",
            "Xem danh sách bằng lệnh forms, hoặc đồng bộ để nhận biểu mẫu mới",
            "List the forms with `forms`, or sync to get new ones"),
        row(
            "form.invalid", "Biểu mẫu “{form}” sai: {problem}", "The form “{form}” is not valid: {problem}",
            "Sửa định nghĩa biểu mẫu rồi nạp lại", "Mend the definition and load it again"),
        row(
            "field.unknown", "Biểu mẫu “{form}” không có trường “{field}”", "The form “{form}” has no field “{field}”",
            "Kiểm tra tên trường trong biểu mẫu", "Check the field's name in the form"),
        row(
            "field.type", "Giá trị của “{field}” không đúng kiểu {type}",
            "The value of “{field}” is not of type {type}",
            "Nhập lại giá trị đúng kiểu", "Enter a value of that type"),
        row(
            "field.range", "Giá trị của “{field}” nằm ngoài khoảng {min} đến {max}",
            "The value of “{field}” is outside {min} to {max}",
            "Kiểm tra lại số liệu", "Check the number"),
        row(
            "field.choice", "“{field}” không có lựa chọn này", "“{field}” has no such choice",
            "Chọn một mục trong danh sách của biểu mẫu", "Take one of the form's choices"),
        row(
            "sign-in.needed", "Cần đăng nhập; nội dung đã gõ vẫn được giữ trên máy",
            "Please sign in; what was typed is kept on this machine",
            "Đăng nhập rồi mở lại bản nháp", "Sign in and open the draft again"),
        row(
            "sign-in.other", "Biểu mẫu do người khác mở; người đang đăng nhập là {person}",
            "Somebody else opened this form; {person} is signed in now",
            "Kiểm tra rồi bấm Lưu lần nữa để lưu dưới tên mình, hoặc đăng nhập lại",
            "Look it over and save once more to save it under your name, or sign in again"),
        row(
            "draft.too-many", "Máy này đã có quá nhiều bản nháp", "This machine has too many drafts",
            "Lưu hoặc bỏ bớt bản nháp", "Save or throw away some drafts"),
        row(
            "draft.gone", "Bản nháp này không còn: đã lưu hoặc đã bỏ", "This draft is gone: saved or thrown away",
            "Mở danh sách bản nháp", "Open the list of drafts"),
        row(
            "field.choice-now", "“{field}” không có lựa chọn này với những gì đã nhập ở các mục khác",
            "“{field}” has no such choice beside what the other fields hold",
            "Chọn lại, hoặc xem lại các mục khác", "Choose again, or look at the other fields"),
        row(
            "field.check", "“{field}”: {message}", "“{field}”: {message}",
            "Kiểm tra lại các mục liên quan", "Check the fields that it is about"),
        row(
            "field.computed", "“{field}” được tính tự động, không nhập", "“{field}” is computed, not entered",
            "Bỏ mục này ra", "Leave this field out"),
        row(
            "field.mask", "“{field}” phải viết theo dạng {masks} (9 là một chữ số)",
            "“{field}” is written as {masks}, where 9 is a digit", "Nhập lại đúng dạng", "Enter it in that form"),
        row(
            "field.parent", "“{field}” không phải là mã của một bản ghi", "“{field}” is no record's word",
            "Mở bản ghi cha rồi thêm từ đó", "Open the parent record and add from there"),
        row(
            "field.too-long", "Nội dung của “{field}” dài quá {limit} ký tự",
            "The text of “{field}” is longer than {limit} characters",
            "Rút ngắn nội dung", "Shorten the text"),
        row(
            "field.required", "“{field}” là bắt buộc", "“{field}” is required", "Nhập giá trị cho trường này",
            "Enter a value"),
        row(
            "field.key-fixed", "“{field}” là khóa của bản ghi nên không đổi được",
            "“{field}” is part of the record's key and never changes",
            "Tạo bản ghi mới với khóa đúng", "Make a new record with the right key"),
        row(
            "field.not-a-set", "“{field}” không phải trường nhiều lựa chọn", "“{field}” is not a set",
            "Dùng --set thay cho --add và --drop", "Use --set instead of --add and --drop"),
        row(
            "record.nothing-to-save", "Không có gì thay đổi để lưu", "There is nothing to save",
            "Nhập ít nhất một giá trị khác trước", "Change at least one value"),
        row(
            "record.too-large", "Bản ghi quá lớn", "The record is too large", "Chia nhỏ nội dung", "Split its contents"),
        row(
            "record.unknown", "Không tìm thấy bản ghi", "There is no such record",
            "Kiểm tra mã bản ghi, hoặc đồng bộ rồi thử lại", "Check the record's word, or sync and try again"),
        row(
            "record.key-wrong", "Mã bản ghi không khớp với các trường khóa",
            "The record's name does not match its key fields",
            "Báo người quản trị: thiết bị gửi dữ liệu sai", "Tell the admin: the device sends wrong data"),
        row(
            "payload.unreadable", "Nội dung thay đổi không đọc được", "The contents of the change cannot be read",
            "Cập nhật phần mềm trên thiết bị rồi nhập lại", "Update the device's program and enter it again"),
        row(
            "word.invalid", "Mã này không đúng dạng", "This is not a word that PhuSa writes", "Chép lại nguyên mã",
            "Copy the whole word"),
        row("reason.too-long", "Lý do quá dài", "The reason is too long", "Rút ngắn lý do", "Shorten it"),
        row(
            "reason.missing", "Cần nêu lý do", "A reason is needed", "Ghi lý do rồi thử lại",
            "Give a reason and try again"),
    ]

    private static let storeErrors: [CodeSentences] = [
        row(
            "store.damaged", "Cơ sở dữ liệu bị hỏng ({code})", "The database is damaged ({code})",
            "Đừng xóa gì; sao lưu thư mục dữ liệu và chạy verify", "Delete nothing; copy the folder and run `verify`"),
        row(
            "store.full", "Ổ đĩa đã đầy", "The disk is full",
            "Giải phóng dung lượng rồi thử lại; dữ liệu đã lưu vẫn còn",
            "Free some space and try again; what was saved is safe"),
        row(
            "backup.unwritable", "Không ghi được bản sao lưu {file}", "The backup {file} cannot be written",
            "Chọn nơi khác còn chỗ và được phép ghi", "Choose another place with room that may be written to"),
        row(
            "backup.off", "Sao lưu tự động đang tắt", "Automatic backup is off",
            "Chạy serve không có --no-backup", "Run serve without --no-backup"),
        row(
            "backup.late", "Bản sao lưu mới nhất của trung tâm đã quá cũ hoặc chưa có",
            "The hub's latest backup is too old, or there is none", "Xem phusa-hub backups và sao lưu ngay",
            "Look at phusa-hub backups, and make one now"),
        row(
            "backup.unreadable", "{file} không phải bản sao lưu nguyên vẹn của chương trình này",
            "{file} is no whole backup of this program", "Dùng một bản sao lưu khác", "Use another backup"),
        row(
            "store.key-wrong", "Tệp khóa không phải của dữ liệu này", "The key file is not this data's",
            "Đặt lại đúng tệp khóa của thư mục này từ bản sao lưu",
            "Bring this folder's own key file back from a backup"),
        row(
            "file.unreadable", "Không đọc được tệp {file}", "The file {file} cannot be read",
            "Kiểm tra tên tệp và quyền đọc", "Look at its name and at who may read it"),
        row(
            "file.unwritable", "Không ghi được tệp {file}", "The file {file} cannot be written",
            "Chọn nơi khác còn chỗ trống", "Choose another place that has room"),
        row(
            "hub.two-histories", "Trung tâm đã ký hai lịch sử khác nhau của cùng dữ liệu",
            "The hub has signed two different histories of the same data",
            "Gửi tệp bằng chứng cho người phụ trách thành phố; mọi thứ đã lưu vẫn còn trên máy",
            "Give the proof to who answers for the city's data; all that was saved is still on this machine"),
        row(
            "store.replaced", "Dữ liệu ở đây đã được thay bằng một bản sao lưu",
            "The data here were replaced by a backup",
            "Chạy lại lệnh. Nếu lần phục hồi bị dở dang, hãy phục hồi lại từ bản sao lưu",
            "Run the command again. If a restore was cut short, restore the backup once more"),
        row(
            "store.busy", "Cơ sở dữ liệu đang bận", "The database is busy", "Thử lại sau giây lát",
            "Try again in a moment"),
        row(
            "store.unavailable", "Không dùng được cơ sở dữ liệu ({code})", "The database cannot be used ({code})",
            "Kiểm tra quyền và ổ đĩa của thư mục dữ liệu", "Check the folder's rights and disk"),
        row(
            "store.newer", "Dữ liệu do phiên bản mới hơn ghi", "A newer version wrote this data",
            "Cập nhật chương trình", "Update the program"),
        row(
            "space.unknown", "Thiết bị không có không gian dữ liệu “{space}”", "This replica has no space “{space}”",
            "Xem các không gian bằng lệnh status", "See the spaces with `status`"),
        row(
            "base.invalid", "Mã cơ sở (base) không đúng dạng", "The base token is not one",
            "Mở lại bản ghi để lấy mã mới", "Open the record again"),
        row(
            "base.unknown", "Mã cơ sở (base) không thuộc dữ liệu ở đây", "The base token does not come from here",
            "Mở lại bản ghi để lấy mã mới", "Open the record again"),
        row(
            "base.other-record", "Mã cơ sở (base) là của bản ghi khác", "The base token is another record's",
            "Mở đúng bản ghi để lấy mã", "Open this record to get its token"),
        row(
            "batch.too-large", "Lô ghi quá lớn để gửi cùng nhau", "The batch is too large to travel together",
            "Chia lô thành nhiều phần", "Split the batch"),
        row(
            "batch.several-spaces", "Một lô chỉ thuộc một không gian dữ liệu", "A batch belongs to one space",
            "Tách lô theo không gian", "Split it by space"),
        row(
            "replica.unknown", "Không biết bản sao {replica}", "The replica {replica} is not known",
            "Đồng bộ với trung tâm", "Sync with the hub"),
        row(
            "hub.rolled-back", "Trung tâm đã được khôi phục từ bản sao lưu cũ",
            "The hub was restored from an older backup",
            "Dữ liệu ở đây vẫn an toàn; báo người quản trị", "What is here is safe; tell the admin"),
    ]

    private static let peopleErrors: [CodeSentences] = [
        row(
            "fixtures.invalid", "Dữ liệu nạp sai ở {place}: {problem}", "The fixtures are wrong at {place}: {problem}",
            "Sửa dòng đó rồi nạp lại; chưa có gì được ghi", "Mend that line and load again; nothing was written"),
        row(
            "person.invalid", "Mã người dùng không đúng dạng", "The person's id is not valid",
            "Dùng chữ thường, số, dấu chấm, gạch, tối đa 64 ký tự",
            "Use lower-case letters, digits, dots and dashes, 64 at most"),
        row(
            "person.exists", "Đã có người dùng “{person}”", "The person “{person}” exists", "Chọn mã khác",
            "Choose another id"),
        row(
            "password.empty", "Chưa có mật khẩu", "There is no password",
            "Nhập mật khẩu trên một dòng", "Give the password on one line"),
        row(
            "person.unknown", "Không có người dùng “{person}”", "There is no person “{person}”",
            "Kiểm tra danh sách người dùng", "Check `person list`"),
        row(
            "person.disabled", "Tài khoản “{person}” đã bị khóa", "The account “{person}” is disabled",
            "Đề nghị người quản trị xem lại và tiếp nhận thay đổi", "Ask the admin to look at the change and accept it"),
        row(
            "role.unknown", "Không có vai trò “{role}”", "There is no role “{role}”",
            "Dùng: ward_staff, inspector, unit_leader, department, hub_admin, auditor, viewer",
            "Use ward_staff, inspector, unit_leader, department, hub_admin, auditor or viewer"),
        row(
            "rights.role", "Vai trò {role} của “{person}” không được ghi số liệu",
            "The role {role} of “{person}” does not record data",
            "Đề nghị người quản trị đổi vai trò", "Ask the admin for another role"),
        row(
            "rights.unit", "“{person}” thuộc đơn vị {unit}", "“{person}” belongs to the unit {unit}",
            "Ghi bằng tài khoản của đơn vị này", "Record it under an account of this unit"),
        row(
            "record.key-missing", "Chưa có bản ghi với khóa này, và thay đổi không nêu khóa",
            "There is no record with this key, and the change does not tell the key",
            "Tạo bản ghi mới với đủ các trường khóa", "Make the record anew with its key fields"),
        row(
            "rights.hub-only", "Chỉ trung tâm được ghi ở đây", "Only the hub writes here",
            "Đề nghị người quản trị ghi thay", "Ask the admin to write it"),
        row(
            "sign-in.wrong", "Sai tên hoặc mật khẩu", "The name or the password is wrong", "Kiểm tra và thử lại",
            "Check both and try again"),
        row(
            "unit.unknown", "Không có đơn vị “{unit}”", "There is no unit “{unit}”", "Kiểm tra mã đơn vị",
            "Check the unit's code"),
        row(
            "unit.invalid", "Mã đơn vị “{unit}” không đúng dạng", "“{unit}” is not a unit's code",
            "Dùng mã 5 chữ số của đơn vị", "Use the unit's 5-digit code"),
    ]
}
