"""Kill -9 between file and row: a piece that is gone has its record, at any moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

GONE = [False, False, False]
ALL = [True, True, True]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the walk forks its tills")
def test_a_deletion_run_that_is_killed_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    script = ROOT / "tests" / "end_to_end" / "evidence_crash.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=True,
    )
    walks = json.loads(done.stdout)
    assert len(walks) >= 12, "two for each commit and for each file"
    halfway = 0
    for walk in walks:
        night, morning = walk["night"], walk["morning"]
        assert night["chain"] == morning["chain"] == ""
        assert night["marked"] == night["recorded"], "mark and record are one step"
        assert night["logged"] == sum(night["recorded"])
        for there, recorded, reported in zip(
            night["there"], night["recorded"], night["reported"], strict=True
        ):
            assert there or recorded, "a file that is gone has its record"
            assert recorded or not reported
            assert not (there and reported), "nothing is reported gone that is still there"
            halfway += recorded and not reported
        assert morning["there"] == GONE
        assert morning["marked"] == morning["recorded"] == morning["reported"] == ALL
        assert morning["logged"] == 3, "decided once, however often it was begun"
    assert halfway, "some of them died between row and file"
