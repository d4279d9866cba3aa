"""Who this shop and till are and who stands at it; the window knows both before its books open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.staff import Staff


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """Who this shop and till are."""

    store_id: str
    till_id: str
    till_no: int
    """1 to 99; the first two of the four digits of a msgid."""
    shop_name: str
    institution_code: str
    """定点医药机构编号, 12 characters."""
    area: str
    """就医地医保区划, 6 digits."""
    environment: str
    """practice, test or production; never mixed."""
    region_status: str = ""
    """draft, confirmed, invented ...; the screen shows a draft as one (design 5)."""
    mac: str = "00-00-00-00-00-00"
    ip: str = "127.0.0.1"
    """What 9001 is told of this machine; the wiring fills in the machine's own."""
    shared: bool = False
    """Whether other tills of the store share these books: what they do is listened for."""

    @property
    def practice(self) -> bool:
        """Whether sales are stamped 练习."""
        return self.environment == "practice"

    @property
    def mark(self) -> str:
        """What its papers and the customer's window say: practice, test; empty = real (SJZ-A.12).

        The books never change their environment, so a slip printed again later says the same.
        """
        return "" if self.environment == "production" else self.environment


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is at the till now."""

    staff: Staff
    sign_no: str = ""
