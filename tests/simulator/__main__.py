"""``python -m simulator``: the simulated ITscope as a process of its own."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from .app import App
from .state import State


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--products", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", type=Path, help="folder with ITscope's own schemas")
    parser.add_argument(
        "--auto",
        type=float,
        default=0,
        help="orders live on by themselves, a step each so many seconds",
    )
    parser.add_argument(
        "--first", type=int, default=1, help="number of the first order"
    )
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    state = State(arguments.seed, arguments.products, arguments.shared, arguments.first)
    state.deals.auto = arguments.auto
    try:
        server = make_server(
            "127.0.0.1",
            arguments.port,
            App(state),
            threaded=True,
            request_handler=_Quiet,
        )
    except (OSError, SystemExit):
        print(
            f"port {arguments.port} is taken; choose another one with --port",
            file=sys.stderr,
        )
        return 1
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start()
    )
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
