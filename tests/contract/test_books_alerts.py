"""Alerts of the supervision subsystem and notes on lines, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.alert_states import AlertState
from app.domain.money import Money
from app.domain.supervision import Alert, AuditFinding, Phase, Way
from app.errors import NotFound, StoreStale
from app.ports_alerts import SaleNote
from tests.fakes.clock import START


def an_alert(number: str = "LJ1", days: int = 0, sale: str = "sale-1") -> Alert:
    return Alert(
        f"alert-{number}", Phase.BEFORE, sale, "settlement-1", "LX001", "重复购药", "3",
        START + timedelta(days=days), "staff-1", number=number, text="练习原话",
        amount=Money(1280),
    )  # fmt: skip


@pytest.mark.rule("S-11")
def test_an_alert_is_kept_changed_and_never_overtaken(books) -> None:
    with books() as uow:
        uow.alerts.put(an_alert())
        uow.commit()
    with books() as uow:
        first = uow.alerts.get("alert-LJ1")
        finding = AuditFinding("LJ2", "LX001", "重复购药", "再说一次", "2", Money(1))
        again = first.again(finding, Phase.DURING, blocked=True)
        uow.alerts.put(again)
        uow.commit()
    with books() as uow:
        (kept,) = uow.alerts.of_sale("sale-1")
        assert kept.told() == ((Phase.BEFORE, "LJ1"), (Phase.DURING, "LJ2"))
        assert kept.blocked and kept.text == "再说一次"
        with pytest.raises(StoreStale):
            uow.alerts.put(replace(first, text="旧的"))
        with pytest.raises(NotFound):
            uow.alerts.get("alert-none")


@pytest.mark.rule("S-11")
def test_open_ones_of_before_are_told_with_every_period(books) -> None:
    old, new = an_alert("LJ1"), an_alert("LJ2", days=40)
    with books() as uow:
        assert uow.alerts.open_ones() == (0, None)
        uow.alerts.put(old)
        uow.alerts.put(new)
        assert uow.alerts.open_ones() == (2, old.at)
        begins, ends = START + timedelta(days=30), START + timedelta(days=60)
        assert [one.number for one in uow.alerts.between(begins, ends, 9)] == ["LJ2", "LJ1"]
        assert [one.number for one in uow.alerts.between(begins, ends, 1)] == ["LJ2"]
        said = uow.alerts.get(old.id).answered(Way.GO_ON, "练习答复", "staff-2", START)
        uow.alerts.put(said)
        assert [one.number for one in uow.alerts.between(begins, ends, 9)] == ["LJ2"]
        assert uow.alerts.open_ones() == (1, new.at)
        assert uow.alerts.get(old.id).state is AlertState.ANSWERED


@pytest.mark.rule("LN-5.2")
def test_a_note_stays_with_its_line_and_may_be_said_anew(books) -> None:
    note = SaleNote("sale-1", 2, "drug-1", "staff-2", START, "练习理由")
    with books() as uow:
        uow.sale_notes.put(note)
        uow.sale_notes.put(replace(note, line_no=3))
        uow.sale_notes.put(replace(note, words="改过的理由"))
        uow.commit()
    with books() as uow:
        kept = uow.sale_notes.of_sale("sale-1")
        assert {no: one.words for no, one in kept.items()} == {2: "改过的理由", 3: "练习理由"}
        day = timedelta(days=1)
        assert len(uow.sale_notes.between(START, START + day)) == 2
        assert uow.sale_notes.between(START - day, START) == []
