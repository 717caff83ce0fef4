-- Places of the list (storage/search_index.py says how they are computed).
ALTER TABLE ticket ADD COLUMN list_key INTEGER NOT NULL DEFAULT 0;  -- the list's order, smallest first
ALTER TABLE ticket ADD COLUMN due_at INTEGER;                       -- Unix seconds; NULL unless the SLA clock runs
ALTER TABLE ticket ADD COLUMN risk_at INTEGER;                      -- Unix seconds from when on the SLA is at risk; NULL for never
ALTER TABLE ticket ADD COLUMN merged_into INTEGER REFERENCES ticket (id) ON DELETE SET NULL;

CREATE TABLE ticket_link (                                          -- stored once; read from both ends
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  other INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                                               -- related, duplicate_of, caused_by
  "by" TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (ticket, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_link_other ON ticket_link (other);

CREATE TABLE pin (ticket INTEGER PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE, at TEXT NOT NULL) STRICT;
CREATE TABLE visit (ticket INTEGER PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE, at TEXT NOT NULL) STRICT;  -- last opened
CREATE TABLE saved_view (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, "view" TEXT NOT NULL, query TEXT NOT NULL, position INTEGER NOT NULL
) STRICT;

CREATE TABLE import_mapping (                                       -- by the file's column names, in order, as JSON
  columns TEXT PRIMARY KEY, mapping TEXT NOT NULL, used_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE imported_file (                                        -- what the watched folder has taken in already
  sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, tickets INTEGER NOT NULL, at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (                                           -- what is no text, such as a pasted screenshot
  uid TEXT PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  evidence TEXT NOT NULL REFERENCES evidence (uid) ON DELETE CASCADE,
  name TEXT NOT NULL, media_type TEXT NOT NULL, data BLOB NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX attachment_evidence ON attachment (evidence);

ALTER TABLE undo_entry ADD COLUMN tickets TEXT NOT NULL DEFAULT '[]';  -- JSON; where a change touched more than one
CREATE INDEX undo_entry_at ON undo_entry (at);
