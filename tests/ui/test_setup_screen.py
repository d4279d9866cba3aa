"""The setup screen: what is typed becomes a real shop; what is wrong is said and makes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.staff import Role
from app.regions.confirmed import typed_value
from app.regions.loader import load_region, region_codes
from app.resources import resource
from app.use_cases.setup_shop import read_plan
from app.vault.pins import Argon2Pins
from tests.makers.setup_files import REGION, setup_tables
from ui.bootstrap import Settings, build
from ui.commands.setup import Means, door_of, make_shop
from ui.homes import Home, read_shop
from ui.operation import ThreadLanes
from ui.screens.setup.view import SetupView
from ui.screens.setup.view_model import SetupViewModel
from ui.words import knows, say

CHEAP = Means(pins=Argon2Pins.cheap())
MANAGER = {"number": "3001", "name": "LX", "pin": "300300"}


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
        told = MANAGER if section == "staff" else tables.get(section, {})
        text = str(told.get(key, ""))
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
    assert model.master_in == "file" and say("setup.keys_file") in view.words.text()
    opened = build(Settings(home, practice=False))
    try:
        with opened.shop.doors.uow() as uow:
            roles = {one.number: one.role for one in uow.staff.all()}
    finally:
        opened.close()
    assert roles == {"9001": Role.ADMINISTRATOR, "3001": Role.MANAGER}
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


def test_every_open_key_of_every_area_has_a_title_in_words() -> None:
    open_keys = set()
    for code in region_codes():
        if not code.startswith("CN-9999"):
            open_keys |= set(load_region(code, practice=False).unknown_keys)
    assert len(open_keys) > 50
    for key in open_keys:
        kind, _, name = key.partition(".")
        assert knows(f"region_kind.{kind}"), key
        assert knows(f"region_key.{name.replace('.', '_')}"), key


def test_the_raw_key_stands_beside_its_title(
    tmp_path: Path, qtbot: QtBot, lanes: ThreadLanes
) -> None:
    _model, view = _typed(Home(tmp_path / "home"), lanes, qtbot)
    shown = [each.text() for each in view.findChildren(QLabel)]
    assert "接口 · 网关签名方式" in shown or "接口 · 接口版本号 infver" in shown
    assert "interface.infver" in shown


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


@pytest.mark.postgres
def test_a_till_more_is_joined_at_the_screen(
    tmp_path: Path, qtbot: QtBot, lanes: ThreadLanes, postgres_url: str
) -> None:
    tables = setup_tables("http://127.0.0.1:9")
    tables["shop"] = {**tables["shop"], "database": postgres_url}
    first = make_shop(Home(tmp_path / "one"), read_plan(tables, "x", resource("practice")), CHEAP)
    home = Home(tmp_path / "two")
    model = SetupViewModel(door_of(home), lanes)
    view = SetupView(model, say)
    qtbot.addWidget(view)
    view.show()
    assert view.fields["shop.name"].isVisible()
    view.way.setCurrentIndex(1)
    assert not view.fields["shop.name"].isVisible()
    assert view.fields["join.database"].isVisible()
    qtbot.keyClicks(view.fields["join.database"], postgres_url)
    qtbot.keyClicks(view.fields["join.till"], "1")
    qtbot.keyClicks(view.fields["join.recovery_code"], first.recovery_code)
    view.commit.click()
    qtbot.waitUntil(lambda: not model.busy, timeout=30_000)
    assert "1 号台已经有了" in view.words.text() and not home.is_set_up
    view.fields["join.till"].clear()
    qtbot.keyClicks(view.fields["join.till"], "2")
    view.commit.click()
    qtbot.waitUntil(lambda: not model.busy, timeout=30_000)
    assert model.error is None
    assert "1, 2" in view.words.text() and say("setup.environment_test") in view.words.text()
    assert read_shop(home.store).till_no == 2
    assert not view.commit.isEnabled() and not view.fields["join.recovery_code"].text()
    assert model.typed.values["join.database"] == ""
