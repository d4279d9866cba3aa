"""The reader of social security cards at the till: by PC/SC, by a region's driver, emulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.domain.device_plan import FoundPlace
from app.use_cases.notes import Note

if TYPE_CHECKING:
    from app.ports_devices import SocialCardReader
    from devices.social_card.channel import CardSlot
    from devices.supervisor import Watched
    from ui.device_bench import Trial, Workbench

_LIBRARY = "library:"


def watched_cards(bench: Workbench) -> Watched:
    """The reader, looked at all the time; :raises DeviceError: it is not there, and why."""
    from devices.social_card.driver import SocialCardWatch

    return SocialCardWatch(_reader(bench), bench.timer, bench.say, bench.say)


def _reader(bench: Workbench) -> SocialCardReader:
    from devices.social_card import recorded, wire
    from devices.social_card.driver import SsseReader
    from devices.social_card.emulator import VirtualReader
    from devices.social_card.pcsc import PcscSlot

    if bench.placed.address.startswith(_LIBRARY):
        from devices.social_card.library import open_library
        from ui.library_host import library_place

        return open_library(library_place(bench), bench.timer)
    slot: CardSlot
    if bench.placed.is_practice:
        slot = bench.kept(VirtualReader)
        slot.presence()  # whose cable is out is not there
    else:
        slot = PcscSlot(bench.rest_of("pcsc"))
    log = bench.ring(recorded.KIND, wire.masked)
    return SsseReader(recorded.RecordedSlot(slot, log), bench.timer)


def try_cards(trial: Trial) -> tuple[Note, ...]:
    """That it is there; and if a card is in it, that it can be read. Nothing of it is told."""
    if trial.bench.placed.address.startswith(_LIBRARY):
        return (Note("device_try.social_card_library", {}, "good"),)
    watch: Any = trial.driver
    card = watch.reader.poll()
    if card is None:
        return (Note("device_try.social_card", {}, "good"),)
    return (Note("device_try.social_card_read", {"version": card.version or "?"}, "good"),)


def found_slots() -> tuple[FoundPlace, ...]:
    """The readers that PC/SC shows; none where it is not installed: trying one says what to do."""
    from app.errors import DeviceError
    from devices.social_card.pcsc import found_readers

    try:
        return tuple(FoundPlace(f"pcsc:{name}", name) for name in found_readers())
    except DeviceError:
        return ()
