"""The shop opens beside the window: what the first paint does not need is loaded after it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from app.regions.head import region_head
from app.storage.home_lock import HomeLock
from ui.homes import SHOP_FILE, make_private, read_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.domain.pharmacist import Presence
    from app.use_cases.facts import ShopFacts
    from ui.bootstrap import OpenShop
    from ui.homes import Home
    from ui.screens.shop_door import ShopDoor

PAINT_MS = 1_000
"""A window that nobody sees (minimised at once) is never painted: the shop opens all the same."""
BREATH_MS = 30
"""The first keys come before the opening, which shares Python's one lock with the screen."""


class Opening(QObject):
    """Opens a shop on a thread of its own, once the window stands on the screen.

    ``build`` loads and opens everything; whatever it raises is raised again by :meth:`wait`.
    ``lock`` is the home's, held from before the window: let go of by :meth:`close` at the latest.
    """

    opened = Signal()
    failed = Signal()

    def __init__(self, build: Callable[[], OpenShop], lock: HomeLock | None = None) -> None:
        super().__init__()
        self._build, self._lock = build, lock
        self._done = threading.Event()
        self._shop: OpenShop | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def begin_after_paint(self, window: QObject) -> None:
        """Begin as soon as the window has been painted; called before it is shown."""
        window.installEventFilter(self)
        QTimer.singleShot(PAINT_MS, self.begin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: the first paint of the window."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(BREATH_MS, self.begin)
        return False

    def begin(self) -> None:
        """Begin now; only the first call does."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="yaotai-opening", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self._shop = self._build()
        except BaseException as error:
            self._error = error
        self._done.set()
        (self.opened if self._error is None else self.failed).emit()

    @property
    def is_open(self) -> bool:
        """Whether the shop answers at once."""
        return self._done.is_set() and self._error is None

    def wait(self) -> OpenShop:
        """The open shop, as soon as it is; raises what kept it from opening."""
        if threading.current_thread() is threading.main_thread():
            self.begin()  # the screen that waits here is not going to paint
        self._done.wait()
        if self._shop is None:
            raise cast("BaseException", self._error)
        return self._shop

    def close(self) -> None:
        """Close what was opened; an opening under way is waited for. Raises nothing of it."""
        if self._thread is not None:
            self._thread.join()
        if self._shop is not None:
            self._shop.close()
        if self._lock is not None:
            self._lock.release()


class LateShop:
    """A shop that may still be opening; every question but who and when waits until it is open."""

    def __init__(self, facts: ShopFacts, opening: Opening) -> None:
        self.facts = facts
        self._opening = opening

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)

    def presence(self) -> Presence | None:
        """As the board knows it; nothing before the shop is open, so that no screen waits."""
        return self._opening.wait().shop.presence() if self._opening.is_open else None

    def portal_assisted(self) -> bool:
        """How the shop is connected; the direct way before it is open, so that no screen waits."""
        return self._opening.wait().shop.portal_assisted() if self._opening.is_open else False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - each its own type, see open_beside
        """The same of the open shop, asked for when it is called."""
        # Not held against the door itself: its many pages would be loaded before the first paint.
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *given, **named: getattr(self._opening.wait().shop, name)(*given, **named)


def open_beside(
    home: Home, *, practice: bool, region: str = "", url: str = ""
) -> tuple[ShopDoor, Opening]:
    """The shop of a home as the screens ask it, and its opening, which has not begun yet.

    What needs no books is asked before there is a window. A home without a shop has nothing to
    show yet: a practice shop is made and opened here.

    :raises HomeInUse: another till process holds it; :raises StoreReadOnly: no folder can be made;
    :raises PackError: the region has no pack (the opening judges what stands in it);
    :raises BadFile: ``shop.toml`` is wrong.
    """
    make_private(home.root)
    folder = make_private(home.practice if practice else home.store)
    file = read_shop(folder) if (folder / SHOP_FILE).exists() else None
    wanted = (practice and region) or (file.region if file else "")
    facts: ShopFacts | None = None
    if file is not None:
        head = region_head(wanted)
        confirmed = not practice and _is_confirmed(folder)
        facts = file.facts(head.division, "confirmed" if confirmed else head.status)
    lock = HomeLock(folder)
    lock.acquire()
    opening = Opening(partial(_build, home, practice, region, url, lock), lock)
    try:
        if facts is None:
            facts = opening.wait().shop.facts
    except BaseException:
        opening.close()
        raise
    return cast("ShopDoor", LateShop(facts, opening)), opening


def _is_confirmed(folder: Path) -> bool:
    from app.regions.confirmed import read_confirmation  # no practice shop has one

    return read_confirmation(folder) is not None


def _build(home: Home, practice: bool, region: str, url: str, lock: HomeLock | None) -> OpenShop:
    # Here and not above: loading all of this is most of what an opening takes.
    from ui.bootstrap import Settings, build

    # A window may wait for the system's key store; practice keys never lie there.
    settings = Settings(home, practice=practice, region=region, url=url, ask_system=True)
    return build(settings, lock)
