"""The collector of cycles rests for one act, and works again whatever comes of the act."""

from __future__ import annotations

import gc

import pytest

from app.errors import BadValue
from app.use_cases.collector_rest import collector_at_rest


def test_the_collector_works_again_also_after_a_refusal() -> None:
    assert gc.isenabled()
    with pytest.raises(BadValue), collector_at_rest():
        assert not gc.isenabled()
        raise BadValue(what="count", why="number")
    assert gc.isenabled()


def test_a_collector_that_rests_is_left_at_rest() -> None:
    gc.disable()
    try:
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
