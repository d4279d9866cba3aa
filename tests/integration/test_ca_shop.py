"""A whole till opened from its home, with the library of certificate keys in ``devices.toml``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.device_plan import DeviceKind, Lamp, Placed
from app.domain.rx_case import RxCase
from app.errors import DeviceFailed, LibraryGone
from app.use_cases.sign_in import sign_in
from app.vault.pins import Argon2Pins
from tests.fakes.clock import FixedClock
from tests.fakes.practice_home import lay_out_practice
from tests.fakes.practice_rx import PASS
from tests.fakes.practice_till import START
from tests.fakes.skf_key import PIN, SkfBench, make_bench, needs_keys
from tests.fakes.station import Sheets
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import SHOP_FILE, Home

pytestmark = needs_keys
HOLDER = "练习·王药师"
KIND = DeviceKind.SIGNATURE_KEY


@pytest.fixture
def bench(tmp_path: Path) -> SkfBench:
    return make_bench(tmp_path / "ca")


def opened(home: Path) -> OpenShop:
    clock, place = FixedClock(START), Home(home)
    if not (place.practice / SHOP_FILE).exists():
        lay_out_practice(place, begins=START)
    return build(Settings(place, practice=True, clock=clock, pins=Argon2Pins.cheap()))


class _Till:
    """What :class:`Sheets` asks of a till."""

    def __init__(self, shop: OpenShop) -> None:
        self.doors = shop.shop.doors
        self.clock = self.doors.clock

    def find(self, **wanted: object) -> object:
        with self.doors.uow() as uow:
            drugs = sorted(uow.medicines.all(), key=lambda each: each.shop_code)
        return next(d for d in drugs if all(getattr(d, k) == v for k, v in wanted.items()))


def reviewed(shop: OpenShop, key_pin: str) -> tuple[RxCase, Callable[[], object]]:
    """A prescription that 2001 passes at the station; and its page."""
    case = Sheets(_Till(shop)).arrive()  # type: ignore[arg-type]
    who = sign_in(shop.shop.doors, "2001", "200200")
    shop.shop.review(case.id, PASS, "2001", "200200", who, key_pin=key_pin)
    return case, lambda: shop.shop.review_page(case.id, who).act("review")


@pytest.mark.rule("SJZ-A.3")
def test_a_home_with_keys_signs_by_them_and_still_holds_after_a_restart(
    bench: SkfBench, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    bench.add("wang", HOLDER, serial=0xBEEF01)
    shop = opened(home)
    assert not shop.shop.key_pin_asked(), "a till has no keys until somebody plans them"
    manager = sign_in(shop.shop.doors, "3001", "300300")
    placed = Placed(f"library:{bench.library}", {"container": "SIGN"})
    notes = shop.shop.try_device(KIND, placed)
    assert [one.params["holder"] for one in notes] == [HOLDER]
    shop.shop.place_device(KIND, placed, manager)
    assert shop.shop.key_pin_asked()
    offered = shop.shop.offered_ca_keys(manager)
    rows = {one.number: one.staff_id for one in shop.shop.pharmacist_register(manager)}
    shop.shop.bind_ca_key(rows["2001"], offered[0].key_id, manager)
    case, act = reviewed(shop, PIN)
    shown = act()
    assert shown.kind == "ca" and shown.holds and shown.certificate.serial == "BEEF01"  # type: ignore[attr-defined]
    shop.close()
    bench.pull("wang")

    again = opened(home)
    assert again.shop.key_pin_asked(), "the plan lies in devices.toml"
    who = sign_in(again.shop.doors, "2001", "200200")
    kept = again.shop.review_page(case.id, who).act("review")
    assert kept is not None and kept.holds and kept.kind == "ca", "no key is needed to check it"
    with pytest.raises(DeviceFailed) as caught:
        again.shop.offered_ca_keys(sign_in(again.shop.doors, "3001", "300300"))
    assert caught.value.params["why"] == "device_skf.no_key"
    state = again.shop.devices.state(KIND)
    assert state is not None and state.why is None, "no key plugged in is no lost device"
    assert state.lamp in (Lamp.THERE, Lamp.ATTENTION)
    again.close()


def test_a_library_that_is_not_there_stops_no_till(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shop = opened(home)
    manager = sign_in(shop.shop.doors, "3001", "300300")
    shop.shop.place_device(KIND, Placed(f"library:{tmp_path / 'nowhere.so'}"), manager)
    with pytest.raises(LibraryGone) as caught:
        shop.shop.offered_ca_keys(manager)
    assert caught.value.params["why"] == "device_library.missing"
    _case, act = reviewed(shop, "")
    assert act().kind == "internal"  # type: ignore[attr-defined]
    shop.close()
