"""``yaotai practice --story NAME`` and ``yaotai stories``: scenes through the real window."""

from __future__ import annotations

import json as json_text
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import YaotaiError
from ui.homes import Home
from ui.stories.script import read_story, story_names
from ui.words import LANGUAGES, say, say_error

if TYPE_CHECKING:
    from ui.stories.runner import Played


def run(
    home: Home, name: str, region: str, pictures: Path | None, virtual_screen: bool, json: bool
) -> int:
    """Play a story in the practice shop of a home, which it resets first.

    :returns: 0 when every step held; 1 when one did not, another till works in the practice shop
        or there is no display; 2 for an unknown story or a region that it does not play in.
    """
    lang = _lang()
    try:
        story = read_story(name)
    except YaotaiError as error:
        return _complain(f"{say_error(error, lang)} {say('story.known', lang)}", 2)
    if region not in ("", story.region):
        return _complain(say("story.region", lang, story=name, region=story.region), 2)
    if virtual_screen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if not _has_display():
        return _complain(say("story.no_display", lang, story=name), 1)
    from ui.stories.parts import asked_part
    from ui.stories.runner import play, play_part

    try:
        part = asked_part()
        if part is not None:
            return play_part(home, story, part)
        played = play(home, story, pictures)
    except YaotaiError as error:
        return _complain(say_error(error, lang), 1)
    if json:
        print(json_text.dumps(played.as_document(lang), ensure_ascii=False, indent=1))
    else:
        _print_steps(played, lang)
    return 0 if played.held else 1


def list_stories(json: bool) -> int:
    """Print the stories, a line each; with ``json`` as ``[{"name","title","region","rules"}]``."""
    lang = _lang()
    stories = [read_story(name) for name in story_names()]
    if json:
        rows = [
            {
                "name": one.name,
                "title": one.title[lang],
                "region": one.region,
                "rules": list(one.rules),
                "steps": len(one.steps),
            }
            for one in stories
        ]
        print(json_text.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for one in stories:
        print(f"{one.name:<28} {one.title[lang]}")
    return 0


def _print_steps(played: Played, lang: str) -> None:
    document = played.as_document(lang)
    print(f"{played.story.name}: {played.story.title[lang]}")
    for number, step in enumerate(document["steps"], 1):
        print(f"{'✓' if step['held'] else '✕'} {number:>2} {step['does']} → {step['expects']}")
        if step["held"]:
            continue
        for text in (one["text"] for one in step["screen"] if not one["held"]):
            print(f"     {say('story.screen', lang, text=text)}")
        for one in (*step["till"], *step["platform"]):
            if one["expected"] != one["found"]:
                print(f"     {say('story.witness', lang, **one)}")
        if step["trouble"]:
            print(f"     {step['trouble']}")
    print(say("story.held" if played.held else "story.not_held", lang))


def _has_display() -> bool:
    if sys.platform not in ("linux", "linux2"):
        return True
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in named)


def _complain(text: str, code: int) -> int:
    sys.stderr.write(text + "\n")
    return code


def _lang() -> str:
    asked = os.environ.get("YAOTAI_LANG", LANGUAGES[0])
    return asked if asked in LANGUAGES else LANGUAGES[0]
