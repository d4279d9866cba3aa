"""A card in a virtual reader of the real ``pcscd``: a client of vsmartcard's ``vpcd``."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

from devices.social_card.emulator import VirtualCard

POWER_OFF, POWER_ON, RESET, GIVE_ATR = 0x00, 0x01, 0x02, 0x04


class VpcdCard:
    """Somebody puts a card into the reader of that port; :meth:`take` takes it out.

    Each message is two bytes of length and the rest; one byte alone is control, all else a
    command to the card (devices.md 2.8).
    """

    def __init__(self, card: VirtualCard, port: int, piece: int = 4096) -> None:
        """``piece``: how many bytes of an answer leave at once."""
        self.card, self._piece = card, piece
        self._socket = socket.create_connection(("127.0.0.1", port), 5.0)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def take(self) -> None:
        """Somebody takes it out."""
        with contextlib.suppress(OSError):  # the reader's service may have gone before the card
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5.0)
        self._socket.close()

    def _serve(self) -> None:
        try:
            while message := self._message():
                if len(message) > 1:
                    self._say(self.card.hear(message))
                elif message[0] in (POWER_ON, RESET):
                    self.card.power_up()
                elif message[0] == GIVE_ATR:
                    self._say(self.card.reset_answer)
        except OSError:
            return

    def _message(self) -> bytes:
        head = self._exactly(2)
        return self._exactly(struct.unpack(">H", head)[0]) if head else b""

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._socket.recv(size - len(data))
            if not more:
                return b""
            data += more
        return data

    def _say(self, answer: bytes) -> None:
        told = struct.pack(">H", len(answer)) + answer
        for at in range(0, len(told), self._piece):
            self._socket.sendall(told[at : at + self._piece])
