"""Defects that are planted from outside to prove the checker; nothing of the product knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.ports import InsurancePlatform

if TYPE_CHECKING:
    from ui.simulation.tills import Till


@dataclass(frozen=True)
class Defect:
    """How a till is made wrong: ``plant`` changes the program, the rest what surrounds it."""

    name: str = ""
    does: str = ""
    plant: Callable[[], list[tuple[Any, str, Any]]] = list
    """(place, attribute, what stands there instead) of each change."""
    wire: Callable[[Till, InsurancePlatform], InsurancePlatform] | None = None
    before_commit: Callable[[Till, str], None] | None = None

    def platform(self, till: Till, inner: InsurancePlatform) -> InsurancePlatform:
        """The way to the platform of a till with this defect."""
        return self.wire(till, inner) if self.wire is not None else inner

    def about_to_complete(self, till: Till, sale_id: str) -> None:
        """Called when the key that ends a sale was pressed."""
        if self.before_commit is not None:
            self.before_commit(till, sale_id)

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The program with its defect; sound again afterwards."""
        sound = []
        try:
            for place, name, wrong in self.plant():
                sound.append((place, name, getattr(place, name)))
                setattr(place, name, wrong)
            yield
        finally:
            for place, name, right in reversed(sound):
                setattr(place, name, right)


NONE = Defect()
DEFECTS: dict[str, Defect] = {}
