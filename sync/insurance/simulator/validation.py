"""The practice platform's check of a request against the field tables, naming what is wrong."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sync.insurance.field_tables import CodeList, Field, Node, Transaction
from sync.insurance.simulator.refusal import Refusal

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")

_DIGITS = 40

Codes = Mapping[str, CodeList]


def _where(node: str, field: Field) -> str:
    place = f"节点[{node}]" if node else ""
    return f"参数校验失败：{place}字段[{field.name}]({field.zh})"


def _empty(value: object) -> bool:
    return value is None or value == ""


def _text(node: str, field: Field, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Refusal(f"{_where(node, field)}类型应为字符串")
    text = str(value)
    if field.length is not None and len(text) > field.length:
        raise Refusal(f"{_where(node, field)}长度超过{field.length}")
    if not _writable(text):
        raise Refusal(f"{_where(node, field)}含有非法字符")
    return text


def _writable(text: str) -> bool:
    """Half a surrogate pair is no character and fits neither the books nor an answer."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decimal(node: str, field: Field, value: object) -> Decimal:
    wrong = Refusal(f"{_where(node, field)}类型应为数字")
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise wrong
    if isinstance(value, Decimal) and abs(value.adjusted()) > _DIGITS:
        raise wrong  # written out, 1e999999999 would fill the memory
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not _NUMBER.fullmatch(text) or len(text) > _DIGITS:
        raise wrong
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise wrong from None
    whole, _, part = text.lstrip("-").partition(".")
    part = part.rstrip("0")
    places = field.places if field.kind == "n" else 0
    if places is not None and len(part) > places:
        raise Refusal(f"{_where(node, field)}小数位超过{places}位")
    if field.length is not None and len(whole.lstrip("0")) > field.length - (places or 0):
        raise Refusal(f"{_where(node, field)}长度超过{field.length}")
    return number.quantize(Decimal(1).scaleb(-places)) if places else number


def _digits(node: str, field: Field, value: object) -> str:
    text = _text(node, field, value)
    if not re.fullmatch(r"[0-9]+", text) or not text.strip("0"):
        raise Refusal(f"{_where(node, field)}只能为数字且不为0")
    return text


def _moment(node: str, field: Field, value: object) -> str:
    """Dates may carry a time (interface 7.5); date-times must."""
    text = value if isinstance(value, str) else ""
    try:
        if _DATETIME.fullmatch(text):
            datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - only its form is asked
            return text
        if field.kind == "date" and _DATE.fullmatch(text):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    form = "yyyy-MM-dd" if field.kind == "date" else "yyyy-MM-dd HH:mm:ss"
    raise Refusal(f"{_where(node, field)}格式应为{form}")


def octets(value: object) -> bytes | None:
    """File bytes as they come in JSON: base64 text, or a list of numbers -128..255; else None."""
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return None
    if isinstance(value, list) and all(type(one) is int and -128 <= one <= 255 for one in value):
        return bytes(one % 256 for one in value)
    return None


def _octets(node: str, field: Field, value: object) -> bytes:
    found = octets(value)
    if not found:
        raise Refusal(f"{_where(node, field)}应为文件字节(base64或字节数组)")
    return found


def _flag(node: str, field: Field, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise Refusal(f"{_where(node, field)}类型应为布尔")


_READERS: dict[str, Any] = {
    "s": _text,
    "n": _decimal,
    "int": _decimal,
    "digits": _digits,
    "date": _moment,
    "datetime": _moment,
    "bytes": _octets,
    "bool": _flag,
}


def check_row(node: Node, row: object, codes: Codes) -> dict[str, Any]:
    """One row of a node, typed: text as str, numbers as Decimal, empty fields as "" or None.

    :raises Refusal: naming node and field, for a missing, over-long, ill-typed or uncoded value.
    """
    if not isinstance(row, dict):
        raise Refusal(f"参数校验失败：节点[{node.name}]格式不正确")
    typed: dict[str, Any] = {}
    for field in node.fields:
        value = row.get(field.name)
        if field.kind == "node":
            typed[field.name] = value
            continue
        if _empty(value):
            if field.required:
                raise Refusal(f"{_where(node.name, field)}不能为空")
            typed[field.name] = None if field.kind in ("n", "int", "bytes") else ""
            continue
        typed[field.name] = _READERS[field.kind](node.name, field, value)
        listed = codes.get(field.code) if field.code else None
        if listed and not listed.open and typed[field.name] not in listed.values:
            raise Refusal(f"{_where(node.name, field)}值不在字典[{field.code}]范围内")
    return typed


def _rows(node: Node, value: object) -> list[object]:
    if isinstance(value, list):
        if not node.many and len(value) != 1:
            raise Refusal(f"参数校验失败：节点[{node.name}]只能有一个")
        return value
    return [value]


def _take(node: Node, holder: Mapping[str, Any]) -> list[object]:
    found = next((holder[name] for name in node.names if not _empty(holder.get(name))), None)
    if found is None or (isinstance(found, list) and not found):
        return []
    return _rows(node, found)


def check_node(node: Node, holder: Mapping[str, Any], codes: Codes) -> list[dict[str, Any]]:
    """Every row of a node inside ``holder``; :raises Refusal: when it is missing or wrong."""
    rows = _take(node, holder)
    if not rows and not node.optional:
        raise Refusal(f"参数校验失败：缺少节点[{node.name}]")
    return [check_row(node, row, codes) for row in rows]


def _nest(table: Transaction, parent: Node, row: dict[str, Any], codes: Codes) -> None:
    for node in table.input:
        if node.inside and node.inside in parent.names:
            rows = check_node(node, row, codes) if _demanded(parent, node, row) else []
            for inner in rows:
                _nest(table, node, inner, codes)
            row[node.name] = rows


def _demanded(parent: Node, node: Node, row: Mapping[str, Any]) -> bool:
    field = parent.field(node.name)
    return bool(field and field.required) or any(not _empty(row.get(name)) for name in node.names)


def check_input(table: Transaction, data: Mapping[str, Any], codes: Codes) -> dict[str, Any]:
    """The whole ``input``, typed: single nodes as dict, lists as list, by the table's own names.

    Optional nodes that belong inside another are taken beside it as well (interface 2.9).
    :raises Refusal: naming what is wrong.
    """
    typed: dict[str, Any] = {}
    for node in table.input:
        if node.inside:
            beside = [check_row(node, row, codes) for row in _take(node, data)]
            if beside:
                typed[node.name] = beside
            continue
        rows = check_node(node, data, codes)
        raw = _take(node, data)
        for row, source in zip(rows, raw, strict=True):
            if isinstance(source, dict):
                _carry(table, node, row, source)
            _nest(table, node, row, codes)
        typed[node.name] = rows if node.many else (rows[0] if rows else {})
    return typed


def _carry(table: Transaction, node: Node, row: dict[str, Any], source: dict[str, Any]) -> None:
    """Keep inner nodes under whatever spelling they came."""
    for inner in table.input:
        if inner.inside in node.names:
            for name in inner.names:
                if not _empty(source.get(name)):
                    row[name] = source[name]
