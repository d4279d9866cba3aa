"""A pack is read strictly: file, key and reason of what is wrong; levels and dates resolve."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.money import Rate
from app.domain.policy import Policy
from app.errors import PackError
from app.regions.loader import load_region

HEAD = 'code = "CN"\nname = "试"\nname_en = "t"\nstatus = "draft"\nwho = "某处"\n'
ROW = '[[policy]]\nsettlement = "ordinary"\nvalid_from = 2020-01-01\n'
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def pack(folder: Path, text: str, name: str = "CN") -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def child(folder: Path, text: str, head: str = "") -> Path:
    return pack(folder, f'code = "CN-110000"\nparent = "CN"\n{head}{text}', "CN-110000")


WRONG = [
    (HEAD + "colour = 1\n", "colour"),
    (HEAD + "[interface]\nspeed = 9\n", "interface.speed"),
    (HEAD + "[interface]\nconnect_seconds = '10'\n", "interface.connect_seconds"),
    (HEAD + "[interface]\ngateway = 'ftp'\n", "interface.gateway"),
    (HEAD + "[interface.routes]\nordinary = 'by_mail'\n", "interface.routes.ordinary"),
    (HEAD + "[interface]\nreversible = ['21o2']\n", "interface.reversible"),
    (HEAD + ROW + "ratio = { active = 0.6 }\n", "policy[0].ratio.active"),
    (HEAD + ROW + "ratio = { active = '1.6' }\n", "policy[0].ratio.active"),
    (HEAD + ROW + "ratio = { child = '0.6' }\n", "policy[0].ratio.child"),
    (HEAD + ROW + "cap = { active = '-1.00' }\n", "policy[0].cap.active"),
    (HEAD + ROW + "cap = { active = [{ from_age = 45, amount = '1.00' }] }\n",
     "policy[0].cap.active"),
    (HEAD + ROW + "inpatient_block = 'yes'\n", "policy[0].inpatient_block"),
    (HEAD + ROW + "rx = { long_max = { unit = 'moons', n = 3 } }\n", "policy[0].rx.long_max"),
    (HEAD + ROW + "rx = { long_max = 84 }\n", "policy[0].rx.long_max"),
    (HEAD + ROW + "rx = { paper_until = '2026-06-30' }\n", "policy[0].rx.paper_until"),
    (HEAD + ROW + "trace = { required_from = '2025-07-01' }\n", "policy[0].trace.required_from"),
    (HEAD + ROW + "quota = { roll_over = true }\n", "policy[0].quota.roll_over"),
    (HEAD + ROW + "valid_to = 2019-01-01\n", "policy[0].valid_to"),
    (HEAD + ROW + ROW, "policy[1].valid_from"),
    (HEAD + ROW + "valid_to = 2020-12-31\n" + ROW.replace("2020-01-01", "2020-12-31"),
     "policy[1].valid_from"),
    (HEAD + "[[policy]]\nsettlement = 'ordinary'\n", "policy[0].valid_from"),
    (HEAD + "[[policy]]\nvalid_from = 2020-01-01\n", "policy[0].settlement"),
    (HEAD + "[[policy]]\nsettlement = 'lottery'\nvalid_from = 2020-01-01\n",
     "policy[0].settlement"),
    (HEAD.replace("draft", "gospel"), "status"),
    (HEAD.replace('"CN"', '"CN-1"'), "code"),
    (HEAD.replace('"CN"', '"CN-110000"'), "code"),
    (HEAD.replace('name = "试"\n', ""), "name"),
    (HEAD + "practice = true\n", "practice"),
    (HEAD + 'parent = "CN"\n', "parent"),
    (HEAD + "[interface.centre]\ntransport = 'pigeon'\n", "interface.centre.transport"),
    (HEAD + "[interface.centre]\nuser_id = 'x'\n", "interface.centre.user_id"),
    (HEAD + "[interface.centre.paths]\nreview = '/x y'\n", "interface.centre.paths.review"),
    (HEAD + "[interface.centre]\ncolour = 'x'\n", "interface.centre.colour"),
    (HEAD + "[interface.eprescription_numbers]\nundo = 'no'\n",
     "interface.eprescription_numbers.undo"),
    (HEAD + ROW + "rx = { wait_seconds = [300, 120] }\n", "policy[0].rx.wait_seconds"),
    (HEAD + ROW + "rx = { wait_seconds = 120 }\n", "policy[0].rx.wait_seconds"),
    (HEAD + ROW + "staff = { pharmacist_token = 'on' }\n", "policy[0].staff.pharmacist_token"),
    pytest.param(HEAD + ROW + "price = { discount_base = 'own_retail_price' }\n",
                 "policy[0].price.discount_base", marks=pytest.mark.rule("HY-1.2.2")),
    (HEAD + ROW + "diseases = { M1 = 1 }\n", "policy[0].diseases.M1"),
    (HEAD + ROW + "diseases = { M1 = { from = 2024-01-01 } }\n", "policy[0].diseases.M1"),
    (HEAD + ROW + "diseases = { M1 = { name = '甲', from = '2024' } }\n", "policy[0].diseases.M1"),
    (HEAD + ROW + "diseases = { M1 = { name = '甲', until = 2024-01-01 } }\n",
     "policy[0].diseases.M1"),
    (HEAD + ROW + "diseases = { M1 = { name = '甲', from = 2024-01-02, to = 2024-01-01 } }\n",
     "policy[0].diseases.M1"),
    ("not toml at all", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key"), WRONG)
def test_a_wrong_pack_is_refused_with_file_key_and_reason(
    text: str, key: str, tmp_path: Path
) -> None:
    with pytest.raises(PackError) as refused:
        load_region("CN", practice=False, folder=pack(tmp_path, text))
    assert refused.value.params["file"] == "CN.toml"
    assert refused.value.params["key"] == key
    assert refused.value.params["why"]


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    for code in ("CN-110000", "../CN", "", "CN-11"):
        with pytest.raises(PackError):
            load_region(code, practice=False, folder=tmp_path)


@pytest.mark.rule("EZ-2a")
def test_the_lower_level_refines_and_dates_cut(tmp_path: Path) -> None:
    pack(
        tmp_path,
        HEAD + '[[policy]]\nsettlement = "any"\nvalid_from = 2020-01-01\n'
        "inpatient_block = false\n" + ROW + 'ratio = { active = "0.50", retired = "0.60" }\n',
    )
    child(tmp_path, '[[policy]]\nsettlement = "ordinary"\nvalid_from = 2024-03-01\n'
          'valid_to = 2025-02-28\nratio = { active = "0.55" }\n'
          '[[policy]]\nsettlement = "ordinary"\nvalid_from = 2025-03-01\n'
          'ratio = { active = "0.58" }\ninpatient_block = true\n')  # fmt: skip
    region = load_region("CN-110000", practice=False, folder=tmp_path)
    for day, active, block in [
        (date(2024, 2, 29), "0.50", False),
        (date(2024, 3, 1), "0.55", False),
        (date(2025, 2, 28), "0.55", False),
        (date(2025, 3, 1), "0.58", True),
    ]:
        # Late in the evening of the shop it is still the afternoon in UTC.
        policy = region.policy_on(
            "ordinary", datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
        )
        assert policy.ratio_for("active") == Rate.of(active)
        assert policy.ratio_for("retired") == Rate.of("0.60")
        assert policy.inpatient_block is block
    assert region.chain == ("CN", "CN-110000")


@pytest.mark.rule("EZ-7")
def test_the_list_of_diseases_is_as_long_as_the_pack_and_each_has_its_days(tmp_path: Path) -> None:
    """25 categories, 37 from a day on, and one of them that ends: data alone."""
    special = ROW.replace("ordinary", "special") + "[policy.diseases]\n"
    first = "".join(f'M{no:02} = "练习病种{no}"\n' for no in range(1, 25))
    dated = 'M25 = { name = "练习病种25", to = 2024-06-30 }\n' + "".join(
        f'M{no:02} = {{ name = "练习病种{no}", from = 2024-03-01 }}\n' for no in range(26, 38)
    )
    pack(tmp_path, HEAD + special + first + dated)
    region = load_region("CN", practice=False, folder=tmp_path)

    def on(day: date) -> Policy:
        # Late in the evening of the shop it is still the afternoon in UTC.
        return region.policy_on("special", datetime(day.year, day.month, day.day, 15, tzinfo=UTC))

    for day, listed, over in [
        (date(2024, 2, 29), 25, 12),
        (date(2024, 3, 1), 37, 0),
        (date(2024, 6, 30), 37, 0),
        (date(2024, 7, 1), 36, 1),
    ]:
        policy = on(day)
        assert (len(policy.diseases), len(policy.diseases_over)) == (listed, over)
        assert not policy.diseases_over & set(policy.diseases)
        assert policy.diseases["M01"] == "练习病种1"
    assert on(date(2024, 3, 1)).diseases["M37"] == "练习病种37"
    assert on(date(2024, 7, 1)).diseases_over == {"M25"}


@pytest.mark.rule("EZ-7")
def test_days_of_a_disease_that_the_shop_confirmed_count_too(tmp_path: Path) -> None:
    pack(tmp_path, HEAD + ROW.replace("ordinary", "special") + 'diseases = "unknown"\n')
    told = {"diseases": {"M01": {"name": "练习病种1", "from": date(2026, 11, 23)}}}
    region = load_region("CN", practice=False, folder=tmp_path, confirmed={"special": told})
    assert region.policy_on("special", AT).diseases == {}
    assert region.policy_on("special", AT + timedelta(days=1)).diseases == {"M01": "练习病种1"}


@pytest.mark.rule("HY-4")
def test_a_higher_policy_that_prevails_is_not_overridden(tmp_path: Path) -> None:
    pack(tmp_path, HEAD + 'prevailing = ["ratio.active"]\n' + ROW + 'ratio = { active = "0.50" }\n')
    child(tmp_path, ROW + 'ratio = { active = "0.90", retired = "0.70" }\n')
    policy = load_region("CN-110000", practice=False, folder=tmp_path).policy_on("ordinary", AT)
    assert policy.ratio_for("active") == Rate.of("0.50")
    assert policy.ratio_for("retired") == Rate.of("0.70")


@pytest.mark.rule("SY-3")
def test_a_city_overrides_listed_keys_only(tmp_path: Path) -> None:
    pack(tmp_path, HEAD + 'overridable = ["ratio.retired"]\n' + ROW
         + 'ratio = { active = "0.50", retired = "0.60" }\n')  # fmt: skip
    child(tmp_path, ROW + 'ratio = { retired = "0.70", resident = "0.40" }\n')
    region = load_region("CN-110000", practice=False, folder=tmp_path)
    assert region.policy_on("ordinary", AT).ratio_for("retired") == Rate.of("0.70")
    child(tmp_path, ROW + 'ratio = { active = "0.70" }\n')
    with pytest.raises(PackError) as refused:
        load_region("CN-110000", practice=False, folder=tmp_path)
    assert refused.value.params["key"] == "ratio.active"


def test_an_overlay_fills_gaps_and_nothing_else(tmp_path: Path) -> None:
    packs, overlays = tmp_path / "packs", tmp_path / "overlays"
    packs.mkdir()
    overlays.mkdir()
    pack(packs, HEAD + ROW + 'ratio = { active = "0.50", retired = "unknown" }\n')
    over = 'code = "CN"\npractice = true\n' + ROW

    def read(text: str) -> Rate:
        pack(overlays, text)
        region = load_region("CN", practice=True, folder=packs, overlay_folder=overlays)
        assert region.practice_keys == {"ordinary.ratio.retired"}
        return region.policy_on("ordinary", AT).ratio_for("retired")

    assert read(over + 'ratio = { retired = "0.70" }\n') == Rate.of("0.70")
    with pytest.raises(PackError) as refused:
        read(over + 'ratio = { active = "0.99" }\n')
    assert refused.value.params["key"] == "ratio.active"
    with pytest.raises(PackError) as unmarked:
        read(over.replace("practice = true\n", "") + 'ratio = { retired = "0.70" }\n')
    assert unmarked.value.params["key"] == "practice"


def test_a_circle_of_parents_is_refused(tmp_path: Path) -> None:
    pack(tmp_path, HEAD + 'parent = "CN-110000"\n')
    child(tmp_path, "")
    with pytest.raises(PackError) as refused:
        load_region("CN", practice=False, folder=tmp_path)
    assert refused.value.params["why"] == "inherits from itself"
