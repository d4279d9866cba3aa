"""The customer's window on a machine with two screens; a process of its own, for Qt knows its
screens from the beginning.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCREENS = [
    {"name": name, "x": x, "y": 0, "width": width, "height": height,
     "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    for name, x, width, height in (
        ("counter", 0, 1366, 768), ("pad", 1366, 800, 480), ("customer", 2166, 1024, 600)
    )
]  # fmt: skip

PLAY = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.domain.device_plan import DeviceKind, DeviceState, Lamp, Placed
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FakeShop
from ui.main_window import MainWindow
from ui.second_screen import other_screen, screen_named

application = QApplication([])
lanes = HandLanes()
counter = MainWindow(FakeShop(), lanes, folder=Path(sys.argv[1]))
counter.show()
lanes.run()
counter.sign_in.sign_in("1001", "123456")
lanes.run()
told = []

def tell(side):
    application.processEvents()
    window = side.window
    told.append([
        window.isVisible(), window.isFullScreen(), window.screen().name(),
        window.geometry().getRect() == window.screen().geometry().getRect(),
        counter.screen().name(),
    ])

for address in ("screen:auto", "none", "screen:customer", "screen:gone"):
    counter.devices._take(DeviceState(DeviceKind.CUSTOMER_WINDOW, Placed(address), Lamp.THERE))
    tell(counter.beside.customer())
choices = [other_screen(counter, "counter").name(), screen_named(counter, "counter")]
counter.windowHandle().setScreen(screen_named(counter, "pad"))
choices += [other_screen(counter, "").name(), screen_named(counter, "pad")]
choices.append(screen_named(counter, "counter").name())
counter.windowHandle().setScreen(application.primaryScreen())
counter.stop()
tell(counter.beside.customer())
print(json.dumps([*told, choices]))
"""


def test_it_fills_a_screen_that_is_not_the_counters(tmp_path: Path) -> None:
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps({"synchronousWindowSystemEvents": True, "screens": SCREENS}))
    platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={screens}"}
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(tmp_path)],
        env={**os.environ, **platform}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    any_screen, closed, named, gone, stopped, choices = json.loads(done.stdout.splitlines()[-1])
    assert any_screen == [True, True, "pad", True, "counter"]
    assert closed[0] is False
    assert named == [True, True, "customer", True, "counter"]
    # A screen that is not there: better another one than none.
    assert gone == [True, True, "pad", True, "counter"]
    assert stopped[0] is False
    # The counter's own screen is nobody else's, on whichever of them its window stands.
    assert choices == ["pad", None, "counter", None, "counter"]
