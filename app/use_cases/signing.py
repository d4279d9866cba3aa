"""Which key signs for whom: a person's CA key where one is bound, else the shop's own (SJZ-A.3).

No key stands in for another: who has a CA key signs with it or not at all, and where the shop
demands CA signatures a pharmacist without one signs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.staff import Role
from app.errors import DeviceError, NotFound

# Made at every start; what only a prescription needs is loaded with the first one.
if TYPE_CHECKING:
    from app.domain.ca_key import CaKey, Certificate
    from app.domain.pharmacist import Pharmacist
    from app.domain.rx_case import Signature
    from app.ports import UnitOfWorkFactory
    from app.ports_rx import CertificateSigner, Signer
    from app.use_cases.doors import Doors

DEMANDED = "signing/ca_demanded"
"""Setting: :data:`YES` = pharmacists of this shop sign by CA keys only."""
YES = "yes"
CA = "ca"


@dataclass
class _Typed:
    """A PIN for as long as its act lasts; the key is asked when the act comes to its signature."""

    staff_id: str
    pin: str = field(repr=False)
    proved: bool = False


_TYPED: ContextVar[_Typed | None] = ContextVar("typed", default=None)
"""Each thread has its own: two people may sign at counter and station at once."""


class ShopSigner:
    """:class:`app.ports_rx.Signer` of a till; signs outside of any unit of work."""

    def __init__(
        self,
        internal: Signer,
        authority: CertificateSigner,
        uow: UnitOfWorkFactory,
        asks_each_time: Callable[[], bool],
    ) -> None:
        """``asks_each_time``: a CA key forgets its PIN after each act, not only after a duty."""
        self._internal, self._authority = internal, authority
        self._uow, self._asks_each_time = uow, asks_each_time

    def sign(self, staff_id: str, text: bytes) -> Signature:
        """See the port.

        :raises RuleBroken: RX_CA_DEMANDED: no CA key is bound to the pharmacist;
        :raises DeviceError: the CA key did not sign; nothing was signed then.
        """
        key = self._key_that_signs(staff_id)
        if key is None:
            return self._internal.sign(staff_id, text)
        typed = _TYPED.get()
        if typed is not None and typed.staff_id == staff_id and not typed.proved:
            self._authority.unlock(key, typed.pin)
            typed.proved = True
        return self._authority.sign(key, text)

    def holds(self, signature: Signature, text: bytes) -> bool:
        """See the port."""
        side = self._authority if signature.kind == CA else self._internal
        return side.holds(signature, text)

    def made_by(self, signature: Signature, staff_id: str, binding: Pharmacist | None) -> bool:
        """See the port."""
        if signature.kind != CA:
            return self._internal.made_by(signature, staff_id, binding)
        known = binding.ca_keys if binding is not None else ()
        return any(key.certificate.key_id == signature.key_id for key in known)

    def certificate_of(self, signature: Signature) -> Certificate | None:
        """See the port."""
        return self._authority.certificate_of(signature)

    def by_certificate(self, staff_id: str) -> bool:
        """See the port."""
        return self._key_that_signs(staff_id) is not None

    def plugged_in(self) -> tuple[Certificate, ...]:
        """See the port."""
        return self._authority.plugged_in()

    @contextmanager
    def unlocked(self, staff_id: str, key_pin: str) -> Iterator[None]:
        """See the port."""
        typed = _Typed(staff_id, key_pin)
        before = _TYPED.set(typed)
        try:
            yield
        finally:
            _TYPED.reset(before)
            if typed.proved and self._asks_each_time():
                self.forget_pins()

    def forget_pins(self) -> None:
        """See the port."""
        with suppress(DeviceError):  # a key that was pulled has forgotten it by itself
            self._authority.lock()

    def _key_that_signs(self, staff_id: str) -> CaKey | None:
        with self._uow() as uow:
            binding = uow.pharmacists.get(staff_id)
            key = binding.ca_key if binding is not None else None
            if key is not None or uow.settings.get(DEMANDED) != YES:
                return key
            try:
                is_pharmacist = uow.staff.get(staff_id).role is Role.PHARMACIST
            except NotFound:
                is_pharmacist = False
        if is_pharmacist:
            from app.use_cases.rx_common import refuse

            raise refuse("rx_ca_demanded")
        return None


def with_key(doors: Doors, number: str, key_pin: str) -> AbstractContextManager[None]:
    """While it lasts the CA key of the member with that number takes the PIN, where it asks one.

    The key is tried only when the act comes to its signature: after the member's own PIN, and
    after everything else that could refuse the act, so that no try is lost for nothing.
    """
    if not key_pin:
        return nullcontext()
    with doors.uow() as uow:
        found = uow.staff.by_number(number.strip())
    return doors.signer.unlocked(found[0].id, key_pin) if found else nullcontext()
