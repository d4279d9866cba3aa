"""Why a row of goods stands aside, read off the platform's words, and what helps (design 7).

Words of refusals are no part of the interface (7.2): a cause read off them only chooses what a
person is told and which key is offered first. Nothing happens by it alone, and words that nobody
knows are shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.staff import Role


class RefusalCause(StrEnum):
    """What stands in a row's way."""

    LACKS = "lacks"
    """Something that the table demands was not known when it was written."""
    BREAKS = "breaks"
    """A field does not fit the table; it did not leave."""
    KNOWN = "known"
    NOT_MAPPED = "not_mapped"
    NO_BATCH = "no_batch"
    """The platform knows nothing of the batch, or of the sale that a return takes back."""
    QUANTITY = "quantity"
    DATE = "date"
    NO_CODE = "no_code"
    """A trace code is missing or not believed."""
    NATIONAL_CODE = "national_code"
    STAFF = "staff"
    """Pharmacist or prescriber is not registered there."""
    SETTLEMENT = "settlement"
    """The settlement that a sale names is not there."""
    NOT_OPEN = "not_open"
    """The shop or the area may not send this kind at all."""
    SALE_LEFT = "sale_left"
    """A return whose sale was left untold for good."""
    DIFFERS = "differs"
    """The centre was asked and holds something else under the row's own number."""
    OTHER = "other"


_C = RefusalCause

WORDS: Final[tuple[tuple[RefusalCause, tuple[str, ...]], ...]] = (
    (_C.KNOWN, ("重复",)),
    (_C.KNOWN, ("已上传",)),
    (_C.KNOWN, ("已存在",)),
    (_C.NOT_OPEN, ("未开通",)),
    (_C.NOT_OPEN, ("未知交易编号",)),
    (_C.NOT_OPEN, ("无权限",)),
    (_C.NOT_MAPPED, ("未对照",)),
    (_C.NOT_MAPPED, ("对照", "不存在")),
    (_C.NOT_MAPPED, ("对照", "未上传")),
    (_C.NOT_MAPPED, ("未匹配",)),
    (_C.SETTLEMENT, ("结算ID",)),
    (_C.SETTLEMENT, ("setl_id",)),
    (_C.QUANTITY, ("数量", "大于")),
    (_C.QUANTITY, ("数量", "小于")),
    (_C.QUANTITY, ("数量", "负")),
    (_C.QUANTITY, ("库存不足",)),
    (_C.NO_CODE, ("追溯码",)),
    (_C.NO_CODE, ("drug_trac",)),
    (_C.STAFF, ("药师",)),
    (_C.STAFF, ("医师",)),
    (_C.STAFF, ("phar_",)),
    (_C.DATE, ("生产日期",)),
    (_C.DATE, ("有效期",)),
    (_C.DATE, ("业务时间",)),
    (_C.NATIONAL_CODE, ("医疗目录编码",)),
    (_C.NATIONAL_CODE, ("med_list_codg",)),
    (_C.NO_BATCH, ("批次", "不存在")),
    (_C.NO_BATCH, ("批次", "未上传")),
    (_C.NO_BATCH, ("批号", "不存在")),
    (_C.NO_BATCH, ("销售记录",)),
    (_C.NO_BATCH, ("销售流水号", "不存在")),
    (_C.NO_BATCH, ("采购", "不存在")),
    (_C.NO_BATCH, ("库存", "不存在")),
)
"""The first row all of whose words stand in the text is the cause."""


class Remedy(StrEnum):
    """What one key does to a row that stands aside."""

    CORRECT = "correct"
    """Open the form of what may be put right."""
    AGAIN = "again"
    """Once more as it is."""
    MAP = "map"
    """Tell the drug's mapping first (3301), then the row."""
    COUNT = "count"
    """Tell what stands aside before it, else a count of the lot (3501), then the row."""
    LOOK = "look"
    """Ask what the centre holds of it (3508 to 3513), where the region has these questions."""
    TAKE = "take"
    """Take it as told: a person saw it in the platform's own list."""
    LEAVE = "leave"
    """Leave it untold for good, with a reason."""


_R = Remedy

REMEDIES: Final[Mapping[RefusalCause, tuple[Remedy, ...]]] = {
    _C.LACKS: (_R.CORRECT, _R.LEAVE),
    _C.BREAKS: (_R.CORRECT, _R.AGAIN, _R.LEAVE),
    _C.KNOWN: (_R.LOOK, _R.TAKE, _R.AGAIN, _R.LEAVE),
    _C.NOT_MAPPED: (_R.MAP, _R.AGAIN, _R.CORRECT, _R.LEAVE),
    _C.NO_BATCH: (_R.COUNT, _R.AGAIN, _R.CORRECT, _R.LEAVE),
    _C.QUANTITY: (_R.COUNT, _R.AGAIN, _R.LEAVE),
    _C.DATE: (_R.CORRECT, _R.AGAIN, _R.LEAVE),
    _C.NO_CODE: (_R.AGAIN, _R.LEAVE),
    _C.NATIONAL_CODE: (_R.CORRECT, _R.AGAIN, _R.LEAVE),
    _C.STAFF: (_R.AGAIN, _R.CORRECT, _R.LEAVE),
    _C.SETTLEMENT: (_R.AGAIN, _R.LEAVE),
    _C.NOT_OPEN: (_R.AGAIN, _R.LEAVE),
    _C.SALE_LEFT: (_R.LEAVE,),
    _C.DIFFERS: (_R.LOOK, _R.TAKE, _R.LEAVE),
    _C.OTHER: (_R.AGAIN, _R.LOOK, _R.CORRECT, _R.TAKE, _R.LEAVE),
}
"""By cause, what helps most first; looking only where the region has the question, and taking as
told there only after looking."""

OWNERS: Final[Mapping[RefusalCause, Role]] = {
    cause: {_C.NOT_OPEN: Role.ADMINISTRATOR, _C.STAFF: Role.PHARMACIST}.get(cause, Role.MANAGER)
    for cause in RefusalCause
}
"""Who looks after a row that stands aside; the act itself is a manager's."""


def cause_of(answer: Mapping[str, object]) -> RefusalCause:
    """Of a row that stands aside, by what its answer holds (:class:`app.ports_outbox.OutboxEntry`).

    :param answer: ``cause`` where the till itself set it aside, ``gaps``, ``field``, ``text``.
    """
    named = str(answer.get("cause", ""))
    if named:
        return RefusalCause(named)
    if answer.get("gaps"):
        return _C.LACKS
    if answer.get("field"):
        return _C.BREAKS
    text = str(answer.get("text", ""))
    return next((cause for cause, words in WORDS if all(one in text for one in words)), _C.OTHER)
