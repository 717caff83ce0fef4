"""Lays a ticket out on pages: its number above each, page numbers below. Text only; nothing is loaded."""

import contextlib
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QFontMetricsF,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from copilot.services.clippings import Sheet
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_MARGIN = 18.0  # mm
_POINTS = 9.5
_DPI = 1200 // 4


def document_of(sheet: Sheet, font: QFont) -> QTextDocument:
    """Return a sheet as a document; in its HTML everything from outside is escaped."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(
        "pre, code { font-family: monospace; } h1 { font-size: large; } h2 { font-size: medium; }"
    )
    document.setHtml(sheet.html)
    return document


def save_pdf(sheet: Sheet, path: Path, family: str) -> int:
    """Write a PDF and return its number of pages; a file that was there is replaced once the new one is whole.

    Raises:
        KnownError: It cannot be written.
    """
    part = path.with_name(path.name + ".part")
    failed = KnownError(
        tr("{name} cannot be written.").format(name=path.name), todo=tr("Choose another place or name.")
    )
    # A document's layout starts a timer, and only a loop gives a thread of Python's what a timer needs.
    loop = QEventLoop()
    try:
        part.touch()  # a folder that is missing or closed is told by the system's own error
        writer = QPdfWriter(str(part))
        writer.setResolution(_DPI)
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setTitle(sheet.header)
        writer.setCreator("Technician Copilot")
        pages = paint(sheet, writer, family)
        del writer  # closes the file
        if not pages or not part.exists():
            raise failed
        part.replace(path)
    except OSError as error:
        raise failed from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        del loop
    return pages


def paint(sheet: Sheet, device: QPagedPaintDevice, family: str) -> int:
    """Paint every page onto `device`; return how many there are, 0 where it cannot be painted on."""
    device.setPageMargins(QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN), QPageLayout.Unit.Millimeter)
    painter = QPainter()
    if not painter.begin(device):
        return 0
    font = QFont(family)
    font.setPointSizeF(_POINTS)
    document = document_of(sheet, font)
    document.documentLayout().setPaintDevice(device)
    room = QRectF(painter.viewport())
    line = QFontMetricsF(font, device).lineSpacing()
    body = QSizeF(room.width(), room.height() - 4 * line)
    document.setPageSize(body)
    pages = max(1, document.pageCount())
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    for page in range(pages):
        if page:
            device.newPage()
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, room.width(), line), Qt.AlignmentFlag.AlignLeft, sheet.header)
        foot = tr("Page {page} of {pages}").format(page=page + 1, pages=pages)
        below = QRectF(0, room.height() - line, room.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, foot)
        painter.save()
        painter.translate(0, 2 * line - page * body.height())
        context.clip = QRectF(0, page * body.height(), body.width(), body.height())
        painter.setClipRect(context.clip)
        document.documentLayout().draw(painter, context)
        painter.restore()
    painter.end()
    return pages
