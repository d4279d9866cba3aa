"""A far end that takes every row of goods at once: the same for us and for the bare posts."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any


def _output(envelope: dict[str, Any]) -> object:
    if envelope["infno"] == "9001":
        return {"signinoutb": {"sign_time": envelope["inf_time"], "sign_no": "LX0001"}}
    if envelope["infno"] == "3505A":
        (rows,) = envelope["input"].values()
        return {
            "selinfoDetail": [
                {"fixmedins_bchno": row["fixmedins_bchno"], "retRslt": "1", "msgRslt": "成功"}
                for row in rows
            ]
        }
    return {}


class _Handler(BaseHTTPRequestHandler):
    line_seconds = 0.0
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        envelope = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"infcode": 0, "err_msg": None, "output": _output(envelope)}
        content = json.dumps(answer, ensure_ascii=False).encode()
        time.sleep(self.line_seconds)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def serve(told: Connection, line_seconds: float) -> None:
    """Serve on a free port of loopback for ever; the URL is told through the pipe.

    ``line_seconds``: how long way and work of a platform take, on top of ours.
    """
    _Handler.line_seconds = line_seconds
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    told.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()
