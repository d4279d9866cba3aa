"""The door of the packaged program: the same command line as ``python -m ui``."""

from __future__ import annotations

import runpy

runpy.run_module("ui", run_name="__main__")
