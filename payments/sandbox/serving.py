"""Serves the local Stripe: werkzeug's threaded server, as the fault "answer lost" needs the socket."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from payments.sandbox.application import create_sandbox
from payments.sandbox.keeping import Keeper
from payments.sandbox.settings import SandboxSettings
from payments.sandbox.store import Store

Wrapper = Callable[[Any], Any]


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1 with a line in the log only for what went wrong."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code).startswith("5"):
            super().log_request(code, size)


def bound(settings: SandboxSettings, wrap: Wrapper | None = None) -> tuple[BaseWSGIServer, Keeper]:
    """The server, its port already taken, and the keeper, not yet started."""
    app = create_sandbox(settings)
    if wrap:
        app.wsgi_app = wrap(app.wsgi_app)  # type: ignore[method-assign]
    server = make_server(settings.host, settings.port, app, threaded=True, request_handler=QuietHandler)
    store: Store = app.extensions["stripe_sandbox"]
    return server, Keeper(store)


@contextmanager
def serving(settings: SandboxSettings, wrap: Wrapper | None = None) -> Iterator[str]:
    """Serves in threads of this process; gives the address. Port 0 takes a free one.

    `wrap` may put a WSGI middleware round the application, to watch what is said.
    """
    server, keeper = bound(settings, wrap)
    address = f"http://{settings.host}:{server.server_port}"
    keeper.store.settings = replace(settings, port=server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="stripe-sandbox", daemon=True)
    thread.start()
    keeper.start()
    try:
        yield address
    finally:
        keeper.stop()
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
        keeper.store.close()
