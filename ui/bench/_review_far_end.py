"""The practice platform with its prescription centre, in a process of its own."""

from __future__ import annotations

from multiprocessing.connection import Connection

from app.regions.loader import load_region
from app.resources import resource
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.server import PlatformServer
from ui.homes import PRACTICE_REGION


def serve(told: Connection) -> None:
    """Serve on a free port of loopback, books in memory; ends when the pipe does."""
    region = load_region(PRACTICE_REGION, practice=True)
    server = PlatformServer(build_platform(region.raw, resources=resource(), state_folder=None), 0)
    server.start()
    told.send(server.url)
    told.poll(None)
