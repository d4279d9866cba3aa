"""PROXY_INCOMPLETE by what is missing, and the words for each way out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.check_context import CheckContext, ProxyFacts
from app.domain.compliance import id_mismatch, proxy_incomplete
from app.domain.policy import PersonRules
from app.regions.loader import load_region

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WHOLE = ProxyFacts(True, True, True)


def seen(facts: ProxyFacts | None, settlement: str = "special", **more: object) -> CheckContext:
    policy = load_region("CN-999900", practice=True).policy_on("special", AT)
    return CheckContext(settlement, AT, policy, (), proxy=facts, **more)  # type: ignore[arg-type]


@pytest.mark.rule("HY-1.5.6b", "HY-3.6c", "S-24")
@pytest.mark.parametrize(
    ("facts", "missing", "variant"),
    [
        (ProxyFacts(False, True, True), "both_ids", ""),
        (ProxyFacts(True, True, True, named=False), "relation", ""),
        (ProxyFacts(True, True, True, cause=False), "cause", "cause"),
        (ProxyFacts(True, False, True), "signed_list", ""),
        (ProxyFacts(True, False, False, list_differs=True), "signed_list,photo", "changed"),
        (ProxyFacts(False, False, False, named=False), "both_ids,relation,signed_list,photo", ""),
    ],
)
def test_what_is_missing_is_named(facts: ProxyFacts, missing: str, variant: str) -> None:
    found = proxy_incomplete(seen(facts))
    assert found is not None and found.blocks and found.code == "PROXY_INCOMPLETE"
    assert (found.params["missing"], found.variant) == (missing, variant)


@pytest.mark.rule("HY-1.5.6b")
def test_complete_it_stops_nothing_and_stands_for_the_look_at_the_person() -> None:
    assert proxy_incomplete(seen(WHOLE)) is None
    assert proxy_incomplete(seen(None)) is None
    assert id_mismatch(seen(WHOLE, identity="mismatch")) is None


@pytest.mark.rule("HY-3.6c")
def test_a_cause_is_asked_for_special_diseases_only() -> None:
    no_cause = ProxyFacts(True, True, True, cause=False)
    assert proxy_incomplete(seen(no_cause, "ordinary")) is None
    assert proxy_incomplete(seen(ProxyFacts(False, False, False), "self_paid")) is None


def test_packs_name_the_diseases_as_data() -> None:
    """K-12: which six is to be confirmed, so no draft pack invents a list."""
    assert PersonRules().proxy_causes == ()
    region = load_region("CN-999900", practice=True)
    assert region.policy_on("special", AT).person.proxy_causes == ("M01600",)
