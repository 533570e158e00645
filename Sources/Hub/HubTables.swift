/// The hub's own tables beside the replica's: who may take part, and how they prove it.
enum HubTables {
    static let all: [(name: String, sql: String)] = [
        (
            "hub 1",
            """
            CREATE TABLE device (
                replica BLOB NOT NULL PRIMARY KEY CHECK (length(replica) = 16),
                unit TEXT NOT NULL,
                spaces TEXT NOT NULL,
                enrolled INTEGER NOT NULL,
                revoked INTEGER,
                reason TEXT NOT NULL DEFAULT '',
                counter INTEGER NOT NULL DEFAULT 0,
                contact INTEGER,
                clock_offset INTEGER
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE enrol_code (
                name TEXT NOT NULL PRIMARY KEY,
                secret BLOB NOT NULL,
                unit TEXT NOT NULL,
                spaces TEXT NOT NULL,
                expires INTEGER NOT NULL,
                used_by BLOB
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE person (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                role TEXT NOT NULL,
                unit TEXT NOT NULL,
                disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
                verifier BLOB
            ) STRICT, WITHOUT ROWID;
            """
        ),
        (
            "hub 2 snapshots",
            """
            CREATE TABLE snapshot (
                space INTEGER NOT NULL REFERENCES space (id),
                name BLOB NOT NULL CHECK (length(name) = 8),
                manifest BLOB NOT NULL,
                signature BLOB NOT NULL CHECK (length(signature) = 64),
                logged INTEGER NOT NULL,
                made INTEGER NOT NULL,
                PRIMARY KEY (space, name)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE snapshot_chunk (
                space INTEGER NOT NULL REFERENCES space (id),
                name BLOB NOT NULL,
                number INTEGER NOT NULL,
                bytes BLOB NOT NULL,
                PRIMARY KEY (space, name, number)
            ) STRICT;
            """
        ),
        (
            "hub 3 healing",
            """
            ALTER TABLE device ADD COLUMN retired INTEGER;
            ALTER TABLE device ADD COLUMN former BLOB;
            """
        ),
        (
            "hub 4 generations",
            """
            CREATE TABLE generation (
                serial INTEGER NOT NULL,
                made INTEGER NOT NULL,
                space TEXT NOT NULL,
                epoch INTEGER NOT NULL,
                position INTEGER NOT NULL,
                hash BLOB NOT NULL CHECK (length(hash) = 32),
                PRIMARY KEY (serial, space)
            ) STRICT, WITHOUT ROWID;
            """
        ),
        (
            "hub 5 attachments",
            """
            CREATE TABLE attachment_space (
                hash BLOB NOT NULL CHECK (length(hash) = 32),
                space TEXT NOT NULL,
                PRIMARY KEY (hash, space)
            ) STRICT, WITHOUT ROWID;
            """
        ),
        // What a device tells of itself, and when it did; `told` is the counter of that report. `device_day.day` counts days of
        // Vietnam from 1970 on.
        (
            "hub 6 devices",
            """
            ALTER TABLE device ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE device ADD COLUMN reported INTEGER;
            ALTER TABLE device ADD COLUMN version TEXT NOT NULL DEFAULT '';
            ALTER TABLE device ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE device ADD COLUMN photos INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE device ADD COLUMN free INTEGER;
            ALTER TABLE device ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

            CREATE TABLE device_day (
                replica BLOB NOT NULL CHECK (length(replica) = 16),
                day INTEGER NOT NULL,
                contacts INTEGER NOT NULL CHECK (contacts > 0),
                PRIMARY KEY (replica, day)
            ) STRICT, WITHOUT ROWID;
            """
        ),
        // `role_grant.first` and `last` count days of Vietnam from 1970 on; `spaces` are names joined by spaces, empty for all of the unit.
        (
            "hub 7 people",
            """
            CREATE TABLE role_grant (
                person TEXT NOT NULL REFERENCES person (id),
                unit TEXT NOT NULL,
                role TEXT NOT NULL,
                spaces TEXT NOT NULL DEFAULT '',
                first INTEGER,
                last INTEGER,
                PRIMARY KEY (person, unit)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO role_grant (person, unit, role) SELECT id, unit, role FROM person;
            ALTER TABLE person DROP COLUMN role;

            CREATE TABLE audit (
                number INTEGER NOT NULL PRIMARY KEY,
                time INTEGER NOT NULL,
                actor TEXT NOT NULL,
                act TEXT NOT NULL,
                object TEXT NOT NULL,
                unit TEXT NOT NULL,
                details TEXT NOT NULL,
                hash BLOB NOT NULL CHECK (length(hash) = 32)
            ) STRICT;
            CREATE INDEX audit_by_actor ON audit (actor, number);
            CREATE INDEX audit_by_object ON audit (object, number);
            CREATE TRIGGER audit_stands BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit stands'); END;
            CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit stays'); END;
            """
        ),
        // What was not written to a file by name has no row.
        (
            "hub 8 files of generations",
            """
            CREATE TABLE generation_file (
                serial INTEGER NOT NULL PRIMARY KEY,
                file TEXT NOT NULL
            ) STRICT;
            """
        ),
        // `board_mark.mark` grows with every change to a record of a watched form in the space, and with every verdict on one.
        (
            "hub 9 boards",
            """
            CREATE TABLE watched_form (
                form TEXT NOT NULL PRIMARY KEY,
                board TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE board_mark (
                space INTEGER NOT NULL REFERENCES space (id),
                board TEXT NOT NULL,
                mark INTEGER NOT NULL,
                PRIMARY KEY (space, board)
            ) STRICT, WITHOUT ROWID;
            """
                + [
                    ("made", "INSERT", "new"), ("judged", "UPDATE OF decision, disposed", "new"),
                    ("gone", "DELETE", "old"),
                ].map {
                    name, act, row in
                    """

                    CREATE TRIGGER board_\(name) AFTER \(act) ON change
                    WHEN \(row).form IN (SELECT form FROM watched_form)
                    BEGIN
                        INSERT INTO board_mark (space, board, mark)
                        SELECT \(row).space, board, 1 FROM watched_form WHERE form = \(row).form
                        ON CONFLICT (space, board) DO UPDATE SET mark = mark + 1;
                    END;
                    """
                }.joined()
        ),
    ]
}
