"""上线: suppliers and staff of the old system, by file; what does not fit is told row by row."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.domain.pin import weak_pin
from app.domain.staff import RIGHTS, Right, Role, Staff
from app.domain.supplier import Licence, LicenceType, SupplierKind
from app.errors import BadFile
from app.use_cases.doors import Doors, Operator
from app.use_cases.import_catalogue import Refusal
from app.use_cases.rights import require
from app.use_cases.sign_in import MIN_PIN
from app.use_cases.suppliers import SupplierRow, import_suppliers
from app.use_cases.table_file import TableRow, day_of, table_of

_MOST_ROWS = 5_000

SUPPLIER_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("供应商名称", "name", "供应商", "供货单位", "供货商名称", "供货商", "单位名称"),
    "code": ("供应商编码", "code", "编码", "编号"),
    "kind": ("类型", "kind", "供应商类型", "企业类型"),
    "licence_type": ("证照类型", "licence_type", "证件类型"),
    "licence": ("证照编号", "licence", "许可证号", "许可证编号", "药品经营许可证号"),
    "valid_from": ("有效期起", "valid_from", "发证日期"),
    "valid_to": ("有效期至", "valid_to", "有效期止", "许可证有效期"),
    "cold_chain": ("冷链", "cold_chain", "含冷链"),
}
STAFF_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("工号", "number", "员工编号", "编号"),
    "name": ("姓名", "name", "员工姓名"),
    "role": ("岗位", "role", "职务", "角色"),
}
_KINDS = {
    "": SupplierKind.WHOLESALER, "wholesaler": SupplierKind.WHOLESALER,
    "批发": SupplierKind.WHOLESALER, "批发企业": SupplierKind.WHOLESALER,
    "maker": SupplierKind.MAKER, "生产": SupplierKind.MAKER, "生产企业": SupplierKind.MAKER,
    "other": SupplierKind.OTHER, "其他": SupplierKind.OTHER,
    "store": SupplierKind.STORE, "连锁门店": SupplierKind.STORE, "门店": SupplierKind.STORE,
}  # fmt: skip
_TYPES = {
    "": LicenceType.DRUG_TRADE, "药品经营许可证": LicenceType.DRUG_TRADE,
    "药品生产许可证": LicenceType.DRUG_MAKING, "营业执照": LicenceType.BUSINESS,
    "医疗器械经营许可证": LicenceType.DEVICE, "食品经营许可证": LicenceType.FOOD,
    "质量保证协议": LicenceType.QUALITY_AGREEMENT, "授权委托书": LicenceType.AUTHORITY,
    **{each.value: each for each in LicenceType},
}  # fmt: skip
_ROLES = {
    "收银员": Role.CASHIER, "收银": Role.CASHIER, "营业员": Role.CASHIER,
    "药师": Role.PHARMACIST, "执业药师": Role.PHARMACIST,
    "店长": Role.MANAGER, "经理": Role.MANAGER, "管理员": Role.ADMINISTRATOR,
    "检查员": Role.INSPECTOR,
    **{each.value: each for each in Role},
}  # fmt: skip
_YES = frozenset({"1", "是", "有", "y", "yes", "true"})


@dataclass(frozen=True, slots=True)
class PeopleReport:
    """What became of the rows of suppliers or staff."""

    read: int
    added: int
    unchanged: int
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class NewPin:
    """Who came in, with the first PIN: shown once, kept by nobody but the hash."""

    number: str
    name: str = field(repr=False)
    role: Role
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffReport:
    """What became of the rows of staff, and the first PINs to be handed out."""

    rows: PeopleReport
    pins: tuple[NewPin, ...]


def import_supplier_file(doors: Doors, path: Path, operator: Operator) -> PeopleReport:
    """Suppliers with their papers, a row a paper; those whose papers hold today are approved.

    The manager who takes them over answers for it that the old approvals hold (LN-2.3b).
    :raises NotAllowed: not the manager; :raises BadFile:.
    """
    rows, refused, read = list[SupplierRow](), list[Refusal](), 0
    for row in _rows(path, SUPPLIER_HEADINGS, ("name",)):
        read += 1
        why = row.why or _supplier_doubt(row.cells)
        if why:
            refused.append(Refusal(row.number, why, {}))
        else:
            rows.append(_supplier(row))
    told = import_suppliers(doors, rows, operator, approved_by=operator.staff)
    refused += [Refusal(one.row, one.why, {}) for one in told.refused]
    refused.sort(key=lambda one: one.row)
    return PeopleReport(read, told.added, told.unchanged, tuple(refused))


def _supplier_doubt(cells: Mapping[str, str]) -> str:
    """The message id of what no supplier's row can hold; empty = nothing."""
    if not cells["name"]:
        return "golive.no_name"
    if cells.get("kind", "").casefold() not in _KINDS:
        return "golive.supplier_kind"
    if cells.get("licence_type", "").casefold() not in _TYPES:
        return "golive.licence_type"
    for name in ("valid_from", "valid_to"):
        text = cells.get(name, "")
        if text and text != "长期" and day_of(text, last=name == "valid_to") is None:
            return "golive.licence_day"
    return ""


def _supplier(row: TableRow) -> SupplierRow:
    cells = row.cells
    kind = _KINDS[cells.get("kind", "").casefold()]
    number = cells.get("licence", "")
    licence = None
    if number:
        told = cells.get("licence_type", "").casefold()
        fits = LicenceType.DRUG_MAKING if kind is SupplierKind.MAKER else _TYPES[""]
        licence = Licence(
            _TYPES[told] if told else fits,
            number,
            day_of(cells.get("valid_from", "")),
            day_of(cells.get("valid_to", ""), last=True),
            cold_chain=cells.get("cold_chain", "").casefold() in _YES,
        )
    return SupplierRow(row.number, cells["name"], kind, cells.get("code", ""), licence)


def import_staff_file(doors: Doors, path: Path, operator: Operator) -> StaffReport:
    """Members of staff, each with a first PIN drawn here; who is in the books stays as he is.

    Nobody brings in who would hold more than they do, or the same further. The PINs are in no
    log and no book.
    :raises NotAllowed: no right to manage staff; :raises BadFile:.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    pins, refused, read, unchanged = list[NewPin](), list[Refusal](), 0, 0
    with doors.uow() as uow:
        known = {one.number for one in uow.staff.all()}
        seen = dict[str, int]()
        for row in _rows(path, STAFF_HEADINGS, ("number", "name", "role")):
            read += 1
            number = row.cells["number"]
            why = row.why or _staff_doubt(row.cells, operator.staff)
            if not why and seen.setdefault(number, row.number) != row.number:
                why = "golive.staff_twice"
            if why:
                refused.append(Refusal(row.number, why, {}))
            elif number in known:
                unchanged += 1
            else:
                pins.append(_member(row.cells))
        for one in pins:
            member = Staff(doors.ids.new(), one.number, one.name, one.role, must_change_pin=True)
            uow.staff.add(member, doors.pins.hash(one.pin))
            entry = {"member": member.id, "role": one.role.value}
            uow.log.append("staff.added", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    rows = PeopleReport(read, len(pins), unchanged, tuple(refused))
    return StaffReport(rows, tuple(pins))


def _staff_doubt(cells: Mapping[str, str], by: Staff) -> str:
    role = _ROLES.get(cells["role"].casefold())
    if not cells["number"].isalnum():
        return "golive.staff_number"
    if not cells["name"]:
        return "golive.no_name"
    if role is None:
        return "golive.role"
    if not by.covers(RIGHTS[role], None):
        return "golive.role_above"
    return ""


def _member(cells: Mapping[str, str]) -> NewPin:
    while weak_pin(pin := f"{secrets.randbelow(10**MIN_PIN):0{MIN_PIN}d}", cells["number"]):
        pass
    return NewPin(cells["number"], cells["name"], _ROLES[cells["role"].casefold()], pin)


def _rows(
    path: Path, headings: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]
) -> Iterator[TableRow]:
    yield from table_of(path, headings, needed, _MOST_ROWS)


def check_file(path: Path) -> None:
    """:raises BadFile: nothing of that name is there; said before a lane is taken."""
    if not path.is_file():
        why = "import.file_no_file" if path.exists() else "import.file_missing"
        raise BadFile(file=path.name, why=why)


def require_catalogue(doors: Doors, operator: Operator) -> None:
    """:raises NotAllowed: whoever may not change prices brings in no drugs either."""
    require(doors, operator, Right.CHANGE_PRICE)


def require_codes(doors: Doors, operator: Operator) -> None:
    """:raises NotAllowed: not a manager, whose word another national code of a drug wants."""
    require(doors, operator, Right.APPROVE_STOCK)
