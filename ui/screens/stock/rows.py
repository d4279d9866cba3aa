"""Rows of the page's lists, with their titles; what is shown is what is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.money import Quantity
from app.use_cases.shelf_list import Look
from ui.widgets.figures import Line, packs, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.domain.recall import Recall
    from app.domain.rx_case import UnmetRequest
    from app.use_cases.item_ledger import Event, Ledger
    from app.use_cases.recalls import RecallView
    from app.use_cases.shelf_list import DrugRow, LotRow
    from app.use_cases.split_register import SplitRow
    from ui.screens.session import Session
    from ui.widgets.figures import Value

FILTERS: Final = ("all", "near", "expired", "locked", "short", "odd", "returned")
OF_LOTS: Final = ("near", "expired", "locked", "returned")
"""Filters that show lots instead of drugs."""
FILTERS_OF: Final = {
    "short": frozenset({Look.SHORT}),
    "odd": frozenset({Look.NEGATIVE, Look.IDLE, Look.UNDATED}),
}
"""Which looks of a drug a filter of drugs shows."""

# What matters most stands first: at large type the columns at the right are scrolled to.
DRUGS: Final = (
    "name", "spec", "on_hand", "unit", "state", "earliest", "least", "reserved", "lots", "maker",
)  # fmt: skip
LOTS: Final = (
    "name", "batch", "expires", "days_left", "on_hand", "state", "spec", "reserved", "returned",
    "maker",
)  # fmt: skip
OWN_LOTS: Final = ("batch", "expires", "days_left", "on_hand", "state", "reserved", "returned",
                   "made", "received")  # fmt: skip
LEDGER: Final = ("at", "kind", "number", "batch", "quantity", "balance", "staff", "reason",
                 "amount")  # fmt: skip
EVENT: Final = ("name", "spec", "batch", "kind", "quantity", "reason", "amount")
RECALLS: Final = ("number", "batch", "drug", "level", "source", "notice_no", "begun", "state",
                  "result")  # fmt: skip
RECALLED: Final = ("name", "batch", "on_hand", "returned", "reserved", "sold", "gone", "state",
                   "received_packs", "expires", "spec")  # fmt: skip
BUYERS: Final = ("receipt", "at", "name", "quantity", "back", "kept", "person")
BASKETS: Final = ("basket", "till", "opened", "quantity")
LOSSES: Final = ("number", "at", "line_count", "reason", "note")
SPLITS: Final = ("name", "batch", "expires", "left", "place", "taken", "opened", "staff", "spec")
WANTED: Final = ("at", "name", "spec", "quantity", "why")

COST: Final = ("cost",)
"""For those who may see it."""

_DRUG_STATE: Final = DRUGS.index("state")
_LOT_STATE: Final = LOTS.index("state")
_TONE: Final = {
    Look.EXPIRED: "bad", Look.NEGATIVE: "bad", Look.LOCKED: "bad", Look.NEAR: "warn",
    Look.SHORT: "warn", Look.IDLE: "second", Look.UNDATED: "second",
}  # fmt: skip


def titles(session: Session, names: tuple[str, ...]) -> tuple[str, ...]:
    """Headings of a list."""
    return tuple(session.say(f"shelf.column_{name}") for name in names)


def lot_filter(name: str, lot: LotRow) -> bool:
    """Whether a filter of lots shows this one."""
    if name == "returned":
        return bool(lot.returned)
    return Look(name) in lot.looks if name in OF_LOTS else False


def near_only(name: str, level: int, lot: LotRow) -> bool:
    """Whether it falls under the level that is looked at."""
    return name != "near" or not level or 0 < lot.level <= level


def state_words(session: Session, drug: DrugRow) -> str:
    """What wants a look, gravest first; empty where nothing does."""
    short = session.say("shelf.short_by", packs=drug.missing.plain())
    looks = [each for each in _TONE if each in drug.looks]
    return listed(
        session, [short if each is Look.SHORT else f"shelf.look_{each}" for each in looks]
    )


def listed(session: Session, words: Iterable[str]) -> str:
    """Words or message ids side by side, as the language does it."""
    said = [session.say(word) if word.startswith("shelf.") else word for word in words]
    return session.say("list.comma").join(said)


def lot_words(session: Session, lot: LotRow) -> str:
    """State of a lot with its reason, and what its date says."""
    words = []
    if lot.locked:
        said = session.say(f"shelf.state_{lot.state}")
        why = session.say_code("shelf.lock", lot.why) if lot.why else ""
        inner = f" ({why})" if session.lang == "en" else f"（{why}）"
        words.append(said + inner if why and why != said else said)
    if Look.EXPIRED in lot.looks:
        words.append(session.say("shelf.look_expired"))
    elif lot.level:
        words.append(session.say("shelf.within", days=lot.level))
    if Look.NEGATIVE in lot.looks:
        words.append(session.say("shelf.look_negative"))
    if Look.UNDATED in lot.looks:
        words.append(session.say("shelf.look_undated"))
    return listed(session, words) or session.say("shelf.state_saleable")


def lot_tone(lot: LotRow) -> str:
    """Colour of the words."""
    return next((tone for look, tone in _TONE.items() if look in lot.looks), "")


def drug_lines(session: Session, drugs: list[DrugRow], costs: bool) -> list[Line]:
    """The list of drugs."""
    lines = []
    for drug in drugs:
        goods = sum(bool(lot.on_hand) for lot in drug.lots)
        values: tuple[Value, ...] = (
            drug.name, drug.spec, packs(drug.on_hand), drug.unit, state_words(session, drug),
            drug.earliest, packs(drug.least) if drug.least else None,
            packs(drug.reserved) if drug.reserved else None, goods, drug.maker,
            *((yuan(drug.cost),) if costs else ()),
        )  # fmt: skip
        tone = next((tone for look, tone in _TONE.items() if look in drug.looks), "")
        tones = tuple(tone if at == _DRUG_STATE else "" for at in range(len(values)))
        batches = " ".join(lot.batch for lot in drug.lots)
        also = " ".join((drug.shop_code, drug.codes, drug.generic_name, drug.initials, batches))
        lines.append(Line(values, tones, drug, also, drug.medicine_id))
    return lines


def lot_lines(session: Session, lots: list[tuple[DrugRow, LotRow]], costs: bool) -> list[Line]:
    """The list of lots of many drugs."""
    lines = []
    for drug, lot in lots:
        values: tuple[Value, ...] = (
            drug.name, lot.batch or session.say("shelf.no_batch"), lot.expires_on, lot.days_left,
            packs(lot.on_hand), lot_words(session, lot), drug.spec,
            packs(lot.reserved) if lot.reserved else None,
            packs(lot.returned) if lot.returned else None, drug.maker,
            *((yuan(lot.cost),) if costs else ()),
        )  # fmt: skip
        tones = tuple(lot_tone(lot) if at == _LOT_STATE else "" for at in range(len(values)))
        also = " ".join((drug.shop_code, drug.codes, drug.generic_name, drug.initials))
        lines.append(Line(values, tones, (drug, lot), also, drug.medicine_id))
    return lines


def own_lot_lines(session: Session, drug: DrugRow) -> list[Line]:
    """The lots of one drug."""
    return [
        Line(
            (
                lot.batch or session.say("shelf.no_batch"), lot.expires_on, lot.days_left,
                packs(lot.on_hand), lot_words(session, lot),
                packs(lot.reserved) if lot.reserved else None,
                packs(lot.returned) if lot.returned else None, lot.made_on, lot.received_at,
            ),
            ("", "", "", "", lot_tone(lot), "", "", "", ""),
            (drug, lot),
        )
        for lot in drug.lots
    ]  # fmt: skip


def ledger_lines(session: Session, ledger: Ledger) -> list[Line]:
    """The movements, oldest first; what came before stands in the first row."""
    lines = []
    if ledger.first is not None:
        before: tuple[Value, ...] = (
            None, session.say("shelf.before"), "", "", None, packs(ledger.before), "", "", None,
        )  # fmt: skip
        lines.append(Line(before, ("",) * 9, None))
    for row in ledger.rows:
        kind = session.say(f"shelf.kind_{row.kind}")
        tone = "bad" if row.quantity.ten_thousandths < 0 else "good"
        lines.append(
            Line(
                (
                    row.at, kind, row.number, row.batch, packs(row.quantity),
                    packs(row.balance) if row.on_shelf else None, row.staff,
                    reason_words(session, row.reason, row.paid_by), yuan(row.amount),
                ),
                ("", "", "", "", tone if row.on_shelf else "second", "", "", "", ""),
                row,
            )
        )  # fmt: skip
    return lines


def reason_words(session: Session, reason: str, paid_by: str = "") -> str:
    """Why goods moved, or who paid for them."""
    if reason:
        return session.say_code("shelf.reason", reason)
    return session.say_code("shelf.paid", paid_by) if paid_by else ""


def event_lines(session: Session, event: Event) -> list[Line]:
    """Everything that an event moved; the row that was asked for stands out."""
    return [
        Line(
            (
                row.name, row.spec, row.batch, session.say(f"shelf.kind_{row.kind}"),
                packs(row.quantity), session.say_code("shelf.reason", row.reason)
                if row.reason else "", yuan(row.amount),
            ),
            ("accent" if row.here else "",) * 7,
            row,
        )
        for row in event.rows
    ]  # fmt: skip


def recall_lines(session: Session, recalls: list[Recall], name: Callable[[str], str]) -> list[Line]:
    """The list of recalls."""
    return [
        Line(
            (
                one.number, one.batch, name(one.medicine_id),
                session.say(f"shelf.level_{one.level}"), session.say(f"shelf.source_{one.source}"),
                one.notice_no, one.begun_at, session.say(f"shelf.recall_state_{one.state}"),
                one.result,
            ),
            ("",) * 7 + ("bad" if one.state == "open" else "", ""),
            one,
        )
        for one in recalls
    ]  # fmt: skip


def recalled_lines(session: Session, view: RecallView) -> list[Line]:
    """What is left of each lot, and where."""
    return [
        Line(
            (
                row.name, row.batch, packs(row.on_hand), packs(row.returned), packs(row.reserved),
                packs(row.sold), packs(row.gone), session.say(f"shelf.state_{row.state}"),
                packs(row.received), row.expires_on, row.spec,
            ),
            (),
            row,
        )
        for row in view.lots
    ]  # fmt: skip


def buyer_lines(session: Session, view: RecallView) -> list[Line]:
    """Who bought some."""
    return [
        Line(
            (
                row.receipt_no, row.at, row.name, packs(row.quantity),
                packs(row.back) if row.back else None, packs(row.kept),
                row.person or session.say("shelf.nobody"),
            ),
            (),
            row,
        )
        for row in view.buyers
    ]  # fmt: skip


def basket_lines(session: Session, view: RecallView) -> list[Line]:
    """Which baskets hold some now."""
    return [
        Line(
            (
                session.say("shelf.basket_held" if row.held_at else "shelf.basket_open"),
                row.till_id, row.held_at or row.opened_at, packs(row.quantity),
            ),
            (),
            row,
        )
        for row in view.baskets
    ]  # fmt: skip


def part_words(row: SplitRow) -> str:
    """What is left of an opened pack, in pieces where the specification says how many."""
    if row.left_pieces is not None:
        return f"{row.left_pieces} {row.piece}"
    return f"{row.left.plain()} {row.unit}"


def taken_words(session: Session, row: SplitRow) -> str:
    """How often pieces were taken, and how many."""
    whole = sum(one.quantity.ten_thousandths for one in row.taken)
    if row.in_pack is not None:
        count = sum(one.pieces or 0 for one in row.taken)
        return session.say("shelf.taken_pieces", times=len(row.taken), count=count, piece=row.piece)
    return session.say("shelf.taken_packs", times=len(row.taken), count=Quantity(whole).plain())


def split_lines(session: Session, rows: tuple[SplitRow, ...]) -> list[Line]:
    """The register of opened packs."""
    return [
        Line(
            (
                row.name, row.batch, row.expires_on,
                session.say("shelf.finished") if row.finished else part_words(row),
                row.place or ("—" if row.finished else session.say("shelf.place_missing")),
                taken_words(session, row), row.opened_at, row.opened_by, row.spec,
            ),
            ("", "", "", "", "" if row.place or row.finished else "warn", "", "", "", ""),
            row,
        )
        for row in rows
    ]  # fmt: skip


def wanted_lines(session: Session, rows: list[UnmetRequest]) -> list[Line]:
    """What was asked for and was not there."""
    return [
        Line(
            (
                row.at, row.name, row.spec, packs(row.quantity),
                session.say_code("shelf.why", row.why),
            ),
            (),
            row,
        )
        for row in rows
    ]  # fmt: skip
