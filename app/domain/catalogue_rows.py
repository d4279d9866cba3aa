"""Rows of a catalogue sheet: which heading is which field, and what a cell may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.catalogue import MARK, approval_class_of, key_from, nfkc
from app.domain.money import Money, Rate, UnitPrice
from app.errors import BadValue

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "shop_code": (
        "shop_code", "row_id", "货号", "商品编码", "商品编号", "商品代码", "药品编码", "药品编号",
        "药品代码", "商品货号", "货品编码", "自编码", "院内编码", "内码", "编码", "编号",
        "item_code", "goods_code", "drug_code", "sku",
    ),
    "display_name": (
        "display_name", "品名", "商品名称", "药品名称", "产品名称", "货品名称", "物品名称", "药名",
        "名称", "drug_name", "goods_name", "name",
    ),
    "generic_name": ("generic_name", "通用名", "通用名称", "药品通用名", "药品通用名称", "generic"),
    "trade_name": ("trade_name", "商品名", "商标名", "brand_name"),
    "dosage_form": ("dosage_form", "剂型", "药品剂型"),
    "spec": (
        "spec", "规格", "药品规格", "商品规格", "规格型号", "规格/型号", "包装规格",
        "specification", "size",
    ),
    "pack_unit": (
        "pack_unit", "单位", "包装单位", "计量单位", "销售单位", "零售单位", "最小包装单位", "unit",
    ),
    "manufacturer": (
        "manufacturer", "生产厂家", "生产企业", "生产厂商", "厂家", "厂商", "生产单位",
        "生产企业名称", "制造商", "上市许可持有人", "maker", "产地",
    ),
    "approval_no": (
        "approval_no", "批准文号", "国药准字", "批准文号/注册证号", "注册证号", "文号", "批文",
    ),
    "barcode": (
        "barcode", "条码", "条形码", "商品条码", "商品条形码", "国际条码", "69码", "ean", "ean13",
    ),
    "national_code": (
        "national_code", "医保国家编码", "国家医保编码", "国家医保代码", "医保编码", "医保代码",
        "国家药品编码", "医保药品编码", "国家编码", "贯标码",
    ),
    "nhsa_generic_code": ("nhsa_generic_code", "医保通用名编码", "医保通用名代码"),
    "insurance_class": (
        "insurance_class", "医保类别", "医保等级", "医保类型", "医保属性", "医保甲乙类", "甲乙类",
        "甲乙丙类", "费用等级", "收费项目等级",
    ),
    "first_self_pay": (
        "first_self_pay", "先行自付比例", "先自付比例", "自付比例", "首付比例", "乙类自付比例",
    ),
    "pay_limit": ("pay_limit", "支付标准", "医保支付标准", "医保支付价", "医保限价"),
    "sale_class": (
        "sale_class", "处方类别", "处方类型", "处方分类", "处方标志", "处方药/非处方药", "otc类别",
        "otc",
    ),
    "approval_class": ("approval_class",),
    "trace_product_code": (
        "trace_product_code", "药品标识码", "追溯标识码", "药品追溯标识码", "追溯码前7位",
    ),
    "trace_exempt": ("trace_exempt", "追溯豁免", "免扫追溯码", "无追溯码"),
    "ephedrine": ("ephedrine", "含麻黄碱", "是否含麻黄碱", "麻黄碱"),
    "diseases": ("diseases", "病种", "病种编码", "慢特病病种", "门慢门特病种"),
    "price": (
        "price", "零售价", "零售价格", "零售单价", "售价", "销售价", "销售价格", "现价", "单价",
        "价格", "retail_price",
    ),
    "listed_price": ("listed_price", "挂网价", "挂网价格"),
    "marks": ("marks", "用药警示", "特殊人群警示"),
    "cold_chain": ("cold_chain", "冷链", "是否冷链", "冷藏", "是否冷藏"),
    "initials_given": (
        "initials_given", "pinyin_initials", "拼音码", "助记码", "拼音简码", "拼音首字母", "首拼码",
        "首拼", "拼音缩写", "速记码", "简码",
    ),
}  # fmt: skip
"""Headings by which a column is known without a mapping, the surest first."""

_LIMITS: Mapping[str, int] = {
    "display_name": 200, "generic_name": 200, "trade_name": 200, "dosage_form": 100,
    "spec": 200, "pack_unit": 50, "manufacturer": 200, "approval_no": 200,
    "initials_given": 100,
}  # fmt: skip
"""Longest text a cell may hold, in signs; what is longer is no name but an accident."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "insurance_class": {
        "a": "A", "甲": "A", "甲类": "A", "医保甲类": "A", "1": "A", "01": "A",
        "b": "B", "乙": "B", "乙类": "B", "医保乙类": "B", "2": "B", "02": "B",
        "c": "C", "丙": "C", "丙类": "C", "自费": "C", "非医保": "C", "目录外": "C",
        "3": "C", "03": "C",
    },
    "sale_class": {
        "rx": "rx", "处方药": "rx", "处方": "rx",
        "otc_a": "otc_a", "otc甲": "otc_a", "甲类otc": "otc_a", "otc甲类": "otc_a",
        "甲类非处方药": "otc_a", "非处方药甲类": "otc_a",
        "otc_b": "otc_b", "otc乙": "otc_b", "乙类otc": "otc_b", "otc乙类": "otc_b",
        "乙类非处方药": "otc_b", "非处方药乙类": "otc_b",
        # Nobody said which: the stricter of the two.
        "otc": "otc_a", "非处方药": "otc_a", "非处方": "otc_a",
        "none": "none", "非药品": "none", "器械": "none", "医疗器械": "none", "保健食品": "none",
    },
    "approval_class": {
        "drug": "drug", "device": "device", "health_food": "health_food", "food": "food",
        "disinfectant": "disinfectant",
    },
}  # fmt: skip

_YES = frozenset({"1", "是", "y", "yes", "true", "有", "√"})
_NO = frozenset({"0", "否", "n", "no", "false", "无", ""})
_TOP_PRICE = 10_000_000
"""Yuan. Nothing on a shelf costs it: a price at or above it is a slip of the keyboard."""

_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?|\.\d{1,12}")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_CODE = re.compile(r"[0-9A-Za-z._/-]{1,64}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")


class RowRefused(Exception):
    """A row that cannot be taken in: message id of the reason, and its parameters."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column fills which field, as a mapping file says; empty = by the headings."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field name to heading."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands in the rows of one file."""

    places: Mapping[str, int]
    width: int


def plain_heading(text: str) -> str:
    """A heading without what people decorate it with: width, case, blanks, units, stars."""
    folded = nfkc(text).casefold()
    return re.sub(r"\(.*?\)|[\s_*:#\-\ufeff]", "", folded)


def find_columns(headings: Sequence[str], mapping: ColumnMapping) -> Columns:
    """Which field stands in which column.

    :raises BadValue: a mapped heading is missing or stands there twice, a field is unknown,
        or no column holds a name; ``why`` is a message id of section ``import``.
    """
    plain = [plain_heading(heading) for heading in headings]
    unknown = sorted(set(mapping.columns) - set(HEADINGS))
    if unknown:
        raise BadValue(what=", ".join(unknown), why="import.unknown_field")
    wanted = mapping.columns or None
    places: dict[str, int] = {}
    for name, known in HEADINGS.items():
        if wanted is not None:
            if name in wanted:
                places[name] = _place(plain, wanted[name], must=True)
            continue
        for heading in known:
            place = _place(plain, heading, must=False)
            if place >= 0:
                places[name] = place
                break
    if not places.keys() & {"display_name", "generic_name"}:
        raise BadValue(what=", ".join(headings)[:120], why="import.no_name_column")
    return Columns(places, len(headings))


def _place(plain: Sequence[str], heading: str, *, must: bool) -> int:
    sought = plain_heading(heading)
    count = plain.count(sought)
    if count > 1:
        raise BadValue(what=heading, why="import.heading_twice")
    if count == 0:
        if must:
            raise BadValue(what=heading, why="import.heading_missing")
        return -1
    return plain.index(sought)


def read_row(cells: Sequence[str], columns: Columns) -> dict[str, object]:
    """The fields of one row, each in its type; blank cells give the field's empty value.

    :raises RowRefused: with the reason for people.
    """
    if len(cells) < columns.width or any(cell.strip() for cell in cells[columns.width :]):
        raise RowRefused("import.columns", found=len(cells), expected=columns.width)
    values: dict[str, object] = {}
    for name, place in columns.places.items():
        text = clean_cell(cells[place], name)
        values[name] = _PARSERS[name](text, name)
    titles = (values.get(title) for title in ("display_name", "generic_name", "trade_name"))
    values["display_name"] = next((title for title in titles if title), "")
    if not values["display_name"]:
        raise RowRefused("import.no_name")
    if "approval_no" in values and not values.get("approval_class"):
        values["approval_class"] = approval_class_of(str(values["approval_no"]))
    return values


def key_of_values(values: Mapping[str, object]) -> str:
    """The key of a row that :func:`read_row` answered."""
    parts = ("shop_code", "display_name", "spec", "manufacturer", "approval_no")
    return key_from(*(str(values.get(part, "")) for part in parts))


def clean_cell(text: str, name: str) -> str:
    """A cell without line ends, doubled blanks and invisible marks.

    :raises RowRefused: control characters (the file is damaged there) or replacement signs
        (it was damaged before it came here).
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = []
    for sign in text:
        kind = unicodedata.category(sign)
        if kind == "Cc" and sign not in "\t\n\r":
            raise RowRefused("import.control_sign", field=name)
        if sign == "\ufffd":
            raise RowRefused("import.broken_sign", field=name)
        if kind in ("Cf", "Cs"):
            continue
        kept.append(" " if kind in ("Zs", "Zl", "Zp") or sign in "\t\n\r" else sign)
    return " ".join("".join(kept).split())


def _text(text: str, name: str) -> str:
    if len(text) > _LIMITS[name]:
        raise RowRefused("import.too_long", field=name, limit=_LIMITS[name])
    return text


def _code(text: str, name: str) -> str:
    code = nfkc(text)
    if code and not _CODE.fullmatch(code):
        raise RowRefused("import.bad_code", field=name)
    return code


def _shop_code(text: str, name: str) -> str:
    code = nfkc(text)
    if len(code) > 64:
        raise RowRefused("import.too_long", field=name, limit=64)
    return code


def _barcode(text: str, name: str) -> str:
    code = nfkc(text).lstrip("'")
    if _SCIENTIFIC.fullmatch(code):
        raise RowRefused("import.barcode_cut")
    if code and not _CODE.fullmatch(code):
        raise RowRefused("import.bad_code", field=name)
    if code.isdigit() and len(code) in (8, 12, 13, 14) and not check_digit_holds(code):
        raise RowRefused("import.check_digit")
    return code


def check_digit_holds(digits: str) -> bool:
    """Whether the last digit is the GS1 mod-10 check digit of those before it."""
    weighed = (int(d) * (1 if i % 2 == 0 else 3) for i, d in enumerate(reversed(digits)))
    return sum(weighed) % 10 == 0


def _trace_product(text: str, name: str) -> str:
    code = nfkc(text)
    if code and not re.fullmatch(r"8[0-9]{6}", code):
        raise RowRefused("import.trace_product", field=name)
    return code


def _word(text: str, name: str) -> str:
    folded = nfkc(text).casefold().replace(" ", "")
    if not folded:
        return ""
    word = _WORDS[name].get(folded)
    if word is None:
        raise RowRefused("import.unknown_word", field=name, text=text[:20])
    return word


def _yes(text: str, name: str) -> bool:
    folded = nfkc(text).casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise RowRefused("import.unknown_word", field=name, text=text[:20])


def _number(text: str, name: str) -> str:
    """Plain digits of a price as people write it: currency sign, thousands, 元."""
    plain = re.sub(r"^[¥￥$]|元$|\s", "", nfkc(text))
    if plain.startswith("-"):
        raise RowRefused("import.negative", field=name)
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if plain and not _NUMBER.fullmatch(plain):
        raise RowRefused("import.no_number", field=name, text=text[:20])
    return plain


def _price(text: str, name: str) -> UnitPrice | None:
    number = _number(text, name)
    if not number:
        return None
    try:
        price = UnitPrice.of(number)
    except BadValue:
        raise RowRefused("import.places", field=name, places=6) from None
    if not 0 < price.micro < _TOP_PRICE * 10**6:
        raise RowRefused("import.absurd_price", field=name, text=text[:20])
    return price


def _money(text: str, name: str) -> Money | None:
    number = _number(text, name)
    if not number:
        return None
    try:
        amount = Money.of(number)
    except BadValue:
        raise RowRefused("import.places", field=name, places=2) from None
    if not 0 < amount.fen < _TOP_PRICE * 100:
        raise RowRefused("import.absurd_price", field=name, text=text[:20])
    return amount


def _rate(text: str, name: str) -> Rate | None:
    plain = nfkc(text)
    if not plain:
        return None
    percent = plain.endswith("%")
    number = plain.removesuffix("%").strip()
    if not _NUMBER.fullmatch(number):
        raise RowRefused("import.no_number", field=name, text=text[:20])
    try:
        rate = Money.of(number) if percent else Rate.of(number)
        return Rate(rate.fen * 100) if isinstance(rate, Money) else rate
    except BadValue:
        raise RowRefused("import.bad_share", field=name, text=text[:20]) from None


def _diseases(text: str, name: str) -> tuple[str, ...]:
    codes = [code for code in re.split(r"[;,、|\s]+", nfkc(text)) if code]
    for code in codes:
        if not _CODE.fullmatch(code):
            raise RowRefused("import.bad_code", field=name)
    return tuple(dict.fromkeys(codes))


def _marks(text: str, name: str) -> tuple[str, ...]:
    marks = [mark for mark in re.split(r"[;,、|\s]+", nfkc(text)) if mark]
    for mark in marks:
        if not MARK.fullmatch(mark):
            raise RowRefused("import.unknown_word", field=name, text=mark[:20])
    return tuple(dict.fromkeys(marks))


_PARSERS: Mapping[str, Callable[[str, str], object]] = {
    **dict.fromkeys(_LIMITS, _text),
    "shop_code": _shop_code,
    "barcode": _barcode,
    "national_code": _code,
    "nhsa_generic_code": _code,
    "insurance_class": _word,
    "sale_class": _word,
    "approval_class": _word,
    "first_self_pay": _rate,
    "pay_limit": _money,
    "listed_price": _money,
    "price": _price,
    "trace_product_code": _trace_product,
    "trace_exempt": _yes,
    "ephedrine": _yes,
    "cold_chain": _yes,
    "diseases": _diseases,
    "marks": _marks,
}
