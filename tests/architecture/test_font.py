"""The bundled font is there, may be shipped, and has the characters of patients' names."""

from __future__ import annotations

import hashlib

from PySide6.QtGui import QRawFont
from pytestqt.qtbot import QtBot

from app.resources import resource

FONT = resource("fonts", "NotoSansSC-Regular.otf")


def test_the_font_has_rare_characters_of_names(qtbot: QtBot) -> None:
    font = QRawFont(str(FONT), 16.0)
    assert font.isValid()
    wanted = "药台医保结算￥㐂䶮𬭊𫍯"
    assert [sign for sign in wanted if not font.supportsCharacter(ord(sign))] == []


def test_the_font_is_unmodified_and_its_licence_travels_with_it() -> None:
    digest = hashlib.sha256(FONT.read_bytes()).hexdigest()
    assert digest == "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9"
    assert "SIL OPEN FONT LICENSE Version 1.1" in resource("fonts", "OFL.txt").read_text("utf-8")
