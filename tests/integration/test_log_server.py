"""Books that several tills share: an anchor stands for all chains, doctor and log only read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.use_cases.anchors import look_at_log, tend_anchor
from tests.integration.test_backup_server import note
from tests.integration.test_setup_tills import found, join, opened
from ui.backups import put_back
from ui.commands.doctor import run as doctor
from ui.commands.log import run_verify
from ui.homes import Home

pytestmark = pytest.mark.postgres


def test_two_tills_anchor_each_other_and_a_backup_alarms_neither(
    tmp_path: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def told() -> dict[str, object]:
        return dict(json.loads(capsys.readouterr().out))

    first, second = (Home(tmp_path / name) for name in ("first", "second"))
    join(second, postgres_url, found(first, postgres_url).recovery_code)
    one, two = opened(first), opened(second)
    try:
        note(two, "练习")
        made = one.shop.backup_room(None).make(datetime.now(UTC))
        note(two, "练习·备份以后")
        for till in (one, two):
            assert tend_anchor(till.shop.doors)
        capsys.readouterr()
        assert run_verify(first, False, "", True) == 0, "beside open tills"
        seen = told()
        assert len(seen["chains"]) == 2 and seen["backups"] == 1
        doctor(first, False, True)
        parts = {part["part"]: part for part in told()["parts"]}
        assert {parts[name]["state"] for name in ("store", "log", "keys", "outbox")} == {"ok"}, (
            parts
        )
    finally:
        one.close()
        two.close()
    backup = first.store / "backups" / made.name
    put_back(backup, first, practice=False, code="", now=datetime.now(UTC))
    assert run_verify(first, False, "", True) == 0
    assert told()["superseded"]
    two = opened(second)
    try:
        assert look_at_log(two.shop.doors, "system") is None, "its own file cannot know"
    finally:
        two.close()
    capsys.readouterr()
    doctor(second, False, True)
    parts = {part["part"]: part for part in told()["parts"]}
    assert parts["log"]["state"] == "ok", "the log says itself that it was put back"
    assert run_verify(second, False, "", True) == 1
