"""``yaotai catalogue import`` and ``catalogue search``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.domain.catalogue_rows import ColumnMapping
from app.errors import BadFile, HomeInUse, YaotaiError
from app.ports import Hit
from app.search.store import StoredIndex
from app.use_cases.import_catalogue import (
    ImportReport,
    Refusal,
    import_catalogue,
    load_mapping,
    load_stock,
)
from ui.bootstrap import Settings, build
from ui.homes import Home
from ui.words import LANGUAGES, say, say_error

_INDEX = "catalogue.idx"
_TOLD_REFUSALS = 20
"""Refused rows shown to people one by one; ``--json`` holds all."""


def run_import(file: Path, mapping: Path | None, home: Home, practice: bool, as_json: bool) -> int:
    """Import a sheet into the shop and print what became of its rows.

    :return: 0, also with refused rows; 1 when the file or the books cannot be used.
    """
    try:
        columns = load_mapping(mapping) if mapping is not None else ColumnMapping()
        _check_file(file)
        report = _imported(file, columns, home, practice)
    except YaotaiError as error:
        return _failed(error)
    _print_report(report, as_json)
    return 0


def run_search(text: str, limit: int, home: Home, practice: bool, as_json: bool) -> int:
    """Search the shop's drugs, best first.

    :return: 0, also when nothing was found; 1 when the books cannot be used.
    """
    try:
        hits = _searched(text, limit, home, practice)
    except YaotaiError as error:
        return _failed(error)
    if as_json:
        _out(json.dumps([as_told(hit) for hit in hits], ensure_ascii=False))
        return 0
    for hit in hits:
        one = hit.medicine
        price = one.price.plain() if one.price is not None else "-"
        _out("\t".join((one.display_name, one.spec, one.manufacturer, price, one.shop_code)))
    if not hits:
        sys.stderr.write(say("catalogue.nothing_found", text=text[:50]) + "\n")
    return 0


def as_told(hit: Hit) -> dict[str, object]:
    """One hit as design 3 prints it."""
    one = hit.medicine
    return {
        "id": one.id,
        "name": one.display_name,
        "spec": one.spec,
        "maker": one.manufacturer,
        "price": one.price.plain() if one.price is not None else None,
        "shop_code": one.shop_code,
        "generic_name": one.generic_name,
        "trade_name": one.trade_name,
        "pack_unit": one.pack_unit,
        "approval_no": one.approval_no,
        "barcode": one.barcode,
        "insurance_class": one.insurance_class,
        "sale_class": one.sale_class,
        "score": hit.score,
    }


def report_told(report: ImportReport, lang: str = LANGUAGES[0]) -> dict[str, object]:
    """The report as design 3 prints it; reasons in words, their ids beside."""
    return {
        "read": report.read,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": [
            {"row": one.row, "reason": _reason(one, lang), "code": one.reason}
            for one in report.refused
        ],
        "remarks": [
            {"row": one.row, "reason": _reason(one, lang), "code": one.reason}
            for one in report.remarks
        ],
    }


def _check_file(file: Path) -> None:
    """What can be seen without opening the shop: a missing file must not make one."""
    if not file.is_file():
        why = "import.file_no_file" if file.exists() else "import.file_missing"
        raise BadFile(file=file.name, why=why)


def _imported(file: Path, columns: ColumnMapping, home: Home, practice: bool) -> ImportReport:
    opened = build(Settings(home=home, practice=practice))
    try:
        doors = opened.shop.doors
        return import_catalogue(
            file,
            columns,
            uow_factory=doors.uow,
            ids=doors.ids,
            clock=doors.clock,
            index=StoredIndex(_folder(home, practice) / _INDEX),
        )
    finally:
        opened.close()


def _searched(text: str, limit: int, home: Home, practice: bool) -> list[Hit]:
    place = _folder(home, practice) / _INDEX
    try:
        opened = build(Settings(home=home, practice=practice))
    except HomeInUse:
        # A till runs on this home; its stored index can be read beside it, stock unknown.
        return StoredIndex(place).search(text, limit)
    try:
        index = StoredIndex(place)
        load_stock(opened.shop.doors.uow, index)
        return index.search(text, limit)
    finally:
        opened.close()


def _folder(home: Home, practice: bool) -> Path:
    return home.practice if practice else home.store


def _print_report(report: ImportReport, as_json: bool) -> None:
    if as_json:
        _out(json.dumps(report_told(report), ensure_ascii=False))
        return
    figures = {name: getattr(report, name) for name in ("read", "added", "changed", "unchanged")}
    _out(say("catalogue.imported", **figures, refused=len(report.refused)))
    for one in report.refused[:_TOLD_REFUSALS]:
        _out(say("catalogue.refused_row", row=one.row, reason=_reason(one, LANGUAGES[0])))
    if len(report.refused) > _TOLD_REFUSALS:
        _out(say("catalogue.more_refused", count=len(report.refused) - _TOLD_REFUSALS))
    for one in report.remarks[:_TOLD_REFUSALS]:
        _out(say("catalogue.remarked_row", row=one.row, reason=_reason(one, LANGUAGES[0])))
    if len(report.remarks) > _TOLD_REFUSALS:
        _out(say("catalogue.more_remarked", count=len(report.remarks) - _TOLD_REFUSALS))


def _reason(one: Refusal, lang: str) -> str:
    params = {name: str(value) for name, value in one.params.items()}
    if "field" in params:
        params["field"] = say(f"import.field.{params['field']}", lang)
    return say(one.reason, lang, **params)


def _failed(error: YaotaiError) -> int:
    if isinstance(error, BadFile):
        # The cause is itself a message with parameters.
        params = {name: str(value) for name, value in error.params.items()}
        error.params["why"] = say(params.get("why", ""), **params)
    sys.stderr.write(say_error(error) + "\n")
    return 1


def _out(line: str) -> None:
    sys.stdout.write(line + "\n")
