"""``yaotai call`` on numbers of prescription circulation: the region decides what they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.resources import resource
from tests.integration.test_client_call import SIGN_IN, Support, a_server
from ui.homes import Home

WHO = {
    "fixmedinsCode": "P99990000001",
    "ipInfo": "127.0.0.1",
    "opter": "0001",
    "opterName": "练习收银员",
    "optinsNo": "P99990000001",
}


@contextmanager
def a_desk(area: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Support]:
    server = a_server(area)
    try:
        yield Support(server, Home(folder / "home"), folder, capsys)
    finally:
        server.stop()


def door(support: Support, method: str, page: str, body: object = None) -> Any:
    sent = b"" if body is None else json.dumps(body).encode()
    platform = support.server.platform
    status, _headers, told = platform.handle(method, f"/practice/{page}", {}, sent)
    assert status == 200, told
    return json.loads(told)


def asked(support: Support) -> dict[str, Any]:
    """7201 of release B for a person who has a prescription."""
    text = resource("practice", "prescription_example.json").read_text(encoding="utf-8")
    door(support, "POST", "prescriptions", json.loads(text))
    one = next(p for p in door(support, "GET", "persons") if p["key"] == "active_met")
    papers = {"psnName": one["name"], "psnCertType": "01", "certno": one["id_number"]}
    return {"data": {**papers, "ecToken": one["ec_token"], "regSn": "", **WHO}}


@pytest.mark.parametrize("area", ["CN-999900", "CN-999902"])
def test_7201_answers_offers_and_the_books_keep_no_token(
    area: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Behind the platform and at the centre itself."""
    with a_desk(area, tmp_path, capsys) as support:
        support.call("9001", SIGN_IN, region=area)
        code, told = support.call("7201", asked(support), region=area)
        assert (code, told["outcome"], told["findings"]) == (0, "success", [])
        offer = told["output"]["data"][0]
        assert support.journal()[-1][1:] == ("7201", "success")
        for file in support.home.root.rglob("*"):
            if file.is_file():
                assert offer["epcToken"].encode() not in file.read_bytes()


def test_7201_of_the_earlier_release_decodes_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = "CN-999903"
    with a_desk(area, tmp_path, capsys) as support:
        support.call("9001", SIGN_IN, region=area)
        code, told = support.call("7201", asked(support), region=area)
        assert (code, told["outcome"]) == (1, "refused")
        assert "epc_qrcd" in told["err_msg"] or "fixmedins_code" in told["err_msg"]
