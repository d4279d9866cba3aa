"""The setup screen: what is typed becomes a real shop; what is wrong is said and makes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.regions.confirmed import typed_value
from tests.makers.setup_files import REGION, setup_tables
from ui.commands.setup import door_of
from ui.homes import Home, read_shop
from ui.operation import ThreadLanes
from ui.screens.setup.view import SetupView
from ui.screens.setup.view_model import SetupViewModel
from ui.words import say


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[ThreadLanes]:
    made = ThreadLanes()
    yield made
    with qtbot.waitSignal(made.closed):
        made.close_later()


def _typed(home: Home, lanes: ThreadLanes, qtbot: QtBot) -> tuple[SetupViewModel, SetupView]:
    model = SetupViewModel(door_of(home), lanes)
    view = SetupView(model, say)
    qtbot.addWidget(view)
    tables = setup_tables("http://127.0.0.1:9")
    for name, field in view.fields.items():
        section, _, key = name.partition(".")
        text = str(tables.get(section, {}).get(key, ""))
        qtbot.keyClicks(field, text if text.isascii() else "LX")  # QTest has no keys for hanzi
    view.fields["catalogue.file"].clear()
    model.set_value("catalogue.file", "")
    view.region.setCurrentIndex(view.region.findData(REGION))
    model.typed.confirmed["interface.infver"] = "V1.0"
    return model, view


def test_a_typed_shop_is_made_once_and_tells_its_code(
    tmp_path: Path, qtbot: QtBot, lanes: ThreadLanes
) -> None:
    home = Home(tmp_path / "home")
    model, view = _typed(home, lanes, qtbot)
    qtbot.keyClicks(view.confirmed_by, "Lian Xi")
    known = setup_tables("")["region"]["confirmed"]["interface"]
    model.typed.confirmed |= {
        f"interface.{key}": str(value).lower() if isinstance(value, bool) else value
        for key, value in known.items()
        if not isinstance(value, dict)
    }
    view.commit.setFocus()
    qtbot.keyClick(view.commit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not model.busy, timeout=30_000)
    assert model.error is None
    shop = read_shop(home.store)
    assert (shop.institution_code, shop.environment) == ("P99990000001", "test")
    assert model.recovery_code in view.words.text()
    assert not view.commit.isEnabled() and not view.fields["administrator.pin"].text()


def test_a_wrong_fact_is_said_and_makes_nothing(
    tmp_path: Path, qtbot: QtBot, lanes: ThreadLanes
) -> None:
    home = Home(tmp_path / "home")
    model, view = _typed(home, lanes, qtbot)
    view.fields["shop.institution_code"].clear()
    qtbot.keyClicks(view.fields["shop.institution_code"], "H1")
    view.commit.click()
    qtbot.waitUntil(lambda: not model.busy, timeout=30_000)
    assert "institution_code" in view.words.text() and not home.is_set_up


def test_no_invented_area_is_offered(tmp_path: Path, qtbot: QtBot) -> None:
    codes = [code for code, _name in door_of(Home(tmp_path)).regions]
    assert REGION in codes and not [code for code in codes if code.startswith("CN-9999")]


@pytest.mark.parametrize(
    ("kind", "key", "text", "value"),
    [
        ("interface", "sign_in_required", "true", True),
        ("interface", "inpatient_query", "2001", "2001"),
        ("interface", "insutypes", '["310"]', ["310"]),
        ("ordinary", "rx.validity_days", "3", 3),
        ("ordinary", "ratio.active", "0.60", "0.60"),
        ("interface", "infver", "V1.0", "V1.0"),
    ],
)
def test_a_typed_value_is_what_a_pack_would_hold(
    kind: str, key: str, text: str, value: object
) -> None:
    assert typed_value(kind, key, text) == value
