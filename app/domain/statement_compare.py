"""Line by line: our lines of a day against the centre's result rows (3202); pure, no figure moves.

What this cannot decide from the file alone (a row said to differ whose figures are ours) is left
as a suspect: the platform is then asked for it by its ids.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.domain.statement import Cause, CentreRow, GroupKey, OwnRow


@dataclass(frozen=True, slots=True)
class Told:
    """A row of a result file with the group whose file it came in (the file names none)."""

    row: CentreRow
    agency: str
    clr_type: str

    def group(self, insutype: str) -> GroupKey:
        """Where it belongs."""
        return GroupKey(self.agency, insutype, self.clr_type, self.row.refunded)


@dataclass(frozen=True, slots=True)
class Paired:
    """The same matter on both sides, told differently."""

    own: OwnRow
    told: Told
    cause: Cause
    twin_msgid: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """What is left when all that agrees is taken away."""

    pairs: tuple[Paired, ...]
    suspects: tuple[OwnRow, ...]
    """Ours; the file says something else, or leaves them out."""
    strangers: tuple[Told, ...]
    """The centre's; no line of ours of this day has their message."""


def match(own: Sequence[OwnRow], told: Sequence[Told], level: Collection[str]) -> Matched:
    """What differs. ``own``: lines of the groups whose files were fetched; ``level``: results that
    mean *agrees* in this region."""
    by_id = {row.setl_id: row for row in own if row.can_be_filed}
    by_message = {(row.msgid, row.negative): row for row in own}
    said: dict[tuple[str, bool], list[Told]] = {}
    strangers: dict[tuple[str, bool], Told] = {}
    for one in told:
        row = one.row
        mine = by_id.get(row.setl_id) or by_message.get((row.msgid, row.negative))
        if mine is not None:
            said.setdefault((mine.msgid, mine.negative), []).append(one)
        elif row.msgid:
            strangers[(row.msgid, row.negative)] = one
    # Some list every row, some only what differs: where nothing is called level, silence agrees.
    lists_all = any(one.row.result in level for one in told)
    pairs, suspects = list[Paired](), list[OwnRow]()
    for line in own:
        rows = said.get((line.msgid, line.negative), [])
        pair = _pair(line, rows)
        if pair is not None:
            pairs.append(pair)
        elif not _agrees(line, rows, level, lists_all):
            suspects.append(line)
    return _with_twins(pairs, suspects, list(strangers.values()))


def _pair(own: OwnRow, said: Sequence[Told]) -> Paired | None:
    """A row of the centre's own making, without ids, under the message of a line of ours."""
    for one in said:
        if one.row.setl_id or one.row.figures is None:
            continue
        if one.row.refunded != own.group.refunded:
            here = own.group.refunded
            return Paired(own, one, Cause.STANDING_THERE if here else Cause.CANCELLED_THERE)
        if not one.row.figures.same(own.figures):
            return Paired(own, one, Cause.AMOUNTS)
    return None


def _agrees(own: OwnRow, said: Sequence[Told], level: Collection[str], lists_all: bool) -> bool:
    if not said:
        return own.can_be_filed and not lists_all
    return any(_same(own, one.row, level) for one in said)


def _same(own: OwnRow, row: CentreRow, level: Collection[str]) -> bool:
    alike = row.figures is None or row.figures.same(own.figures)
    if not alike or row.refunded != own.group.refunded:
        return False
    # Without ids it is a row of the centre's that found its line here by the message.
    return row.result in level or not row.setl_id


def _with_twins(pairs: list[Paired], suspects: list[OwnRow], strangers: list[Told]) -> Matched:
    """One matter is one difference: a refund's two lines are told together."""
    found = []
    for pair in pairs:
        own = pair.own
        if pair.cause is Cause.CANCELLED_THERE:
            twin = next((one for one in strangers if is_twin(own, one.row)), None)
            if twin is not None:
                strangers.remove(twin)
                pair = replace(pair, twin_msgid=twin.row.msgid)
        found.append(pair)
    standing = {
        pair.own.settlement_id
        for pair in found
        if pair.cause is Cause.STANDING_THERE and pair.own.settlement_id
    }
    left = [row for row in suspects if not (row.negative and row.settlement_id in standing)]
    return Matched(tuple(found), tuple(left), tuple(strangers))


def is_twin(own: OwnRow, row: CentreRow) -> bool:
    """Whether a row is the cancel of a line: the same person, every amount negated."""
    figures = row.figures
    return figures is not None and row.psn_no == own.psn_no and figures.same(-own.figures)
