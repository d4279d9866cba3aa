"""``yaotai acceptance``: the three tests of a pharmacy at a test platform, and a signed report."""

from __future__ import annotations

import json as json_text
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.acceptance import Result
from app.errors import FileNotWritten, YaotaiError
from app.use_cases.acceptance import require_test
from ui.command_words import lang, said, said_error, typed
from ui.homes import Home, read_shop
from ui.words import say

if TYPE_CHECKING:
    from ui.acceptance import AcceptanceRun, Asked, Made

_LONGEST = 400
"""Signs of a typed token, at most."""


def run(out: Path, home: Home, practice: bool, json: bool) -> int:
    """Run all steps and write the report into ``out``.

    :return: 0 all passed; 1 a step failed (the report is there), or the run was refused.
    """
    try:
        if not practice:
            # Before anything is opened or asked: nobody types a token for nothing.
            require_test(read_shop(home.store).environment)
        made = _run(out, home, practice)
    except YaotaiError as error:
        sys.stderr.write(said_error(error) + "\n")
        return 1
    _tell(made, json)
    return 0 if made.report.passed else 1


def run_verify(file: Path, key: str, json: bool) -> int:
    """Hold a report against its signature; :return: 0 it holds, 1 it does not."""
    from ui.acceptance import verify_report

    try:
        seen = verify_report(file, key)
    except YaotaiError as error:
        sys.stderr.write(said_error(error) + "\n")
        return 1
    if json:
        told = {"key": seen.key, "passed": seen.passed, "ended": seen.ended, "pdf": seen.pdf}
        sys.stdout.write(json_text.dumps(told) + "\n")
        return 0
    verdict = said("acceptance.passed" if seen.passed else "acceptance.not_passed")
    lines = [said("acceptance.verified", ended=seen.ended, verdict=verdict, key=seen.key)]
    if not seen.pdf:
        lines.append(said("acceptance.verified_no_pdf"))
    if not key:
        lines.append(said("acceptance.verified_key"))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _run(out: Path, home: Home, practice: bool) -> Made:
    # Papers are painted without a screen, wherever this runs.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    from ui.acceptance import AcceptanceRun, write_report
    from ui.bootstrap import Settings, build

    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise FileNotWritten(file=out.name) from None
    asked = _asked(practice)
    application = QGuiApplication.instance() or QGuiApplication([])
    words = partial(say, lang=lang())
    opened = build(Settings(home, practice=practice))
    try:
        doors = opened.shop.doors
        one = AcceptanceRun(doors, opened.shop.devices_folder, opened.shop.url, words, asked)
        _follow(one)
        return write_report(one.report(), doors, out, words)
    finally:
        opened.close()
        del application


def _asked(practice: bool) -> Asked:
    from ui.acceptance import Asked

    if practice:
        return Asked()
    token = typed("acceptance.ask_token", _LONGEST)
    return Asked(token=token, password=typed("acceptance.ask_password", _LONGEST))


def _follow(one: AcceptanceRun) -> None:
    """Progress on stderr, a line a step."""
    from app.use_cases.acceptance_steps import STEPS

    for no, step in enumerate(one.steps(), 1):
        told = said(
            "acceptance.progress", no=no, of=len(STEPS), part=said(f"acceptance.part_{step.part}"),
            step=said(f"acceptance.step_{step.id}"), result=said(f"acceptance.{step.result}"),
        )  # fmt: skip
        sys.stderr.write(told + (f" {step.why}" if step.result is Result.FAILED else "") + "\n")


def _tell(made: Made, json: bool) -> None:
    if json:
        told = {"passed": made.report.passed, "pdf": str(made.pdf), "json": str(made.json),
                "key": made.key}  # fmt: skip
        sys.stdout.write(json_text.dumps(told, ensure_ascii=False) + "\n")
        return
    verdict = said("acceptance.passed" if made.report.passed else "acceptance.not_passed")
    sys.stdout.write(said("acceptance.made", verdict=verdict, pdf=made.pdf, json=made.json) + "\n")
    sys.stdout.write(said("acceptance.made_key", key=made.key) + "\n")
