"""``python -m ui``: the command line, and through it the till."""

from __future__ import annotations

from ui.cli import run_cli

if __name__ == "__main__":
    run_cli()
