"""The style sheet. Small on purpose: Fusion and the palette do the rest.

A widget opts in by the dynamic property `kind`: buttons `primary`, `quiet`, `danger`; labels `title`, `large`,
`quiet`, `small`, `key`, `mono`; frames `hairline`, `pane`, `bar`, `chip`.
"""

from pathlib import Path

from copilot.ui.theme.tokens import Tokens

_SHEET = """
QWidget {{ selection-background-color: {accent}; selection-color: {on_accent}; }}
QToolTip {{ background: {inverse}; color: {inverse_text}; border: 1px solid {inverse}; padding: 4px 6px; }}

QLabel[kind="title"] {{ font-size: {font_title}px; font-weight: 600; }}
QLabel[kind="large"] {{ font-size: {font_large}px; font-weight: 600; }}
QLabel[kind="quiet"] {{ color: {text_quiet}; }}
QLabel[kind="small"] {{ color: {text_quiet}; font-size: {font_small}px; }}
QLabel[kind="mono"] {{ color: {text_quiet}; font-family: {mono}; font-size: {font_code}px; }}
QLabel[kind="key"] {{ color: {text_quiet}; background: {hover}; border: 1px solid {line};
  border-radius: {radius_small}px; font-size: {font_small}px; padding: 0 4px; }}
QLabel[kind="strong"] {{ font-weight: 600; }}
QFrame[kind="card"] {{ background: {window}; border: 1px solid {hairline}; border-radius: {radius}px; }}
QFrame[kind="internal"] {{ border: none; border-left: 2px solid {warning_ink}; }}
QFrame[kind="marked"] {{ background: {accent_fill}; border-radius: {radius_small}px; }}
QFrame[kind="hairline"] {{ background: {hairline}; border: none; }}
QFrame[kind="pane"] {{ background: {surface}; border: none; }}
QFrame[kind="bar"] {{ background: {window}; border: none; }}
QFrame[kind="code"] {{ background: {code}; border: 1px solid {hairline}; border-radius: {radius}px; }}

QPushButton {{ background: {raised}; color: {text}; border: 1px solid {line}; border-radius: {radius}px;
  min-height: {button}px; padding: 0 11px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed, QPushButton:checked {{ background: {selected}; }}
QPushButton:disabled {{ color: {text_disabled}; background: {window}; border-color: {hairline}; }}
QPushButton:focus {{ border: 2px solid {focus}; padding: 0 10px; min-height: {button_focus}px; }}
QPushButton[kind="primary"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {accent_hover}; border-color: {accent_hover}; }}
QPushButton[kind="primary"]:focus {{ border-color: {focus_on_accent}; }}
QPushButton[kind="primary"]:disabled {{ background: {neutral_fill}; color: {text_disabled}; border-color: {neutral_fill}; }}
QPushButton[kind="danger"] {{ color: {danger_ink}; }}
QPushButton[kind="quiet"], QToolButton {{ background: transparent; color: {text}; border: 1px solid transparent;
  border-radius: {radius}px; padding: 0 7px; min-height: {button}px; }}
QPushButton[kind="link"] {{ background: transparent; color: {link}; border: 1px solid transparent; padding: 0 2px;
  margin-right: 12px; min-height: 18px; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border: 1px solid {focus}; padding: 0 2px; min-height: 18px; }}
QToolButton {{ padding: 0 5px; }}
QToolButton[kind="foot"] {{ min-height: 0; padding: 1px 5px; }}
QPushButton[kind="quiet"]:hover, QToolButton:hover {{ background: {hover}; }}
QToolButton:pressed, QToolButton:checked {{ background: {selected}; }}
QPushButton[kind="quiet"]:focus, QToolButton:focus {{ border: 1px solid {focus}; }}
QLineEdit QToolButton {{ border: none; padding: 0; min-height: 0; background: transparent; }}
QToolButton:disabled, QPushButton[kind="quiet"]:disabled {{ color: {text_disabled}; background: transparent; }}
QFrame[kind="chip"] {{ background: {neutral_fill}; border: none; border-radius: {radius_small}px; }}
QFrame[kind="chip"] QToolButton {{ min-height: {chip}px; padding: 0 3px; font-size: {font_small}px;
  border-radius: {radius_small}px; }}
QToolButton[kind="small"] {{ min-height: {chip}px; font-size: {font_small}px; }}
QToolButton::menu-indicator {{ image: none; }}

QLineEdit, QPlainTextEdit, QTextEdit {{ placeholder-text-color: {placeholder}; }}
QLineEdit, QComboBox, QAbstractSpinBox {{ background: {field}; color: {text}; border: 1px solid {control_line};
  border-radius: {radius}px; min-height: {button}px; padding: 0 7px; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ border: 2px solid {focus}; padding: 0 6px;
  min-height: {button_focus}px; }}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{ color: {text_disabled}; border-color: {line}; }}
QLineEdit[kind="bare"], QLineEdit[kind="bare"]:focus {{ border: none; background: transparent;
  min-height: {row}px; padding: 0 12px; }}
QComboBox::drop-down {{ border: none; width: {control}px; }}
QComboBox::down-arrow, QAbstractSpinBox::down-arrow {{ image: url("{arrow}"); width: {icon}px; height: {icon}px; }}
QAbstractSpinBox::up-button {{ border: none; width: 0; }}
QAbstractSpinBox::down-button {{ border: none; width: 0; }}
QPlainTextEdit, QTextEdit {{ background: {field}; color: {text}; border: 1px solid {control_line};
  border-radius: {radius}px; }}
QPlainTextEdit:focus, QTextEdit:focus {{ border: 2px solid {focus}; }}
QPlainTextEdit[kind="text"], QTextEdit[kind="text"] {{ background: transparent; border: none; border-radius: 0; }}

QCheckBox, QRadioButton {{ spacing: 8px; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{ width: {indicator}px;
  height: {indicator}px; border: 1px solid {control_line}; border-radius: 3px; background: {field}; }}
QRadioButton::indicator {{ border-radius: {indicator_radius}px; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{ background: {accent};
  border-color: {accent}; image: url("{tick}"); }}
QRadioButton::indicator:checked {{ border: {dot}px solid {accent}; width: {dot_inner}px; height: {dot_inner}px;
  background: {on_accent}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {line}; background: {window}; }}
QCheckBox:focus, QRadioButton:focus {{ color: {link}; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {focus}; width: {indicator_focus}px;
  height: {indicator_focus}px; }}
QRadioButton::indicator:checked:focus {{ border: {dot}px solid {focus}; width: {dot_inner}px;
  height: {dot_inner}px; }}

QAbstractItemView {{ background: {surface}; color: {text}; border: none; outline: none;
  alternate-background-color: {window}; }}
QAbstractItemView::item:hover {{ background: {hover}; }}
QAbstractItemView::item:selected {{ background: {selected}; color: {text}; }}
QAbstractItemView[kind="raised"] {{ background: transparent; padding: 4px 0; }}
QTableView[kind="table"] {{ border: 1px solid transparent; }}
QTableView[kind="table"]:focus {{ border: 1px solid {focus}; }}
QHeaderView::section {{ background: {window}; color: {text_quiet}; border: none;
  border-bottom: 1px solid {hairline}; padding: 4px 8px; font-size: {font_small}px; }}
QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {line}; padding: 4px; }}

QMenu {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: {radius_small}px; }}
QMenu::item:selected {{ background: {selected}; }}
QMenu::item:disabled {{ color: {text_disabled}; }}
QMenu::separator {{ height: 1px; background: {hairline}; margin: 4px 8px; }}
QMenu::icon {{ padding-left: 8px; }}
QMenuBar {{ background: {window}; color: {text}; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: {radius_small}px; background: transparent; }}
QMenuBar::item:selected {{ background: {hover}; }}

QTabBar::tab {{ background: transparent; color: {text_quiet}; padding: 6px 4px; margin-right: 16px;
  border: none; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:focus {{ border-bottom-color: {focus}; color: {link}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {hairline}; }}

QScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {control_line}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QSplitter::handle {{ background: {hairline}; }}
QProgressBar {{ background: {neutral_fill}; border: none; border-radius: 2px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QGroupBox {{ border: none; margin-top: {control}px; font-weight: 600; }}
QGroupBox[kind="plain"] {{ margin-top: 0; font-weight: 400; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; }}
QToolBar {{ background: {window}; border: none; border-bottom: 1px solid {hairline}; spacing: 0; }}
QStatusBar {{ background: {window}; color: {text_quiet}; }}
QStatusBar::item {{ border: none; }}
"""


def style_sheet(tokens: Tokens, icons: Path, mono: str) -> str:
    """Return the application's style sheet.

    Args:
        tokens: The look.
        icons: Folder of the icons.
        mono: Family name of the monospace font.
    """
    return _SHEET.format(
        **tokens._asdict(),
        button=tokens.control - 2,  # the outline adds a pixel above and below
        button_focus=tokens.control - 4,
        focus_on_accent=tokens.text,  # the ring must differ from the accent it surrounds
        indicator=tokens.icon - 2,
        chip=tokens.control - 10,
        indicator_focus=tokens.icon - 4,
        indicator_radius=tokens.icon // 2,
        dot=tokens.icon // 4,
        dot_inner=tokens.icon - 2 * (tokens.icon // 4),
        tick=(icons / "check-fixed.svg").as_posix(),
        arrow=(icons / "arrow-fixed.svg").as_posix(),
        mono=f'"{mono}"',
    )
