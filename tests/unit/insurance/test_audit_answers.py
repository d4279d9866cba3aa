"""What the supervision subsystem answers: read whole, or not believed at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Money
from app.domain.supervision import AuditFinding
from sync.insurance.audit_messages import MOST_FINDINGS, read_audit

ROW = {
    "jr_id": "LJ1", "rule_id": "R1", "rule_name": "重复购药", "vola_cont": "练习", "sev_deg": "3",
    "vola_amt": "12.80", "vola_evid": "",
}  # fmt: skip
FOUND = AuditFinding("LJ1", "R1", "重复购药", "练习", "3", Money(1280))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["result", "jr_id", "rule_id", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.rule("S-11")
@pytest.mark.parametrize("output", [{"result": [ROW]}, {"result": ROW}, [ROW], ROW])
def test_findings_are_read_in_every_shape(output: object) -> None:
    assert read_audit(output) == ((FOUND,), ())


@pytest.mark.parametrize("output", [None, "", {}, [], {"result": []}, {"result": None}])
def test_nothing_at_all_is_no_finding(output: object) -> None:
    assert read_audit(output) == ((), ())


@pytest.mark.parametrize(
    "output",
    [
        "ok",
        [1],
        {"result": "x"},
        {"result": [ROW, 7]},
        {"result": [{**ROW, "jr_id": ""}]},
        {"result": [{**ROW, "vola_amt": "1.234"}]},
        {"result": [ROW] * (MOST_FINDINGS + 1)},
    ],
)
def test_what_cannot_be_read_whole_is_no_answer(output: object) -> None:
    value, faults = read_audit(output)
    assert value is None and faults


@given(JSON)
def test_no_answer_of_any_shape_breaks_the_reader(output: object) -> None:
    value, faults = read_audit(output)
    assert (value is None) == bool(faults)
