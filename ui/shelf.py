"""The panels of the window by name, each loaded and made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.screens.proxy.archive import ArchivePage
    from ui.widgets.panel import Panel

# Imports stand inside the makers on purpose: eight panels that nobody has opened yet would delay
# the scan field of every start.


def step_of(window: MainWindow) -> str:
    """The step of a pooled purchase at which the counter stands (SY-4)."""
    from ui.screens.payment.view_model import Stage

    till, stage = window.till, window.payment.stage
    if stage is Stage.DONE:
        return "slip"
    if stage is not Stage.SELLING:
        return "pay"
    if till.patient is None:
        return "person"
    if till.sale is None or not till.lines:
        return "basket"
    on_rx = any(line.item.sale_class in ("rx", "") for line in till.lines)
    return "prescription" if on_rx and till.sale.prescription is None else "quote"


def _help(window: MainWindow) -> Panel:
    from ui.screens.help.panel import HelpPanel

    session = window.session

    def made(path: object) -> None:
        panel.tell(session.say("help.leaflet_made", file=path))

    def leaflet() -> None:
        from ui.leaflet_print import save_leaflet
        from ui.operation import Lane

        shop, folder = session.shop, window.folder.parent
        name, mark, now = shop.facts.shop_name, shop.facts.mark, shop.now()
        work = lambda _: save_leaflet(shop.leaflet(), name, mark, folder, now)  # noqa: E731
        session.run(Lane.STORE, work, made, lambda e: panel.tell(session.say("help.leaflet_not")))

    windows = lambda: session.shop.leaflet().apply  # noqa: E731
    panel = HelpPanel(session, lambda: step_of(window), leaflet, windows)
    panel.map_chosen.connect(window.looks.choose_map)
    panel.theme_chosen.connect(lambda name: window.looks.choose_look(name, window.looks.look.scale))
    panel.sound_chosen.connect(window.looks.choose_sound)
    panel.scale_chosen.connect(
        lambda scale: window.looks.choose_look(window.looks.look.name, scale)
    )
    panel.show_map(window.looks.keys)
    return panel


def _receipt(window: MainWindow) -> Panel:
    from ui.receipts import save_slip_pdf, slip_picture
    from ui.screens.receipt.panel import ReceiptPanel

    say = window.session.say
    return ReceiptPanel(
        window.session,
        lambda receipt: slip_picture(receipt, say),
        lambda receipt, path: save_slip_pdf(receipt, say, path),
        window.folder,
        window.printing.reprint,
    )


def _patient(window: MainWindow) -> Panel:
    from ui.screens.patient.panel import PatientPanel

    return PatientPanel(window.patient)


def _line(window: MainWindow) -> Panel:
    from ui.screens.line.panel import LinePanel
    from ui.screens.line.view_model import LineModel

    model = LineModel(window.session)
    model.tried.connect(window.status.ask)  # the bar says what the card says
    return LinePanel(model)


def _person(window: MainWindow) -> Panel:
    from ui.consent_print import keep_consent_pdf
    from ui.screens.person.panel import PersonPanel

    say, mark = window.session.say, window.session.shop.facts.mark
    panel = PersonPanel(
        window.person,
        lambda text: keep_consent_pdf(text, say, window.folder, mark=mark),
        has_proxy="proxy" in MAKERS,
    )
    panel.add_face(window.live)
    panel.other_credential.connect(lambda: window.open_panel("patient"))
    panel.proxy_asked.connect(lambda: window.open_panel("proxy"))
    return panel


def _proxy(window: MainWindow) -> Panel:
    from ui.screens.proxy.panel import ProxyPanel

    def archive() -> ArchivePage:
        from ui.proxy_print import keep_proxy_pdf, proxy_picture
        from ui.screens.proxy.archive import ArchivePage
        from ui.screens.proxy.archive_model import ProxyArchiveModel

        say = window.session.say
        return ArchivePage(
            ProxyArchiveModel(window.session),
            lambda page: proxy_picture(page, say),
            lambda page: keep_proxy_pdf(page, say, window.folder),
        )

    return ProxyPanel(window.proxy, archive)


def _prescription(window: MainWindow) -> Panel:
    from ui.screens.prescription.panel import PrescriptionPanel

    return PrescriptionPanel(window.prescription, window.rx, window.folder.parent / "lists")


def _held(window: MainWindow) -> Panel:
    from ui.screens.held.panel import HeldPanel

    return HeldPanel(window.held)


def _open_items(window: MainWindow) -> Panel:
    from ui.screens.payment.open_panel import OpenItemsPanel

    return OpenItemsPanel(window.open_items)


def _details(window: MainWindow) -> Panel:
    from ui.screens.help.panel import DetailsPanel

    return DetailsPanel(window.till)


def _return(window: MainWindow) -> Panel:
    from ui.screens.returns.panel import ReturnPanel

    panel = ReturnPanel(window.returns)
    panel.paper_asked.connect(window.printing.reprint)
    return panel


def _shop(window: MainWindow) -> Panel:
    from ui.screens.shop.panel import ShopPanel
    from ui.screens.shop.view_model import EnvironmentViewModel

    panel = ShopPanel(EnvironmentViewModel(window.session, window.till))
    panel.again.connect(window.open_again)
    return panel


def _duty(window: MainWindow) -> Panel:
    from ui.register_print import save_register_pdf
    from ui.rx_print import save_notice_pdf
    from ui.screens.duty.panel import DutyPanel
    from ui.screens.duty.view_model import DutyViewModel

    facts, say = window.session.shop.facts, window.session.say
    model = DutyViewModel(window.session)
    model.presence_changed.connect(window.top.show_presence)
    return DutyPanel(
        model,
        window.folder,
        lambda view, path: save_notice_pdf(
            facts.shop_name, view.short_since, facts.mark, say, path
        ),
        lambda rows, period, path: save_register_pdf(
            rows, period, facts.shop_name, facts.mark, say, path
        ),
    )


def _drawer(window: MainWindow) -> Panel:
    from ui.screens.drawer.panel import DrawerPanel

    return DrawerPanel(window.session)


def _labels(window: MainWindow) -> Panel:
    from ui.screens.labels.panel import LabelsPanel
    from ui.screens.labels.view_model import LabelsViewModel

    model = LabelsViewModel(window.session, window.till, window.payment)
    model.queued.connect(window.labels.run)
    return LabelsPanel(model)


def _lots(window: MainWindow) -> Panel:
    from ui.screens.lots.panel import LotsPanel
    from ui.screens.lots.view_model import LotsViewModel

    return LotsPanel(LotsViewModel(window.till))


def _devices(window: MainWindow) -> Panel:
    from ui.screens.devices.panel import DevicesPanel
    from ui.screens.devices.setup_model import SetUpViewModel

    return DevicesPanel(SetUpViewModel(window.session, window.devices))


def _scanner(window: MainWindow) -> Panel:
    from ui.screens.scanner.panel import ScannerPanel

    panel = ScannerPanel(window.scanner, window.till_view.lets_method)
    panel.method_chosen.connect(window.looks.choose_method)
    return panel


def _codes(window: MainWindow) -> Panel:
    from ui.screens.codes.panel import CodesPanel

    return CodesPanel(window.codes)


def _video(window: MainWindow) -> Panel:
    from ui.clip_files import papers_of
    from ui.screens.video.panel import VideoPanel
    from ui.screens.video.view_model import VideoModel

    model, folder = VideoModel(window.session), window.folder.parent / "lists"
    return VideoPanel(model, window.recorder, papers_of(model, window.recorder, folder))


def _office(window: MainWindow) -> Panel:
    from ui.office_pages import pages_of
    from ui.screens.office.panel import OfficePanel

    return OfficePanel(window.session, pages_of(window))


def _vault(window: MainWindow) -> Panel:
    from ui.pdf_pages import pages_of
    from ui.screens.vault.panel import VaultPanel
    from ui.screens.vault.view_model import VaultModel

    return VaultPanel(VaultModel(window.session, pages_of))


def _custody(window: MainWindow) -> Panel:
    from ui.custody_files import custody_papers
    from ui.screens.custody.panel import CustodyPanel

    return CustodyPanel(window.custody, custody_papers(window))


def _shift(window: MainWindow) -> Panel:
    from ui.screens.shift.panel import ShiftPanel
    from ui.shift_files import shift_files

    panel = ShiftPanel(window.shift, shift_files(window))
    panel.in_sight.connect(window.top.shift_in_sight)
    return panel


def _portal(window: MainWindow) -> Panel:
    from ui.screens.portal.panel import PortalPanel

    return PortalPanel(window.portal)


def _watch_note(window: MainWindow) -> Panel:
    from ui.screens.watchnote.panel import WatchNotePanel
    from ui.screens.watchnote.view_model import WatchNoteModel

    return WatchNotePanel(WatchNoteModel(window.session, window.till))


MAKERS: Mapping[str, Callable[[MainWindow], Panel]] = {
    "help": _help,
    "patient": _patient,
    "person": _person,
    "proxy": _proxy,
    "prescription": _prescription,
    "held": _held,
    "open_items": _open_items,
    "details": _details,
    "return": _return,
    "receipt": _receipt,
    "shop": _shop,
    "duty": _duty,
    "drawer": _drawer,
    "labels": _labels,
    "lots": _lots,
    "scanner": _scanner,
    "codes": _codes,
    "custody": _custody,
    "vault": _vault,
    "office": _office,
    "video": _video,
    "shift": _shift,
    "devices": _devices,
    "line": _line,
    "portal": _portal,
    "watch_note": _watch_note,
}


class Shelf:
    """The panels of a window by name. ``place`` puts a new one where it will be shown."""

    def __init__(self, window: MainWindow, place: Callable[[Panel], None]) -> None:
        self._window, self._place = window, place
        self._made: dict[str, Panel] = {}

    def __getitem__(self, name: str) -> Panel:
        """The panel of that name, the same each time; :raises KeyError: there is none."""
        if name not in self._made:
            self._made[name] = MAKERS[name](self._window)
            self._place(self._made[name])
        return self._made[name]

    def name_of(self, panel: Panel) -> str:
        """The name of a panel that was made here; empty for another one."""
        return next((name for name, made in self._made.items() if made is panel), "")

    def made(self, name: str) -> Panel | None:
        """The panel where it has been wanted before."""
        return self._made.get(name)
