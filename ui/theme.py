"""The look: tokens from ``resources/theme/tokens.toml`` become a style sheet, fonts and sizes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from string import Template
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QColor, QFont, QFontDatabase

from app.errors import BadValue
from app.resources import resource

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

THEMES = ("light", "dark", "high_contrast")
FONT_FAMILY = "Noto Sans SC"
_FALLBACKS = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Zen Hei", "sans")


@dataclass(frozen=True, slots=True)
class Theme:
    """One look at one scale; colours as #RRGGBB, sizes in pixels."""

    name: str
    scale: int
    colours: dict[str, str]
    sizes: dict[str, int]

    def colour(self, token: str) -> QColor:
        """The colour of a token; :raises KeyError: for one that is not there."""
        return QColor(self.colours[token])

    def px(self, token: str) -> int:
        """A size at this scale."""
        return self.sizes[token]

    def mixed(self, token: str, ground: str, percent: int) -> str:
        """A tint: so many percent of one token over another, as #RRGGBB."""
        over, under = self.colour(token), self.colour(ground)
        parts = zip(_channels(over), _channels(under), strict=True)
        return "#" + "".join(f"{(a * percent + b * (100 - percent)) // 100:02X}" for a, b in parts)

    def on(self, token: str) -> str:
        """Black or white, whichever reads better on the token."""
        return readable_on(self.colours[token])

    def font(self, size: str = "type_base", bold: bool = False) -> QFont:
        """The house's font at a size, with figures of one width."""
        font = QFont([FONT_FAMILY, *_FALLBACKS])
        font.setPixelSize(self.px(size))
        font.setFeature(QFont.Tag("tnum"), 1)
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font


def _channels(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


@lru_cache(maxsize=1)
def tokens() -> dict[str, Any]:
    """The tokens file as it stands."""
    return tomllib.loads(resource("theme", "tokens.toml").read_text(encoding="utf-8"))


def scales() -> tuple[int, ...]:
    """The steps of type size in percent."""
    return tuple(tokens()["scale"]["steps"])


def theme(name: str = "light", scale: int = 100) -> Theme:
    """The look of that name and scale; :raises BadValue: for one that does not exist."""
    if name not in THEMES:
        raise BadValue(what="theme", why=name)
    if scale not in scales():
        raise BadValue(what="scale", why=str(scale))
    sizes = {key: round(value * scale / 100) for key, value in tokens()["size"].items()}
    # A finger does not grow with the letters, and at large type the height is wanted elsewhere.
    sizes["touch"] = tokens()["size"]["touch"]
    return Theme(name, scale, dict(tokens()[name]), sizes)


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB, 0 to 1 (WCAG 2, section 1.4.3)."""
    parts = [value / 255 for value in _channels(QColor(colour))]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(ground: str) -> str:
    """Black or white text, whichever has more contrast."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, ground))


@lru_cache(maxsize=1)
def load_fonts() -> bool:
    """Make the bundled fonts known to Qt; answers whether the house's own family is there.

    Without it the system's Chinese font is used: a checkout may lack the file, a package may not.
    """
    folder = resource("fonts")
    files = sorted(folder.glob("*.[ot]tf")) if folder.is_dir() else []
    for file in files:
        QFontDatabase.addApplicationFont(str(file))
    return FONT_FAMILY in QFontDatabase.families()


def dress(app: QApplication, look: Theme) -> None:
    """Put font and style sheet on the whole program."""
    load_fonts()
    sheet = style_sheet(look)
    # Setting a sheet makes Qt look at every widget again: not for nothing.
    if app.styleSheet() != sheet:
        app.setFont(look.font())
        app.setStyleSheet(sheet)


def style_sheet(look: Theme) -> str:
    """The style sheet of a look."""
    values: dict[str, object] = {**look.colours, **look.sizes}
    high, box = look.name == "high_contrast", round(16 * look.scale / 100)
    values |= {
        "on_accent": look.on("accent"),
        "on_practice": look.on("practice"),
        "on_bad": look.on("bad"),
        "on_told": look.on("told"),
        "on_good": look.on("good"),
        "chosen": look.mixed("accent", "surface", 35 if high else 18),
        "hover": look.mixed("accent", "surface", 9),
        "bad_tint": look.mixed("bad", "surface", 10),
        "warn_tint": look.mixed("warn", "surface", 10),
        "good_tint": look.mixed("good", "surface", 10),
        "told_tint": look.mixed("told", "surface", 10),
        "families": ", ".join(f'"{name}"' for name in (FONT_FAMILY, *_FALLBACKS)),
        "chevron": resource("icons", "chevron.svg").as_posix(),
        "tick": resource("icons", f"tick-{_INKS[look.on('accent')]}.svg").as_posix(),
        "edge": 2 if high else 1,
        "box": box,
        "round": box // 2 + 2,
        # White on black for everything leaves a switched-off button nothing but another edge.
        "off": look.mixed("text", "ground", 65) if high else look.colours["second"],
        "off_edge": "dashed" if high else "solid",
    }
    return Template(_SHEET).substitute(values)


_INKS = {"#000000": "black", "#FFFFFF": "white"}
"""Of the tick in a box that is set: what reads better on the accent."""

_SHEET = """
* { color: $text; outline: none; font-family: $families; font-size: ${type_base}px; }
QWidget#window, QWidget#page, QWidget#customer { background: $ground; }
QFrame#card, QWidget#card { background: $surface; border: ${edge}px solid $line;
  border-radius: ${radius}px; }
QFrame#rule { background: $line; border: none; }
QLabel { background: transparent; border: none; }
QLabel[tone="second"] { color: $second; }
QLabel[tone="good"] { color: $good; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="bad"] { color: $bad; }
QLabel[tone="told"] { color: $told; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="practice"] { color: $practice; }
QLabel[role="small"] { font-size: ${type_small}px; }
QLabel[role="heading"] { font-size: ${type_heading}px; font-weight: 600; }
QLabel[role="total"] { font-size: ${type_total}px; font-weight: 600; }
QLabel[role="due"] { font-size: ${type_due}px; font-weight: 700; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="keycap"] { background: $raised; border: ${edge}px solid $line; border-radius: 4px;
  padding: 0px 5px; font-weight: 600; }
QLabel[role="chip"] { background: $raised; border: ${edge}px solid $line; border-radius: 4px;
  padding: 1px 6px; font-size: ${type_small}px; }
QWidget#statusbar { background: $surface; border-bottom: ${edge}px solid $line; }
QWidget#keystrip { background: $surface; border-top: ${edge}px solid $line; }
QLabel#practice { background: $practice; color: $on_practice; font-weight: 700;
  padding: 2px ${space_3}px; border-radius: 4px; }
QLabel#practice[environment="test"] { background: $told; color: $on_told; }
QLabel#practice[environment="production"] { background: $good; color: $on_good; }
QLabel#draft { color: $warn; font-weight: 600; }
QWidget#practicebar { background: $surface; border: 2px dashed $practice;
  border-radius: ${radius}px; }
QPushButton { background: $raised; border: ${edge}px solid $line; border-radius: ${radius}px;
  padding: ${space_1}px ${space_3}px; min-height: 28px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border: 2px solid $accent; }
QPushButton:checked { background: $chosen; border: 2px solid $accent; font-weight: 600; }
QPushButton:checked:focus { border: 2px solid $text; }
QPushButton:disabled { color: $off; background: $ground; border-style: $off_edge; }
QPushButton[role="commit"] { background: $accent; color: $on_accent; font-weight: 700;
  border: 2px solid $accent; min-height: ${touch}px; font-size: ${type_table}px; }
QPushButton[role="commit"]:focus { border: 2px solid $text; }
QPushButton[role="commit"]:disabled { background: $raised; color: $off;
  border: 2px $off_edge $line; }
QPushButton[role="chief"] { background: $accent; color: $on_accent; font-weight: 700;
  border: 2px solid $accent; }
QPushButton[role="chief"]:focus { border: 2px solid $text; }
QPushButton[role="chief"]:disabled { background: $raised; color: $off;
  border: 2px $off_edge $line; }
QPushButton[role="keypad"], QPushButton[role="keypad_commit"] { font-size: ${type_total}px;
  font-weight: 600; min-height: ${row}px; }
QPushButton[role="keypad_commit"]:enabled { background: $accent; color: $on_accent; }
QPushButton[role="item"] { text-align: left; padding: 1px ${space_2}px; min-height: 24px; }
QPushButton[role="tile"] { background: $surface; text-align: left; padding: 0px; }
QPushButton[role="tile"][tone="bad"] { border-left: 4px solid $bad; }
QPushButton[role="tile"][tone="warn"] { border-left: 4px solid $warn; }
QPushButton[role="tile"]:focus { border: 2px solid $accent; }
QPushButton[role="rail"] { text-align: left; padding: 0px 10px; min-height: 1.1em;
  background: transparent; border: 2px solid transparent; }
QPushButton[role="rail"]:hover { background: $hover; }
QPushButton[role="rail"]:checked { background: $chosen; border: 2px solid $accent; }
QPushButton[role="rail"]:focus { border: 2px solid $accent; }
QPushButton[role="rail"]:checked:focus { border: 2px solid $text; }
QPushButton[role="key"] { background: transparent; border: none; border-radius: 4px;
  padding: 1px 4px; min-height: 20px; text-align: left; }
QPushButton[role="key"][tone="good"] { color: $good; }
QPushButton[role="key"][tone="second"] { color: $second; }
QPushButton[role="key"][tone="warn"] { color: $warn; font-weight: 700; }
QPushButton[role="key"][tone="bad"] { color: $bad; font-weight: 700; }
QPushButton[role="key"][next="yes"] { background: $chosen; font-weight: 700; }
QPushButton[role="key"]:hover { background: $hover; }
QPushButton[role="key"]:disabled { color: $off; background: transparent; }
QLineEdit, QPlainTextEdit { background: $surface; border: ${edge}px solid $line;
  border-radius: ${radius}px; padding: ${space_1}px ${space_2}px; min-height: 28px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit { placeholder-text-color: $off; }
QLineEdit:focus, QPlainTextEdit:focus { border: 2px solid $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled { color: $off;
  background: $ground; border-style: $off_edge; }
QLineEdit#search { font-size: ${type_table}px; min-height: ${row}px;
  padding-left: ${space_3}px; border: 2px solid $line; }
QLineEdit#search:focus { border: 2px solid $accent; }
QLineEdit[role="amount"] { font-size: ${type_total}px; font-weight: 600; }
QTableView, QListView, QListWidget { background: $surface; alternate-background-color: $surface;
  border: ${edge}px solid $line; border-radius: ${radius}px; gridline-color: $line;
  font-size: ${type_table}px; selection-background-color: $chosen; selection-color: $text; }
QTableView:focus, QListView:focus, QListWidget:focus { border: 2px solid $accent; }
QListView::item, QListWidget::item { padding: ${space_1}px ${space_2}px; }
QListView::item:selected, QListWidget::item:selected { background: $chosen; color: $text;
  border-left: 4px solid $accent; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $raised; color: $second; border: none;
  border-bottom: ${edge}px solid $line; padding: ${space_1}px ${space_2}px;
  font-size: ${type_small}px; }
QTableCornerButton::section { background: $raised; border: none; }
QProgressBar { background: $raised; border: ${edge}px solid $line; border-radius: 4px;
  max-height: 8px; min-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QFrame[finding="block"] { background: $bad_tint; border-left: 4px solid $bad;
  border-radius: 4px; }
QFrame[finding="warn"] { background: $warn_tint; border-left: 4px solid $warn;
  border-radius: 4px; }
QFrame[finding="good"] { background: $good_tint; border-left: 4px solid $good;
  border-radius: 4px; }
QFrame[finding="told"] { background: $told_tint; border-left: 4px solid $told;
  border-radius: 4px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $second; border-radius: 4px; min-height: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollBar:horizontal { height: 0; }
QTableView#figures QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QTableView#figures QScrollBar::handle:horizontal { background: $second; border-radius: 4px;
  min-width: 24px; }
QScrollBar::add-line:horizontal, QScrollBar::sub-line:horizontal { width: 0; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QComboBox { background: $surface; border: ${edge}px solid $line; border-radius: ${radius}px;
  padding: ${space_1}px ${space_2}px; min-height: 28px; }
QComboBox:focus { border: 2px solid $accent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: ${edge}px solid $line;
  selection-background-color: $chosen; selection-color: $text; outline: none; }
QRadioButton, QCheckBox { spacing: ${space_2}px; }
QCheckBox::indicator, QRadioButton::indicator { width: ${box}px; height: ${box}px;
  background: $surface; border: 2px solid $second; border-radius: 4px; }
QRadioButton::indicator { border-radius: ${round}px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QRadioButton::indicator:checked { background: $accent; border-color: $text; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-style: dashed; }
QRadioButton:focus, QCheckBox:focus { color: $accent; font-weight: 600; }
"""
