"""A question with a time limit of its own: the counter waits no longer for it than that."""

from __future__ import annotations

import socket
from threading import Thread

import pytest

from sync.insurance.transport import Lost, RequestsTransport


def test_a_message_with_its_own_limit_is_given_up_at_it() -> None:
    """The far end takes the message and says nothing: thirty seconds for all others, not here."""
    with socket.create_server(("127.0.0.1", 0)) as far_end:
        held: list[socket.socket] = []
        listener = Thread(target=lambda: held.append(far_end.accept()[0]), daemon=True)
        listener.start()
        transport = RequestsTransport(30, 30)
        url = f"http://127.0.0.1:{far_end.getsockname()[1]}/"
        with pytest.raises(Lost) as lost:
            transport.post(url, {}, b"{}", 0.05)
        assert lost.value.why == "timeout"
        transport.close()
        listener.join()
        for each in held:
            each.close()
