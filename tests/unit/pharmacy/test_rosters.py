"""Rosters at the counter: taken in whole, looked up, old, not begun; the live answer prevails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.policy import Policy
from app.domain.sale import Sale
from app.errors import BadFile, NotAllowed, RuleBroken
from app.use_cases.import_lists import import_list
from app.use_cases.import_roster import find_on_roster, roster_lines
from app.use_cases.quote_sale import quote_sale
from app.use_cases.split_sale import parts_of
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.unit.pharmacy.test_duty import MANAGER
from ui.commands import lists
from ui.homes import Home
from ui.practice import open_the_day
from ui.words import say

DAY = date(2026, 11, 1)
HEAD = "type,number,name,disease,disease_name,begins,ends\n"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path / "till")


def take_in(till: PracticeTill, folder: Path, *rows: str, version: str = "2026-11") -> None:
    path = folder / "roster.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="gb18030")
    import_list(till.doors, "roster", path, version=version, effective=DAY, operator=MANAGER)


def row_of(till: PracticeTill, key: str, kind: str, begins: str = "2026-01-01") -> str:
    number = till.person(key)["id_number"]
    return f"{kind},{number},练习甲,M03900,高血压,{begins},"


def silent(till: PracticeTill, key: str) -> Patient:
    """The person at the counter while 5301 answers nothing."""
    till.fault(kind="not_arrived", infno="5301")
    patient = till.patient(key)
    assert not patient.filings_known
    return patient


def codes(till: PracticeTill, patient: Patient) -> list[str]:
    """The findings of a quote with one drug against high blood pressure."""
    open_the_day(till.doors)
    sale = till.basket((till.medicine("P0011"), 1))
    till.prescribe(sale)
    try:
        view = quote_sale(till.doors, sale.id, patient, "0", till.operator)
    except RuleBroken as broken:
        return [note.code for note in broken.findings]  # type: ignore[attr-defined]
    return [note.code for note in view.notes if note.code]


def a_sale(till: PracticeTill) -> Sale:
    return till.prescribe(till.basket((till.medicine("P0011"), 1)))


@pytest.mark.rule("EZ-9a", "S-20")
def test_without_an_answer_the_roster_says_what_is_on_file(
    till: PracticeTill, tmp_path: Path
) -> None:
    assert silent(till, "chronic").filings == ()
    take_in(till, tmp_path, row_of(till, "chronic", "special"))
    patient = silent(till, "chronic")
    assert [one.disease_code for one in patient.filings] == ["M03900"]
    assert patient.disease_code == "M03900"
    assert {"NOT_ON_ROSTER", "ROSTER_OLD"}.isdisjoint(codes(till, patient))


@pytest.mark.rule("EZ-9a", "S-20")
def test_the_platform_s_answer_prevails(till: PracticeTill, tmp_path: Path) -> None:
    take_in(till, tmp_path, row_of(till, "active_met", "special"))
    assert till.patient("active_met").filings == ()
    till.clock.set(till.clock.now() + timedelta(days=60))
    patient = replace(till.patient("chronic"), disease_code="M03900")
    assert patient.filings_known
    assert {"NOT_ON_ROSTER", "ROSTER_OLD"}.isdisjoint(codes(till, patient))


@pytest.mark.rule("HY-3.4", "EZ-9a")
def test_a_benefit_that_has_not_begun_is_stopped(till: PracticeTill, tmp_path: Path) -> None:
    take_in(till, tmp_path, row_of(till, "chronic", "special", "2026-11-23"))
    patient = silent(till, "chronic")
    assert "NOT_ON_ROSTER" in codes(till, patient)
    till.clock.set(till.clock.now() + timedelta(days=1))
    assert "NOT_ON_ROSTER" not in codes(till, patient)


@pytest.mark.rule("HY-3.4")
def test_who_is_stopped_hears_when_one_applies(till: PracticeTill, tmp_path: Path) -> None:
    take_in(till, tmp_path, row_of(till, "chronic", "special", "2026-11-23"))
    patient, real = silent(till, "chronic"), till.doors.policy_on
    windows = "每年 4 月、10 月集中申请"

    def said(kind: str, at: datetime) -> Policy:
        policy = real(kind, at)
        return replace(policy, person=replace(policy.person, roster_apply=windows))

    till.doors = replace(till.doors, policy_on=said)
    open_the_day(till.doors)
    view = quote_sale(till.doors, a_sale(till).id, patient, "0", till.operator)
    (stop,) = [one for one in view.notes if one.code == "NOT_ON_ROSTER"]
    assert stop.severity == "block"
    assert windows in say(stop.message_id, **stop.params)


@pytest.mark.rule("EZ-9a", "S-20")
def test_an_old_roster_is_told(till: PracticeTill, tmp_path: Path) -> None:
    take_in(till, tmp_path, row_of(till, "chronic", "special"))
    till.clock.set(till.clock.now() + timedelta(days=31))
    assert "ROSTER_OLD" not in codes(till, silent(till, "chronic"))
    till.clock.set(till.clock.now() + timedelta(days=1))
    patient = silent(till, "chronic")
    assert "ROSTER_OLD" in codes(till, patient)
    (line,) = roster_lines(till.doors, MANAGER)
    assert (line.age_days, line.old, line.in_effect, line.batch.persons) == (32, True, True, 1)


@pytest.mark.rule("EZ-8")
def test_who_holds_the_disease_as_a_special_one_has_no_two_disease_benefit(
    till: PracticeTill, tmp_path: Path
) -> None:
    two = row_of(till, "two_disease", "two_disease")
    take_in(till, tmp_path, two)
    assert codes(till, silent(till, "two_disease")) == []
    take_in(till, tmp_path, two, row_of(till, "two_disease", "special"))
    patient = replace(silent(till, "two_disease"), disease_code="")
    assert codes(till, patient) == ["BENEFIT_EXCLUDED"]
    # The platform's own answer knows of no special disease, and prevails.
    assert codes(till, till.patient("two_disease")) == []
    theirs = replace(till.patient("chronic"), disease_code="")
    take_in(till, tmp_path, row_of(till, "chronic", "two_disease"))
    theirs = replace(till.patient("chronic"), disease_code="")
    assert codes(till, theirs) == ["BENEFIT_EXCLUDED"]


@pytest.mark.rule("EZ-8", "EZ-9a")
def test_a_two_disease_sale_is_settled_by_the_roster(till: PracticeTill, tmp_path: Path) -> None:
    take_in(till, tmp_path, row_of(till, "two_disease", "two_disease"))
    patient = till.patient("two_disease")
    open_the_day(till.doors)
    sale = till.basket((till.medicine("P0011"), 1))
    till.prescribe(sale)
    till.quote(sale, patient)
    settled = till.settle(sale, patient).settlements[0]
    assert (settled.settlement_type, settled.state) == ("two_disease", "settled")
    assert settled.split is not None
    assert settled.split.fund.fen > 0


@pytest.mark.rule("EZ-8")
def test_the_special_roster_alone_opens_no_two_disease_benefit_and_the_other_way(
    till: PracticeTill, tmp_path: Path
) -> None:
    take_in(till, tmp_path, row_of(till, "chronic", "two_disease"))
    assert silent(till, "chronic").filings == ()
    take_in(till, tmp_path, row_of(till, "two_disease", "special"))
    two = silent(till, "two_disease")
    assert [part.settlement for part in parts_of(till.doors, a_sale(till), two, "0")] == ["special"]


@pytest.mark.rule("EZ-9a")
def test_a_new_roster_counts_at_once_for_a_person_already_shown(
    till: PracticeTill, tmp_path: Path
) -> None:
    take_in(till, tmp_path, row_of(till, "chronic", "special"))
    patient = silent(till, "chronic")
    take_in(till, tmp_path, row_of(till, "active_met", "special"), version="2026-12")
    assert "NOT_ON_ROSTER" in codes(till, patient)


@pytest.mark.rule("EZ-9a")
def test_a_wrong_row_leaves_the_roster_before_and_a_line_in_the_log(
    till: PracticeTill, tmp_path: Path
) -> None:
    good = row_of(till, "chronic", "special")
    take_in(till, tmp_path, good)
    with pytest.raises(BadFile) as refused:
        take_in(till, tmp_path, good, good, version="2026-12")
    assert refused.value.params["rows"] == ((3, "roster.twice"),)
    assert [one.batch.version for one in roster_lines(till.doors, MANAGER)] == ["2026-11"]
    with till.doors.uow() as uow:
        last = uow.log.tail(1)[0]
    assert (last.act, json.loads(last.entry)["rows"]) == ("list.refused", 1)
    assert str(till.person("chronic")["id_number"]) not in last.entry


@pytest.mark.rule("EZ-9a")
def test_a_manager_looks_a_number_up_and_sees_it_masked(till: PracticeTill, tmp_path: Path) -> None:
    take_in(till, tmp_path, row_of(till, "chronic", "special"))
    number = str(till.person("chronic")["id_number"])
    (found,) = find_on_roster(till.doors, f" {number.lower()} ", MANAGER)
    assert (found.disease, found.version, found.name) == ("M03900", "2026-11", "练*甲")
    assert number not in repr(found)
    assert find_on_roster(till.doors, number[::-1], MANAGER) == ()
    for act in (lambda: find_on_roster(till.doors, number, till.operator),
                lambda: roster_lines(till.doors, till.operator)):  # fmt: skip
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.rule("EZ-9a")
def test_the_command_imports_lists_and_finds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, path = Home(tmp_path / "home"), tmp_path / "r.csv"
    number = "99990019680101001"
    from app.domain.identity_card import citizen_check_digit

    number += citizen_check_digit(number)
    row = f"慢特病,{number},练习甲,M03900,高血压,2026-01-01,\n"
    path.write_text(HEAD + row + row, encoding="utf-8")
    assert lists.run_import("roster", path, "B1", "2026-11-01", home, True, False) == 1
    told = capsys.readouterr().err
    assert "第 3 行：同一人的同一病种" in told
    assert number not in told
    path.write_text(HEAD + row, encoding="utf-8")
    assert lists.run_import("roster", path, "B1", "2026-11-01", home, True, False) == 0
    assert "慢特病、两病人员名单 1 条" in capsys.readouterr().out
    assert lists.run_rosters("", home, True, False) == 0
    assert "慢特病名单 批次 B1" in capsys.readouterr().out
    assert lists.run_rosters("", home, True, True) == 0
    (batch,) = json.loads(capsys.readouterr().out)
    assert (batch["version"], batch["persons"], batch["old"]) == ("B1", 1, False)
    assert lists.run_rosters(number, home, True, False) == 0
    told = capsys.readouterr().out
    assert "高血压" in told
    assert number not in told
    assert lists.run_rosters(number[::-1], home, True, True) == 1


@pytest.mark.rule("EZ-9a")
def test_an_import_that_is_cancelled_keeps_nothing_and_the_old_roster_stays(
    till: PracticeTill, tmp_path: Path
) -> None:
    take_in(till, tmp_path, row_of(till, "chronic", "special"))
    before = roster_lines(till.doors, MANAGER)
    path = tmp_path / "many.csv"
    rows = (
        f"special,H{number:06d},练习乙,M03900,高血压,2026-01-01,,其他" for number in range(41_000)
    )
    head = HEAD.replace("ends\n", "ends,document\n")
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")

    for last in ("roster.reading", "roster.keeping"):
        heard: list[tuple[str, int]] = []

        def tell(
            doing: str, number: int, last: str = last, heard: list[tuple[str, int]] = heard
        ) -> None:
            heard.append((doing, number))
            if heard[-1] == (last, 40_000):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_list(
                till.doors, "roster", path, version="x", effective=DAY, operator=MANAGER, tell=tell
            )
        assert heard[:2] == [("roster.reading", 20_000), ("roster.reading", 40_000)]
        assert roster_lines(till.doors, MANAGER) == before
    assert len(find_on_roster(till.doors, till.person("chronic")["id_number"], MANAGER)) == 1
