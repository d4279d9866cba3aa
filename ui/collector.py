"""Python's collector of cycles and a start: what a start makes stays, so nothing is to be found."""

from __future__ import annotations

import gc


def hold_collector() -> None:
    """Collect nothing while modules, widgets and the shop are made."""
    gc.disable()


def release_collector() -> None:
    """Collect again, and leave what the start made alone from now on.

    Without this each full collection walks through all of it: a pause on the screen's thread.
    """
    gc.freeze()
    gc.enable()
