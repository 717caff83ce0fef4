CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE ticket (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  requester_name TEXT NOT NULL, requester_email TEXT NOT NULL, requester_vip INTEGER NOT NULL,
  status TEXT NOT NULL, priority TEXT NOT NULL, impact TEXT NOT NULL, urgency TEXT NOT NULL,
  assignee TEXT NOT NULL, "group" TEXT NOT NULL, category TEXT NOT NULL, symptom TEXT NOT NULL,
  service TEXT NOT NULL, site TEXT NOT NULL, language TEXT NOT NULL, channel TEXT NOT NULL,
  assets TEXT NOT NULL, tags TEXT NOT NULL,                    -- JSON
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  first_response_at TEXT, resolved_at TEXT, closed_at TEXT,
  sla_paused_seconds INTEGER NOT NULL, sla_paused_since TEXT,
  is_sample INTEGER NOT NULL, source TEXT NOT NULL, source_id TEXT NOT NULL,
  last_label INTEGER NOT NULL DEFAULT 0,                       -- evidence labels given out so far
  hidden INTEGER NOT NULL DEFAULT 0                            -- taken back by Undo
) STRICT;
CREATE INDEX ticket_updated ON ticket (updated_at DESC);
CREATE INDEX ticket_source ON ticket (source, source_id) WHERE source_id <> '';

CREATE TABLE message (
  uid TEXT PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  at TEXT NOT NULL, author TEXT NOT NULL, visibility TEXT NOT NULL, text TEXT NOT NULL,
  from_requester INTEGER NOT NULL, attachments TEXT NOT NULL, origin TEXT NOT NULL,
  hidden INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX message_ticket ON message (ticket, at);

CREATE TABLE ticket_event (
  id INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  at TEXT NOT NULL, actor TEXT NOT NULL, actor_kind TEXT NOT NULL,
  field TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, suggestion TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ticket_event_ticket ON ticket_event (ticket, at);

CREATE TABLE evidence (
  uid TEXT PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  label TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, source_ref TEXT NOT NULL,
  observed_at TEXT NOT NULL, trust TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL,
  superseded_by TEXT NOT NULL DEFAULT '',
  removed INTEGER NOT NULL DEFAULT 0,
  switched_on INTEGER NOT NULL DEFAULT 1,
  UNIQUE (ticket, label)
) STRICT;
-- A fact never changes once it is recorded; only its standing does.
CREATE TRIGGER evidence_immutable BEFORE UPDATE OF uid, ticket, label, kind, source, source_ref, observed_at, trust, text, sha256
ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is immutable'); END;

CREATE TABLE epoch (
  uid TEXT PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  at TEXT NOT NULL, reason TEXT NOT NULL, payload TEXT NOT NULL  -- JSON of the assistant's Epoch
) STRICT;
CREATE INDEX epoch_ticket ON epoch (ticket, at);

CREATE TABLE question (
  uid TEXT PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  text TEXT NOT NULL, rendered TEXT NOT NULL, epoch TEXT NOT NULL, at TEXT NOT NULL,
  intent TEXT NOT NULL, evidence TEXT NOT NULL,
  superseded INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX question_ticket ON question (ticket, at);

CREATE TABLE suggestion (
  uid TEXT PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, question TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL,
  model TEXT NOT NULL, prompt_hash TEXT NOT NULL, epoch TEXT NOT NULL, policy_version INTEGER NOT NULL,
  evidence TEXT NOT NULL, confidence REAL, created_at TEXT NOT NULL, shown_at TEXT, finished_at TEXT,
  error TEXT NOT NULL DEFAULT '', finish TEXT NOT NULL DEFAULT '', seconds_visible REAL NOT NULL DEFAULT 0,
  superseded INTEGER NOT NULL DEFAULT 0, timings TEXT NOT NULL DEFAULT '{}',
  owner TEXT NOT NULL DEFAULT ''                               -- process that is receiving it
) STRICT;
CREATE INDEX suggestion_ticket ON suggestion (ticket, created_at);
CREATE INDEX suggestion_live ON suggestion (state) WHERE state IN ('queued', 'streaming');

CREATE TABLE decision (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  suggestion TEXT NOT NULL REFERENCES suggestion (uid) ON DELETE CASCADE,
  kind TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL,
  edit_similarity REAL, diff TEXT NOT NULL DEFAULT '', "by" TEXT NOT NULL, at TEXT NOT NULL,
  undoes TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX decision_suggestion ON decision (suggestion, id);
CREATE TRIGGER decision_append_only BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
-- It goes with its ticket, when that is deleted as a whole, and never by itself.
CREATE TRIGGER decision_not_deleted BEFORE DELETE ON decision WHEN EXISTS (SELECT 1 FROM suggestion WHERE uid = OLD.suggestion)
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
-- What holds now: the last decision that no later one took back.
CREATE VIEW decision_now AS
  SELECT d.* FROM decision d
  WHERE d.id = (SELECT max(e.id) FROM decision e WHERE e.suggestion = d.suggestion AND e.kind <> 'undo'
                AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = e.uid AND u.suggestion = e.suggestion));

CREATE TABLE outcome (
  id INTEGER PRIMARY KEY,
  suggestion TEXT NOT NULL REFERENCES suggestion (uid) ON DELETE CASCADE,
  fixed TEXT NOT NULL, "by" TEXT NOT NULL, at TEXT NOT NULL
) STRICT;

CREATE TABLE draft (
  ticket INTEGER NOT NULL,                                     -- 0 for a ticket not made yet
  slot TEXT NOT NULL, text TEXT NOT NULL, suggestion TEXT NOT NULL DEFAULT '',
  updated_at TEXT NOT NULL,
  PRIMARY KEY (ticket, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE undo_entry (
  id INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL, label TEXT NOT NULL, inverse TEXT NOT NULL, at TEXT NOT NULL,
  undone_at TEXT
) STRICT;

CREATE VIRTUAL TABLE ticket_fts USING fts5 (number, title, body, requester, thread, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
