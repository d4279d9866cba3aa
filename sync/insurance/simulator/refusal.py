"""How the practice platform says no, and how it falls silent."""

from __future__ import annotations


class Refusal(Exception):
    """A well-formed business refusal (infcode -1); the text is the platform's own."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class GatewayRefusal(Exception):
    """A refusal in front of the insurance envelope: its own status and body (interface 1.2)."""

    def __init__(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.content_type = content_type


class NoReply(Exception):
    """The connection ends without an answer; ``done`` tells whether the act was carried out."""

    def __init__(self, done: bool) -> None:
        super().__init__(done)
        self.done = done
