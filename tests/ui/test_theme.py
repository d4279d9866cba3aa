import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.errors import BadValue
from ui.theme import FONT_FAMILY, THEMES, contrast, load_fonts, scales, style_sheet, theme, tokens
from ui.widgets.parts import button, check_box

INKS = ("text", "second", "accent", "good", "warn", "bad", "told")
GROUNDS = ("ground", "surface", "raised")


def test_black_on_white_is_twenty_one() -> None:
    assert round(contrast("#000000", "#FFFFFF"), 2) == 21.0


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ink_is_readable_on_every_ground(name: str, ink: str, ground: str) -> None:
    look = theme(name)
    assert contrast(look.colours[ink], look.colours[ground]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("token", ["accent", "practice", "bad"])
def test_text_on_a_filled_surface_is_readable(name: str, token: str) -> None:
    look = theme(name)
    assert contrast(look.on(token), look.colours[token]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("tone", ["bad", "warn", "good", "told"])
def test_text_on_a_findings_tint_and_a_chosen_row_is_readable(name: str, tone: str) -> None:
    look = theme(name)
    assert contrast(look.colours["text"], look.mixed(tone, "surface", 10)) >= 4.5
    chosen = look.mixed("accent", "surface", 35 if name == "high_contrast" else 18)
    for ink in ("text", "second", "good", "warn"):
        assert contrast(look.colours[ink], chosen) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_the_sheet_has_no_open_placeholder(name: str) -> None:
    assert "$" not in style_sheet(theme(name))


def test_sizes_grow_with_the_scale() -> None:
    assert scales() == (100, 125, 150)
    assert theme("light", 150).px("type_due") == 66
    assert theme("light", 100).px("type_due") == tokens()["size"]["type_due"] == 44


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(BadValue):
        theme("pink")
    with pytest.raises(BadValue):
        theme("light", 110)


def test_the_bundled_font_is_found(qapp: QApplication) -> None:
    assert load_fonts()
    assert theme().font().family() == FONT_FAMILY


@pytest.mark.parametrize("name", THEMES)
def test_what_is_switched_off_and_a_box_that_is_set_look_like_it(qtbot: QtBot, name: str) -> None:
    look = theme(name)
    off, on, empty, ticked = button("价签"), button("价签"), check_box("专区"), check_box("专区")
    off.setEnabled(False)
    ticked.setChecked(True)
    for each in (off, on, empty, ticked):
        each.setStyleSheet(style_sheet(look))
        each.resize(each.sizeHint())
    assert off.grab().toImage() != on.grab().toImage()
    on.setCheckable(True)
    on.setChecked(True)
    qtbot.addWidget(on)
    on.show()
    on.activateWindow()
    on.setFocus()
    qtbot.waitUntil(on.hasFocus)
    focused = on.grab().toImage()
    on.clearFocus()
    assert on.grab().toImage() != focused  # a chosen tab shows its focus too
    # An empty box is no white field in the dark, and a ticked one is filled.
    assert look.colours["accent"].lower() not in _row_of(empty)
    assert look.colours["accent"].lower() in _row_of(ticked)
    assert name == "light" or "#ffffff" not in _row_of(empty, 3, 14)


def _row_of(box: QWidget, begins: int = 0, ends: int = 20) -> set[str]:
    """The colours along the middle of a box's sign."""
    picture = box.grab().toImage()
    return {picture.pixelColor(x, picture.height() // 2).name() for x in range(begins, ends)}
