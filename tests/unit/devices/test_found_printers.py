"""Printers at USB by the files that Linux shows, in an invented tree."""

from __future__ import annotations

from pathlib import Path

from devices.found_ports import found_printers


def test_printers_are_named_as_they_name_themselves(tmp_path: Path) -> None:
    assert found_printers(tmp_path) == []
    (tmp_path / "dev/usb").mkdir(parents=True)
    for name, told in (
        ("lp1", b"\x00JMFG:Invented;CMD:ESC/POS;MDL:P-80;CLS:PRINTER;"),
        ("lp0", b"MANUFACTURER:Other;MODEL:58"),
        ("lp2", b"\xff\xfe"),
        ("lp3", b"MFG;;:"),
    ):
        (tmp_path / "dev/usb" / name).touch()
        device = tmp_path / "sys/class/usbmisc" / name / "device"
        device.mkdir(parents=True)
        (device / "ieee1284_id").write_bytes(told)
    (tmp_path / "dev/usb/lp4").touch()
    assert [(one.port, one.what) for one in found_printers(tmp_path)] == [
        ("/dev/usb/lp0", "Other 58"),
        ("/dev/usb/lp1", "P-80"),
        ("/dev/usb/lp2", ""),
        ("/dev/usb/lp3", ""),
        ("/dev/usb/lp4", ""),
    ]
