"""The prescription centre at its own address: paths, bodies without nodes, the envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.insurance.simulator import centre_gate
from sync.insurance.simulator.call import World
from sync.insurance.simulator.centre_gate import Settings
from sync.insurance.simulator.rx_hospital import METHODS
from sync.insurance.simulator.rx_releases import Service

FOLDER = "/epc/api/fixmedins"
"""Where the practice centre keeps the hospital's methods (``{epc}/…/fixmedins/<method>``)."""


@dataclass(frozen=True, slots=True)
class Centre:
    """What is posted to the centre directly; nothing where a region's goes by the platform."""

    world: World
    settings: Settings
    paths: Mapping[str, str]
    """Path to number."""

    @classmethod
    def of(cls, world: World, services: Mapping[str, Service]) -> Centre:
        """From the raw keys ``interface.centre.{transport,paths.<act>,version,user_id,signs}``."""
        table = world.profile.centre
        settings = Settings.of(table)
        if table.get("transport") != "centre":
            return cls(world, settings, {})
        named = {service.act: number for number, service in services.items() if service.act}
        pharmacy = {
            f"/{str(path).lstrip('/')}": named[act]
            for act, path in table.get("paths", {}).items()
            if act in named
        }
        hospital = {f"{FOLDER}/{method}": number for number, method in METHODS.items()}
        return cls(world, settings, {**hospital, **pharmacy})

    def open(self, body: bytes) -> dict[str, Any]:
        """The business body; :raises Refusal: for a message that is not this application's."""
        return centre_gate.open_message(body, self.settings, self.world.credentials)

    def close(self, answer: Mapping[str, Any], now: datetime) -> bytes:
        """An answer of the platform as the centre writes it."""
        if answer["err_msg"] is not None:
            return centre_gate.refuse(str(answer["err_msg"]))
        output = answer["output"]
        return centre_gate.close_message(output, self.settings, self.world.credentials, now)

    def laid_out(self, infno: str, plain: dict[str, Any]) -> dict[str, Any]:
        """A flat body in nodes, as the tables have them; one that has nodes stays."""
        if isinstance(plain.get("data"), dict):
            return plain
        lists = {name: one for name, one in plain.items() if isinstance(one, dict | list)}
        return {"data": {k: one for k, one in plain.items() if k not in lists}, **lists}

    def caller(self, infno: str, data: Mapping[str, Any]) -> dict[str, str]:
        """Who asks: the institution that the body names, else the one the application is of."""
        body = data["data"]
        kind = "1" if infno in METHODS else "2"
        known = [one for one in self.world.institutions if one["kind"] == kind]
        named = body.get("fixmedinsCode") or body.get("fixmedins_code")
        code = str(named) if isinstance(named, str) and named else known[0]["code"]
        return {"fixmedins_code": code}

    def flat(self, plain: Mapping[str, Any], output: Any) -> Any:  # noqa: ANN401 - JSON
        """The answer in the form of the question: nodes for nodes, flat for flat."""
        if isinstance(plain.get("data"), dict) or not isinstance(output, dict):
            return output
        head = output.get("data")
        rest = {name: one for name, one in output.items() if name != "data"}
        return {**head, **rest} if isinstance(head, dict) else head if not rest else output
