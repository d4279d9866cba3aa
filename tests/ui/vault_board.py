"""The panel of the vault over a real vault; lanes run by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.domain.evidence import EvidenceKind
from app.domain.signature import PenPoint, PenTrace, trace_text
from app.domain.staff import Role
from app.ports import UnitOfWorkFactory
from app.use_cases.doors import Operator
from tests.fakes.builders import a_person, a_sale
from tests.fakes.evidence import VaultBench, vault_bench
from tests.fakes.lanes import HandLanes
from ui.screens.session import Session
from ui.screens.vault.panel import VaultPanel
from ui.screens.vault.view_model import VaultModel
from ui.shop_vault import ShopVault

TRACE = PenTrace(
    720, 260, (tuple(PenPoint(40 + x * 12, 130 + (x * x) % 60, 600, x * 9) for x in range(50)),)
)
SIGNED = trace_text(TRACE).encode()


class VaultShop(ShopVault):
    """The shop's own part for evidence, over a vault alone."""

    def __init__(self, bench: VaultBench) -> None:
        self.doors = self._recovery = bench.doors
        self.devices_folder = bench.folder
        self.facts = bench.doors.shop

    def now(self):
        return self.doors.clock.now()


@dataclass
class VaultBoard:
    """The panel with the vault behind it; the manager is signed in."""

    bench: VaultBench
    lanes: HandLanes
    session: Session
    model: VaultModel
    panel: VaultPanel
    manager: Operator

    def said(self) -> str:
        return self.model.note.message_id if self.model.note else ""

    def rows(self, table) -> list[list[str]]:
        return [
            [table.item(at, place).text() for place in range(table.columnCount())]
            for at in range(table.rowCount())
        ]


def vault_board(
    folder: Path,
    lang: str = "zh_CN",
    role: Role = Role.MANAGER,
    books: UnitOfWorkFactory | None = None,
) -> VaultBoard:
    """Nothing is kept yet."""
    bench, lanes = vault_bench(folder, books), HandLanes()
    manager = bench.hire("3001", role)
    bench.hire("9001", Role.ADMINISTRATOR)
    session = Session(VaultShop(bench), lanes, lang)  # type: ignore[arg-type]
    session.sign_in(manager)
    model = VaultModel(session)
    return VaultBoard(bench, lanes, session, model, VaultPanel(model), manager)


def fill_vault(bench: VaultBench, picture: bytes) -> None:
    """Two sales with papers, a consent, and a case of custody."""
    with bench.doors.uow() as uow:
        uow.persons.keep(a_person(), "person-1", bench.clock.now())
        uow.sales.add(a_sale("sale-1", receipt_no="01-20261120-0007"))
        uow.sales.add(a_sale("sale-2", receipt_no="01-20261122-0001"))
        uow.commit()
    bench.keep(content=SIGNED, sale_id="sale-1", person_id="person-1")
    still = EvidenceKind.PURCHASE_STILL
    bench.keep(still, picture, sale_id="sale-1", person_id="person-1")
    bench.keep(EvidenceKind.CONSENT, SIGNED, person_id="person-1", about="consent-1")
    bench.clock.advance(days=2)
    bench.keep(content=SIGNED, sale_id="sale-2")
    bench.keep(EvidenceKind.PROXY_LIST, SIGNED, sale_id="sale-2")
    bench.clock.set(bench.clock.now() + timedelta(minutes=5))
