"""9001 is told this machine's own addresses; nothing is sent or looked up to learn them."""

from __future__ import annotations

import re
from ipaddress import ip_address

import pytest

from sync.station import machine_addresses


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/x", "http://localhost", "https://platform.invalid/fsi", "", "x"]
)
def test_both_addresses_have_the_shape_that_the_table_wants(url: str) -> None:
    mac, ip = machine_addresses(url)
    assert re.fullmatch(r"([0-9A-F]{2}-){5}[0-9A-F]{2}", mac)
    assert ip_address(ip)
    assert len(mac) <= 20
    assert len(ip) <= 20


def test_a_platform_on_loopback_is_reached_from_loopback() -> None:
    assert machine_addresses("http://127.0.0.1:8080")[1] == "127.0.0.1"
