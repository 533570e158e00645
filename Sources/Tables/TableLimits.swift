/// Every limit on a table that is read, in one place. What exceeds one is refused with a code, before memory is spent on it.
package enum TableLimits {
    /// Bytes of one row as it stands in the file. A record's own limit is 128 KiB; quotes and escapes take more room.
    package static let rowBytes = 1024 * 1024
    /// Rows of one file.
    package static let rows = 1_000_000
    /// Columns of one file: a form's fields, and what a record has beside them.
    package static let columns = 2100
    /// Bytes read from a file at once.
    package static let chunkBytes = 64 * 1024
    /// Wrong rows that are listed one by one; the rest is counted.
    package static let listedRows = 100
}
