"""Shows all widgets in one window: `python tests/ui/gallery.py [--dark] [--text 1.5] [--palette] out.png`."""

import argparse
import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from copilot.domain.coaching import Severity
from copilot.domain.ticket import Priority, SlaState, Status
from copilot.support import paths
from copilot.ui.theme.manager import Scheme, ThemeManager
from copilot.ui.widgets.answer_body import AnswerBody
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.command_palette import CommandPalette
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.empty_state import EmptyState
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.icon_label import IconLabel
from copilot.ui.widgets.key_hint import KeyHint
from copilot.ui.widgets.marks import priority_mark, severity_mark, sla_mark, status_mark
from copilot.ui.widgets.plain_text import PlainTextView
from copilot.ui.widgets.progress_line import ProgressLine
from copilot.ui.widgets.search_field import SearchField
from copilot.ui.widgets.splitter import Splitter
from copilot.ui.widgets.toast import ToastHost

ANSWER = """## Likely cause

The DNS server on **LT-4471** points to `10.0.0.53`, which does not answer [E3].
It is a known defect of the Contoso adapter.
Two colleagues on the same floor report the same fault [E5, E7].

1. Compare the adapter's servers with the DHCP lease:

   ```powershell
   Get-DnsClientServerAddress -InterfaceAlias Ethernet
   ```

2. Renew the lease and try again:

```powershell
ipconfig /release
ipconfig /renew
```

- If the address stays, see [the vendor's note](https://example.org/kb/1).
- Last resort, which loses **all** network settings of the machine:

```cmd
netsh int ip reset & netsh winsock reset & del /q %ProgramData%\\Contoso\\adapter\\profiles\\*.json
```

| Check | Expected | Seen |
|---|---|---|
| `ping 10.0.0.53` | reply | timeout |
| `nslookup intranet` | 10.0.4.20 | timeout |

> Keep the requester informed; the target is at 14:00.
"""

TICKET = """Hi team,

since the update on Monday I cannot open <b>intranet</b>. It says "DNS_PROBE_FINISHED_NXDOMAIN".
My colleague Priya has the same problem. I have restarted twice.

Thanks, Dana"""


def rate(code: str, _language: str) -> tuple[str, str]:
    """Rate well enough for a picture."""
    if "reset" in code:
        return "destroys", "Deletes profiles and resets the network stack."
    return ("changes", "Drops the network for a moment.") if "renew" in code else ("reads", "")


def row(*widgets: QWidget, stretch: bool = True) -> QHBoxLayout:
    """Put widgets side by side."""
    line = QHBoxLayout()
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    if stretch:
        line.addStretch(1)
    return line


def label(text: str, kind: str) -> QLabel:
    """Return a label of a kind."""
    made = QLabel(text)
    made.setProperty("kind", kind)
    return made


def button(text: str, kind: str = "", enabled: bool = True) -> QPushButton:
    """Return a button of a kind."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setEnabled(enabled)
    return made


def left() -> QWidget:
    """Return the controls and marks."""
    pane = QFrame()
    pane.setProperty("kind", "bar")
    column = QVBoxLayout(pane)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(12)
    column.addWidget(label("Large title", "large"))
    column.addWidget(label("Pane title", "title"))
    column.addWidget(QLabel("Body text, 13 px: INC0012345, 14:05, 1,284"))
    column.addWidget(label("Quiet text for the second line", "quiet"))
    column.addWidget(label("Small text, and a host: ", "small"))
    column.addWidget(label("lt-4471.corp.example", "mono"))
    column.addWidget(Hairline())
    column.addLayout(row(button("Ask", "primary"), button("Escalate"), button("Skip", "quiet")))
    column.addLayout(
        row(button("Delete", "danger"), button("Off", "", False), button("Off", "primary", False))
    )
    more = IconButton("more", "More")
    column.addLayout(
        row(IconButton("refresh", "Refresh", True), more, IconButton("gear", "Settings"), KeyHint("Ctrl+K"))
    )
    column.addWidget(SearchField("Search tickets"))
    filled = SearchField()
    filled.setText("status:open vpn")
    column.addWidget(filled)
    line = QLineEdit()
    line.setPlaceholderText("Plain field")
    box = QComboBox()
    box.addItems(["My queue", "Unassigned"])
    box.setAccessibleName("View")
    column.addLayout(row(line, box, stretch=False))
    ticked, blank = QCheckBox("Switched on"), QCheckBox("Off")
    ticked.setChecked(True)
    column.addLayout(row(ticked, blank))
    tabs = QTabBar()
    for name in ("Evidence", "Thread", "History"):
        tabs.addTab(name)
    tabs.setDrawBase(False)
    tabs.setExpanding(False)
    column.addWidget(tabs)
    column.addLayout(row(*(Chip(priority_mark(p)) for p in Priority)))
    statuses = list(Status)
    for group in (statuses[:3], statuses[3:5], statuses[5:8], statuses[8:]):
        column.addLayout(row(*(Chip(status_mark(s)) for s in group)))
    slas = (SlaState(240, 130, False, False), SlaState(240, 20, False, True))
    column.addLayout(row(*(Chip(sla_mark(s)) for s in slas)))
    slas = (SlaState(240, -60, False, True), SlaState(240, 60, True, False))
    column.addLayout(row(*(Chip(sla_mark(s)) for s in slas)))
    column.addLayout(row(*(Chip(severity_mark(s)) for s in Severity)))
    column.addWidget(ProgressLine("Reading the evidence"))
    done = ProgressLine()
    done.set_progress("Importing tickets from a file with a long name.csv", 0.42)
    column.addWidget(done)
    long = ElidedLabel("Outlook asks for the password again and again after the update of Monday morning")
    column.addWidget(long)
    column.addStretch(1)
    return pane


def middle() -> QWidget:
    """Return a ticket's text and an answer."""
    pane = QFrame()
    pane.setProperty("kind", "pane")
    column = QVBoxLayout(pane)
    column.setContentsMargins(24, 16, 24, 16)
    column.setSpacing(12)
    column.addWidget(label("Cannot open the intranet", "title"))
    text = PlainTextView("Message")
    text.set_text(TICKET)
    column.addWidget(text)
    column.addWidget(Hairline())
    answer = AnswerBody(rate)
    answer.set_markdown(ANSWER)
    marks = []
    for words, kind in (
        ("It is a known defect of the Contoso adapter.", "unsupported"),
        ("Keep the requester informed; the target is at 14:00.", "general"),
    ):
        at = ANSWER.index(words)
        marks.append((at, at + len(words), kind, "No evidence says so."))
    answer.set_marks(marks)
    column.addWidget(answer)
    column.addStretch(1)
    return pane


def right() -> QWidget:
    """Return an empty place and all icons."""
    pane = QFrame()
    pane.setProperty("kind", "pane")
    column = QVBoxLayout(pane)
    column.setContentsMargins(16, 16, 16, 16)
    empty = EmptyState("evidence", "Evidence you add to this ticket will stand here.", "Add evidence")
    column.addWidget(empty)
    column.addWidget(Hairline())
    grid = QGridLayout()
    grid.setSpacing(12)
    names = sorted(file.stem for file in (paths.resources() / "icons").glob("*.svg"))
    for place, name in enumerate(names):
        grid.addWidget(IconLabel(name, "text", 1.25), place // 9, place % 9)
    column.addLayout(grid)
    return pane


def main() -> None:
    """Build, show, photograph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--palette", action="store_true")
    parser.add_argument("--text", type=float, default=1.0)
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    ThemeManager(app, Scheme.DARK if options.dark else Scheme.LIGHT, options.text)
    window = QWidget()
    window.setWindowTitle("Gallery")
    window.resize(1440, 1040)
    split = Splitter(Qt.Orientation.Horizontal)
    for part in (left(), middle(), right()):
        split.addWidget(part)
    split.setSizes([380, 700, 360])
    outer = QHBoxLayout(window)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(split)
    toasts = ToastHost(window)
    palette = CommandPalette(window)
    actions = []
    for text, keys in (
        ("&Ask the model…", "Ctrl+Return"),
        ("Add evidence", "Ctrl+E"),
        ("Escalate ticket", "Ctrl+Shift+E"),
        ("Go to insights", "Ctrl+4"),
        ("Switch to dark", ""),
    ):
        action = QAction(text, window)
        action.setShortcut(QKeySequence(keys))
        actions.append(action)
    palette.set_actions(actions)
    window.show()
    window.activateWindow()
    app.processEvents()
    toasts.show("Status set to Awaiting user.", "Undo", partial(print, "undone"))
    toasts.show("Copied.")
    if options.palette:
        palette.toggle()
    else:
        window.findChildren(SearchField)[0].setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(20):
        app.processEvents()
    window.grab().save(str(options.out))


if __name__ == "__main__":
    main()
