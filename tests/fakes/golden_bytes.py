"""Bytes as a reference or a device tells them: hexadecimal, with a comment behind each part."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "devices"


def golden(name: str) -> bytes:
    lines = (FOLDER / f"{name}.hex").read_text("utf-8").splitlines()
    return bytes.fromhex("".join(line.partition("#")[0] for line in lines))
