"""`tickets bulk|undo|redo|changes|link`."""

import json
from typing import Any

import pytest

from tests.unit.console.conftest import Console


def document(console: Console, *arguments: str) -> Any:
    run = console(*arguments, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


def ticket(console: Console, number: str) -> dict[str, Any]:
    found: dict[str, Any] = document(console, "tickets", "show", number)
    return found


def test_many_are_changed_and_taken_back(filled: Console) -> None:
    made = document(
        filled, "tickets", "bulk", "--ids", "INC-1,inc-2", "--status", "in_progress",
        "--priority", "P1", "--assignee", "me", "--add-tag", "vpn", "--add-tag", "printer",
    )  # fmt: skip
    assert made["tickets"] == 2
    assert [change["label"] for change in made["changes"]][:2] == [
        "Status is now in progress: 2 tickets",
        "Priority is now P1: 1 of 2 changed",
    ]
    found = ticket(filled, "INC-2")
    assert (found["status"], found["priority"], found["tags"]) == ("in_progress", "P1", ["vpn", "printer"])
    assert found["assignee"]
    listed = document(filled, "tickets", "changes")
    assert [change["label"] for change in listed][:1] == ["Tagged vpn, printer: 2 tickets"]
    status = made["changes"][0]["undo_id"]
    assert document(filled, "tickets", "undo", str(status))["label"] == "Taken back"
    assert (ticket(filled, "INC-1")["status"], ticket(filled, "INC-1")["priority"]) == ("new", "P1")
    assert document(filled, "tickets", "undo")["label"] == "Taken back"  # the newest that is left: the tags
    assert ticket(filled, "INC-2")["tags"] == []
    assert document(filled, "tickets", "redo", str(status))["label"] == "Done again"
    assert ticket(filled, "INC-1")["status"] == "in_progress"
    printed = filled("tickets", "changes")
    assert "Tagged vpn, printer: 2 tickets (taken back)" in printed.out


def test_a_search_says_which(filled: Console) -> None:
    made = document(filled, "tickets", "bulk", "--query", "priority:P3", "--assignee", "none")
    assert made["tickets"] == 1
    assert filled("tickets", "bulk", "--query", "vpn", "--remove-tag", "x").out.startswith(
        "Nothing to change"
    )


def test_a_dry_run_changes_nothing(filled: Console) -> None:
    arguments = (
        "tickets", "bulk", "--ids", "INC-1,INC-2", "--priority", "P1", "--add-tag", "x",
        "--merge-into", "INC-1", "--dry-run",
    )  # fmt: skip
    assert document(filled, *arguments) == {
        "tickets": 2,
        "would_change": {"priority": 1, "tags": 2, "merge": 1},
    }
    assert ticket(filled, "INC-2")["priority"] == "P3"
    assert ticket(filled, "INC-2")["status"] == "new"


def test_tickets_are_merged_and_parted(filled: Console) -> None:
    document(filled, "tickets", "bulk", "--ids", "INC-2", "--merge-into", "INC-1")
    assert ticket(filled, "INC-2")["status"] == "merged"
    assert [message["origin"] for message in ticket(filled, "INC-1")["thread"]].count("merge") == 2
    again = filled("tickets", "bulk", "--ids", "INC-1", "--merge-into", "INC-2")
    assert again.code == 2
    assert "INC-2 is itself merged" in again.err
    assert filled("tickets", "undo").code == 0
    assert ticket(filled, "INC-2")["status"] == "new"


def test_tickets_are_linked(filled: Console) -> None:
    run = filled("tickets", "link", "INC-2", "INC-1", "--kind", "caused_by")
    assert run.out == "INC-2 is caused by INC-1\n"
    (link,) = ticket(filled, "INC-1")["links"]
    assert (link["number"], link["kind"], link["is_first"]) == ("INC-2", "caused_by", False)
    assert filled("tickets", "link", "INC-1", "INC-2", "--remove").code == 0
    assert ticket(filled, "INC-1")["links"] == []


def test_an_import_is_taken_back_like_any_change(filled: Console) -> None:
    assert filled("tickets", "undo").code == 0
    assert filled("tickets", "list", "--json").document == []
    again = filled("tickets", "undo")
    assert (again.code, "nothing to undo" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bulk", "--ids", "INC-1"), "nothing to change"),
        (("bulk", "--query", " ", "--status", "closed"), "would change every ticket"),
        (("bulk", "--ids", "INC-1", "--status", "merged"), "invalid choice"),
        (("bulk", "--status", "closed"), "required"),
        (("bulk", "--ids", "INC-9", "--status", "closed"), "no ticket INC-9"),
        (("bulk", "--ids", "INC-1", "--merge-into", "INC-1"), "into itself"),
        (("undo", "4711"), "nothing to undo"),
        (("redo", "4711"), "nothing to do again"),
        (("link", "INC-1", "INC-1"), "with itself"),
        (("link", "INC-1", "INC-2", "--remove"), "not linked"),
    ],
)
def test_what_the_user_can_mend_ends_with_status_2(
    filled: Console, arguments: tuple[str, ...], words: str
) -> None:
    run = filled("tickets", *arguments)
    assert run.code == 2
    assert words in run.err
