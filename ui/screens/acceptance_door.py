"""What the screens ask of the shop about the acceptance test at a test platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.acceptance import StepTold
    from app.use_cases.doors import Operator

    Say = Callable[..., str]


class AcceptanceDoor(Protocol):
    """A run takes many seconds and many messages: the *outbox* lane, where no customer waits."""

    def run_acceptance(
        self, operator: Operator, token: str, tell: Callable[[StepTold], None], say: Say
    ) -> tuple[bool, str, str]:
        """The whole run; answers whether all passed, where the PDF lies, and the public key.

        ``token``: the test person's e-certificate; empty in practice, where a person is invented.
        :raises NotAllowed: no manager; :raises AcceptanceRefused: this is the live platform;
        :raises BadValue: no token; :raises FileNotWritten: the report cannot be made.
        """
        ...
