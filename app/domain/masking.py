"""Names and numbers as those may see them who need not know them whole."""

from __future__ import annotations

STAR = "*"


def mask_name(name: str) -> str:
    """First and last sign stay, the rest is starred: 张*兰, 张*, 欧**雪; one sign: *."""
    signs = name.strip()
    if len(signs) <= 1:
        return STAR * len(signs)
    if len(signs) == 2:
        return signs[0] + STAR
    return signs[0] + STAR * (len(signs) - 2) + signs[-1]


def mask_id_number(number: str) -> str:
    """First three and last two signs of an ID number; a short one shows nothing."""
    return _ends(number, 3, 2)


def mask_card_number(number: str) -> str:
    """The last four signs of a card's number; a short one shows nothing."""
    return _ends(number, 0, 4)


def _ends(text: str, head: int, tail: int) -> str:
    signs = text.strip()
    hidden = len(signs) - head - tail
    # Less than half hidden would be no mask.
    if hidden < head + tail:
        return STAR * len(signs)
    return signs[:head] + STAR * hidden + signs[len(signs) - tail :]
