"""What goes wrong, drawn by the dice before each event."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sync.insurance.simulator.faults import Rule
from ui.simulation.world import WireFault

if TYPE_CHECKING:
    from ui.simulation.store import SimStore
    from ui.simulation.tills import Till

EVERY = 0.055
"""How likely something is made ready before an event."""
_WITH_DEFECT = 3
"""So many times as likely where a planted defect is to be found."""
MONEY = ("2102", "2103", "2207", "2208", "2601")
UPLOADS = tuple(f"350{last}{form}" for last in "123456" for form in ("", "A"))
WIRE = ("request_lost", "request_late", "answer_lost", "answer_late", "answer_torn",
        "request_doubled")  # fmt: skip
THERE = ("http_500", "http_502", "html", "empty", "maintenance", "refused", "twice",
         "other_msgid", "wrong_amounts", "bad_signature", "redirect", "clock_off")  # fmt: skip
DICED = ("wire", "platform", "commit", "line", "clock")
GROUPS = (*DICED, "restore")
"""The last one has dice of its own (:mod:`ui.simulation.restore`)."""
_WEIGHTS = {"wire": 8, "platform": 6, "commit": 8, "line": 1, "clock": 1}
COMMITS = ("before", "after", "power", "full")


def draw(store: SimStore, till: Till) -> None:
    """Perhaps something is made ready for the till's next step."""
    dice = store.dice
    store.restoring.perhaps(till)
    groups = [one for one in DICED if one in store.task.faults]
    if not groups:
        return
    _mend(store, till)
    often = EVERY * (_WITH_DEFECT if store.task.defect else 1)
    if dice.random() > often or not till.open:
        return
    what = dice.choices(groups, [_WEIGHTS[each] for each in groups])[0]
    if what == "wire":
        # A late message must arrive while the till still waits with its conclusions.
        late = dice.uniform(5, till.doors.profile.unknown_wait_seconds - 30)
        kind = dice.choice(WIRE)
        amount = dice.random() if kind == "answer_torn" else late
        of_money = MONEY if dice.random() < 0.7 else ()
        store.net.armed.setdefault(till.no, []).append(WireFault(kind, amount, of_money))
    elif what == "platform":
        chosen: tuple[tuple[str, ...], ...] = (MONEY, UPLOADS, ())
        infnos = dice.choices(chosen, (5, 3, 2))[0]
        kind = "refused" if infnos is UPLOADS and dice.random() < 0.5 else dice.choice(THERE)
        store.platform.faults.add([Rule(kind, infno=infnos)])
    elif what == "commit":
        till.power.arm(dice.choice(COMMITS), dice.randint(1, 6), dice.random() * 0.999)
    elif what == "line":
        store.net.down.add(till.no)
        store.fired += 1
        till.tell("the line is down")
    else:
        _jump(store, till)


def _jump(store: SimStore, till: Till) -> None:
    """The till's clock is wrong until somebody sets it right."""
    dice = store.dice
    seconds = dice.choice((-86_400, -7_200, -40, 45, 5_400, 90_000))
    till.clock.off = timedelta(seconds=seconds)
    till.wrong_until = store.clock.now() + timedelta(seconds=dice.uniform(60, 900))
    store.fired += 1
    till.tell(f"its clock jumps by {seconds} s")


def _mend(store: SimStore, till: Till) -> None:
    if till.no in store.net.down and store.dice.random() < 0.15:
        store.net.down.discard(till.no)
        till.tell("the line is up again")
    if till.wrong_until is not None and store.clock.now() >= till.wrong_until:
        till.clock.off, till.wrong_until = timedelta(0), None
        till.tell("its clock is right again")
    rules = store.platform.faults
    if len(rules.rules) > 8:
        store.fired += sum(rule.fired for rule in rules.rules)
        rules.clear()


def health(store: SimStore) -> None:
    """Everything is well from now on."""
    store.fired += sum(rule.fired for rule in store.platform.faults.rules)
    store.platform.faults.clear()
    store.net.armed.clear()
    store.net.down.clear()
    for till in store.tills:
        till.power.disarm()
        till.clock.off, till.wrong_until = timedelta(0), None
