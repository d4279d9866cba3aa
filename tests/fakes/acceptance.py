"""The small shop's acceptance test: two steps, the second one as the test wants it."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.acceptance import Part, Result, StepTold
from app.errors import YaotaiError
from app.use_cases.doors import Operator


class FakeAcceptance:
    """Runs at once."""

    acceptance_fails: YaotaiError | None = None
    acceptance_why: str = ""
    acceptance_tokens: tuple[str, ...] = ()

    def run_acceptance(
        self,
        operator: Operator,
        token: str,
        tell: Callable[[StepTold], None],
        say: Callable[..., str],
    ) -> tuple[bool, str, str]:
        self.acceptance_tokens = (*self.acceptance_tokens, token)
        if self.acceptance_fails is not None:
            raise self.acceptance_fails
        why = self.acceptance_why
        tell(StepTold(Part.STOCK, "sign_in", Result.OK))
        tell(StepTold(Part.STOCK, "receive", Result.FAILED if why else Result.OK, why=why))
        return not why, "/reports/acceptance.pdf", "ab" * 32
