"""The door of the packaged program: the same command line as ``python -m ui``."""

from __future__ import annotations

from ui.cli import run_cli

run_cli()
