"""``yaotai inspect`` on a practice shop: exit codes, plain refusals, nothing written over."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.system import SystemClock
from app.use_cases import basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.sign_in import sign_in
from app.vault.pins import Argon2Pins
from tests.fakes.practice_home import lay_out_practice
from tests.fakes.practice_till import cash
from ui.bootstrap import Settings, build
from ui.commands.inspect import Asked, run
from ui.homes import Home, home_at

TODAY = shop_time(SystemClock().now()).date()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Iterator[Home]:
    place = home_at(tmp_path_factory.mktemp("home"))
    ids = lay_out_practice(place)
    opened = build(Settings(place, practice=True, ids=ids, pins=Argon2Pins.cheap()))
    doors = opened.shop.doors
    cashier = sign_in(doors, "1001", "100100")
    with doors.uow() as uow:
        drug = next(one for one in uow.medicines.all() if one.sale_class == "otc_a")
    sale = basket.open_basket(doors, cashier)
    sale.add(basket.item_of(drug), basket.price_of(drug), Quantity.of(1))
    basket.keep_basket(doors, sale)
    complete_sale(doors, sale.id, cash(sale.total), sale.total, cashier)
    opened.close()
    yield place


def asked(out: Path, first: date | str = TODAY, last: date | str = TODAY, **more: object) -> Asked:
    told = {"purpose": "练习检查", "out": out, **more}
    return Asked(str(first), str(last), **told)  # type: ignore[arg-type]


def test_a_pack_is_made_once_and_told_as_json(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pack"
    assert run(asked(out), home, True, True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sheets"], told["place"], told["pieces"]) == (1, str(out), 0)
    assert {one.name for one in out.iterdir()} == {
        *("pack.pdf", "pack.json", "log.jsonl", "manifest.json", "sha256sums.txt"),
        *("verify.py", "README.txt"),
    }
    before = (out / "manifest.json").read_bytes()
    assert run(asked(out), home, True, True) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "不会覆盖" in said.err
    assert (out / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"first": "2026-13-01"}, 2, "2026-10-01"),
        ({"first": TODAY + timedelta(days=1)}, 1, "日期不对"),
        ({"first": "2020-01-01", "last": "2020-02-01"}, 1, "没有已完成的销售"),
        ({"drug": "NOPE"}, 1, "药品编码"),
        ({"sale": "NOPE"}, 1, "小票号"),
        ({"purpose": " "}, 1, "用途"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(
    home: Home,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    code: int,
    words: str,
) -> None:
    assert run(asked(tmp_path / "pack", **changes), home, True, False) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert list(tmp_path.iterdir()) == []


def test_whoever_may_see_persons_is_asked_for_on_stdin(
    home: Home,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("3001\n300300\n9001\nwrong\n"))
    assert run(asked(tmp_path / "no", unmasked=True), home, True, True) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("1001\n100100\n9001\n900900\n"))
    assert run(asked(tmp_path / "no", unmasked=True), home, True, True) == 1
    capsys.readouterr()
    assert not (tmp_path / "no").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("3001\n300300\n9001\n900900\n"))
    assert run(asked(tmp_path / "whole", unmasked=True), home, True, True) == 0
    assert json.loads(capsys.readouterr().out)["sheets"] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("3001\n300300\n999900190001010000\n"))
    assert run(asked(tmp_path / "no", person=True), home, True, True) == 1
    assert "没有已完成的销售" in capsys.readouterr().err
