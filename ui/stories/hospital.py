"""The practice hospital's acts in a story, through the platform's practice-only door."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from app.errors import NotFound
from app.resources import resource
from ui.stories.script import Json
from ui.stories.witnesses import call

_PAGE = "/practice/prescriptions"
HOSPITAL_ACTS: Mapping[str, str] = {"revoke": "revoke", "expire": "expire", "kill_tokens": "tokens"}
"""Act of a story to the page that the door has for it; each is told the person's psn_no."""


def prescribe(url: str, asked: Mapping[str, Json]) -> None:
    """Issue what an order says; ``template`` names one of ``resources/stories/orders``.

    What stands beside the template replaces what it says.
    :raises NotFound: no such template; :raises ValueError: the hospital refused the order.
    """
    order = dict(asked)
    name = str(order.pop("template", ""))
    call(url, "POST", _PAGE, {**(_template(name) if name else {}), **order})


def act_on_newest(url: str, kind: str, psn_no: str) -> None:
    """One of ``HOSPITAL_ACTS`` on the person's newest prescription.

    :raises NotFound: there is none; :raises ValueError: the centre refused it.
    """
    call(url, "POST", f"{_PAGE}/{_newest(url, psn_no)['hi_rxno']}/{HOSPITAL_ACTS[kind]}", {})


def code_of_newest(url: str, psn_no: str) -> str:
    """What the code of the person's newest prescription says; :raises NotFound: there is none."""
    return str(_newest(url, psn_no)["qr"])


def _newest(url: str, psn_no: str) -> dict[str, Json]:
    issued = call(url, "GET", f"{_PAGE}?psn_no={psn_no}")
    if not issued:
        raise NotFound(what=psn_no)
    return dict(issued[-1])


def _template(name: str) -> dict[str, Json]:
    path = resource("stories", "orders", f"{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(what=name) from None
