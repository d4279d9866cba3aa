"""``python -m ui``: the command line, and through it the till."""

from __future__ import annotations

from ui.entry import run_entry

if __name__ == "__main__":
    run_entry()
