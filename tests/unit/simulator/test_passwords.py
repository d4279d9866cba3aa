"""The practice platform and patients' passwords: what openssl sealed is opened and counted."""

from __future__ import annotations

import base64
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.unit.simulator.far_end import RESOURCES, FarEnd, line


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    known = tomllib.loads((RESOURCES / "practice" / "platform.toml").read_text(encoding="utf-8"))
    text = "".join(known["credentials"]["default"]["password_key"].split())
    file = tmp_path_factory.mktemp("rsa") / "public.der"
    file.write_bytes(base64.b64decode(text))
    return file


def sealed(public: Path, plain: str) -> str:
    done = subprocess.run(
        ["openssl", "pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", public,
         "-pkeyopt", "rsa_padding_mode:pkcs1"],
        input=plain.encode(), check=True, capture_output=True,
    )  # fmt: skip
    return base64.b64encode(done.stdout).decode()


TOKEN = "practice-token-0001-not-a-secret"


def right(public: Path, far: FarEnd, key: str = "active_met") -> str:
    return sealed(public, far.people[key]["password"] + TOKEN)


def test_the_right_password_settles(public: Path) -> None:
    far = FarEnd(password_in_cainfo=True)
    output = far.call("2102", far.sale("active_met", line()), cainfo=right(public, far))
    assert output["setlinfo"]["setl_id"]


def test_without_one_nothing_is_settled(public: Path) -> None:
    far = FarEnd(password_in_cainfo=True)
    assert "[cainfo]" in far.refused("2102", far.sale("active_met", line()))
    assert "解密失败" in far.refused("2102", far.sale("active_met", line()), cainfo="QUJD")
    stranger = sealed(public, far.people["active_met"]["password"] + "another-token")
    assert "解密失败" in far.refused("2102", far.sale("active_met", line()), cainfo=stranger)
    assert far.books("active_met")["settlements"] == []


def test_wrong_ones_are_counted_and_the_fifth_locks(public: Path) -> None:
    far = FarEnd(password_in_cainfo=True)
    wrong = [
        far.refused("2102", far.sale("active_met", line()), cainfo=sealed(public, "000000" + TOKEN))
        for _ in range(5)
    ]
    told = zip((4, 3, 2, 1), wrong[:4], strict=True)
    assert all(f"还可输入{left}次" in text for left, text in told)
    assert all("密码错误" in text for text in wrong[:4])
    assert "已锁定" in wrong[4]
    text = far.refused("2102", far.sale("active_met", line()), cainfo=right(public, far))
    assert "已锁定" in text


def test_a_right_one_forgives_the_wrong_ones_before_it(public: Path) -> None:
    far = FarEnd(password_in_cainfo=True)
    for _ in range(4):
        wrong = sealed(public, "000000" + TOKEN)
        far.refused("2102", far.sale("active_met", line()), cainfo=wrong)
    far.call("2102", far.sale("active_met", line()), cainfo=right(public, far))
    again = far.refused(
        "2102", far.sale("active_met", line()), cainfo=sealed(public, "111111" + TOKEN)
    )
    assert "还可输入4次" in again


def test_who_is_insured_in_another_province_gives_none() -> None:
    far = FarEnd(password_in_cainfo=True)
    text = far.refused("2102", far.sale("active_met", line()), insuplc_admdvs="130100")
    assert "密码" not in text
    far.call("2101", far.sale("active_met", line()))


def test_where_the_region_wants_none_nothing_is_looked_at() -> None:
    far = FarEnd()
    assert far.call("2102", far.sale("active_met", line()), cainfo="anything")
