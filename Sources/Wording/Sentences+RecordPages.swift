extension Catalogue {
    /// A record's page, lists and history, the same at agent and hub.
    static let recordPageRows: [Row] =
        [
            ("name.nobody", "Không ghi tên", "Nobody named"), ("name.catalogue", "Danh mục chung", "Catalogue"),
            ("name.hub", "Trung tâm", "Hub"), ("name.this-machine", "Máy này", "This machine"),
            ("name.machine", "Máy {machine}", "Machine {machine}"),
            ("name.machine-of", "Máy {machine}, {unit}", "Machine {machine}, {unit}"),
            ("state.received", "Trung tâm đã nhận", "Received"), ("state.waiting", "Chờ gửi", "Waiting"),
            ("state.refused", "Bị từ chối", "Refused"), ("state.conflict", "Xung đột", "Conflict"),
            ("state.deleted", "Đã xóa", "Deleted"), ("state.superseded", "Đã được thay", "Superseded"),
            ("field.deleted", "Bản ghi", "Record"), ("field.deleted.yes", "xóa", "deleted"),
            ("field.deleted.no", "giữ lại", "kept"),
            ("record.other-fields", "Mục khác", "Other fields"), ("record.edit", "Sửa", "Edit"),
            ("record.delete", "Xóa", "Delete"), ("record.restore", "Khôi phục", "Restore"),
            ("record.history", "Lịch sử", "History"), ("compare.title", "So sánh hai lần ghi", "Compare two versions"),
            ("compare.first", "Lần ghi thứ nhất", "First version"),
            ("compare.second", "Lần ghi thứ hai", "Second version"),
            ("compare.show", "So sánh", "Compare"), ("compare.gone", "Chỉ có ở lần thứ nhất", "In the first one only"),
            ("compare.added", "Chỉ có ở lần thứ hai", "In the second one only"),
            ("compare.kept", "Có ở cả hai", "In both"),
            (
                "compare.same", "Người ghi hai lần này thấy bản ghi như nhau.",
                "Whoever wrote these two saw the same."
            ),
            (
                "record.history-cut",
                "Thiết bị này chỉ giữ những thay đổi còn hiệu lực; các thay đổi cũ hơn ở trung tâm.",
                "This device holds what still counts; older changes are at the hub."
            ), ("record.word", "Mã bản ghi", "Record's word"),
            ("record.reason", "Lý do", "Reason"),
            ("record.received-at", "Trung tâm nhận lúc", "Received by the hub at"),
            (
                "record.conflict", "Hai người nhập khác nhau mà chưa thấy số của nhau.",
                "Two people entered different values without having seen each other's."
            ),
            (
                "record.conflict.deletion", "Một người xóa bản ghi trong khi người khác vẫn sửa.",
                "One person deleted the record while another went on editing it."
            ),
            (
                "record.conflict.waits", "Không giá trị nào bị mất. Người quản trị ở trung tâm sẽ quyết định.",
                "No value is lost. It waits for an admin at the hub to decide."
            ),
            ("record.conflict.open", "Giải quyết", "Settle it"),
            (
                "record.is-deleted", "Bản ghi này đã bị xóa. Có thể khôi phục.",
                "This record is deleted. It can be restored."
            ),
            ("record.versions.contested", "Các giá trị đang đứng cạnh nhau:", "Values that stand side by side:"),
            (
                "record.versions", "Được nhập cùng lúc; quy tắc của mục này chọn giá trị trên.",
                "Entered concurrently; this field's rule shows the value above."
            ),
            (
                "record.disposed.accepted", "{person} ở trung tâm đã tiếp nhận thay đổi này.",
                "{person} at the hub accepted this change after all."
            ),
            (
                "record.disposed.dismissed", "{person} ở trung tâm đã bỏ qua thay đổi này: {reason}",
                "{person} at the hub put this change aside: {reason}"
            ),
        ] + noticeRows

    private static let noticeRows: [Row] = [
        ("notice.arrived", "Đã lưu; trung tâm đã nhận.", "Saved, and received by the hub."),
        (
            "notice.saved", "Đã lưu trên máy này; chờ gửi về trung tâm.",
            "Saved here; waiting to be sent to the hub."
        ),
        (
            "notice.unchanged", "Không có gì thay đổi nên không lưu gì thêm.",
            "Nothing was changed, so nothing was saved."
        ),
        (
            "notice.deleted", "Đã xóa trên máy này; chờ gửi về trung tâm.",
            "Deleted here; waiting to be sent to the hub."
        ),
        (
            "notice.restored", "Đã khôi phục trên máy này; chờ gửi về trung tâm.",
            "Restored here; waiting to be sent to the hub."
        ),
        ("notice.settled", "Đã giải quyết xung đột.", "The conflict is settled."),
        (
            "notice.settled-before", "Xung đột này đã được giải quyết trước đó.",
            "This conflict was settled before."
        ),
        (
            "notice.partly", "Đã lưu quyết định. Các mục dưới đây vẫn chờ.",
            "Your decision is saved. The fields below still wait."
        ),
        (
            "notice.late",
            "Đã lưu quyết định, nhưng trong lúc đó có giá trị mới gửi đến. Xung đột vẫn mở; hãy xem lại.",
            "Your decision is saved, but another value came in meanwhile. The case stays open; please look again."
        ),
    ]
}
