"""The insurance terminal: the driver on the terminal of practice and on a compiled library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.domain.abort import Abort
from app.domain.e_certificate import (
    Cashier,
    CertificateUse,
    SettledNotice,
    Shown,
    SoldRow,
)
from app.domain.identity_card import Sex
from app.domain.money import Money, Quantity, UnitPrice
from app.errors import BadFrame, Cancelled, DeviceError, DeviceFailed, LibraryGone, NotOffered
from devices.connection import SystemTimer
from devices.insurance_terminal import driver, emulator, wire
from devices.insurance_terminal.driver import NationalTerminal, Setting, Way, business_number
from devices.insurance_terminal.emulator import Misdeed, PracticeCustomer, PracticeTerminal
from devices.library.process import LibraryPlace, VendorLibrary, host_of_source
from devices.library.wire import Returned, Value
from tests.fakes.timer import HandTimer
from tests.makers import nation_library
from ui.words import knows

CASHIER = Cashier("1001", "练习收银", "P99990000001")
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
URL = "http://127.0.0.1:1/localcfc/api/hsecfc/localQrCodeQuery"
WHO = PracticeCustomer(
    "测试人", "99990019980101002X", nation_library.TOKEN, male=False, birthday="1998.01.01"
)
IDS = "0192f000-0000-7000-8000-00000000000{}"


def setting(way: Way = Way.LIBRARY_SCANS, url: str = URL, encoding: str = "utf-8") -> Setting:
    return Setting(url=url, way=way, encoding=encoding, faces=True, notices=True)


def terminal(library: Any, **said: Any) -> NationalTerminal:
    count = iter(range(1, 9))
    return NationalTerminal(
        library, setting(**said), now=lambda: AT, new_id=lambda: IDS.format(next(count))
    )


def practised(**said: Any) -> tuple[NationalTerminal, PracticeTerminal]:
    far = PracticeTerminal(HandTimer(), as_object=said.pop("as_object", False))
    return terminal(far, **said), far


@dataclass
class Bench:
    """A terminal before which the same invented person stands, whichever way it is made."""

    near: NationalTerminal
    far: PracticeTerminal | None = None

    def someone_comes(self) -> None:
        if self.far is not None:
            self.far.show(WHO)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not nation_library.has_compiler():
        pytest.skip("no C compiler on this machine")
    return nation_library.build(tmp_path_factory.mktemp("library"))


def compiled(library: Path, **said: Any) -> tuple[NationalTerminal, VendorLibrary]:
    place = LibraryPlace(str(library), host_of_source())
    held = VendorLibrary(place, driver.TABLE, device=wire.DEVICE, timer=SystemTimer())
    return terminal(held, **said), held


@pytest.fixture(params=["practice text", "practice object", "compiled", "compiled regional"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    kind = str(request.param)
    if kind.startswith("practice"):
        near, far = practised(as_object=kind.endswith("object"))
        yield Bench(near, far)
        return
    built = request.getfixturevalue("built")
    regional = {"way": Way.REGIONAL, "url": "10.0.0.1:8086"} if "regional" in kind else {}
    near, held = compiled(built, **regional)
    yield Bench(near)
    held.close()


def test_the_person_of_a_code(bench: Bench) -> None:
    bench.someone_comes()
    told = bench.near.certificate(CertificateUse.BUYING, CASHIER, Abort())
    assert (told.token, told.name) == (nation_library.TOKEN, "测试人")
    assert (told.id_number, told.sex) == ("99990019980101002X", Sex.FEMALE)
    assert (told.birth_date, told.division) == (date(1998, 1, 1), "999900")
    assert told.number == business_number("P99990000001", AT, IDS.format(1))
    assert "测试" not in repr(told) and told.token not in repr(told)


def test_the_person_of_a_face_comes_by_two_calls(bench: Bench) -> None:
    if Shown.FACE not in bench.near.ways:
        with pytest.raises(NotOffered):
            bench.near.face(CertificateUse.BUYING, CASHIER, Abort())
        return
    bench.someone_comes()
    evidence = bench.near.face(CertificateUse.OUTSIDE_PRESCRIPTION, CASHIER, Abort())
    assert evidence.authorisation.startswith("ano")
    assert evidence.person.authorisation == evidence.authorisation
    assert evidence.names("99990019980101002x") is True
    assert evidence.names("999900199801010100") is False
    assert evidence.names("") is None
    assert evidence.at == AT
    assert "测试" not in repr(evidence)


def test_each_call_has_a_number_of_its_own_and_says_what_it_is_for() -> None:
    near, far = practised()
    far.show(WHO)
    far.show(WHO)
    near.certificate(CertificateUse.BUYING, CASHIER, Abort())
    near.face(CertificateUse.OUTSIDE_PRESCRIPTION, CASHIER, Abort())
    assert [one.service for one in far.asked] == [
        "ec.query", "cn.nhsa.ec.auth", "cn.nhsa.auth.check",
    ]  # fmt: skip
    assert [one.business_type for one in far.asked] == ["02121", "02122", "02122"]
    assert len({one.number for one in far.asked}) == 3
    assert all(one.number.isdigit() or one.number[0] == "P" for one in far.asked)
    assert all(len(one.number) <= 64 for one in far.asked)


def test_a_terminal_that_scans_itself_is_asked_to() -> None:
    near, far = practised(way=Way.TERMINAL_SCANS, encoding="gb18030")
    far.show(WHO)
    assert near.certificate(CertificateUse.BUYING, CASHIER, Abort()).name == "测试人"
    assert [one.service for one in far.asked] == ["cn.nhsa.qrcode.get"]


NOTICE = SettledNotice(
    number="P999900000012026112200001",
    succeeded=True,
    at=AT,
    name="测试人",
    id_number="99990019980101002X",
    shop="练习大药房",
    total=Money.of("105.54"),
    settlement="LX0001",
    own=Money.of("2.53"),
    fund=Money.of("43.01"),
    account=Money.of("60.00"),
    parts=(("hifp_pay", Money.of("43.01")), ("hifmi_pay", Money(0)), ("hifob_pay", Money(5))),
    balance=Money.of("1190.60"),
    rows=(
        SoldRow("XA02BC", "练习片", True, UnitPrice.of("12.8"), Quantity.of(2), Money.of("25.60")),
    ),
)

GOLDEN_NOTICE = (
    '{"orgId":"P99990000001","transType":"cn.nhsa.settle.notify","data":{"orgId":"P99990000001",'
    '"outBizNo":"P999900000012026112200001","medicalSettleState":"SUCCESS","authNo":"",'
    '"operatorId":"1001","operatorName":"练习收银","totalFee":"105.54","bizType":"settle",'
    '"idNo":"99990019980101002X","userName":"测试人","setlTime":"2026-11-22 10:00:00",'
    '"hospitalName":"练习大药房","officeId":"","officeName":"","doctorName":"",'
    '"medicalSettleNo":"LX0001","ownAmt":"2.53","hifAmt":"43.01","acctAmt":"60.00",'
    '"hifpAmt":"43.01","hifmiAmt":"0.05","cvlservAmt":"","maAmt":"","hosPreAmt":"",'
    '"medOverLmtAmt":"","mafAmt":"","cvlservDedcAmt":"","balance":"1190.60",'
    '"drugList":"[{\\"ITEM_NO\\":\\"XA02BC\\",\\"ITEMNAME\\":\\"练习片\\",\\"HI_ITEM\\":\\"Y\\",'
    '\\"PRIC\\":\\"12.80\\",\\"ITEM_CNT\\":\\"2\\",\\"ITEM_AMT\\":\\"25.60\\",'
    '\\"DRUG_FRQU\\":\\"\\",\\"DRUG_DOS\\":\\"\\"}]"},"extra":{}}'
)


class Recorder(PracticeTerminal):
    """A terminal of practice that keeps the bytes it was handed."""

    said = b""

    def call(self, name: str, *values: Value) -> Returned:
        asked = values[1]
        assert isinstance(asked, bytes)
        self.said = asked
        return super().call(name, *values)


def test_a_notice_is_the_one_of_the_reference() -> None:
    far = Recorder(HandTimer())
    terminal(far).show_settled(NOTICE, CASHIER)
    assert far.said.decode() == GOLDEN_NOTICE
    assert far.screen["totalFee"] == "105.54"


def test_a_settlement_can_be_shown(bench: Bench) -> None:
    if bench.near.shows_settlements:
        bench.near.show_settled(NOTICE, CASHIER)
    else:
        with pytest.raises(NotOffered):
            bench.near.show_settled(NOTICE, CASHIER)


@pytest.mark.parametrize(
    ("misdeed", "kind", "why"),
    [
        (Misdeed.NOT_A_CERTIFICATE, DeviceFailed, "device_terminal.code_500159"),
        (Misdeed.REFUSED, DeviceFailed, "device_terminal.refused"),
        (Misdeed.NOT_CALLED, DeviceFailed, "device_terminal.call_failed"),
        (Misdeed.CRASH, LibraryGone, "device_library.crashed"),
        (Misdeed.TORN, BadFrame, ""),
        (Misdeed.NO_TOKEN, BadFrame, ""),
    ],
)
def test_what_goes_wrong_is_told_in_words(
    misdeed: Misdeed, kind: type[DeviceError], why: str
) -> None:
    near, far = practised()
    far.show(WHO)
    far.misbehave(misdeed)
    with pytest.raises(kind) as told:
        near.certificate(CertificateUse.BUYING, CASHIER, Abort())
    assert told.value.params.get("why", "") == why
    assert not why or knows(why)
    assert WHO.name not in str(told.value) and WHO.token not in str(told.value)


def test_somebody_elses_authentication_is_nobodys() -> None:
    near, far = practised()
    far.show(WHO)
    # Two calls: the misdeed is to befall the second one.
    first = far.call

    def call(name: str, *values: Value) -> Returned:
        if b"auth.check" in bytes(values[1] or b""):  # type: ignore[arg-type]
            far.misbehave(Misdeed.OTHER_FACE)
        return first(name, *values)

    far.call = call  # type: ignore[method-assign]
    with pytest.raises(BadFrame):
        near.face(CertificateUse.BUYING, CASHIER, Abort())


def test_nobody_comes() -> None:
    near, _ = practised()
    with pytest.raises(DeviceFailed):
        near.certificate(CertificateUse.BUYING, CASHIER, Abort())


def test_a_library_that_waits_too_long_is_nobody_there_and_no_lost_device() -> None:
    class Hung(PracticeTerminal):
        def call(self, name: str, *values: Value) -> Returned:
            raise LibraryGone(device=wire.DEVICE, library="x.dll", why="device_library.hung")

    with pytest.raises(DeviceFailed) as told:
        terminal(Hung(HandTimer())).certificate(CertificateUse.BUYING, CASHIER, Abort())
    assert told.value.params["why"] == "device_terminal.nobody_came"
    assert knows("device_terminal.nobody_came")


def test_a_bureaus_own_settings_open_the_regional_library(built: Path) -> None:
    place = LibraryPlace(str(built), host_of_source())
    held = VendorLibrary(place, driver.TABLE, device=wire.DEVICE, timer=SystemTimer())
    opening = b'{"IP":"10.0.0.1","PORT":8086,"ORG_ID":"P99990000001"}'
    near = NationalTerminal(
        held,
        Setting(way=Way.REGIONAL, opening=opening),
        now=lambda: AT,
        new_id=lambda: IDS.format(1),
    )
    try:
        assert near.certificate(CertificateUse.BUYING, CASHIER, Abort()).name == "测试人"
    finally:
        held.close()


def test_what_was_given_up_before_it_began_is_not_begun() -> None:
    near, far = practised()
    abort = Abort()
    abort.trip()
    with pytest.raises(Cancelled):
        near.certificate(CertificateUse.BUYING, CASHIER, abort)
    assert far.asked == []


def test_the_cashier_gives_up_while_it_waits() -> None:
    far = PracticeTerminal(SystemTimer())
    near, abort, seen = terminal(far), Abort(), []

    def ask() -> None:
        try:
            near.certificate(CertificateUse.BUYING, CASHIER, abort)
        except DeviceError as failure:
            seen.append(type(failure))

    thread = Thread(target=ask)
    thread.start()
    while not far.waits:
        pass
    abort.trip()
    thread.join(5)
    assert seen == [Cancelled]
    far.show(WHO)
    assert near.certificate(CertificateUse.BUYING, CASHIER, Abort()).name == "测试人"


def test_an_answer_cut_off_at_every_byte_is_a_device_error() -> None:
    whole = (
        '{"code":0,"data":' + json.dumps(nation_library.PERSON % ("T" * 32, "null")) + "}"
    ).encode()

    class Cut(PracticeTerminal):
        at = 0

        def call(self, name: str, *values: Value) -> Returned:
            return Returned(b"0000", (whole[: self.at],))

    far = Cut(HandTimer())
    for far.at in range(len(whole)):
        with pytest.raises(DeviceError):
            terminal(far).certificate(CertificateUse.BUYING, CASHIER, Abort())
    far.at = len(whole)
    assert terminal(far).certificate(CertificateUse.BUYING, CASHIER, Abort()).token == "T" * 32


@pytest.mark.parametrize(
    ("url", "kind"),
    [(URL + "?off", DeviceFailed), (URL + "?wrong", DeviceFailed), (URL + "?crash", LibraryGone)],
)
def test_a_compiled_library_that_fails(built: Path, url: str, kind: type[DeviceError]) -> None:
    near, held = compiled(built, url=url)
    try:
        with pytest.raises(kind):
            near.certificate(CertificateUse.BUYING, CASHIER, Abort())
    finally:
        held.close()


def test_a_compiled_library_that_speaks_chinese_of_the_system(built: Path) -> None:
    near, held = compiled(built, url=URL + "?gbk")
    try:
        assert near.certificate(CertificateUse.BUYING, CASHIER, Abort()).name == "测试人"
    finally:
        held.close()


def test_giving_up_ends_a_compiled_library_that_hangs(built: Path) -> None:
    near, held = compiled(built, url=URL + "?hang")
    abort = Abort()
    held.open()
    seen: list[type[DeviceError]] = []

    def ask() -> None:
        try:
            near.certificate(CertificateUse.BUYING, CASHIER, abort)
        except DeviceError as failure:
            seen.append(type(failure))

    thread = Thread(target=ask)
    thread.start()
    abort.trip()
    thread.join(10)
    assert seen == [Cancelled]
    held.close()


def test_a_front_that_the_regional_library_does_not_take_is_told(built: Path) -> None:
    near, held = compiled(built, way=Way.REGIONAL, url="10.0.0.2:8086")
    try:
        with pytest.raises(DeviceFailed) as told:
            near.certificate(CertificateUse.BUYING, CASHIER, Abort())
        assert told.value.params["why"] == "device_terminal.no_front"
        assert knows("device_terminal.no_front")
    finally:
        held.close()


def test_the_practice_terminal_waits_for_its_own_customer() -> None:
    timer = HandTimer()
    far = PracticeTerminal(timer, always=WHO, after=2.0)
    assert terminal(far).certificate(CertificateUse.BUYING, CASHIER, Abort()).name == "测试人"
    assert timer.now() == pytest.approx(2.0)
    assert emulator.PATIENCE > 2.0
