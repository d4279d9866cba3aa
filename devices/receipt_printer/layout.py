"""Rows of a paper laid out by display columns and turned into the printer's bytes."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.paper import Paper, PaperRow, RowKind
from devices.dots import column_width, draw_row
from devices.receipt_printer import wire

_SIGN_ROWS = 3
_NEVER_LAST = tuple("（《「『“‘([{¥")
_NEVER_FIRST = "。，、；：？！）》」』”’·%,.;:?!)"


def encode(paper: Paper, columns: int = wire.WIDE_COLUMNS) -> bytes:
    """The whole paper: init, rows, cut. Rows with rare signs go as pictures.

    :raises BadValue: a code that fits no QR code.
    """
    body = b"".join(_row(row, columns) for row in paper.rows)
    return wire.INIT + wire.LEFT + wire.NORMAL_SIZE + body + wire.CUT


def _row(row: PaperRow, columns: int) -> bytes:
    if row.kind is RowKind.RULE:
        return b"-" * columns + b"\n"
    if row.kind is RowKind.SIGN:
        label = wire.clean(row.left)
        line = label + "_" * max(0, columns - wire.columns(label))
        return wire.feed(_SIGN_ROWS) + _line(line, columns, bold=False)
    if row.kind is RowKind.QR:
        # Four modules of white all around: without them readers do not find a code.
        return wire.feed(1) + wire.CENTRE + wire.qr(row.left) + b"\n" + wire.LEFT
    if row.kind is RowKind.TITLE:
        return _title(wire.clean(row.left), columns)
    bold = row.kind is RowKind.STRONG
    lines = arrange(wire.clean(row.left), wire.clean(row.right), columns)
    return b"".join(_line(line, columns, bold) for line in lines)


def _line(line: str, columns: int, bold: bool) -> bytes:
    if not wire.prints_as_text(line):
        return wire.raster(draw_row(line, columns, 1, bold))
    printed = wire.text(line) + b"\n"
    return wire.BOLD_ON + printed + wire.BOLD_OFF if bold else printed


def _title(words: str, columns: int) -> bytes:
    parts = []
    for line in wrap(words, columns // 2):
        if wire.prints_as_text(line):
            parts.append(wire.DOUBLE_SIZE + wire.text(line) + b"\n" + wire.NORMAL_SIZE)
        else:
            pad = " " * ((columns // 2 - wire.columns(line)) // 2)
            parts.append(wire.raster(draw_row(pad + line, columns, 2)))
    return wire.CENTRE + b"".join(parts) + wire.LEFT


def arrange(left: str, right: str, columns: int) -> Iterator[str]:
    """A row as lines of the paper: the right side stands at the edge of the first line.

    Where both do not fit beside each other the right side gets a line of its own: no figure is
    ever cut off.
    """
    if not right:
        yield from wrap(left, columns)
        return
    beside = columns - wire.columns(right) - 1
    if wire.columns(left) <= beside:
        yield left + " " * (columns - wire.columns(left) - wire.columns(right)) + right
        return
    yield from wrap(left, columns)
    for line in wrap(right, columns):
        yield " " * (columns - wire.columns(line)) + line


def wrap(words: str, columns: int) -> list[str]:
    """Cut between signs where the next one does not fit; Chinese has no spaces to cut at."""
    lines, line, used = [], "", 0
    for sign in words:
        width = column_width(sign)
        if used + width > columns:
            # A full stop never begins a line and a bracket never ends one: both are carried down.
            carry = (sign in _NEVER_FIRST or line[-1:] in _NEVER_LAST) and len(line) > 1
            taken = line[-1] if carry else ""
            lines.append(line[: len(line) - len(taken)])
            line, used = taken, sum(column_width(each) for each in taken)
        line, used = line + sign, used + width
    return [*lines, line]
