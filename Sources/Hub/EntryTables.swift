/// What the hub keeps of people who record at its own pages, beside their drafts.
enum EntryTables {
    /// Who brought a photo or file by a page, until and after a record lists it.
    static let attached = (
        name: "hub entry 1",
        sql: """
        CREATE TABLE attached_here (
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            person TEXT NOT NULL,
            PRIMARY KEY (hash, person)
        ) STRICT, WITHOUT ROWID;
        """
    )
}
