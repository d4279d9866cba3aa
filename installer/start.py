"""The door of the packaged program: the same command line as ``python -m ui``."""

from __future__ import annotations

from ui.entry import run_entry

run_entry()
