"""The packs that ship: drafts with gaps, two complete invented areas, overlays for practice."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.estimate import Accumulators, Balances, EstimateLine, PersonFacts, estimate
from app.domain.money import Money, Quantity, Rate, UnitPrice
from app.domain.policy import Cap, Deductible, Span
from app.errors import PackError, PackValueMissing
from app.regions.loader import load_region, region_codes
from app.resources import resource

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DRAFTS = (
    "CN-130100", "CN-210100", "CN-210200", "CN-420700", "CN-460200", "CN-430400", "CN-430421",
)  # fmt: skip
INVENTED = ("CN-999900", "CN-999901", "CN-999902", "CN-999903", "CN-999904",
            "CN-999905")  # fmt: skip


def test_what_ships() -> None:
    assert set(DRAFTS) | set(INVENTED) <= set(region_codes())
    for code in region_codes():
        assert load_region(code, practice=True).code == code


@pytest.mark.parametrize("code", DRAFTS)
@pytest.mark.rule("HY-4")
def test_a_seed_area_is_a_draft_with_gaps(code: str) -> None:
    region = load_region(code, practice=False)
    assert region.status == "draft"
    assert region.unknown_keys
    assert region.practice_keys == frozenset()
    assert region.policy_on("ordinary", AT).status == "draft"


@pytest.mark.parametrize("code", (*DRAFTS, *INVENTED))
def test_practice_is_complete_and_marks_what_it_invented(code: str) -> None:
    region = load_region(code, practice=True)
    assert region.unknown_keys == ()
    assert bool(region.practice_keys) == (code in DRAFTS)
    line = EstimateLine("A", UnitPrice.of("10.00"), Quantity.of(1))
    for kind in region.settlements:
        policy = region.policy_on(kind, AT)
        assert region.profile.route_of(kind) in ("pharmacy", "visit")
        assert region.profile.med_type_of(kind)
        for category in ("active", "retired", "resident"):
            held = Balances(Money.of("1.00"), Money.of("1.00"))
            told = estimate([line], policy, PersonFacts(category), Accumulators(), held, AT)
            assert told.amounts.total == Money.of("10.00")
    release_a = region.profile.eprescription_release == "A"
    for act in ("download", "review", "dispense", *(() if release_a else ("verify", "undo"))):
        assert region.profile.eprescription_of(act)
    assert region.profile.inpatient_query
    assert region.profile.path_of("2102")


@pytest.mark.parametrize("code", DRAFTS)
def test_a_real_shop_never_reads_an_overlay(code: str, tmp_path: Path) -> None:
    """An overlay that cannot even be parsed does not disturb a real shop."""
    (tmp_path / f"{code}.toml").write_text("this is no pack", encoding="utf-8")
    region = load_region(code, practice=False, overlay_folder=tmp_path)
    assert region.practice_keys == frozenset()
    with pytest.raises(PackError):
        load_region(code, practice=True, overlay_folder=tmp_path)


@pytest.mark.parametrize("code", DRAFTS)
def test_no_invented_value_reaches_a_real_shop(code: str) -> None:
    real = load_region(code, practice=False)
    practice = load_region(code, practice=True)
    for key in practice.practice_keys:
        kind, _, name = key.partition(".")
        table = real.interface if kind == "interface" else real.intervals[kind][-1]
        assert table.get(name, "unknown") == "unknown", key
    for kind in real.settlements:
        assert real.policy_on(kind, AT).practice_keys == frozenset()


@pytest.mark.parametrize("code", INVENTED)
def test_a_real_shop_cannot_run_in_an_invented_area(code: str) -> None:
    with pytest.raises(PackError):
        load_region(code, practice=False)


def test_a_gap_stops_only_what_needs_it() -> None:
    region = load_region("CN-420700", practice=False)
    policy = region.policy_on("ordinary", AT)
    assert policy.ratio_for("retired") == Rate.of("0.68")
    with pytest.raises(PackValueMissing) as missing:
        policy.ratio_for("resident")
    assert missing.value.params == {"key": "ratio.resident", "who": "鄂州市医疗保障服务中心"}
    with pytest.raises(PackValueMissing) as no_wire:
        _ = region.profile
    assert str(no_wire.value.params["key"]).startswith("interface.")
    with pytest.raises(PackValueMissing):
        region.policy_on("ordinary", datetime(2022, 12, 31, 2, 0, tzinfo=UTC))


@pytest.mark.rule("EZ-2a")
def test_ezhou_as_the_reference_tells_it() -> None:
    policy = load_region("CN-420700", practice=False).policy_on("ordinary", AT)
    assert policy.ratio_for("active") == Rate.of("0.60")
    assert policy.deductible_for("active") == Deductible("annual", amount=Money.of("500"))
    assert policy.deductible_for("retired") == Deductible("annual", amount=Money.of("400"))
    assert policy.cap_for("active", None) == Money.of("2300.00")
    assert policy.cap_for("retired", None) == Money.of("2500.00")
    assert policy.rx.long_max == Span("weeks", 12)
    assert policy.price.rule == "agreed"


@pytest.mark.rule("SJZ-A.6")
def test_shijiazhuang_caps_by_age() -> None:
    policy = load_region("CN-130100", practice=False).policy_on("ordinary", AT)
    assert policy.caps["active"] == Cap(((0, Money.of("3500")), (45, Money.of("4500"))))
    assert policy.cap_for("active", 44) == Money.of("3500")
    assert policy.cap_for("active", 45) == Money.of("4500")
    assert policy.cap_for("retired", 70) == Money.of("6000")
    assert policy.deductible_for("active").amount == Money.of("100")
    assert load_region("CN-130100", practice=False).interface["gateway"] == "tif"


@pytest.mark.rule("LN-3.1b")
@pytest.mark.parametrize(("code", "deductible"), [("CN-210100", "200"), ("CN-210200", "0")])
def test_liaoning_follows_primary_institutions_only_when_the_city_says_so(
    code: str, deductible: str
) -> None:
    silent = load_region(code, practice=False).policy_on("ordinary", AT)
    with pytest.raises(PackValueMissing):
        silent.ratio_for("active")
    said = load_region(code, practice=True).policy_on("ordinary", AT)
    assert "benefit_source" in said.practice_keys
    assert said.ratio_for("active") == Rate.of("0.70")
    assert said.ratio_for("retired") == Rate.of("0.75")
    assert said.deductible_for("active").amount == Money.of(deductible)
    assert said.cap_for("active", None) == Money.of("12000")
    assert said.rx.issuer_areas == (code[3:7],)


@pytest.mark.rule("SY-3")
def test_sanya_inherits_its_money_from_the_province() -> None:
    region = load_region("CN-460200", practice=False)
    assert region.chain == ("CN", "CN-460000", "CN-460200")
    assert region.policy_on("ordinary", AT).cap_for("retired", None) == Money.of("2000")
    assert region.policy_on("ordinary", AT).rx.issuer_areas == ("46",)


@pytest.mark.rule("HY-1.1.3", "HY-3.6a", "HY-3.6b", "HY-1.5.6b", "HY-4", "S-02")
def test_hengyang_county_is_strict_for_special_disease() -> None:
    region = load_region("CN-430421", practice=False)
    policy = region.policy_on("special", AT)
    assert policy.staff.min_bound == 2
    assert policy.inpatient_block is True
    assert policy.quota is not None
    assert policy.quota.period == "quarter"
    assert policy.rx.long_max == Span("months", 3)
    assert policy.price.ceiling(UnitPrice.of("37.99")) == UnitPrice.of("36.09")
    assert policy.person.proxy_signature is True
    assert region.policy_on("ordinary", AT).inpatient_block is False
    after = datetime(2029, 10, 1, 16, 0, tzinfo=UTC)
    with pytest.raises(PackValueMissing):
        region.policy_on("special", after)
    assert region.interface["routes.ordinary"] == "visit"
    assert region.interface["routes.special"] == "pharmacy"


@pytest.mark.rule("HY-1.5.2a")
def test_three_months_are_ninety_two_days_here() -> None:
    """E20: counted from 22 November 2026; a month's end is not run over."""
    county = load_region("CN-430421", practice=False).policy_on("special", AT).rx
    assert (county.ordinary_max, county.long_max) == (Span("months", 1), Span("months", 3))
    assert Span("months", 3).days_from(date(2026, 11, 22)) == 92
    assert Span("weeks", 12).days_from(date(2026, 11, 22)) == 84
    assert Span("months", 3).days_from(date(2026, 11, 30)) == 90
    assert Span("months", 1).days_from(date(2026, 12, 31)) == 31


@pytest.mark.rule("LN-2.1")
def test_a_self_paid_sale_is_under_the_general_rules() -> None:
    policy = load_region("CN-420700", practice=False).policy_on("self_paid", AT)
    assert policy.goods.ephedrine_max_packs == 2
    assert policy.staff.min_present == 1
    assert policy.trace.required_from == date(2025, 7, 1)


def test_the_practice_areas_play_both_routes() -> None:
    short = load_region("CN-999900", practice=True).profile
    long = load_region("CN-999901", practice=True).profile
    assert (short.route_of("ordinary"), short.reversal) == ("pharmacy", "automatic")
    assert long.route_of("ordinary") == "visit"
    assert long.route_of("special") == long.route_of("account") == "pharmacy"
    assert short.gateway != long.gateway


@pytest.mark.parametrize("code", (*DRAFTS, *INVENTED))
def test_the_raw_pack_is_plain_data(code: str) -> None:
    raw = load_region(code, practice=True).raw
    again = json.loads(json.dumps(raw, ensure_ascii=False))
    assert again == raw
    assert "unknown" not in json.dumps(raw["policy"]).replace("unknown_wait", "")


def test_overlays_stand_only_for_areas_that_ship() -> None:
    stems = {path.stem for path in resource("practice").glob("CN-*.toml")}
    assert stems <= set(region_codes())


def test_the_same_number_is_another_act_in_another_release() -> None:
    """Interface 3.1: 7206 reviews in release B and consumes in release A."""
    later = load_region("CN-999900", practice=True).profile
    earlier = load_region("CN-999903", practice=True).profile
    assert (later.eprescription_of("review"), earlier.eprescription_of("dispense")) == (
        "7206",
        "7206",
    )
    acts = {act for act in later.eprescription_numbers if not earlier.offers(act)}
    assert acts == {"online", "verify", "undo", "receipt", "circulating"}
    with pytest.raises(PackValueMissing):
        earlier.eprescription_of("undo")
    raw = json.loads(json.dumps(load_region("CN-999903", practice=True).raw))
    assert raw["interface"]["eprescription_numbers"] == dict(earlier.eprescription_numbers)


def test_the_centre_is_called_as_the_pack_says() -> None:
    behind = load_region("CN-999900", practice=True).profile.centre
    direct = load_region("CN-999902", practice=True).profile.centre
    assert (behind.transport, behind.paths) == ("platform", {})
    assert (direct.transport, direct.version, direct.user_id, direct.signs) == (
        "centre",
        "2.0.1",
        "default",
        "plain",
    )
    assert direct.trace_code_required
    assert direct.paths["review"] == "epc/practice/fixmedins/rxChkUpld"
    real = load_region("CN-430400", practice=False)
    assert real.policy_on("ordinary", AT).staff.pharmacist_token == "review"


def test_waits_and_tokens_of_pharmacists() -> None:
    policy = load_region("CN-999900", practice=True).policy_on("ordinary", AT)
    assert policy.rx.wait_seconds == (120, 300)
    assert policy.staff.pharmacist_token == "off"
