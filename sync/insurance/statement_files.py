"""The files of 3202: one TAB-separated TXT in a ZIP, null for an empty cell (interface 2.14).

What comes from the far end is hostile: bounded before it is unpacked, while it is unpacked, and
row by row.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from app.domain.money import ZERO, Money
from app.domain.statement import CentreRow, Figures, OwnRow
from app.errors import BadValue

SENT: Final = (
    "setl_id", "mdtrt_id", "psn_no", "medfee_sumamt", "fund_pay_sumamt", "acct_pay",
    "refd_setl_flag",
)  # fmt: skip
TOLD: Final = (
    "psn_no", "mdtrt_id", "setl_id", "msgid", "stmt_rslt", "refd_setl_flag", "memo",
    "medfee_sumamt", "fund_pay_sumamt", "acct_pay",
)  # fmt: skip
"""Columns of the two files, in their order."""

MAX_TEXT: Final = 32 * 1024 * 1024
"""Longest text that is unpacked; a day of a pharmacy is a thousandth of it."""
MAX_ROWS: Final = 200_000
_MAX_CELL: Final = 600
_MAX_ENTRIES: Final = 4
_LENGTHS: Final = {"psn_no": 30, "mdtrt_id": 30, "setl_id": 30, "msgid": 30, "stmt_rslt": 6}
_ENTRY: Final = "statement.txt"
_EMPTY: Final = "null"


def pack(rows: Sequence[OwnRow]) -> bytes:
    """Our lines as the file of 3202: the same bytes for the same lines, on every day.

    :raises BadValue: a line without one of its ids: the file cannot name it.
    """
    text = "".join("\t".join(_cells(row)) + "\n" for row in rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo(_ENTRY), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _cells(row: OwnRow) -> tuple[str, ...]:
    if not row.can_be_filed:
        raise BadValue(what="setl_id", why="missing")
    money = row.figures
    cells = (
        row.setl_id, row.mdtrt_id, row.psn_no, f"{money.total}", f"{money.fund}",
        f"{money.account}", "1" if row.group.refunded else "0",
    )  # fmt: skip
    if any(sign in cell for cell in cells for sign in "\t\r\n"):
        raise BadValue(what="setl_id", why="a sign that no cell holds")
    return cells


def unpack(body: bytes) -> tuple[CentreRow, ...]:
    """The rows of a result file.

    :raises BadValue: no ZIP, damaged, locked, too large, or a row that cannot be read: then
    nothing of the file counts.
    """
    rows = []
    for number, line in enumerate(_lines(_text(_inside(body))), 1):
        if number > MAX_ROWS:
            raise BadValue(what="file", why="too many rows")
        cells = [cell.strip() for cell in line.split("\t")]
        if number == 1 and cells[0].lower() == TOLD[0]:
            continue  # some put a line of names first
        rows.append(_row(number, cells))
    return tuple(rows)


def _inside(body: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir()]
            if len(entries) != 1 or len(packed.infolist()) > _MAX_ENTRIES:
                raise BadValue(what="file", why="one text expected")
            if entries[0].flag_bits & 1:
                raise BadValue(what="file", why="locked")
            with packed.open(entries[0]) as source:
                # What the directory says of the length is not believed: the reading is bounded.
                content = source.read(MAX_TEXT + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError,
            EOFError, OverflowError) as error:  # fmt: skip
        if isinstance(error, BadValue):
            raise
        raise BadValue(what="file", why="no whole ZIP") from None
    if len(content) > MAX_TEXT:
        raise BadValue(what="file", why="too large")
    return content


def _text(content: bytes) -> str:
    """UTF-8 by the rule; GBK where an older system wrote it."""
    for name in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    raise BadValue(what="file", why="neither UTF-8 nor GBK")


def _lines(text: str) -> Iterator[str]:
    """By line feeds only: a memo may hold any other sign of a line's end."""
    for line in text.split("\n"):
        if line.strip("\r\t "):
            yield line.rstrip("\r")


def _row(number: int, cells: list[str]) -> CentreRow:
    while len(cells) > len(TOLD) and cells[-1] in ("", _EMPTY):
        cells = cells[:-1]  # a TAB behind the last column
    if len(cells) != len(TOLD):
        raise BadValue(what="file", why=f"row {number}: {len(cells)} columns")
    if any(len(cell) > _MAX_CELL for cell in cells):
        raise BadValue(what="file", why=f"row {number}: too long")
    told = {
        name: "" if cell.lower() == _EMPTY else cell for name, cell in zip(TOLD, cells, strict=True)
    }
    for name, limit in _LENGTHS.items():
        if len(told[name]) > limit:
            raise BadValue(what="file", why=f"row {number}: {name} too long")
    if not told["stmt_rslt"] or not (told["setl_id"] or told["msgid"]):
        raise BadValue(what="file", why=f"row {number}: says nothing")
    return CentreRow(
        msgid=told["msgid"],
        setl_id=told["setl_id"],
        mdtrt_id=told["mdtrt_id"],
        result=told["stmt_rslt"],
        refunded=told["refd_setl_flag"] == "1",
        figures=_figures(number, told),
        psn_no=told["psn_no"],
        memo=told["memo"],
    )


def _figures(number: int, told: dict[str, str]) -> Figures | None:
    names = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    if not any(told[name] for name in names):
        return None
    try:
        total, fund, account = (Money.of(told[name]) if told[name] else ZERO for name in names)
    except BadValue:
        raise BadValue(what="file", why=f"row {number}: no amount") from None
    # The file has no cash: what neither fund nor account pays (identities 6.2-1 and 6.2-2).
    return Figures(total, fund, account, total - fund - account)
