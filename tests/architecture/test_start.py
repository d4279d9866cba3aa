"""What a start loads: only what the scan field needs; the rest comes when it is first wanted."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

LOAD = """
import sys
from ui.qt_loading import load_qt
load_qt()
import ui.window
print(*sorted(sys.modules))
"""
IMPORTS = """
import linecache
from ui.qt_loading import load_qt
load_qt()
load_qt()
linecache.clearcache()
import ui.window
print(sum(name.endswith(".py") for name in linecache.cache))
"""

LATE = {
    # models and helpers of the window that no first paint needs
    "ui.scan_dispatch",
    "ui.scan_routes",
    "ui.scan_snapshot",
    "ui.device_consumers",
    "ui.customer_side",
    "ui.customer_window",
    "ui.keypad_window",
    "ui.signature_window",
    "ui.review_window",
    "ui.screens.codes.view_model",
    "ui.screens.devices.view_model",
    "ui.screens.duty.view_model",
    "ui.screens.labels.view_model",
    "ui.screens.prescription.view_model",
    "ui.screens.returns.view_model",
    "ui.screens.shop_door",
    "ui.screens.signature.view_model",
    "ui.widgets.lamps",
    # what opens the shop, on a thread of its own after the first paint
    "ui.bootstrap",
    "ui.shop",
    # the trade's rules
    "app.domain.check_context",
    "app.domain.compliance",
    "app.domain.device_plan",
    "app.domain.insurance",
    "app.domain.line",
    "app.domain.list_calls",
    "app.domain.pharmacist",
    "app.domain.prescription",
    "app.domain.rx_case",
    "app.domain.rx_states",
    "app.domain.sale",
    "app.domain.shift",
    "app.domain.stock_calls",
    "app.domain.stock_upload",
    "app.domain.upload_states",
    # strips and timers that wait for the open shop
    "ui.screens.reconcile.morning",
    "ui.screens.shift.strip",
}
LATE_ROOMS = ("devices", "sync", "app.vault", "app.search", "app.storage.books", "ui.commands")
LATE_PARTS = ("sqlalchemy", "alembic", "requests", "cryptography", "openpyxl", "onnxruntime", "cv2",
              "numpy", "typer", "argon2")  # fmt: skip


def ran(program: str) -> str:
    """What a Python of its own prints; nothing of ours is loaded there yet."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=known, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    return frozenset(ran(LOAD).split())


def test_the_window_is_loaded_and_what_comes_later_is_not(loaded: frozenset[str]) -> None:
    assert "ui.main_window" in loaded
    assert sorted(loaded & LATE) == []


def test_every_late_module_exists() -> None:
    for name in LATE:
        assert ROOT.joinpath(*name.split(".")).with_suffix(".py").is_file(), name


def test_no_panel_no_books_and_no_line_is_loaded(loaded: frozenset[str]) -> None:
    panels = [name for name in loaded if name.startswith("ui.screens.") and name.endswith(".panel")]
    rooms = [name for name in loaded if name.startswith(LATE_ROOMS)]
    parts = [name for name in loaded if name.partition(".")[0] in LATE_PARTS]
    assert (panels, rooms, parts) == ([], [], [])


def test_no_source_is_read_to_load_the_window() -> None:
    """Qt for Python would read that of every module that comes after it."""
    assert ran(IMPORTS) == "0"
