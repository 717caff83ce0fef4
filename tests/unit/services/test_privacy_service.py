"""What is recorded about one person: shown, exported, deleted; and of nobody else."""

import hashlib
import json
from pathlib import Path

import pytest

from copilot.domain.redaction import MASK
from copilot.domain.ticket import Person as Requester
from copilot.domain.ticket import Visibility
from copilot.services.bundle import Services
from copilot.services.privacy import Count
from copilot.support.errors import BugError, KnownError
from tests.helpers.played_engine import PlayedEngine
from tests.helpers.whole_day import COLLEAGUE, EMAIL, ME, REQUESTER, play, traces

pytestmark = pytest.mark.logs("^unexpected")


@pytest.fixture
def day(services: Services, engine: PlayedEngine, tmp_path: Path) -> int:
    """Play a whole day; return its ticket."""
    engine.text = f"Ask {REQUESTER} [E1]."
    return play(services, tmp_path)


def where(counts: tuple[Count, ...]) -> dict[str, int]:
    return {count.field.name: count.records for count in counts}


def contents(services: Services, without: tuple[str, ...] = ()) -> str:
    """Return every text of the database as one."""
    parts = []
    with services.store.read() as db:
        for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            if table not in without:
                parts += [str(row) for row in db.execute(f'SELECT * FROM "{table}"')]
    return "\n".join(parts)


def test_the_register_counts_what_there_is(services: Services, day: int) -> None:
    found = where(services.privacy.counts())
    assert found["Requester"] == 2
    assert found["Tickets you pinned"] == found["Attachments"] == found["Your views"] == 1
    assert found["Backups"] == 1
    assert found["The model's memory"] == 1
    assert found["Crash reports"] == 0


def test_a_person_is_found_by_name_or_address(services: Services, day: int) -> None:
    by_name, by_email = services.privacy.find(f" {REQUESTER.upper()} "), services.privacy.find(EMAIL)
    assert by_name.emails == by_email.emails == (EMAIL,)
    assert by_email.names == (REQUESTER,)
    assert not by_name.is_me
    me = services.privacy.find()
    assert (me.names, me.is_me) == ((ME,), True)


def test_two_people_of_one_name_are_told_apart(services: Services) -> None:
    for email in ("a.lee@example.org", "b.lee@example.org"):
        services.tickets.create(f"Of {email}", "Ann Lee writes.", requester=Requester("Ann Lee", email))
    with pytest.raises(KnownError, match=r"a.lee@example.org, b.lee@example.org"):
        services.privacy.find("Ann Lee")
    services.privacy.delete(services.privacy.find("a.lee@example.org"))
    with services.store.read() as db:
        rows = list(db.execute("SELECT requester_name, requester_email, body FROM ticket ORDER BY id"))
    assert rows == [
        (MASK, "", f"{MASK} writes."),
        ("Ann Lee", "b.lee@example.org", "Ann Lee writes."),
    ]


def test_everything_about_a_person_is_listed(services: Services, day: int) -> None:
    found = where(services.privacy.summary(services.privacy.find(REQUESTER)))
    assert {
        "Requester",
        "Tickets",
        "Messages",
        "Evidence",
        "Your questions",
        "Answers",
        "Attachments",
    } <= set(found)
    nobody = services.privacy.find("Nobody Known")
    assert services.privacy.summary(nobody) == ()


def test_everything_of_the_technicians_own_doing_is_theirs(services: Services, day: int) -> None:
    found = where(services.privacy.summary(services.privacy.find()))
    assert {"Your settings", "Tickets you opened", "Tickets you pinned", "Your views", "Drafts"} <= set(found)
    assert {"Who decided", "What was decided", "What Undo needs", "Your questions"} <= set(found)


def test_the_export_holds_the_records_and_the_register(services: Services, day: int, tmp_path: Path) -> None:
    file = tmp_path / "me.json"
    count = services.privacy.export(services.privacy.find(REQUESTER), file)
    document = json.loads(file.read_text(encoding="utf-8"))
    assert len(document["records"]) == count > 20
    assert document["person"]["emails"] == [EMAIL]
    (record, _) = [record for record in document["records"] if record["table"] == "ticket"]
    assert (record["ticket"], record["requester_email"]) == ("INC-9", EMAIL)
    assert any(entry["why"] for entry in document["register"])
    assert len(document["copies"]) == 1
    with pytest.raises(KnownError, match="cannot be written"):
        services.privacy.export(services.privacy.find(), tmp_path / "no" / "where.json")


def test_a_preview_changes_nothing_and_counts_what_deleting_then_changes(
    services: Services, day: int
) -> None:
    before = contents(services)
    person = services.privacy.find(REQUESTER)
    preview = services.privacy.preview(person)
    assert contents(services) == before
    assert preview.records > 20
    assert preview.tickets == 2
    assert not preview.changed.tickets
    done = services.privacy.delete(person)
    assert (done.changes, done.left, done.tickets) == (preview.changes, preview.left, preview.tickets)
    assert done.changed.tickets
    assert services.privacy.preview(person).records == 0


def test_a_requester_who_is_deleted_stands_nowhere_on_the_desk(
    services: Services, day: int, data_dir: Path
) -> None:
    done = services.privacy.delete(services.privacy.find(REQUESTER))
    text = contents(services, without=("attachment",))  # a picture cannot be read
    assert REQUESTER not in text
    assert EMAIL not in text
    assert MASK in text
    assert ME in text
    assert COLLEAGUE in text
    assert traces(data_dir).keys() - {"desk.db", "desk.db-wal"} == {
        f"backups/{place.path.name}" for place in done.copies
    }
    with services.store.read() as db:
        assert (
            list(db.execute("SELECT requester_name, requester_email, requester_vip FROM ticket"))
            == [(MASK, "", 0)] * 2
        )
        for uid, text, digest in db.execute("SELECT uid, text, sha256 FROM evidence"):
            assert hashlib.sha256(text.encode()).hexdigest() == digest, uid
        assert db.execute("SELECT count(*) FROM evidence WHERE redactions = 1").get > 3


def test_the_ticket_works_on_after_a_deletion(services: Services, day: int, engine: PlayedEngine) -> None:
    services.privacy.delete(services.privacy.find(REQUESTER))
    case = services.tickets.case(day)
    assert case.ticket.requester.name == MASK
    services.tickets.post(day, "Goes on", Visibility.INTERNAL)
    uid = services.ask.ask(day, "And now?", lambda _: None)
    assert services.ask.view(uid).answer.text
    assert REQUESTER not in engine.prompt
    first = services.ask.conversation(day)[0].answers[0]
    assert first.answer.text == f"Ask {MASK} [E1]."
    services.tickets.undo()


def test_a_technician_who_is_deleted_leaves_the_decisions_and_not_the_name(
    services: Services, day: int
) -> None:
    with services.store.read() as db:
        before = list(db.execute("SELECT uid, kind, reason, at FROM decision ORDER BY id"))
    done = services.privacy.delete(services.privacy.find())
    assert done.person.is_me
    assert ME not in contents(services)
    with services.store.read() as db:
        assert list(db.execute("SELECT uid, kind, reason, at FROM decision ORDER BY id")) == before
        assert {row[0] for row in db.execute('SELECT "by" FROM decision')} == {MASK}
    assert services.settings.get("me") == ""


def test_names_of_one_word_are_counted_where_they_stay(services: Services) -> None:
    services.settings.set("me", "Will")
    made, _ = services.tickets.create("Will it boot?", "Will says no.")
    services.tickets.post(made.id, "Seen", Visibility.INTERNAL)
    done = services.privacy.delete(services.privacy.find())
    case = services.tickets.case(made.id)
    assert case.ticket.title == "Will it boot?"
    assert case.thread[0].author == MASK
    assert case.evidence[-1].source == f"Note by {MASK}"
    assert done.left >= 3


def test_copies_are_redacted_too_when_wanted(services: Services, day: int, data_dir: Path) -> None:
    done = services.privacy.delete(services.privacy.find(REQUESTER))
    assert len(done.copies) == 1
    before = done.copies[0].path.stat().st_mtime_ns
    assert services.privacy.delete_from_copies(done.person, done.copies) == []
    assert done.copies[0].path.stat().st_mtime_ns == before
    left = traces(data_dir)[f"backups/{done.copies[0].path.name}"]
    assert REQUESTER not in left or b"screen of" in done.copies[0].path.read_bytes()
    assert EMAIL not in left


@pytest.mark.parametrize(
    "change",
    [
        "text = 'other', redactions = 1",
        f"text = 'by {MASK}'",
        f"text = '{MASK}', redactions = 2",
        f"text = '{MASK}', redactions = 1, label = 'E99'",
        f"text = '{MASK}', redactions = 1, trust = 'measured'",
        "redactions = 0",
    ],
)
def test_evidence_changes_by_a_redaction_that_counts_itself_and_by_nothing_else(
    services: Services, ticket: int, change: str
) -> None:
    with pytest.raises(BugError, match="evidence is immutable"), services.store.write() as db:
        db.execute(f"UPDATE evidence SET {change}")
    with services.store.write() as db:
        db.execute(f"UPDATE evidence SET text = '{MASK}', redactions = 1")


@pytest.mark.parametrize(
    "change",
    [
        "\"by\" = 'somebody else', redactions = redactions + 1",
        f"\"by\" = '{MASK}'",
        f"\"by\" = '{MASK}', redactions = redactions + 1, kind = 'override'",
        f"note = '{MASK}', redactions = redactions + 1, at = ''",
    ],
)
def test_decisions_stay_append_only_for_everything_else(services: Services, day: int, change: str) -> None:
    with pytest.raises(BugError, match="decisions are append-only"), services.store.write() as db:
        db.execute(f"UPDATE decision SET {change}")
