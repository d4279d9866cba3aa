"""A transport without a wire: the far end is a function in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from sync.insurance.transport import MAX_BODY, Lost, NotLeft, Reply

Handle = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]
"""``handle(method, path, headers, body) -> (status, headers, body)``."""


class DirectTransport:
    """Takes the place of the network where a hundred thousand sales are simulated.

    ``silence`` is the far end's exception for a connection that ends without an answer; a
    :class:`TimeoutError` is an answer that took too long. ``line_up`` tells whether messages
    leave at all.
    """

    def __init__(
        self,
        handle: Handle,
        silence: type[Exception],
        line_up: Callable[[], bool] = lambda: True,
    ) -> None:
        self._handle = handle
        self._silence = silence
        self._line_up = line_up

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, limit: float | None = None
    ) -> Reply:
        """As over the wire: :raises NotLeft: when the line is down; :raises Lost: no answer."""
        if not self._line_up():
            raise NotLeft("refused")
        try:
            status, told, content = self._handle("POST", urlsplit(url).path, headers, body)
        except TimeoutError:
            raise Lost("timeout") from None
        except self._silence:
            raise Lost("reset") from None
        lengths = [value for name, value in told.items() if name.lower() == "content-length"]
        if len(content) > MAX_BODY:
            raise Lost("oversize")
        if lengths and lengths[0] != str(len(content)):
            raise Lost("torn", content)
        return Reply(status, told, content)

    def close(self) -> None:
        """Nothing is held."""
