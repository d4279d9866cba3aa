"""What somebody does in the bureau's portal past the till, while a story plays."""

from __future__ import annotations

from typing import Any

from app.errors import NotFound
from ui.stories.witnesses import call

_PAGE = "/practice/settlements"


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
    settled = call(url, "GET", "/practice/books", None)["settlements"]
    if not settled:
        raise NotFound(what="settlement")
    call(url, "POST", f"{_PAGE}/{settled[-1]['setl_id']}/{what}", body)
