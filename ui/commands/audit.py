"""``./yaotai test audit``: what is locked, held against the known vulnerabilities, by pip-audit.

Not among the checks of every day: it asks a service on the network, and its answer changes without
any change of ours.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ui.commands.checks import ROOT

LOCKS = ("requirements.lock", "requirements-pcsc.lock")
TOOL = "pip-audit"
GOOD, FOUND, NOT_ASKED = 0, 1, 2
_SECONDS = 600
_MISSING = (
    f"{TOOL} is not here. Install it (uv tool install {TOOL}, or pipx install {TOOL}) and run this"
    " again; nothing was looked at."
)
_SILENT = "Nothing was looked at: the service of known vulnerabilities did not answer. {why}"


def run(root: Path = ROOT) -> int:
    """Look at every locked dependency.

    :return: 0 none is known to be vulnerable, 1 some are, 2 nobody could be asked: no tool, no
        network. Never 0 for an audit that did not take place.
    """
    tool = _tool()
    if tool is None:
        print(_MISSING, file=sys.stderr)
        return NOT_ASKED
    locks = [argument for lock in LOCKS for argument in ("-r", lock)]
    command = [tool, *locks, "--require-hashes", "--disable-pip", "-f", "json",
               "--progress-spinner", "off"]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, encoding="utf-8", errors="replace",
            timeout=_SECONDS, check=False,
        )  # fmt: skip
        told: Any = json.loads(done.stdout)
        looked = [one for one in told["dependencies"] if "vulns" in one]
        skipped = [one for one in told["dependencies"] if "vulns" not in one]
        worst = [(one, each) for one in looked for each in one["vulns"]]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        why = type(error).__name__
        if not isinstance(error, OSError | subprocess.TimeoutExpired):
            why = (done.stderr.strip().splitlines() or [why])[-1][:300]
        print(_SILENT.format(why=why), file=sys.stderr)
        return NOT_ASKED
    if not looked:
        print(_SILENT.format(why="no dependency was looked at"), file=sys.stderr)
        return NOT_ASKED
    for one, each in worst:
        fixed = ", ".join(each.get("fix_versions") or ()) or "no version yet"
        print(f"{one['name']} {one['version']}: {each['id']} (fixed in: {fixed})")
    for one in skipped:
        print(f"{one.get('name')}: not looked at ({one.get('skip_reason', 'no reason given')})")
    print(f"{len(looked)} dependencies looked at, {len(worst)} known vulnerabilities")
    if worst:
        return FOUND
    return NOT_ASKED if skipped else GOOD


def _tool() -> str | None:
    """Beside this interpreter, else wherever a person installed tools."""
    beside = Path(sys.executable).parent
    return shutil.which(TOOL, path=str(beside)) or shutil.which(
        TOOL, path=os.environ.get("PATH", "")
    )
