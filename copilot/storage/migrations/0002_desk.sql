-- What the list is sorted and filtered by; storage/search_index.py computes it.
ALTER TABLE ticket ADD COLUMN list_key INTEGER NOT NULL DEFAULT 0;  -- place in the list, smallest first; rowid in the search index
ALTER TABLE ticket ADD COLUMN due_at INTEGER;                       -- Unix milliseconds; NULL unless the ticket is open
ALTER TABLE ticket ADD COLUMN risk_at INTEGER;                      -- Unix milliseconds from when on the SLA is at risk; NULL for never
ALTER TABLE ticket ADD COLUMN merged_into INTEGER REFERENCES ticket (id) ON DELETE SET NULL;
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into IS NOT NULL;

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
CREATE INDEX attachment_ticket ON attachment (ticket);

ALTER TABLE undo_entry ADD COLUMN tickets TEXT NOT NULL DEFAULT '[]';  -- JSON; where a change touched more than one
CREATE INDEX undo_entry_at ON undo_entry (at);
CREATE INDEX suggestion_unseen ON suggestion (ticket) WHERE shown_at IS NULL;

CREATE INDEX ticket_listed ON ticket (list_key) WHERE hidden = 0;
CREATE INDEX ticket_risk ON ticket (due_at, risk_at) WHERE hidden = 0 AND risk_at IS NOT NULL;
CREATE INDEX ticket_assignee ON ticket (assignee);
DROP INDEX ticket_updated;                                          -- list_key holds that order

-- Filled again by the program, which computes its rowids.
DROP TABLE ticket_fts;
CREATE VIRTUAL TABLE ticket_fts USING fts5 (
  number, title, body, requester, thread, evidence, answers, facets,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2'
);
-- A person who is deleted leaves these records as a mask, and each record counts how often that was done to it;
-- everything else of them stays as immutable as it was (docs/adr/0006).
ALTER TABLE evidence ADD COLUMN redactions INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER evidence_immutable;
CREATE TRIGGER evidence_immutable
BEFORE UPDATE OF uid, ticket, label, kind, source, source_ref, observed_at, trust, text, sha256, redactions ON evidence
WHEN NEW.redactions IS NOT OLD.redactions + 1 OR instr(NEW.source || NEW.source_ref || NEW.text, '(deleted person)') = 0
  OR (NEW.uid, NEW.ticket, NEW.label, NEW.kind, NEW.observed_at, NEW.trust)
     IS NOT (OLD.uid, OLD.ticket, OLD.label, OLD.kind, OLD.observed_at, OLD.trust)
BEGIN SELECT RAISE(ABORT, 'evidence is immutable'); END;
ALTER TABLE decision ADD COLUMN redactions INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER decision_append_only;
CREATE TRIGGER decision_append_only BEFORE UPDATE ON decision
WHEN NEW.redactions IS NOT OLD.redactions + 1 OR instr(NEW."by" || NEW.note || NEW.diff, '(deleted person)') = 0
  OR (NEW.id, NEW.uid, NEW.suggestion, NEW.kind, NEW.reason, NEW.edit_similarity, NEW.at, NEW.undoes)
     IS NOT (OLD.id, OLD.uid, OLD.suggestion, OLD.kind, OLD.reason, OLD.edit_similarity, OLD.at, OLD.undoes)
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
