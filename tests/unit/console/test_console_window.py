"""What the command line asks of the window."""

import os
from pathlib import Path

import pytest

from copilot.console.main import run
from copilot.services.bundle import Services
from copilot.services.opening import Opening, StartRequest


def build(_folder: Path | None, _engine: str, _script: str) -> Services:
    raise AssertionError("the desk is opened by the window, once no other has it")


def never(_opening: Opening, _request: StartRequest) -> int:
    raise AssertionError("not reached")


def no_figures(_what: str) -> list[dict[str, object]]:
    return []


def asked(*arguments: str) -> StartRequest:
    """Return what the window is asked for."""
    requests: list[StartRequest] = []

    def run_window(_opening: Opening, request: StartRequest) -> int:
        requests.append(request)
        return 0

    assert run(arguments, build, run_window, no_figures) == 0
    return requests[0]


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)


def test_without_arguments_it_is_asked_for_nothing(tmp_path: Path) -> None:
    assert asked() == StartRequest()
    assert asked("--data-dir", str(tmp_path), "--engine", "fake") == StartRequest()


def test_a_ticket_a_file_the_clipboard_and_the_narrow_form() -> None:
    assert asked("--show", "INC-1001", "--compact") == StartRequest(show="INC-1001", compact=True)
    assert asked("--new-from-clipboard") == StartRequest(from_clipboard=True)
    assert asked("tickets.csv") == StartRequest(file=os.path.abspath("tickets.csv"))
    assert asked("--compact", f"some{os.sep}where") == StartRequest(
        file=os.path.abspath(os.path.join("some", "where")), compact=True
    )


def test_the_token_of_the_desktop_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "abc-1_TIME2")
    assert asked().token == "abc-1_TIME2"


def test_a_command_that_is_misspelt_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        asked("tickts")
    assert left.value.code == 2
    assert "tickts" in capsys.readouterr().err


def test_what_is_too_long_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--show", "x" * 200], build, never, no_figures) == 2
    assert "too long" in capsys.readouterr().err
