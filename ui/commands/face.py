"""``yaotai face``: two pictures compared, and an engine measured on a list of pairs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.domain.face import FaceDecision
from devices.face_matcher.arrays import read_picture
from devices.face_matcher.compare import FaceComparison, GroupRates, compare, rates
from devices.face_matcher.engines import make_engine
from ui.words import say


def run_compare(one: Path, other: Path, engine: str, as_json: bool, lang: str = "zh_CN") -> int:
    """Print distance and decision.

    :return: 0 the same person; 1 anything else.
    :raises BadFile: a picture cannot be read; :raises BadValue, NotOffered: no such engine.
    """
    told = compare(make_engine(engine), read_picture(one), read_picture(other))
    reason = _reason(told, (one, other), lang)
    if as_json:
        document = {
            "distance": None if told.distance is None else round(told.distance, 4),
            "threshold": told.threshold,
            "decision": told.decision.value,
            "engine": told.engine,
            "reason": reason,
        }
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        far = "—" if told.distance is None else f"{told.distance:.3f}"
        words = say(f"face.decision_{told.decision}", lang)
        sys.stdout.write(f"{words} {far} / {told.threshold} {told.engine}\n")
        sys.stdout.write(f"{reason}\n" if reason else "")
    return 0 if told.decision is FaceDecision.SAME else 1


def _reason(told: FaceComparison, pictures: tuple[Path, Path], lang: str) -> str:
    if told.fault is not None:
        return say(f"face.fault_{told.fault}", lang, picture=pictures[told.picture - 1].name)
    if told.decision is FaceDecision.SAME:
        return ""
    return say(f"face.reason_{told.decision}", lang)


def run_pairs(pairs: Path, engine: str, as_json: bool, lang: str = "zh_CN") -> int:
    """Print FAR, FRR and FTA of each group; progress on a terminal's stderr.

    :raises BadFile: the list or a picture cannot be read.
    """
    made = make_engine(engine)
    show = sys.stderr.isatty()

    def tell(done: int) -> None:
        if show and done % 50 == 0:
            sys.stderr.write(f"\r{done}")
            sys.stderr.flush()

    found = rates(made, pairs, read_picture, tell)
    if show:
        sys.stderr.write("\r")
    if as_json:
        groups = {name: _told(counts) for name, counts in found.items()}
        document = {"engine": made.model_id, "groups": groups}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write(say("face.measured", lang, engine=made.model_id) + "\n")
    for name, counts in found.items():
        sys.stdout.write(
            say(
                "face.group", lang, group=name or "—", pairs=counts.pairs,
                far=_percent(counts.far), frr=_percent(counts.frr), fta=_percent(counts.fta),
            ) + "\n"
        )  # fmt: skip
    return 0


def _told(counts: GroupRates) -> dict[str, float | int | None]:
    return {"pairs": counts.pairs, "far": counts.far, "frr": counts.frr, "fta": counts.fta}


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.2f} %"
