"""Proxy purchases looked up: rows, the page of one, a second look, whose number is whose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.staff import Right
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.errors import YaotaiError
    from app.use_cases.proxy_archive import ProxyPage, ProxyRow
    from app.use_cases.staff_documents import StaffLine
    from ui.screens.session import Session

DAYS = 30
"""What is looked at first; a convenience of the screen, any days can be typed."""


class ProxyArchiveModel(QObject):
    """For who may see persons; the words for others stand on the page."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.rows: tuple[ProxyRow, ...] = ()
        self.page: ProxyPage | None = None
        self.staff: tuple[StaffLine, ...] = ()
        self.note: Note | None = None
        self.busy = self.found = False
        self.last = shop_time(session.shop.now()).date()
        self.first = self.last - timedelta(days=DAYS)
        self.text = ""

    @property
    def manages(self) -> bool:
        """Whether the operator may tell numbers of staff."""
        return self.session.may(Right.MANAGE_STAFF)

    @property
    def cut(self) -> bool:
        """Whether there may be more than what is shown."""
        from app.use_cases.proxy_archive import MOST

        return len(self.rows) >= MOST

    @property
    def looks_again(self) -> bool:
        """Whether the operator may give the second look."""
        return self.session.may(Right.SECOND_WORD)

    def find(self, text: str, first: str, last: str) -> None:
        """Days as 2026-11-22; :class:`Note` where one is none."""
        try:
            begins, ends = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
        except ValueError:
            self._say("proxy.bad_day", "warn")
            return
        self.text, self.first, self.last = text, begins, ends
        shop, operator = self.session.shop, self.session.who()
        self._run(lambda: shop.find_proxies(operator, text, begins, ends), self._found)

    def open(self, proxy_id: str) -> None:
        """The page of one."""
        shop, operator = self.session.shop, self.session.who()
        self._run(lambda: shop.proxy_page(operator, proxy_id), self._opened)

    def close(self) -> None:
        """Back to the rows."""
        self.page, self.note = None, None
        self.changed.emit()

    def look(self, word: str) -> None:
        """The manager's second look at the page in sight."""
        page = self.page
        if page is None:
            return
        shop, operator, proxy_id = self.session.shop, self.session.who(), page.row.proxy_id

        def work() -> ProxyPage:
            shop.look_again(operator, proxy_id, word)
            return shop.proxy_page(operator, proxy_id)

        self._run(work, self._opened)

    def post(self, shipping_no: str) -> None:
        """The number of the parcel with what the page in sight shows."""
        page = self.page
        if page is None:
            return
        shop, operator, proxy_id = self.session.shop, self.session.who(), page.row.proxy_id

        def work() -> ProxyPage:
            shop.proxy_posted(operator, proxy_id, shipping_no)
            return shop.proxy_page(operator, proxy_id)

        self._run(work, self._opened)

    def load_staff(self) -> None:
        """Members, with what is known of their documents."""
        shop, operator = self.session.shop, self.session.who()
        if self.manages:
            self._run(lambda: shop.staff_lines(operator), self._staffed)

    def tell_staff(self, number: str, cert_no: str, filing: str) -> None:
        """Whose number is whose, and the filing that names them."""
        shop, operator = self.session.shop, self.session.who()

        def work() -> tuple[StaffLine, ...]:
            shop.set_staff_document(operator, number, cert_no, filing)
            return shop.staff_lines(operator)

        self._run(work, self._staffed)

    def _found(self, rows: tuple[ProxyRow, ...]) -> None:
        self.rows, self.found = rows, True

    def _opened(self, page: ProxyPage) -> None:
        self.page = page

    def _staffed(self, staff: tuple[StaffLine, ...]) -> None:
        self.staff = staff

    def _run(self, work: Callable[[], object], then: Callable[..., None]) -> None:
        if self.busy:
            return
        self.busy, self.note = True, None
        self.changed.emit()

        def got(answer: object) -> None:
            self.busy = False
            then(answer)
            self.changed.emit()

        def failed(error: YaotaiError) -> None:
            self.busy, self.note = False, notes_of(error)[0]
            self.changed.emit()

        self.session.run(Lane.STORE, lambda _: work(), got, failed)

    def _say(self, message_id: str, severity: str) -> None:
        self.note = Note(message_id, {}, severity)
        self.changed.emit()
