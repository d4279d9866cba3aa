"""What somebody does in the bureau's portal past the till, while a story plays."""

from __future__ import annotations

from typing import Any

from app.errors import NotFound
from ui.stories.witnesses import call

_PAGE = "/practice/settlements"
_AMOUNTS = {
    "total": "medfee_sumamt",
    "fund": "fund_pay_sumamt",
    "account": "acct_pay",
    "aid": "acct_mulaid_pay",
    "cash": "psn_cash_pay",
}
SCANNED = frozenset({"setl_id", "mdtrt_id"})
"""What stands as a code on the portal's paper: nobody types thirty characters."""


def portal(url: str, told: dict[str, Any]) -> None:
    """``what``: ``keyed``, a settlement that no till knows of; else of the newest settlement
    ``amounts``, ``cancel``, ``lose``. The rest is what the page of that name takes.

    :raises NotFound: nothing was settled yet.
    """
    body = {name: value for name, value in told.items() if name != "what"}
    what = str(told["what"])
    if what == "keyed":
        call(url, "POST", _PAGE, body)
        return
    call(url, "POST", f"{_PAGE}/{_newest(url)['setl_id']}/{what}", body)


def copied(url: str, what: str) -> str:
    """What the portal's page shows of the newest settlement or cancel: ``setl_id``, ``mdtrt_id``,
    ``time`` (of the day), ``total``, ``fund``, ``account``, ``aid``, ``cash``.

    :raises NotFound: nothing was settled yet, or the page shows nothing of that name.
    """
    newest = _newest(url)
    if what in ("setl_id", "mdtrt_id"):
        return str(newest[what])
    if what == "time":
        return str(newest["setl_time"])[-8:]
    if what not in _AMOUNTS:
        raise NotFound(what=what)
    return str(newest["amounts"][_AMOUNTS[what]])


def _newest(url: str) -> dict[str, Any]:
    settled = call(url, "GET", "/practice/books", None)["settlements"]
    if not settled:
        raise NotFound(what="settlement")
    newest: dict[str, Any] = settled[-1]
    return newest
