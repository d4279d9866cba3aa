import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from ui.keys import MAPS, Action, key_map, key_name
from ui.words import knows, texts

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
PAD = Qt.KeyboardModifier.KeypadModifier


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, text: str = "") -> str:
    return key_name(QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text))


def test_the_default_map_is_the_one_of_the_key_proposal() -> None:
    keys = key_map()
    wanted = {
        "F1": Action.HELP, "F2": Action.FIND, "F3": Action.PATIENT, "F4": Action.PRESCRIPTION,
        "F6": Action.HOLD, "Shift+F6": Action.TAKE, "F7": Action.DETAILS, "F8": Action.RETURN,
        "F9": Action.QUOTE, "F10": Action.REPRINT, "F11": Action.LOCK, "F12": Action.SETTLE,
        "*": Action.QUANTITY, "/": Action.PRICE, "Del": Action.DELETE_LINE,
        "Ctrl+Del": Action.CLEAR,
    }  # fmt: skip
    assert {key: keys.action(key) for key in wanted} == wanted


@pytest.mark.parametrize("name", MAPS)
def test_every_map_reaches_every_act_by_exactly_one_key(name: str) -> None:
    acts = list(MAPS[name].values())
    assert sorted(acts) == sorted(set(acts))
    assert set(Action) - set(acts) <= {Action.DETAILS}, "only details may hide behind a click"


def test_an_unknown_map_is_the_default_one() -> None:
    assert key_map("nonsense").name == "yaotai"


@pytest.mark.parametrize(
    ("key", "modifiers", "text", "name"),
    [
        (Qt.Key.Key_F12, NONE, "", "F12"),
        (Qt.Key.Key_F6, SHIFT, "", "Shift+F6"),
        (Qt.Key.Key_Delete, CONTROL, "", "Ctrl+Del"),
        (Qt.Key.Key_Asterisk, SHIFT, "*", "*"),
        (Qt.Key.Key_Asterisk, PAD, "*", "*"),
        (Qt.Key.Key_Slash, PAD, "/", "/"),
        (Qt.Key.Key_U, CONTROL, "\x15", "Ctrl+U"),
        (Qt.Key.Key_Enter, PAD, "\r", "Enter"),
        (Qt.Key.Key_5, PAD, "5", "5"),
    ],
)
def test_keys_are_named_as_the_maps_spell_them(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str, name: str
) -> None:
    assert press(key, modifiers, text) == name


@pytest.mark.parametrize("action", Action)
def test_every_act_has_words_short_and_long_in_both_languages(action: Action) -> None:
    for message_id in (f"key.{action.value}", f"key.{action.value}_long"):
        assert knows(message_id)
        assert message_id in texts("en")
