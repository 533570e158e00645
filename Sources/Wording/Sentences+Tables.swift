extension Catalogue {
    /// Tables that are read and written: what is wrong with a file, a row or a cell, and what an import says at its end.
    static let tableRows: [Row] =
        rows(of: tableErrors + importErrors) + [
            (
                "import.summary",
                "{accepted} dòng được lưu ({new} bản ghi mới), {unchanged} dòng không đổi, {rejected} dòng sai",
                "Rows saved: {accepted} (new records: {new}); unchanged: {unchanged}; wrong: {rejected}"
            ),
            (
                "import.checked",
                "Chỉ kiểm tra, chưa lưu gì: {accepted} dòng sẽ được lưu ({new} bản ghi mới), {unchanged} dòng không đổi, {rejected} dòng sai",
                "Checked only, nothing saved. To be saved: {accepted} (new records: {new}); unchanged: {unchanged}; wrong: {rejected}"
            ),
            (
                "import.conflicts",
                "{count} dòng sửa điều mà sau khi xuất tệp đã có người ghi khác đi: cả hai còn đó, chờ người chọn",
                "Rows that say otherwise than somebody has said since the file was exported: {count}; both stand and somebody is asked"
            ),
            (
                "import.export-again", "Muốn sửa tiếp bằng bảng tính thì hãy xuất lại tệp trước",
                "Before you go on in a spreadsheet, export the records again"
            ),
            ("import.row", "dòng {row}: {message}; {remedy} [{code}]", "line {row}: {message}; {remedy} [{code}]"),
            ("import.more", "… và {count} lỗi khác", "… and {count} more"),
            ("import.skipped", "Các dòng sai sau đây không được lưu:", "These wrong rows were not saved:"),
            ("export.summary", "{file}: {count} bản ghi", "{file}: records: {count}"),
            ("export.unsent", "{file}: {count} thay đổi chưa gửi xong", "{file}: unsent changes: {count}"),
        ]

    private static let tableErrors: [CodeSentences] = [
        row(
            "table.ending-unknown", "Đuôi tệp này chưa dùng được; chỉ nhận {endings}",
            "This kind of file is not taken; {endings} are",
            "Trong bảng tính, lưu thành CSV UTF-8 rồi thử lại", "In the spreadsheet, save as CSV UTF-8 and try again"),
        row(
            "table.empty", "Tệp không có dòng nào", "The file has no rows",
            "Dòng đầu phải là tên các cột", "Its first line must name the columns"),
        row(
            "table.not-utf8", "Dòng này không phải mã UTF-8", "The row is not UTF-8",
            "Lưu lại tệp dạng CSV UTF-8", "Save the file again as CSV UTF-8"),
        row(
            "table.zero-byte", "Dòng này có ký tự rỗng (NUL)", "The row has a NUL in it",
            "Lưu lại tệp dạng CSV UTF-8, không phải UTF-16", "Save the file again as CSV UTF-8, not UTF-16"),
        row(
            "table.quote-open", "Dấu ngoặc kép mở ở dòng {line} của tệp không được đóng",
            "The quote that opens in line {line} of the file is never closed",
            "Đóng dấu ngoặc kép; dấu ngoặc kép bên trong ô thì viết hai lần",
            "Close it; a quote within a cell is written twice"),
        row(
            "table.quote-stray", "Dòng này có dấu ngoặc kép đặt sai chỗ", "The row has a quote out of place",
            "Đặt cả ô trong ngoặc kép, và viết hai lần dấu ngoặc kép bên trong",
            "Put the whole cell in quotes, and write quotes within it twice"),
        row(
            "table.cell-count", "Dòng này có {cells} ô thay vì {columns}",
            "The row has {cells} cells instead of {columns}",
            "Sửa cho đủ số ô như dòng tiêu đề; ô có dấu phân cách phải nằm trong ngoặc kép",
            "Give it as many as the heading has; a cell with a separator stands in quotes"),
        row(
            "table.row-too-long", "Dòng này dài quá {limit} KiB", "The row is longer than {limit} KiB",
            "Rút ngắn nội dung", "Shorten what is in it"),
        row(
            "table.too-many-rows", "Tệp có quá {limit} dòng", "The file has more than {limit} rows",
            "Chia tệp thành nhiều phần", "Split the file"),
        row(
            "table.too-many-columns", "Dòng này có quá {limit} cột", "The row has more than {limit} columns",
            "Bỏ bớt cột", "Leave some columns out"),
        row(
            "table.column-unknown", "Biểu mẫu không có cột “{column}”", "The form has no column “{column}”",
            "Dùng tên hoặc nhãn của trường, xem bằng lệnh forms; xóa cột thừa",
            "Use the name or label of a field, see `forms`; leave other columns out"),
        row(
            "table.column-twice", "Cột “{column}” có hai lần", "The column “{column}” stands twice",
            "Xóa bớt một cột", "Take one of them out"),
        row(
            "table.column-ambiguous", "Tiêu đề “{column}” có thể là nhiều trường: {fields}",
            "The heading “{column}” could be several fields: {fields}",
            "Dùng tên trường làm tiêu đề", "Use the field's name as the heading"),
        row(
            "table.not-json", "Dòng này không phải một đối tượng JSON đơn giản (ký tự thứ {place})",
            "The line is not a plain JSON object (character {place})",
            "Mỗi dòng một đối tượng: tên trường và giá trị là chữ, số hoặc danh sách chữ",
            "One object a line: names of fields with texts, numbers or lists of texts"),
        row(
            "table.number-ambiguous", "“{typed}” ở “{field}” có thể là {whole} hoặc {fraction}",
            "“{typed}” in “{field}” could be {whole} or {fraction}",
            "Chạy lại với --decimal comma (dấu phẩy trước phần lẻ) hoặc --decimal point (dấu chấm)",
            "Run it again with --decimal comma or --decimal point, whichever sign stands before fractions in the file"),
        row(
            "table.choice-ambiguous", "Nhãn này ở “{field}” có thể là nhiều lựa chọn: {choices}",
            "This label in “{field}” could be several choices: {choices}",
            "Dùng tên của lựa chọn", "Use the choice's name"),
    ]

    private static let importErrors: [CodeSentences] = [
        row(
            "import.rejected", "Tệp có {count} lỗi; chưa lưu gì",
            "Errors in the file: {count}; nothing was saved",
            "Sửa các dòng đã nêu rồi chạy lại, hoặc thêm --skip-wrong để chỉ lưu các dòng đúng",
            "Mend the rows that are named and run it again, or save only the right ones with --skip-wrong"),
        row(
            "import.record-unknown", "Ở đây không có bản ghi mang mã này", "There is no record with this word here",
            "Đồng bộ rồi thử lại; nếu muốn tạo bản ghi mới thì thêm --unknown-as-new",
            "Sync and try again, or make new records of such rows with --unknown-as-new"),
        row(
            "import.other-form", "Bản ghi này thuộc biểu mẫu “{form}”", "The record is one of the form “{form}”",
            "Nhập dòng này vào biểu mẫu của nó", "Import the row into that form"),
        row(
            "import.other-space", "Bản ghi này nằm ở không gian “{space}”", "The record is in the space “{space}”",
            "Bản ghi không chuyển không gian; sửa hoặc bỏ cột space",
            "A record stays in its space; mend the column `space` or leave it out"),
        row(
            "import.space-missing", "Chưa biết lưu vào không gian nào", "It is not said which space to save in",
            "Thêm --space hoặc cột space", "Give --space or a column `space`"),
        row(
            "import.twice", "Bản ghi này đã có ở dòng {row}", "The record is already in line {row}",
            "Giữ lại một dòng", "Keep one of the rows"),
        row(
            "import.deleted", "Tệp ghi bản ghi này đã xóa, nhưng ở đây thì chưa",
            "The file says that the record is deleted, but here it is not",
            "Nhập tệp không xóa bản ghi; dùng lệnh record delete", "An import deletes nothing; use `record delete`"),
        row(
            "import.base-missing",
            "Dòng này ghi {fields} khác với đang lưu, mà không cho biết đã xuất từ lúc nào (cột base)",
            "The row has other values of {fields} than stand now, and does not say when it was exported (column `base`)",
            "Xuất lại rồi sửa trên tệp mới; nếu chắc chắn muốn ghi đè thì thêm --over-current",
            "Export again and make the changes there, or write over what stands now with --over-current"),
        row(
            "import.base-unknown", "Cột base của dòng này không phải của dữ liệu ở đây",
            "The row's `base` does not come from here",
            "Xuất lại tại máy này rồi sửa trên tệp mới; nếu chắc chắn muốn ghi đè thì thêm --over-current",
            "Export again on this machine and make the changes there, or write over what stands now with --over-current"
        ),
        row(
            "import.base-wrong", "Cột base của dòng này không phải của bản ghi ở cột record",
            "The row's `base` is not of its record",
            "Giữ record và base cùng dòng như khi xuất, hoặc xuất lại",
            "Keep `record` and `base` in a row as they were exported, or export again"),
        row(
            "export.exists", "Đã có tệp {file}", "There is a file {file}",
            "Chọn tên khác, hoặc thêm --force để thay tệp đó", "Take another name, or replace it with --force"),
    ]
}
