import GRDB
import Records

/// The tables of a replica. Migrations are numbered and append-only.
enum Schema {
    static func migrator(with tables: [(name: String, sql: String)]) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (name, sql) in [
            ("1 replica", first), ("2 floor", floor), ("3 healing", healing), ("4 roots", roots), ("5 lists", lists),
            ("6 attachments", attachments), ("7 seals", seals), ("8 photos", photos),
            ("9 small pictures", smallPictures), ("10 cases", cases),
        ]
            + tables
        {
            migrator.registerMigration(name) { db in try db.execute(sql: sql) }
        }
        return migrator
    }

    /// `decision`: 0 undecided, 1 accepted, 2 refused. `depends` is the index of the hub's log that a change was made
    /// at; `base` is null for the default base, which is that index and the replica's own earlier changes. `received`
    /// is the index of the change's receipt in the hub's log. `record.flags`: 1 the record has an open case, 2 something
    /// wrote its register of deletion. `search_due` names records whose search row is behind.
    private static let first = """
        CREATE TABLE setting (
            key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE replica (
            id INTEGER PRIMARY KEY,
            name BLOB NOT NULL UNIQUE CHECK (length(name) = 16),
            public_key BLOB NOT NULL CHECK (length(public_key) = 32),
            certificate BLOB
        ) STRICT;

        CREATE TABLE space (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            tag BLOB NOT NULL UNIQUE CHECK (length(tag) = 4),
            epoch INTEGER NOT NULL DEFAULT 0,
            position INTEGER NOT NULL DEFAULT 0,
            log_hash BLOB NOT NULL CHECK (length(log_hash) = 32),
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;

        CREATE TABLE head (
            space INTEGER NOT NULL REFERENCES space (id),
            replica INTEGER NOT NULL REFERENCES replica (id),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            PRIMARY KEY (space, replica)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE record (
            id INTEGER PRIMARY KEY,
            space INTEGER NOT NULL REFERENCES space (id),
            name BLOB NOT NULL CHECK (length(name) = 24),
            form TEXT NOT NULL,
            prefix INTEGER NOT NULL,
            flags INTEGER NOT NULL DEFAULT 0,
            UNIQUE (space, name)
        ) STRICT;
        CREATE INDEX record_form ON record (form, id);

        CREATE TABLE change (
            space INTEGER NOT NULL REFERENCES space (id),
            replica INTEGER NOT NULL REFERENCES replica (id),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            record INTEGER NOT NULL REFERENCES record (id),
            creates INTEGER NOT NULL CHECK (creates IN (0, 1)),
            form TEXT NOT NULL,
            form_version INTEGER NOT NULL,
            author TEXT NOT NULL,
            time INTEGER NOT NULL,
            depends INTEGER NOT NULL,
            base BLOB,
            payload BLOB NOT NULL,
            link BLOB NOT NULL CHECK (length(link) = 32),
            received INTEGER,
            received_at INTEGER,
            decision INTEGER NOT NULL DEFAULT 0 CHECK (decision IN (0, 1, 2)),
            code TEXT NOT NULL DEFAULT '',
            details BLOB,
            disposed BLOB,
            PRIMARY KEY (space, replica, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX change_record ON change (record);
        CREATE INDEX change_waiting ON change (record) WHERE decision <> 1;
        CREATE INDEX change_open ON change (decision, space, replica, sequence) WHERE decision <> 1;

        CREATE TABLE segment (
            space INTEGER NOT NULL REFERENCES space (id),
            replica INTEGER NOT NULL REFERENCES replica (id),
            first INTEGER NOT NULL,
            last INTEGER NOT NULL CHECK (last >= first),
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            dependency BLOB NOT NULL,
            signature BLOB,
            PRIMARY KEY (space, replica, first)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE version (
            record INTEGER NOT NULL REFERENCES record (id),
            field TEXT NOT NULL,
            item TEXT NOT NULL,
            replica INTEGER NOT NULL REFERENCES replica (id),
            sequence INTEGER NOT NULL,
            value BLOB NOT NULL,
            standing INTEGER NOT NULL CHECK (standing IN (0, 1)),
            PRIMARY KEY (record, field, item, replica, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX version_covered ON version (record) WHERE standing = 0;

        CREATE TABLE log (
            space INTEGER NOT NULL REFERENCES space (id),
            position INTEGER NOT NULL,
            entry BLOB NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            PRIMARY KEY (space, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dictionary (
            name BLOB NOT NULL PRIMARY KEY CHECK (length(name) = 2),
            bytes BLOB NOT NULL,
            received INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE checkpoint (
            space INTEGER NOT NULL REFERENCES space (id),
            position INTEGER NOT NULL,
            ends BLOB NOT NULL,
            signature BLOB NOT NULL CHECK (length(signature) = 64),
            PRIMARY KEY (space, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE conflict (
            record INTEGER NOT NULL PRIMARY KEY REFERENCES record (id),
            fields TEXT NOT NULL,
            since INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE form (
            form TEXT NOT NULL,
            version INTEGER NOT NULL,
            definition BLOB NOT NULL,
            digest BLOB NOT NULL,
            PRIMARY KEY (form, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE search_due (record INTEGER NOT NULL PRIMARY KEY REFERENCES record (id)) STRICT;

        CREATE VIRTUAL TABLE search USING fts5 (text, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3');
        """

    /// `space.floor`: the index of the hub's log below which no entry is held; `space.fill`: 1 the snapshot that it comes
    /// from is loading, 2 no snapshot is wanted. `change.left`: for a change from a snapshot a byte for each operation,
    /// 1 where something was left of it then.
    private static let floor = """
        ALTER TABLE space ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE space ADD COLUMN fill INTEGER NOT NULL DEFAULT 0 CHECK (fill IN (0, 1, 2));
        ALTER TABLE change ADD COLUMN left BLOB;

        CREATE TABLE floor (
            space INTEGER NOT NULL PRIMARY KEY REFERENCES space (id),
            manifest BLOB NOT NULL,
            signature BLOB NOT NULL CHECK (length(signature) = 64),
            loaded INTEGER NOT NULL DEFAULT 0,
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;

        CREATE TABLE floor_head (
            space INTEGER NOT NULL REFERENCES space (id),
            replica INTEGER NOT NULL REFERENCES replica (id),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            received INTEGER NOT NULL,
            PRIMARY KEY (space, replica)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX floor_head_received ON floor_head (space, received);
        """

    /// A branch of a forked log is a row of `replica` with the row that signed it, the row it leaves and the last sequence
    /// that both have; it is of one space. `head.made`: the highest sequence that was made in this store.
    /// `change.reads`: the base as it is read here, where that is not the stated or default one; `change.named`: the
    /// record as the change states it, where it goes by another name here. `segment.serial` counts in causal order.
    /// `space.epochs`: where epochs begin in the log, pairs of index and number, empty while there was one;
    /// `space.tangled`: 1 where branches or lost entries are known, so that merging looks at all changes of a record.
    /// `lost`: entries of the hub's log that it lost; `told`: 1 the hub is known to have them back.
    private static let healing = """
        ALTER TABLE replica ADD COLUMN signer INTEGER REFERENCES replica (id);
        ALTER TABLE replica ADD COLUMN parent INTEGER REFERENCES replica (id);
        ALTER TABLE replica ADD COLUMN after INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE replica ADD COLUMN space INTEGER REFERENCES space (id);
        CREATE INDEX replica_signer ON replica (signer) WHERE signer IS NOT NULL;
        ALTER TABLE head ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE change ADD COLUMN reads BLOB;
        ALTER TABLE change ADD COLUMN named BLOB;
        ALTER TABLE space ADD COLUMN epochs BLOB NOT NULL DEFAULT x'';
        ALTER TABLE space ADD COLUMN tangled INTEGER NOT NULL DEFAULT 0 CHECK (tangled IN (0, 1));

        CREATE TABLE new_segment (
            serial INTEGER PRIMARY KEY,
            space INTEGER NOT NULL REFERENCES space (id),
            replica INTEGER NOT NULL REFERENCES replica (id),
            first INTEGER NOT NULL,
            last INTEGER NOT NULL CHECK (last >= first),
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            dependency BLOB NOT NULL,
            signature BLOB,
            continues INTEGER NOT NULL DEFAULT 0 CHECK (continues IN (0, 1)),
            UNIQUE (space, replica, first)
        ) STRICT;
        INSERT INTO new_segment (space, replica, first, last, previous, dependency, signature)
            SELECT space, replica, first, last, previous, dependency, signature FROM segment
            ORDER BY space, replica, first;
        DROP TABLE segment;
        ALTER TABLE new_segment RENAME TO segment;

        CREATE TABLE lost (
            space INTEGER NOT NULL REFERENCES space (id),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            epoch INTEGER NOT NULL,
            position INTEGER NOT NULL,
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            entry BLOB NOT NULL,
            ends BLOB,
            signature BLOB,
            told INTEGER NOT NULL CHECK (told IN (0, 1)),
            PRIMARY KEY (space, hash)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX lost_position ON lost (space, position);
        CREATE INDEX lost_untold ON lost (space, position) WHERE told = 0;
        """

    /// What lists and counts ask of every page, from indices alone: which records something wrote a deletion of, and how the open
    /// changes stand.
    private static let lists = """
        CREATE INDEX record_deletion ON record (id) WHERE flags & 2 <> 0;
        DROP INDEX change_open;
        CREATE INDEX change_open ON change (decision, space, replica, sequence, received, disposed) WHERE decision <> 1;
        """

    /// `version_attachment` finds what records list by its word, which is longer than any other member of a set. `attachment`: what
    /// the hub has whole, and since when that is known here.
    private static let attachments = """
        CREATE INDEX version_attachment ON version (item) WHERE length(item) >= \(Attachment.fewestWordBytes);

        CREATE TABLE attachment (
            hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
            stored INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// `version_sealed` finds what seals a record. A condition on the bare column would have SQLite prepare every statement that
    /// binds a field's name anew each time, to see whether the index serves that name.
    private static let seals = """
        CREATE INDEX version_sealed ON version (value) WHERE \(isSealing);
        """
    static let isSealing = "lower(field) = '\(SealedContent.target)'"

    /// `photo_facts`: what is known of photos on this machine, for when a record lists them.
    private static let photos = """
        CREATE TABLE photo_facts (
            hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
            original BLOB CHECK (original IS NULL OR length(original) = 32),
            taken TEXT,
            place TEXT
        ) STRICT, WITHOUT ROWID;
        """

    /// `photo_facts.small`: the word of the small picture that was made of the photo.
    private static let smallPictures = "ALTER TABLE photo_facts ADD COLUMN small TEXT;"

    /// What open cases are about: of many, those are found that somebody asks for. `authors` is empty where it was not worked out yet.
    /// `case_stamp` tells whoever keeps counts of them whether they still hold, whichever process changed them.
    private static let cases = """
        ALTER TABLE conflict ADD COLUMN space INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conflict ADD COLUMN form TEXT NOT NULL DEFAULT '';
        ALTER TABLE conflict ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conflict ADD COLUMN cause INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conflict ADD COLUMN authors TEXT NOT NULL DEFAULT '';
        UPDATE conflict SET space = (SELECT space FROM record WHERE record.id = conflict.record),
            form = (SELECT form FROM record WHERE record.id = conflict.record);
        CREATE INDEX conflict_list ON conflict (since, record, space, form, kind, cause, fields, authors);
        CREATE INDEX conflict_space ON conflict (space, since, record);
        CREATE INDEX conflict_form ON conflict (form, since, record);
        CREATE INDEX conflict_kind ON conflict (kind, since, record);
        CREATE INDEX conflict_cause ON conflict (cause, since, record);
        CREATE INDEX conflict_fields ON conflict (fields);
        CREATE INDEX conflict_authors ON conflict (authors);
        CREATE TABLE case_stamp (number INTEGER NOT NULL) STRICT;
        INSERT INTO case_stamp VALUES (0);
        CREATE TRIGGER conflict_added AFTER INSERT ON conflict BEGIN UPDATE case_stamp SET number = number + 1; END;
        CREATE TRIGGER conflict_changed AFTER UPDATE ON conflict BEGIN UPDATE case_stamp SET number = number + 1; END;
        CREATE TRIGGER conflict_gone AFTER DELETE ON conflict BEGIN UPDATE case_stamp SET number = number + 1; END;
        """

    /// `lost_root`: places of lost lines of which no entry is known up to there. `manifest` and `signature`: the snapshot
    /// whose place it is, as the hub signed it, where this store had loaded it.
    private static let roots = """
        CREATE TABLE lost_root (
            space INTEGER NOT NULL REFERENCES space (id),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            epoch INTEGER NOT NULL,
            position INTEGER NOT NULL,
            manifest BLOB,
            signature BLOB,
            told INTEGER NOT NULL CHECK (told IN (0, 1)),
            PRIMARY KEY (space, hash)
        ) STRICT, WITHOUT ROWID;
        """
}
