extension Catalogue {
    /// What `verify` finds in a store, and what to do about it.
    static let verifyRows: [Row] =
        [
            (
                "problem.file", "Tệp dữ liệu bị hỏng: {detail}.",
                "The data file itself is damaged: {detail}."
            ),
            (
                "problem.file.remedy",
                "Sao chép cả thư mục để giữ lại, kiểm tra ổ đĩa, rồi khôi phục bản sao lưu gần nhất.",
                "Copy the whole folder to keep it, check the disk, then restore the latest backup."
            ),
            (
                "problem.log", "Mục {detail} trong nhật ký của trung tâm không khớp với các mục trước nó.",
                "Entry {detail} of the hub's log does not follow from those before it."
            ),
            (
                "problem.log.remedy",
                "Khôi phục bản sao lưu gần nhất; thiết bị và trung tâm sẽ gửi lại cho nhau phần còn thiếu.",
                "Restore the latest backup; devices and hub give each other back what is missing then."
            ),
            (
                "problem.log-end", "Nhật ký của trung tâm kết thúc ở chỗ khác với chỗ đã ghi: thiếu hoặc thừa mục.",
                "The hub's log ends elsewhere than noted: entries are missing, or too many."
            ),
            (
                "problem.log-end.remedy", "Khôi phục bản sao lưu gần nhất; phần nhận sau đó sẽ được gửi lại.",
                "Restore the latest backup; what was received since is sent again."
            ),
            (
                "problem.key", "Thiếu khóa công khai của máy {subject}, nên không kiểm tra được chữ ký của máy đó.",
                "The public key of machine {subject} is missing: its signatures cannot be checked."
            ),
            (
                "problem.key.remedy", "Khôi phục bản sao lưu gần nhất.",
                "Restore the latest backup."
            ),
            (
                "problem.segment",
                "Đoạn thay đổi từ số {detail} của máy {subject} đã bị sửa sau khi ký, hoặc hỏng trên ổ đĩa.",
                "The changes from number {detail} on of machine {subject} were altered after they were signed, or are damaged on disk."
            ),
            (
                "problem.segment.remedy",
                "Trên chính máy đó: đồng bộ một lần, phần hỏng được tách riêng và phần lành được lưu lại. Trên máy khác: khôi phục bản sao lưu.",
                "On that machine itself: sync once; what is damaged is put aside and what is sound saved again. Elsewhere: restore the latest backup."
            ),
            (
                "problem.head", "Chuỗi thay đổi của máy {subject} kết thúc ở chỗ khác với chỗ đã ghi.",
                "The changes of machine {subject} end elsewhere than noted."
            ),
            (
                "problem.head.remedy",
                "Trên chính máy đó: đồng bộ một lần để tự sửa. Trên máy khác: khôi phục bản sao lưu.",
                "On that machine itself: sync once and it mends itself. Elsewhere: restore the latest backup."
            ),
            (
                "problem.digest", "Trạng thái của không gian này không khớp với các thay đổi tạo ra nó.",
                "The state of this space is not what its changes give."
            ),
            (
                "problem.digest.remedy", "Khôi phục bản sao lưu gần nhất và gửi báo cáo này cho người quản trị.",
                "Restore the latest backup, and send this report to the hub's admin."
            ),
            (
                "problem.values", "Bản ghi {subject} hiển thị giá trị khác với giá trị mà các thay đổi của nó cho ra.",
                "Record {subject} shows other values than its changes give."
            ),
            (
                "problem.values.remedy", "Các thay đổi vẫn còn đủ. Khôi phục bản sao lưu để hiển thị đúng trở lại.",
                "The changes themselves are whole. Restore the latest backup to show them right again."
            ),
            (
                "problem.form", "Bản ghi {subject} được hiển thị bằng biểu mẫu mà không thay đổi nào của nó dùng.",
                "Record {subject} is shown by a form that none of its changes names."
            ),
            (
                "problem.form.remedy", "Khôi phục bản sao lưu gần nhất.",
                "Restore the latest backup."
            ),
            (
                "problem.case", "Danh sách xung đột của bản ghi {subject} không khớp với các giá trị của nó.",
                "The list of conflicts of record {subject} is not that of its values."
            ),
            (
                "problem.case.remedy", "Lưu lại bản ghi một lần để tính lại; nếu vẫn còn, khôi phục bản sao lưu.",
                "Save the record once to have it worked out anew; if it stays, restore the latest backup."
            ),
            (
                "problem.definition", "Định nghĩa của biểu mẫu {subject} đã bị thay đổi trong tệp.",
                "The definition of form {subject} was altered in the file."
            ),
            (
                "problem.definition.remedy", "Khôi phục bản sao lưu, hoặc kết nối lại để nhận biểu mẫu từ trung tâm.",
                "Restore the latest backup, or connect the machine anew to get the form from the hub."
            ),
        ]
}
