"""Typed letters taken apart: long ones into pieces, mixed ones into syllables and initials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.search.text import Token

_LONGEST_SYLLABLE = 6
_MOST_READINGS = 6
_MOST_STEPS = 400
_DOUBLE_INITIALS = ("zh", "ch", "sh")


def pieces(token: Token, longest: int, syllables: frozenset[str]) -> list[str]:
    """The token in pieces that one look-up each can tell apart, cut between syllables."""
    text = token.text
    if len(text) <= longest:
        return [text]
    if not token.latin:
        return [text[at : at + longest] for at in range(0, len(text), longest)]
    found: list[str] = []
    piece = ""
    for part in _greedy(text, syllables):
        if piece and len(piece) + len(part) > longest:
            found.append(piece)
            piece = ""
        piece += part
    return [*found, piece]


def _greedy(text: str, syllables: frozenset[str]) -> Iterator[str]:
    at = 0
    while at < len(text):
        sizes = range(_LONGEST_SYLLABLE, 1, -1)
        size = next((n for n in sizes if text[at : at + n] in syllables), 1)
        yield text[at : at + size]
        at += size


def mixed_readings(text: str, syllables: frozenset[str]) -> Iterator[list[str]]:
    """What must match when some signs are spelled out and others only begun (``amoxl``).

    Each reading is the initials of all signs, then every run that is spelled out; the readings
    with the fewest signs come first.
    """
    if not 3 <= len(text) <= 40 or not text.isalpha():
        return
    for parts in sorted(_apart(text, syllables), key=len)[:_MOST_READINGS]:
        initials = "".join(part[0] for part in parts)
        if len(initials) < len(text):
            yield [initials, *_spelled_runs(parts)]


def _apart(text: str, syllables: frozenset[str]) -> list[list[str]]:
    found: list[list[str]] = []
    steps = 0
    open_ends: list[tuple[int, list[str]]] = [(0, [])]
    while open_ends and steps < _MOST_STEPS and len(found) < _MOST_READINGS * 4:
        steps += 1
        at, parts = open_ends.pop()
        if at == len(text):
            found.append(parts)
            continue
        # Pushed shortest first, so that the longest syllable is tried first.
        open_ends.append((at + 1, [*parts, text[at]]))
        for size in range(2, _LONGEST_SYLLABLE + 1):
            part = text[at : at + size]
            if len(part) == size and (part in syllables or part in _DOUBLE_INITIALS):
                open_ends.append((at + size, [*parts, part]))
    return found


def _spelled_runs(parts: Sequence[str]) -> list[str]:
    runs: list[str] = []
    run = ""
    for part in parts:
        if len(part) > 1 and part not in _DOUBLE_INITIALS:
            run += part
        else:
            runs.append(run)
            run = ""
    return [run[:20] for run in [*runs, run] if run]
