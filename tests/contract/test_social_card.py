"""The social security card's driver and its far end under one contract, whatever goes wrong."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.social_card import SocialCard
from app.errors import BadFrame, DeviceBusy, DeviceError, DeviceFailed, NotConnected
from app.resources import resource
from devices.social_card.driver import POLL_EVERY, SocialCardWatch, SsseReader
from devices.social_card.emulator import Fault, Manners, Style, VirtualCard, VirtualReader
from devices.social_card.wire import masked, record
from devices.supervisor import DeviceNews, Supervisor
from tests.fakes.timer import HandTimer
from ui.commands.devices import run_replay
from ui.commands.read_sscard import run_sscard
from ui.words import LANGUAGES, say_error

CARDS = tomllib.loads(resource("practice", "social_cards.toml").read_text("utf-8"))
OPEN = [name for name, card in CARDS.items() if "guarded" not in card]
MAKES = {
    "by tag": Manners(),
    "by number": Manners(Style.NUMBER),
    "by short file": Manners(Style.SHORT_FILE),
    "by short file, selecting nothing": Manners(Style.SHORT_FILE, selects_files=False),
    "all at once": Manners(fetches=False),
    "by number, all at once": Manners(Style.NUMBER, fetches=False),
    "its own length only": Manners(strict=True),
    "by number, its own length only": Manners(Style.NUMBER, strict=True),
    "without a name": Manners(Style.NUMBER, knows_name=False),
    "selecting with 00": Manners(select_p1=(0x00,)),
    "selecting with 02": Manners(select_p1=(0x02,)),
}
VERIFY = 0x20


def card_of(name: str, manners: Manners | None = None) -> VirtualCard:
    card = CARDS[name]
    return VirtualCard(card, manners, refuses=card.get("guarded") == "refuses")


def laid(card: VirtualCard) -> tuple[VirtualReader, SsseReader]:
    slot = VirtualReader()
    slot.lay(card)
    return slot, SsseReader(slot, HandTimer())


def read_once(card: VirtualCard) -> SocialCard:
    slot, reader = laid(card)
    try:
        return reader.read()
    finally:
        assert slot.open_channels == 0, "whatever happens, the card is let go"


# --- in good order --------------------------------------------------------------------------------


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("name", OPEN)
def test_every_make_of_card_is_read(name: str, make: str) -> None:
    card = read_once(card_of(name, MAKES[make]))
    told, wanted = CARDS[name], card
    assert (wanted.name, wanted.id_number) == (told["name"], told["id_number"])
    assert (wanted.card_number, wanted.id_code) == (told["card_number"], told["id_code"])
    assert (wanted.version, wanted.organisation) == (told["version"], told["organisation"])
    assert wanted.issued is not None and f"{wanted.issued:%Y%m%d}" == told["issued"]
    assert wanted.reset_information == told["reset"]
    assert not wanted.needs_authentication


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("name", ["third-generation", "third-generation-refusing"])
def test_a_card_that_keeps_its_holder_to_itself_needs_authentication(name: str, make: str) -> None:
    card = read_once(card_of(name, MAKES[make]))
    assert card.needs_authentication
    assert (card.name, card.id_number) == ("", "")
    assert card.version == "3.00"
    assert card.id_code == CARDS[name]["id_code"]


@pytest.mark.parametrize("make", MAKES)
def test_what_worked_is_tried_first_the_next_time(make: str) -> None:
    slot, reader = laid(first := card_of("ordinary", MAKES[make]))
    reader.read()
    slot.lift()
    slot.lay(second := card_of("second", MAKES[make]))
    assert reader.read().name == CARDS["second"]["name"]
    assert len(second.heard) <= len(first.heard)
    refused = [one for one in second.heard if one not in first.heard]
    assert refused == []


def test_another_make_after_the_first_is_read_as_well() -> None:
    slot, reader = laid(card_of("ordinary", Manners(Style.SHORT_FILE, selects_files=False)))
    for manners in (*MAKES.values(), *reversed(MAKES.values())):
        slot.lay(card_of("second", manners))
        assert reader.read().name == CARDS["second"]["name"]


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("name", CARDS)
def test_no_pin_is_ever_tried(name: str, make: str) -> None:
    """A card counts wrong tries and locks itself; only its holder may spend them."""
    card = card_of(name, MAKES[make])
    read_once(card)
    assert {one[1] for one in card.heard} <= {0xA4, 0xB2, 0xC0}


@given(
    st.lists(st.sampled_from([*Fault]) | st.binary(max_size=40) | st.none(), max_size=60),
    st.sampled_from([*MAKES.values()]),
)
def test_no_pin_is_ever_tried_whatever_the_card_says(
    faults: list[Fault | bytes | None], manners: Manners
) -> None:
    card = card_of("ordinary", manners)
    card.faults.extend(faults)
    _, reader = laid(card)
    for _ in range(3):
        try:
            reader.poll()
        except DeviceError:
            continue
    assert not [one for one in card.heard if one[1] == VERIFY]


def test_the_tag_in_the_answer_counts_and_not_the_number_asked() -> None:
    # Asked for the first record of the holder's file, some cards tell the name there.
    card = card_of("ordinary", Manners(Style.NUMBER, fetches=False))
    name, number = b"\x09\x06\xc1\xb7\xcf\xb0\xbc\xd7\x90\x00", b"\x08\x01X\x90\x00"
    _, reader = laid(card)
    reader.read()
    card.heard.clear()
    reader.read()  # without looking for the spelling, as all the following times
    first = [at for at, one in enumerate(card.heard) if one[:4] == b"\x00\xb2\x01\x04"][-1]
    card.faults.extend([*([None] * first), name, number])
    told = reader.read()
    assert (told.name, told.id_number) == ("练习甲", "X")


# --- new, old, gone -------------------------------------------------------------------------------


def test_a_card_left_in_the_reader_is_read_once_until_it_was_taken_out() -> None:
    slot, reader = laid(card_of("ordinary"))
    assert reader.poll() is not None
    assert reader.poll() is None
    slot.lift()
    assert reader.poll() is None
    slot.lay(card_of("ordinary"))
    assert reader.poll() is not None


def test_a_card_that_was_changed_between_two_looks_is_new() -> None:
    slot, reader = laid(card_of("ordinary"))
    reader.poll()
    slot.lift()
    slot.lay(card_of("second"))
    card = reader.poll()
    assert card is not None and card.card_number == "LX0000002"


def test_a_card_read_on_request_is_not_told_a_second_time() -> None:
    _, reader = laid(card_of("ordinary"))
    assert reader.read().card_number == "LX0000001"
    assert reader.poll() is None
    assert reader.read().card_number == "LX0000001"


def test_an_empty_reader() -> None:
    slot = VirtualReader()
    reader = SsseReader(slot, timer := HandTimer())
    assert reader.poll() is None
    assert reader.wait_for_card(1.0) is None
    assert timer.at >= 1.0
    with pytest.raises(DeviceFailed) as failure:
        reader.read()
    assert failure.value.params["why"] == "device_sscard.no_card"


def why_of(card: VirtualCard) -> str:
    with pytest.raises(DeviceFailed) as failure:
        read_once(card)
    for lang in LANGUAGES:
        assert say_error(failure.value, lang)
    return str(failure.value.params["why"]).removeprefix("device_sscard.")


def test_cards_that_cannot_be_read_are_told_apart() -> None:
    foreign = card_of("ordinary", Manners(knows_name=False, selects_files=False))
    assert why_of(foreign) == "not_social"
    locked = card_of("ordinary")
    locked.faults.append(b"\x62\x83")
    assert why_of(locked) == "locked"
    empty = card_of("ordinary")
    empty.faults.extend([None] * 4 + [b"\x6a\x83"] * 60)
    assert why_of(empty) == "unreadable"


def test_another_program_has_the_card() -> None:
    slot, reader = laid(card_of("ordinary"))
    slot.held = True
    with pytest.raises(DeviceBusy):
        reader.read()


# --- at every command -----------------------------------------------------------------------------


def commands(manners: Manners) -> range:
    card = card_of("ordinary", manners)
    read_once(card)
    return range(len(card.heard))


@pytest.mark.parametrize("make", ["by tag", "by number, all at once"])
def test_taken_out_at_every_command(make: str) -> None:
    for at in commands(MAKES[make]):
        card = card_of("ordinary", MAKES[make])
        card.faults.extend([*([None] * at), Fault.REMOVED])
        assert why_of(card) == "removed"


@pytest.mark.parametrize("make", ["by tag", "by number, all at once"])
def test_unplugged_at_every_command(make: str) -> None:
    for at in commands(MAKES[make]):
        card = card_of("ordinary", MAKES[make])
        card.faults.extend([*([None] * at), Fault.UNPLUGGED])
        with pytest.raises(NotConnected):
            read_once(card)


@pytest.mark.parametrize("fault", [Fault.NOTHING, Fault.ONE_BYTE, Fault.NOISE, Fault.ENDLESS])
def test_no_answer_at_every_command_is_a_bad_frame(fault: Fault) -> None:
    for at in commands(Manners()):
        card = card_of("ordinary")
        card.faults.extend([*([None] * at), fault])
        with pytest.raises(BadFrame):
            read_once(card)


@pytest.mark.parametrize("fault", [Fault.HALF, b"\x90\x00", b"\x6f\x00", b"\x61\x00", b"\x6c\x00"])
def test_half_an_answer_at_every_command_is_never_another_person(fault: Fault | bytes) -> None:
    for at in commands(Manners()):
        card = card_of("ordinary")
        card.faults.extend([*([None] * at), fault])
        try:
            told = read_once(card)
        except DeviceError:
            continue
        assert told.name in ("", CARDS["ordinary"]["name"])
        assert told.id_number in ("", CARDS["ordinary"]["id_number"])
        assert told.card_number in ("", CARDS["ordinary"]["card_number"])
        if not (told.name and told.id_number and told.card_number):
            assert told.needs_authentication


def test_a_card_that_only_answers_in_pieces_for_ever_is_a_bad_frame() -> None:
    card = card_of("ordinary")
    card.faults.extend([b"\x61\x05"] * 60)
    with pytest.raises(BadFrame):
        read_once(card)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.NOISE])
def test_what_fails_while_the_card_is_pushed_in_is_tried_once_more(fault: Fault) -> None:
    card = card_of("ordinary")
    card.faults.append(fault)
    _, reader = laid(card)
    assert reader.poll() is None
    assert reader.poll() is not None


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.NOISE])
def test_what_fails_twice_is_told_once(fault: Fault) -> None:
    card = card_of("ordinary")
    card.faults.extend([fault, fault])
    _, reader = laid(card)
    assert reader.poll() is None
    with pytest.raises(DeviceError):
        reader.poll()
    assert reader.poll() is None, "told already; the person has to take it out"


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*Fault]) | st.binary(max_size=300) | st.none(), max_size=80))
def test_whatever_a_card_answers_is_a_card_or_a_device_error(
    faults: list[Fault | bytes | None],
) -> None:
    card = card_of("ordinary", Manners(fetches=False))
    card.faults.extend(faults)
    try:
        read_once(card)
    except DeviceError as error:
        assert "练习" not in str(error) and "9999" not in str(error)


# --- watched --------------------------------------------------------------------------------------


class Counter:
    """A watched reader and what its consumer and the lamp heard."""

    def __init__(self) -> None:
        self.slot, self.timer = VirtualReader(), HandTimer()
        self.cards: list[SocialCard] = []
        self.failures: list[DeviceError] = []
        self.news: list[DeviceNews] = []
        self.supervisor = Supervisor("device_name.sscard", self._open, self.news.append, self.timer)

    def _open(self) -> SocialCardWatch:
        self.slot.presence()
        reader = SsseReader(self.slot, self.timer)
        return SocialCardWatch(reader, self.timer, self.cards.append, self.failures.append)

    def go_on(self, seconds: float = 2 * POLL_EVERY) -> None:
        until = self.timer.at + seconds
        while self.timer.at < until:
            self.supervisor.step()


def test_a_card_put_in_goes_to_its_consumer_once() -> None:
    counter = Counter()
    counter.go_on()
    assert (counter.cards, counter.failures) == ([], [])
    counter.slot.lay(card_of("ordinary"))
    counter.go_on(3.0)
    assert [card.card_number for card in counter.cards] == ["LX0000001"]


def test_a_card_that_cannot_be_read_is_told_once_and_the_reader_stays() -> None:
    counter = Counter()
    counter.slot.lay(card_of("ordinary", Manners(knows_name=False, selects_files=False)))
    counter.go_on(3.0)
    assert len(counter.failures) == 1
    assert [news.is_there for news in counter.news] == [True]
    counter.slot.lay(card_of("second"))
    counter.go_on()
    assert len(counter.cards) == 1


def test_a_reader_that_went_comes_back_by_itself() -> None:
    counter = Counter()
    counter.go_on()
    counter.slot.unplug()
    counter.go_on(3.0)
    counter.slot.plug()
    counter.slot.lay(card_of("second"))
    counter.go_on(10.0)
    assert [news.is_there for news in counter.news] == [True, False, True]
    assert [card.card_number for card in counter.cards] == ["LX0000002"]


def test_asked_for_the_card_that_is_there() -> None:
    counter = Counter()
    counter.slot.lay(card_of("ordinary"))
    asked: Future[SocialCard] = counter.supervisor.ask(lambda watch: watch.reader.read())
    counter.go_on()
    assert asked.result(0).card_number == "LX0000001"
    assert counter.cards == []


# --- the command ----------------------------------------------------------------------------------


def told(capsys: pytest.CaptureFixture[str], reader: str) -> tuple[int, dict[str, object]]:
    code = run_sscard(reader, 0, as_json=True)
    out = capsys.readouterr()
    assert out.err == ""
    return code, json.loads(out.out)


KEYS: Iterable[str] = (
    "card_number", "id_number", "name", "sex", "issuer", "version", "issued", "expires",
    "needs_authentication",
)  # fmt: skip


def test_the_command_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = told(capsys, "practice")
    assert code == 0
    assert {key: document[key] for key in KEYS} == {
        "card_number": "LX0000001",
        "id_number": "999900198003120116",
        "name": "练习甲·在职",
        "sex": "male",
        "issuer": "999900000000000000000001",
        "version": "2.00",
        "issued": "2018-06-01",
        "expires": "2038-06-01",
        "needs_authentication": False,
    }
    assert document["findings"] == []


def test_a_guarded_card_is_a_finding_and_absent_fields_are_null(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, document = told(capsys, "practice:third-generation")
    assert code == 1
    assert document["needs_authentication"] is True
    assert [document[key] for key in ("card_number", "id_number", "name", "sex")] == [None] * 4
    assert document["version"] == "3.00"


def test_a_recorded_conversation_names_nobody_and_plays_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "card.log"
    assert run_sscard("practice:long-name", 0, as_json=True, record=file) == 0
    log = file.read_text("ascii")
    name, number = CARDS["long-name"]["name"], CARDS["long-name"]["id_number"]
    for personal in (name[:2].encode("gbk"), number.encode(), b"LX0000098", b"\xd1\x56\0\0\x05"):
        assert personal.hex() not in log
    capsys.readouterr()
    assert run_replay(file, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert [step["what"] for step in told["steps"]] == ["card:2.00"]
    assert told["strange"] == 0


@given(st.binary(max_size=80))
def test_masks_keep_length_and_no_value(data: bytes) -> None:
    shown = masked(data)
    assert len(shown) == len(data)
    found = record(data[:-2])
    if found is not None and found[0] in (0x01, 0x07, 0x08, 0x09, 0x4E):
        assert set(shown[2 : 2 + len(found[1])]) <= {0x00, 0x20, 0x30, 0xFF}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_people_are_told_in_words(capsys: pytest.CaptureFixture[str], lang: str) -> None:
    assert run_sscard("practice:third-generation", 0, as_json=False, lang=lang) == 1
    assert {"zh_CN": "医保电子凭证", "en": "e-certificate"}[lang] in capsys.readouterr().out
