"""Questions, answers (suggestions), prompt epochs, decisions and outcomes."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from copilot.domain.conversation import (
    Answer,
    AnswerState,
    Decision,
    DecisionKind,
    Fixed,
    Question,
    Reason,
    Timings,
)
from copilot.storage.listing import answer_states as answer_states
from copilot.storage.listing import live_owners as live_owners
from copilot.storage.rows import dump, load, stamp, when
from copilot.storage.store import Db
from copilot.support.clock import from_text, to_text

_ANSWER = (
    "uid, ticket, question, payload, state, model, prompt_hash, evidence, created_at, finished_at, error, finish, "
    "seconds_visible, superseded, timings"
)
_DECISION = 'uid, suggestion, kind, reason, note, at, "by", edit_similarity, diff, undoes'


def add_epoch(db: Db, uid: str, ticket: int, at: datetime, reason: str, payload: dict[str, Any]) -> None:
    """Store the frozen beginning of a prompt."""
    db.execute("INSERT INTO epoch VALUES (?,?,?,?,?)", (uid, ticket, to_text(at), reason, dump(payload)))


def last_epoch(db: Db, ticket: int) -> dict[str, Any] | None:
    """Return the payload of the ticket's current epoch."""
    row = db.execute(
        "SELECT payload FROM epoch WHERE ticket = ? ORDER BY rowid DESC LIMIT 1", (ticket,)
    ).fetchone()
    return dict(load(row[0])) if row else None


def epoch(db: Db, uid: str) -> dict[str, Any] | None:
    """Return the payload of one epoch."""
    row = db.execute("SELECT payload FROM epoch WHERE uid = ?", (uid,)).fetchone()
    return dict(load(row[0])) if row else None


def add_question(db: Db, q: Question) -> None:
    """Store a question; this comes before anything is sent."""
    db.execute(
        "INSERT INTO question VALUES (?,?,?,?,?,?,?,?,?)",
        (
            q.uid,
            q.ticket,
            q.text,
            q.rendered,
            q.epoch,
            to_text(q.at),
            q.intent,
            dump(q.evidence),
            q.superseded,
        ),
    )


def set_question_prompt(db: Db, uid: str, rendered: str, epoch: str, evidence: tuple[str, ...]) -> None:
    """Say what really went to the model for a question stored earlier."""
    db.execute(
        "UPDATE question SET rendered = ?, epoch = ?, evidence = ? WHERE uid = ?",
        (rendered, epoch, dump(evidence), uid),
    )


def set_question_superseded(db: Db, uid: str, superseded: bool) -> None:
    """Take a question out of the prompt, or put it back."""
    db.execute("UPDATE question SET superseded = ? WHERE uid = ?", (superseded, uid))


def questions(db: Db, ticket: int) -> list[Question]:
    """Return the questions of a ticket, oldest first."""
    rows = db.execute(
        "SELECT uid, ticket, text, rendered, epoch, at, intent, evidence, superseded "
        "FROM question WHERE ticket = ? ORDER BY at, rowid",
        (ticket,),
    )
    return [
        Question(
            uid=r[0],
            ticket=r[1],
            text=r[2],
            rendered=r[3],
            epoch=r[4],
            at=from_text(r[5]),
            intent=r[6],
            evidence=tuple(load(r[7])),
            superseded=bool(r[8]),
        )
        for r in rows
    ]


def add_answer(db: Db, answer: Answer, epoch: str, owner: str) -> None:
    """Store an answer that is about to be received by the process `owner`."""
    db.execute(
        "INSERT INTO suggestion (uid, ticket, kind, question, payload, state, model, prompt_hash, epoch, "
        "policy_version, evidence, created_at, owner) VALUES (?,?,'answer',?,?,?,?,?,?,0,?,?,?)",
        (
            answer.uid,
            answer.ticket,
            answer.question,
            answer.text,
            answer.state,
            answer.model,
            answer.prompt_hash,
            epoch,
            dump(answer.evidence),
            to_text(answer.created_at),
            owner,
        ),
    )


def set_answer_prompt(db: Db, uid: str, prompt_hash: str, epoch: str, evidence: tuple[str, ...]) -> None:
    """Say what an answer stored earlier was given."""
    db.execute(
        "UPDATE suggestion SET prompt_hash = ?, epoch = ?, evidence = ? WHERE uid = ?",
        (prompt_hash, epoch, dump(evidence), uid),
    )


def save_answer_text(db: Db, uid: str, text: str) -> None:
    """Store what has been received so far, unless the answer has ended."""
    db.execute(
        "UPDATE suggestion SET payload = ?, state = 'streaming' WHERE uid = ? AND state IN ('queued','streaming')",
        (text, uid),
    )


def finish_answer(db: Db, a: Answer) -> None:
    """Store how an answer ended."""
    db.execute(
        "UPDATE suggestion SET payload = ?, state = ?, finished_at = ?, error = ?, finish = ?, timings = ?, owner = '' "
        "WHERE uid = ?",
        (a.text, a.state, stamp(a.finished_at), a.error, a.finish, dump(asdict(a.timings)), a.uid),
    )


def reopen_answer(db: Db, uid: str, owner: str) -> None:
    """Say that an answer goes on ("More"); what comes now was not on screen yet."""
    db.execute(
        "UPDATE suggestion SET state = 'queued', owner = ?, finish = '', shown_at = NULL WHERE uid = ?",
        (owner, uid),
    )


def set_answer_model(db: Db, uid: str, model: str) -> None:
    """Say which model answers, where another one was chosen since it was asked."""
    db.execute("UPDATE suggestion SET model = ? WHERE uid = ?", (model, uid))


def mark_interrupted(db: Db, uid: str, at: datetime, error: str) -> None:
    """Mark an answer whose process is gone."""
    db.execute(
        "UPDATE suggestion SET state = 'interrupted', finished_at = ?, error = ?, owner = '' WHERE uid = ?",
        (to_text(at), error, uid),
    )


def set_answer_superseded(db: Db, uid: str, superseded: bool) -> None:
    """Mark an answer as regenerated, or put it back."""
    db.execute("UPDATE suggestion SET superseded = ? WHERE uid = ?", (superseded, uid))


def add_seconds_visible(db: Db, uid: str, seconds: float, at: datetime) -> None:
    """Count time on screen."""
    db.execute(
        "UPDATE suggestion SET seconds_visible = seconds_visible + ?, shown_at = coalesce(shown_at, ?) WHERE uid = ?",
        (seconds, to_text(at), uid),
    )


def answers(db: Db, ticket: int) -> list[Answer]:
    """Return the answers of a ticket, oldest first."""
    rows = db.execute(
        f"SELECT {_ANSWER} FROM suggestion WHERE ticket = ? AND kind = 'answer' ORDER BY created_at, rowid",
        (ticket,),
    )
    return [_answer(row) for row in rows]


def answer(db: Db, uid: str) -> Answer | None:
    """Return one answer."""
    row = db.execute(f"SELECT {_ANSWER} FROM suggestion WHERE uid = ? AND kind = 'answer'", (uid,)).fetchone()
    return _answer(row) if row else None


def add_decision(db: Db, d: Decision) -> None:
    """Append a decision."""
    db.execute(
        f"INSERT INTO decision ({_DECISION}) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            d.uid,
            d.suggestion,
            d.kind,
            d.reason,
            d.note,
            to_text(d.at),
            d.by,
            d.edit_similarity,
            d.diff,
            d.undoes,
        ),
    )


def decisions(db: Db, suggestion: str) -> list[Decision]:
    """Return everything decided about a suggestion, oldest first."""
    rows = db.execute(f"SELECT {_DECISION} FROM decision WHERE suggestion = ? ORDER BY id", (suggestion,))
    return [_decision(row) for row in rows]


def decision_now(db: Db, suggestion: str) -> Decision | None:
    """Return the decision that holds now."""
    row = db.execute(f"SELECT {_DECISION} FROM decision_now WHERE suggestion = ?", (suggestion,)).fetchone()
    return _decision(row) if row else None


def add_outcome(db: Db, suggestion: str, fixed: Fixed, by: str, at: datetime) -> int:
    """Store the answer to "Did it fix it?"; return its id."""
    db.execute(
        'INSERT INTO outcome (suggestion, fixed, "by", at) VALUES (?,?,?,?)',
        (suggestion, fixed, by, to_text(at)),
    )
    return db.last_insert_rowid()


def remove_outcome(db: Db, outcome: int) -> None:
    """Take the answer to "Did it fix it?" back."""
    db.execute("DELETE FROM outcome WHERE id = ?", (outcome,))


def outcomes(db: Db, suggestion: str) -> list[Fixed]:
    """Return the answers to "Did it fix it?", oldest first."""
    return [
        Fixed(r[0])
        for r in db.execute("SELECT fixed FROM outcome WHERE suggestion = ? ORDER BY id", (suggestion,))
    ]


def _answer(r: tuple[Any, ...]) -> Answer:
    return Answer(
        uid=r[0],
        ticket=r[1],
        question=r[2],
        text=r[3],
        state=AnswerState(r[4]),
        model=r[5],
        prompt_hash=r[6],
        evidence=tuple(load(r[7])),
        created_at=from_text(r[8]),
        finished_at=when(r[9]),
        error=r[10],
        finish=r[11],
        seconds_visible=r[12],
        superseded=bool(r[13]),
        timings=Timings(**load(r[14])),
    )


def _decision(r: tuple[Any, ...]) -> Decision:
    return Decision(
        uid=r[0],
        suggestion=r[1],
        kind=DecisionKind(r[2]),
        reason=Reason(r[3]),
        note=r[4],
        at=from_text(r[5]),
        by=r[6],
        edit_similarity=r[7],
        diff=r[8],
        undoes=r[9],
    )
