"""Settings, the name of the person at the desk, and where the desk is."""

import getpass
from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.services.bundle import Services
from copilot.services.settings import DEFAULTS, choose_data_dir, data_dir
from copilot.support.errors import KnownError
from copilot.support.paths import default_data_dir
from tests.helpers.desk import desk


def test_settings_begin_with_their_defaults_and_stay_as_set(services: Services) -> None:
    assert services.settings.all() == DEFAULTS
    services.settings.set("theme", "dark")
    services.settings.set("window", {"panes": [1, 2, 3]})
    with desk(services.data_dir, samples=False) as other:
        assert other.settings.get("theme") == "dark"
        assert other.settings.all() == {**DEFAULTS, "theme": "dark", "window": {"panes": [1, 2, 3]}}


def test_a_setting_that_does_not_exist_is_a_bug(services: Services) -> None:
    with pytest.raises(KeyError):
        services.settings.set("colour", "red")
    with pytest.raises(KeyError):
        services.settings.get("colour")


def test_my_name_is_the_one_set_or_the_accounts(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "d.whitfield")
    assert services.tickets.my_name() == "d.whitfield"
    services.settings.set("me", "Dana Whitfield")
    assert services.tickets.my_name() == "Dana Whitfield"


@pytest.mark.parametrize("error", [KeyError, OSError, ImportError])
def test_an_account_without_a_name_works_all_the_same(
    services: Services, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def nameless() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nameless)
    ticket, _ = services.tickets.create("x")
    assert ticket.assignee == "Technician"


@pytest.fixture
def pointer(home: Path) -> Iterator[Path]:
    """Return the file that names another data folder; there is none before and after the test."""
    path = default_data_dir() / "location.json"
    assert home in path.parents
    assert not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    yield path
    path.unlink(missing_ok=True)


def test_the_data_folder_is_the_one_named_then_the_one_chosen_then_the_users(
    pointer: Path, tmp_path: Path
) -> None:
    assert data_dir(None) == default_data_dir()
    choose_data_dir(tmp_path / "chosen ü")
    assert data_dir(None) == tmp_path / "chosen ü"
    assert data_dir(tmp_path / "named") == tmp_path / "named"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"data_dir": 7}', "\x00"])
def test_a_broken_pointer_is_said_so_and_named(pointer: Path, text: str) -> None:
    pointer.write_text(text, encoding="utf-8")
    with pytest.raises(KnownError, match="Delete that file") as caught:
        data_dir(None)
    assert str(pointer) in str(caught.value)
