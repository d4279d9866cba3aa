"""Social security cards through the real stack: a virtual card, vpcd, pcscd, pyscard, our driver.

Slow: the service looks for cards every second or two.
"""

from __future__ import annotations

import json
import queue
import sys
from collections.abc import Callable, Iterator

import pytest

from app.domain.social_card import SocialCard
from app.errors import BadFrame, DeviceBusy, DeviceError, DeviceFailed, NotConnected, NotFound
from devices.connection import SystemTimer
from devices.social_card import pcsc
from devices.social_card.channel import CardChannel
from devices.social_card.driver import SocialCardWatch, SsseReader
from devices.social_card.emulator import Manners, Style, VirtualCard
from devices.social_card.pcsc import PcscSlot, chosen, found_readers
from devices.supervisor import DeviceNews, Supervisor
from tests.fakes.pcscd import PORTS, READERS, Service, service
from tests.fakes.vpcd_card import VpcdCard
from ui.commands.read_sscard import practice_cards, run_pcsc, run_sscard
from ui.words import LANGUAGES, say_error

CARDS = practice_cards()
PATIENCE = 20.0


@pytest.fixture
def stack() -> Iterator[Service]:
    with service() as running:
        yield running


Lay = Callable[..., VpcdCard]


@pytest.fixture
def lay() -> Iterator[Lay]:
    """Puts a practice card into a reader; all are taken out at the end."""
    laid: list[VpcdCard] = []

    def put(
        name: str, manners: Manners | None = None, reader: int = 0, piece: int = 4096
    ) -> VpcdCard:
        refuses = CARDS[name].get("guarded") == "refuses"
        card = VpcdCard(VirtualCard(CARDS[name], manners, refuses=refuses), PORTS[reader], piece)
        laid.append(card)
        return card

    yield put
    for card in laid:
        card.take()


def read(reader: int) -> SocialCard:
    driver = SsseReader(PcscSlot(READERS[reader]), SystemTimer())
    try:
        card = driver.wait_for_card(PATIENCE)
    finally:
        driver.close()
    assert card is not None
    return card


def until(wanted: Callable[[], bool]) -> None:
    timer = SystemTimer()
    over = timer.now() + PATIENCE
    while not wanted():
        assert timer.now() < over
        timer.pause(0.02)


def test_cards_of_several_makes_are_read(stack: Service, lay: Lay) -> None:
    assert found_readers() == list(READERS)
    lay("ordinary")
    lay("third-generation-refusing", Manners(Style.NUMBER), reader=1, piece=7)
    card, guarded = read(0), read(1)
    assert (card.name, card.id_number) == ("练习甲·在职", "999900198003120116")
    assert (card.card_number, card.id_code) == ("LX0000001", CARDS["ordinary"]["id_code"])
    assert card.reset_information == CARDS["ordinary"]["reset"]
    assert guarded.needs_authentication and guarded.name == ""
    assert guarded.version == "3.00"


def test_taken_out_and_put_in_again(stack: Service, lay: Lay) -> None:
    slot = PcscSlot(READERS[0])
    driver = SsseReader(slot, SystemTimer())
    first = lay("ordinary")
    assert driver.wait_for_card(PATIENCE) is not None
    assert driver.poll() is None
    channel: CardChannel = slot.connect()
    first.take()
    with pytest.raises(DeviceFailed) as failure:
        until(lambda: channel.transmit(bytes.fromhex("00A4000002EF05"))[0] == 0)
    assert failure.value.params["why"] in ("device_sscard.removed", "device_sscard.silent")
    until(lambda: slot.presence() is None)
    assert driver.poll() is None
    lay("second", Manners(Style.NUMBER, fetches=False))
    until(lambda: slot.presence() is not None)
    with pytest.raises(DeviceError):  # the old channel stays dead
        channel.transmit(bytes.fromhex("00A4000002EF05"))
    channel.close()
    card = driver.wait_for_card(PATIENCE)
    assert card is not None and card.card_number == "LX0000002"
    driver.close()
    driver.close()


def test_the_service_dies_and_comes_back(stack: Service, lay: Lay) -> None:
    news: queue.Queue[DeviceNews] = queue.Queue()
    cards: queue.Queue[SocialCard | DeviceError] = queue.Queue()
    timer = SystemTimer()

    def opened() -> SocialCardWatch:
        reader = SsseReader(PcscSlot(READERS[0]), timer)
        return SocialCardWatch(reader, timer, cards.put, cards.put)

    supervisor = Supervisor("device_name.sscard", opened, news.put, timer)
    supervisor.start()
    try:
        assert news.get(timeout=PATIENCE).is_there
        lay("ordinary")
        told = cards.get(timeout=PATIENCE)
        assert isinstance(told, SocialCard) and told.card_number == "LX0000001"
        stack.kill()
        assert not news.get(timeout=PATIENCE).is_there
        stack.start()
        assert news.get(timeout=PATIENCE).is_there
        told = _put_in_until_read(lay, cards)
        assert told.card_number == "LX0000002"
        assert news.empty(), "said once when gone and once when back"
    finally:
        assert supervisor.close()


def _put_in_until_read(lay: Lay, cards: queue.Queue[SocialCard | DeviceError]) -> SocialCard:
    """A service that has just come up may refuse its clients; a person puts the card in again."""
    for _ in range(3):
        card = lay("second")
        told = cards.get(timeout=PATIENCE)
        if isinstance(told, SocialCard):
            return told
        assert told.params["why"] == "device_sscard.forbidden"
        card.take()
    raise AssertionError("the service refuses every client")


def test_the_commands(stack: Service, lay: Lay, capsys: pytest.CaptureFixture[str]) -> None:
    lay("ordinary")
    assert run_sscard("Virtual PCD 00 00", PATIENCE, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "练习甲·在职"
    assert run_pcsc(as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == {"readers": list(READERS)}
    with pytest.raises(NotConnected):
        PcscSlot("No such reader")
    with pytest.raises(NotFound) as absent:
        run_sscard("No such reader", 0, as_json=True)
    assert READERS[1] in str(absent.value.params["what"])
    with pytest.raises(DeviceFailed):
        run_sscard(READERS[1], 0, as_json=True)


def test_a_dead_service_is_a_sentence(stack: Service) -> None:
    stack.kill()
    for ask in (found_readers, lambda: PcscSlot("")):
        with pytest.raises(DeviceFailed) as failure:
            ask()
        assert failure.value.params["why"] == "device_sscard.no_service"


# --- without the stack ----------------------------------------------------------------------------


def test_without_pyscard_people_are_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.delitem(sys.modules, "smartcard.scard", raising=False)
    with pytest.raises(DeviceFailed) as failure:
        PcscSlot("")
    for lang in LANGUAGES:
        assert "./yaotai devices pcsc" in say_error(failure.value, lang)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x8010001D, NotConnected),
        (0x80100009, NotConnected),
        (-0x7FEFFFE3, NotConnected),
        (0x80100069, DeviceFailed),
        (0x80100066, DeviceFailed),
        (0x8010000B, DeviceBusy),
        (0x80100068, BadFrame),
        (0x8010006A, DeviceFailed),
        (1, DeviceFailed),
    ],
)
def test_every_code_is_a_device_error_in_words(code: int, kind: type[DeviceError]) -> None:
    error = pcsc.error(code)
    assert type(error) is kind
    for lang in LANGUAGES:
        assert "device_sscard" not in say_error(error, lang)


def test_a_reader_is_found_whatever_its_index_is_today() -> None:
    names = ["Practice Reader 01 00", "Other [slot A] 00 00", "Other [slot B] 02 00"]
    assert chosen("Practice Reader 01 00", names) == "Practice Reader 01 00"
    assert chosen("Practice Reader 00 00", names) == "Practice Reader 01 00"
    assert chosen("Practice Reader", names) == "Practice Reader 01 00"
    assert chosen("Other [slot B]", names) == "Other [slot B] 02 00"
    assert chosen("Other", names) == "Other [slot A] 00 00"
    assert chosen("", names) == "Other [slot A] 00 00"
    assert chosen("Third", names) is None
    assert chosen("", []) is None
