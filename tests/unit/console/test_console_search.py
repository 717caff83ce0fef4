"""`search` in the console."""

from tests.unit.console.conftest import Console


def test_a_search_says_where_it_found_what(filled: Console) -> None:
    run = filled("search", "0x0000011b", "--json")
    assert run.code == 0
    assert run.document["total"] == 1
    (ticket,) = run.document["tickets"]
    assert (ticket["number"], ticket["found_in"]) == ("INC-1", "Description")
    assert "It says 0x0000011b since" in ticket["text"]
    marked = filled("search", "print", "--json").document["tickets"][0]
    assert [marked["title"][start:end] for start, end in marked["title_marks"]] == ["Print"]
    assert marked["found_in"] == ""
    assert "Description: It says 0x0000011b since" in filled("search", "0x0000011b").out


def test_a_search_is_cut_and_counted(filled: Console) -> None:
    run = filled("search", "is:open", "--limit", "1", "--json")
    assert (run.document["total"], len(run.document["tickets"])) == (2, 1)
    assert "and 1 more" in filled("search", "", "--limit", "1").out
    assert filled("search", "x", "--limit", "0").code == 2


def test_what_is_no_filter_is_named(filled: Console) -> None:
    run = filled("search", "status:lost printer", "--json")
    assert run.document == {"total": 0, "unknown": ["status:lost"], "tickets": []}
    assert "status:lost is no filter" in filled("search", "status:lost printer").err
