"""The shop's drugs: what a medicine is, by what key it is known, when two are the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace

from app.domain.money import Money, Rate, UnitPrice
from app.domain.trace import bears_code

INSURANCE_CLASSES = ("A", "B", "C", "")
"""甲, 乙, outside the list, unknown (policy 3.2). Not the same thing as OTC 甲 and 乙."""

SALE_CLASSES = ("rx", "otc_a", "otc_b", "none", "")
"""Prescription only, OTC 甲, OTC 乙, no drug at all, unknown."""

APPROVAL_CLASSES = ("drug", "device", "health_food", "food", "disinfectant", "")
"""What kind of approval number it has (HY-1.2.1: some premises sell 准字号 only)."""

MARK = re.compile(
    r"pregnancy_avoid|lactation_avoid|male_avoid|female_avoid|no_long_rx|child_avoid:(?:1?[0-9])"
)
"""Marks of a drug: not in pregnancy, not while nursing, outside long prescriptions, not under
so many full years."""

_APPROVAL_SIGNS = (
    ("国药准字", "drug"),
    ("进口药品注册证", "drug"),
    ("医药产品注册证", "drug"),
    ("药制字", "drug"),
    ("械", "device"),
    ("食健", "health_food"),
    ("卫食健", "health_food"),
    ("食字", "food"),
    ("卫消", "disinfectant"),
    ("消证", "disinfectant"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """One article of the shop's catalogue. Stock is no part of it: that is a sum of movements."""

    id: str
    """UUIDv7, given from outside."""
    shop_code: str = ""
    """The shop's own code (货号); empty where the shop has none."""
    display_name: str
    generic_name: str = ""
    trade_name: str = ""
    dosage_form: str = ""
    spec: str = ""
    pack_unit: str = ""
    manufacturer: str = ""
    approval_no: str = ""
    barcode: str = ""
    national_code: str = ""
    """国家医保编码 of the product."""
    nhsa_generic_code: str = ""
    """Code of the generic in the insurance's drug list."""
    insurance_class: str = ""
    """One of INSURANCE_CLASSES."""
    first_self_pay: Rate | None = None
    """先行自付; None = not known."""
    pay_limit: Money | None = None
    """支付标准 for one unit; None = no limit known."""
    sale_class: str = ""
    """One of SALE_CLASSES; unknown is treated as prescription only, see :meth:`needs_rx`."""
    approval_class: str = ""
    """One of APPROVAL_CLASSES."""
    trace_product_code: str = ""
    """First seven digits of the trace codes of one sellable pack."""
    trace_exempt: bool = False
    ephedrine: bool = False
    """A compound preparation with ephedrine (policy 3.3)."""
    diseases: tuple[str, ...] = ()
    """Codes of the chronic or special diseases that it is listed for."""
    price: UnitPrice | None = None
    """Retail price of one pack unit; None = not priced, cannot be sold."""
    listed_price: Money | None = None
    """挂网价, the base of the highest price allowed (K-05)."""
    agreed_price: Money | None = None
    """协议价 with the agency, as the list of today says (EZ-3a)."""
    selected_price: Money | None = None
    """中选价 of volume-based procurement, as the list of today says (LN-4.1a)."""
    cold_chain: bool = False
    marks: tuple[str, ...] = ()
    """What a pharmacist must mind (:data:`MARK`): ``pregnancy_avoid``, ``male_avoid``,
    ``child_avoid:12`` ..."""
    initials_given: str = ""
    """Initials that came with the file; indexed beside ours."""
    source: str = ""
    batch_no: str = ""
    """The import that last changed it."""
    version: int = 1

    def needs_rx(self) -> bool:
        """Whether it is sold on prescription only; what nobody classed is treated so."""
        return self.sale_class in ("rx", "")

    @property
    def bears_code(self) -> bool:
        """As :func:`app.domain.trace.bears_code`."""
        return bears_code(exempt=self.trace_exempt, sale_class=self.sale_class)


BOOKKEEPING = frozenset({"id", "source", "batch_no", "version"})
"""Fields that say where a row came from, not what the medicine is."""

CONTENT_FIELDS = tuple(f.name for f in fields(Medicine) if f.name not in BOOKKEEPING)
"""Every field that an import may change."""


def nfkc(text: str) -> str:
    """One spelling for what looks alike: full-width letters, ligatures, compatibility signs."""
    return unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """One spelling for a name however it was typed: NFKC, no case, no blanks at all."""
    return "".join(nfkc(text).casefold().split())


def generic_key(medicine: Medicine) -> str:
    """What a prescription finds it by: its generic name, else the name it goes by."""
    return folded(medicine.generic_name or medicine.display_name)


def key_of(medicine: Medicine) -> str:
    """The key under which an import finds a medicine again.

    The shop's own code where there is one, else name, spec, maker and approval number,
    all in NFKC (design 3).
    """
    return key_from(
        medicine.shop_code,
        medicine.display_name,
        medicine.spec,
        medicine.manufacturer,
        medicine.approval_no,
    )


def key_from(shop_code: str, name: str, spec: str, maker: str, approval_no: str) -> str:
    """The key of loose parts; see :func:`key_of`."""
    code = nfkc(shop_code)
    if code:
        return f"code:{code}"
    return "name:" + "\x1f".join(nfkc(part) for part in (name, spec, maker, approval_no))


def same_content(one: Medicine, other: Medicine) -> bool:
    """Whether two rows say the same about the medicine, wherever they came from."""
    return all(getattr(one, name) == getattr(other, name) for name in CONTENT_FIELDS)


def revised(old: Medicine, new: Medicine) -> Medicine:
    """The new content under the old identity, one version on."""
    return replace(new, id=old.id, version=old.version + 1)


def approval_class_of(approval_no: str) -> str:
    """The class that an approval number shows by its wording; empty when it shows none."""
    text = nfkc(approval_no)
    for sign, kind in _APPROVAL_SIGNS:
        if sign in text:
            return kind
    return ""
