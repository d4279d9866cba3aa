"""``yaotai scan``: what a scanned string is."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

from app.domain.clock import shop_time
from app.domain.scanned import Scanned, classify
from ui.words import say


def run(text: str, as_json: bool, lang: str = "zh_CN") -> int:
    """Print what the string is; needs no shop and writes nothing.

    :return: the exit code: 0 for a valid code, 1 otherwise.
    """
    scanned = classify(text, shop_time(datetime.now(UTC)).date())
    told = as_told(scanned, lang)
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        lines = (f"{name}: {value}" for name, value in told.items() if value is not None)
        sys.stdout.write("\n".join(lines) + "\n")
    return 0 if scanned.valid else 1


def as_told(scanned: Scanned, lang: str) -> dict[str, object]:
    """The document of design 3; absent is null, insurance codes and citizen numbers masked."""
    return {
        "kind": str(scanned.kind),
        "code": scanned.shown(),
        "gtin": scanned.gtin or None,
        "batch": scanned.batch or None,
        "expiry": scanned.expiry.isoformat() if scanned.expiry else None,
        "serial": scanned.serial or None,
        "product_code": scanned.product_code or None,
        "valid": scanned.valid,
        "why": say(scanned.why, lang) if scanned.why else None,
        "aim": scanned.aim or None,
    }
