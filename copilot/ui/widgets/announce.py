"""Says a thing to screen readers without moving the focus."""

from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str, assertive: bool = False) -> None:
    """Announce `text` from `widget`: politely, or at once where `assertive`.

    Also kept as the widget's accessible description, for readers that do not know announcements.
    """
    from PySide6.QtGui import (  # 3 ms, and a start has nothing to say
        QAccessible,
        QAccessibleAnnouncementEvent,
    )

    widget.setAccessibleDescription(text)
    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if assertive else politeness.Polite)
    QAccessible.updateAccessibility(event)
