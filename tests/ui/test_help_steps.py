"""F1 says what the step of a pooled purchase is for; the leaflet's amounts are the pack's."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.policy import CATEGORIES
from app.regions.loader import load_region
from app.use_cases.leaflet import leaflet
from tests.fakes.practice_till import practice_till
from ui.leaflet_print import leaflet_lines, save_leaflet
from ui.pdf_pages import pages_of
from ui.screens.help.panel import STEPS, HelpPanel
from ui.words import knows, say


@pytest.mark.rule("SY-4")
def test_help_begins_at_the_counters_step_and_leads_round(counter, qtbot):
    at, made = ["prescription"], []
    panel = HelpPanel(counter.session, lambda: at[0], lambda: made.append(1))
    qtbot.addWidget(panel)
    panel.opened()
    assert "核对处方" in panel.step.text() and "3／6" in panel.step.text()
    assert all(label.text() for label in panel.parts.values())
    seen = set()
    for _ in STEPS:
        seen.add(panel.step.text())
        panel._turn(1)
    assert len(seen) == len(STEPS) and "核对处方" in panel.step.text()
    assert all(
        knows(f"help.{part}_{step}") for step in STEPS for part in ("step", "for", "show", "wrong")
    )


@pytest.mark.rule("SY-4")
def test_every_amount_of_the_leaflet_stands_in_the_pack(tmp_path, qapp):
    for till in practice_till(tmp_path / "home"):
        told = leaflet(till.doors)
        policy = till.doors.policy_on("ordinary", till.clock.now())
        assert [one.category for one in told.benefits] == list(CATEGORIES)
        named = {f"{policy.deductibles[one].amount}" for one in CATEGORIES}
        named |= {f"{policy.caps[one].at_age(None)}" for one in CATEGORIES}
        lines = [words for words, _ in leaflet_lines(told, say)]
        amounts = set(re.findall(r"([0-9.]+) 元", "\n".join(lines)))
        assert amounts and amounts <= named
        path = save_leaflet(told, "练习药店", "practice", tmp_path, till.clock.now())
        assert len(pages_of(Path(path).read_bytes())) == 1


@pytest.mark.rule("SY-4")
@pytest.mark.parametrize("code", ["CN-130100", "CN-210100", "CN-420700", "CN-460200"])
def test_a_leaflet_of_a_real_area_fits_and_makes_nothing_up(code, tmp_path, qapp):
    region = load_region(code, practice=False)

    class Area:
        class clock:
            now = staticmethod(lambda: datetime(2026, 11, 23, tzinfo=UTC))

        policy_on = staticmethod(region.policy_on)

    told = leaflet(Area)
    for one in told.benefits:
        assert one.ppm is None or any(
            f"ratio.{one.category}" in row for row in region.intervals["ordinary"]
        )
    path = save_leaflet(told, "练习药店", "practice", tmp_path, Area.clock.now())
    assert len(pages_of(Path(path).read_bytes())) == 1


WINDOWS = "每年 4 月、10 月集中申请"


@pytest.mark.rule("HY-3.4")
def test_help_and_leaflet_tell_when_one_applies_where_the_area_says_it(counter, qtbot, tmp_path):
    county = load_region("CN-430421", practice=False)
    for till in practice_till(tmp_path / "home"):
        unsaid = leaflet(till.doors)
        told = leaflet(replace(till.doors, policy_on=county.policy_on))
    assert not unsaid.apply and WINDOWS in told.apply
    for disease in ("恶性肿瘤", "器官移植", "结核病", "精神分裂症", "血友病", "尿毒症"):
        assert disease in told.apply
    assert WINDOWS in "".join(words for words, _ in leaflet_lines(told, say))
    panel = HelpPanel(counter.session, lambda: "person", windows=lambda: told.apply)
    qtbot.addWidget(panel)
    panel.opened()
    assert WINDOWS in panel.parts["show"].text()
    panel._turn(1)
    assert WINDOWS not in panel.parts["show"].text()
    plain = HelpPanel(counter.session, lambda: "person")
    qtbot.addWidget(plain)
    plain.opened()
    assert say("help.show_person") in plain.parts["show"].text()
    assert WINDOWS not in plain.parts["show"].text()
    path = save_leaflet(told, "练习药店", "practice", tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    assert len(pages_of(Path(path).read_bytes())) == 1
