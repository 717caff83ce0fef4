import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from copilot.inference.catalogue import Catalogue, ModelEntry
from copilot.inference.library import ModelLibrary
from copilot.services.bundle import Services
from copilot.services.models import ModelService, ModelState, Progress
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.models_page import ModelsPage
from copilot.ui.settings.progress_relay import ProgressRelay
from copilot.ui.theme.manager import ThemeManager
from tests.helpers.gguf_maker import gguf_bytes, write_gguf

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

CONTENT = gguf_bytes(weights=4096)
TINY = ModelEntry(
    id="tiny",
    name="Tiny Model",
    publisher="Nobody",
    repository="nobody/Tiny-GGUF",
    file="Tiny-Q4.gguf",
    url="https://example.org/Tiny-Q4.gguf",
    bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="MIT",
    licence_url="https://example.org/licence",
    parameters="1K",
    context=2048,
    kv_bytes_per_token=16,
    overhead_bytes=0,
    suits="4 GB",
    tested=False,
    note="For nothing.",
)
HUGE = replace(TINY, id="huge", name="Huge", file="Huge.gguf", overhead_bytes=10**15)
UNHASHED = replace(TINY, id="unhashed", name="Unhashed", file="Unhashed.gguf", sha256="")
TEST_ONLY = replace(TINY, id="test-only", name="Test only", file="T.gguf", for_tests=True, sha256="1" * 64)


@dataclass
class HandFetcher:
    """Serves the first half at once, the rest when `go` is set."""

    name: str = "the hand"
    go: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def available(self, entry: ModelEntry) -> bool:
        return True

    def fetch(
        self, entry: ModelEntry, part: Path, advance: Callable[[int], None], cancelled: Callable[[], bool]
    ) -> None:
        self.asked.append(entry.id)
        half = len(CONTENT) // 2
        with part.open("ab") as file:
            if file.tell() < half:
                file.write(CONTENT[:half])
                file.flush()
                advance(half)
            while not self.go.wait(0.005):
                if cancelled():
                    return
            file.write(CONTENT[file.tell() :])
            advance(file.tell())


@pytest.fixture
def fetcher() -> HandFetcher:
    return HandFetcher()


@pytest.fixture
def models(services: Services, fetcher: HandFetcher, tmp_path: Path) -> ModelService:
    library = ModelLibrary(
        tmp_path / "models", Catalogue("tiny", (TEST_ONLY, TINY, HUGE, UNHASHED)), [fetcher]
    )
    return ModelService(library, services.engine, services.settings, is_fake=False)


@pytest.fixture
def desk_hub(qapp: QApplication, services: Services, models: ModelService) -> Iterator[Hub]:
    makers = {"models": lambda _: models, "ask": lambda _: services.ask}
    made = Hub(Services(services.data_dir, services.deps, makers))
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def page(desk_hub: Hub, qtbot: QtBot) -> Iterator[ModelsPage]:
    made = ModelsPage(desk_hub)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    idle(qtbot, desk_hub)
    yield made
    made.cancel()


def idle(qtbot: QtBot, hub: Hub) -> None:
    qtbot.waitUntil(lambda: hub.tasks.is_idle)


def install_tiny(models: ModelService, fetcher: HandFetcher) -> None:
    fetcher.go.set()
    models.install("tiny", progress=_ignore, cancelled=_never)


def _ignore(_: Progress) -> None: ...


def _never() -> bool:
    return False


def drop(page: ModelsPage, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(page, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def test_opening_the_page_fetches_nothing(page: ModelsPage, fetcher: HandFetcher, tmp_path: Path) -> None:
    assert fetcher.asked == []
    assert not (tmp_path / "models").exists()


def test_without_a_model_the_page_recommends_the_default(page: ModelsPage) -> None:
    assert "No model is installed yet" in page.head.sentence
    assert page.head.install_button.text() == "Install Tiny Model"
    assert page.head.install_button.isVisible()


def test_models_for_tests_come_last(page: ModelsPage) -> None:
    tops = {model_id: page.row(model_id).y() for model_id in ("tiny", "huge", "unhashed", "test-only")}
    assert max(tops, key=lambda model_id: tops[model_id]) == "test-only"


def test_model_without_a_known_hash_offers_no_download(page: ModelsPage) -> None:
    assert page.row("unhashed").main_button.isHidden()
    assert page.row("unhashed").install_from.isVisible()


def test_install_shows_progress_then_the_model_answers(
    page: ModelsPage, desk_hub: Hub, models: ModelService, fetcher: HandFetcher, qtbot: QtBot
) -> None:
    seen: list[Progress] = []
    relay = page.findChild(ProgressRelay)
    assert relay is not None
    relay.arrived.connect(seen.append)
    page.head.install_button.click()
    row = page.row("tiny")
    assert row.message.is_running
    assert not page.row("huge").main_button.isEnabled()
    qtbot.waitUntil(lambda: any(p.done_bytes == len(CONTENT) // 2 for p in seen))
    with qtbot.waitSignal(desk_hub.model_changed):
        fetcher.go.set()
    idle(qtbot, desk_hub)
    assert models.card("tiny").state is ModelState.INSTALLED
    assert models.chosen() == "tiny"
    assert row.message.text == "Installed, and checked against its publisher's hash."
    assert row.main_button.isHidden()
    assert page.head.install_button.isHidden()
    assert page.row("huge").main_button.isEnabled()


def test_cancelled_install_keeps_what_came_and_goes_on(
    page: ModelsPage, desk_hub: Hub, models: ModelService, fetcher: HandFetcher, qtbot: QtBot
) -> None:
    row = page.row("tiny")
    row.main_button.click()
    qtbot.waitUntil(lambda: models.card("tiny").bytes_on_disk > 0)
    row.message.cancel_button.click()
    idle(qtbot, desk_hub)
    assert "stopped" in row.message.text
    assert row.main_button.text() == "Go on"
    assert models.card("tiny").state is ModelState.PARTIAL
    fetcher.go.set()
    row.main_button.click()
    idle(qtbot, desk_hub)
    assert models.card("tiny").state is ModelState.INSTALLED


def test_install_from_a_folder_needs_no_fetcher(
    page: ModelsPage, desk_hub: Hub, models: ModelService, fetcher: HandFetcher, qtbot: QtBot, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / TINY.file).write_bytes(CONTENT)
    page.install("tiny", stick)
    idle(qtbot, desk_hub)
    assert models.card("tiny").state is ModelState.INSTALLED
    assert fetcher.asked == []


def test_failed_install_keeps_its_sentence_until_the_next_action(
    page: ModelsPage, desk_hub: Hub, qtbot: QtBot, tmp_path: Path
) -> None:
    row = page.row("unhashed")
    page.install("unhashed", tmp_path / "nowhere")
    idle(qtbot, desk_hub)
    assert "could not be installed" in row.message.text
    page.refresh()
    idle(qtbot, desk_hub)
    assert "could not be installed" in row.message.text
    page.verify("unhashed")
    assert "could not be installed" not in row.message.text
    idle(qtbot, desk_hub)


def test_imported_file_becomes_a_row_and_answers_where_there_was_no_model(
    page: ModelsPage, desk_hub: Hub, models: ModelService, qtbot: QtBot, tmp_path: Path
) -> None:
    page.import_file(write_gguf(tmp_path / "mine.gguf", fill=b"\1"))
    idle(qtbot, desk_hub)
    assert page.row("mine").card.state is ModelState.UNVERIFIED
    assert models.chosen() == "mine"
    assert "mine is imported" in page.message.text


def test_imported_file_does_not_take_the_place_of_the_model_in_use(
    desk_hub: Hub, models: ModelService, fetcher: HandFetcher, page: ModelsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    install_tiny(models, fetcher)
    page.refresh()
    idle(qtbot, desk_hub)
    page.import_file(write_gguf(tmp_path / "mine.gguf", fill=b"\1"))
    idle(qtbot, desk_hub)
    assert models.chosen() == "tiny"
    with qtbot.waitSignal(desk_hub.model_changed):
        page.row("mine").main_button.click()
    assert models.chosen() == "mine"


def test_dropped_file_is_imported(
    page: ModelsPage, desk_hub: Hub, models: ModelService, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "anything.gguf"
    file.write_bytes(CONTENT)
    drop(page, file)
    idle(qtbot, desk_hub)
    assert models.card("tiny").state is ModelState.INSTALLED
    assert "Tiny Model is imported" in page.message.text


def test_file_that_is_no_model_is_refused_in_a_sentence(
    page: ModelsPage, desk_hub: Hub, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "holiday.gguf"
    file.write_bytes(b"JFIF" * 100)
    drop(page, file)
    idle(qtbot, desk_hub)
    assert "holiday.gguf" in page.message.text
    assert "GGUF" in page.message.text
    assert not page.message.is_running


def test_two_dropped_files_import_nothing(
    page: ModelsPage, desk_hub: Hub, models: ModelService, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(page, write_gguf(tmp_path / "a.gguf"), write_gguf(tmp_path / "b.gguf"))
    assert "one file at a time" in page.message.text
    idle(qtbot, desk_hub)
    assert len(models.list()) == 4


def test_remove_asks_in_the_row_and_no_keeps_the_file(
    page: ModelsPage, desk_hub: Hub, models: ModelService, fetcher: HandFetcher, qtbot: QtBot
) -> None:
    install_tiny(models, fetcher)
    page.refresh()
    idle(qtbot, desk_hub)
    row = page.row("tiny")
    row.remove_button.click()
    assert row.no_button.isVisible()
    QTest.keyClick(row.no_button, Qt.Key.Key_Escape)
    assert not row.no_button.isVisible()
    row.remove_button.click()
    row.no_button.click()
    idle(qtbot, desk_hub)
    assert models.card("tiny").state is ModelState.INSTALLED


def test_remove_and_yes_deletes_the_file(
    page: ModelsPage, desk_hub: Hub, models: ModelService, fetcher: HandFetcher, qtbot: QtBot
) -> None:
    install_tiny(models, fetcher)
    page.refresh()
    idle(qtbot, desk_hub)
    row = page.row("tiny")
    row.remove_button.click()
    with qtbot.waitSignal(desk_hub.model_changed):
        row.yes_button.click()
    idle(qtbot, desk_hub)
    assert models.card("tiny").state is ModelState.MISSING
    assert row.remove_button.isHidden()
    assert page.head.install_button.isVisible()


def test_removed_import_loses_its_row(page: ModelsPage, desk_hub: Hub, qtbot: QtBot, tmp_path: Path) -> None:
    page.import_file(write_gguf(tmp_path / "mine.gguf", fill=b"\1"))
    idle(qtbot, desk_hub)
    page.row("mine").remove_button.click()
    page.row("mine").yes_button.click()
    idle(qtbot, desk_hub)
    with pytest.raises(KeyError):
        page.row("mine")


def test_verify_finds_a_damaged_file(
    page: ModelsPage, desk_hub: Hub, models: ModelService, fetcher: HandFetcher, qtbot: QtBot
) -> None:
    install_tiny(models, fetcher)
    path = Path(models.card("tiny").path)
    path.write_bytes(CONTENT[:-1] + b"\7")
    page.verify("tiny")
    idle(qtbot, desk_hub)
    assert "damaged" in page.row("tiny").message.text
    assert page.row("tiny").main_button.text() == "Install again"


def test_file_nobody_hashed_is_checked_before_it_is_used(
    page: ModelsPage, desk_hub: Hub, models: ModelService, qtbot: QtBot
) -> None:
    models.folder.mkdir()
    (models.folder / "mine.gguf").write_bytes(gguf_bytes(fill=b"\3"))
    page.refresh()
    idle(qtbot, desk_hub)
    page.row("mine").main_button.click()
    idle(qtbot, desk_hub)
    assert models.chosen() == "mine"
    assert models.card("mine").sha256


def test_recommendation_follows_the_memory_that_is_free(
    desk_hub: Hub, models: ModelService, qtbot: QtBot, services: Services, page: ModelsPage
) -> None:
    services.settings.set("model", "huge")
    page.refresh()
    idle(qtbot, desk_hub)
    assert page.head.install_button.text() == "Install Tiny Model"


def test_nothing_is_cut_off_sideways_at_twice_the_text_size(
    page: ModelsPage,
    desk_hub: Hub,
    models: ModelService,
    fetcher: HandFetcher,
    qtbot: QtBot,
    qapp: QApplication,
) -> None:
    install_tiny(models, fetcher)
    Path(models.card("tiny").path).write_bytes(b"damaged, with the most buttons")
    theme = ThemeManager(qapp, text_factor=2.0)
    page.resize(880, 560)
    page.refresh()
    idle(qtbot, desk_hub)
    page.row("tiny").details_button.click()
    QApplication.processEvents()
    assert page.row("tiny").main_button.isVisible()
    assert page.scroll_area.horizontalScrollBar().maximum() == 0
    theme.setParent(None)
    theme.deleteLater()


def test_escape_closes_the_page(page: ModelsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.row("tiny").details_button, Qt.Key.Key_Escape)


def test_end_of_the_program_stops_a_download(
    page: ModelsPage, desk_hub: Hub, models: ModelService, qtbot: QtBot, qapp: QApplication
) -> None:
    page.row("tiny").main_button.click()
    qtbot.waitUntil(lambda: models.card("tiny").bytes_on_disk > 0)
    qapp.aboutToQuit.emit()
    idle(qtbot, desk_hub)
    assert models.card("tiny").state is ModelState.PARTIAL


def test_thousands_of_reports_become_few_signals_and_the_newest_arrives(
    qapp: QApplication, qtbot: QtBot
) -> None:
    relay = ProgressRelay(qapp)
    seen: list[Progress] = []
    relay.arrived.connect(seen.append)

    def report() -> None:
        for done in range(5001):
            relay.report(Progress(done, 5000, "x", "downloading"))

    thread = threading.Thread(target=report)
    thread.start()
    qtbot.waitUntil(lambda: bool(seen) and seen[-1].done_bytes == 5000)
    thread.join()
    assert len(seen) < 50
    relay.deleteLater()


def test_progress_of_finished_work_does_not_arrive(qapp: QApplication, qtbot: QtBot) -> None:
    relay = ProgressRelay(qapp)
    seen: list[Progress] = []
    relay.arrived.connect(seen.append)
    relay.report(Progress(1, 2, "old", "downloading"))
    relay.forget()
    with qtbot.waitSignal(relay.arrived):
        relay.report(Progress(1, 2, "new", "downloading"))
    assert [progress.source for progress in seen] == ["new"]
    relay.deleteLater()
