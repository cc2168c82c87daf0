"""A flood of forged webhooks: what each costs beside a bare Flask POST, and how a real one fares meanwhile."""

from __future__ import annotations

import math
import os
import socket
import statistics
import subprocess
import threading
import time
from urllib.parse import urlsplit

from flask import Flask, Response, request

from payments.doorkeeping import PATH
from tests.bench.load import cpu_seconds, serve
from tests.bench.pages import _event, _forged

FLOOD = float(os.environ.get("BENCH_FLOOD", "4"))
PACE = 500
Made = tuple[dict[str, str], bytes]
Server = subprocess.Popen[bytes]


def create_bare() -> Flask:
    """The least that Flask can do with a POST: read it, answer."""
    app = Flask("bare")

    @app.post(PATH)
    def refuse() -> Response:
        request.get_data(cache=False)
        return Response("refused\n", 400, mimetype="text/plain")

    return app


def flood_table(environment: dict[str, str]) -> None:
    """Print it."""
    print(f"\n{'forged webhooks':<34} {'req/s':>7} {'CPU us':>7} {'of a core':>9}   a real one meanwhile, ms: p50, p99")
    for name, factory, good in (("bare Flask", "create_bare", 400), ("Practicum", "create", 200)):
        module = "tests.bench.flood" if factory == "create_bare" else "tests.bench.served"
        server, base = serve(f"{module}:{factory}", environment)
        try:
            _real(base, time.perf_counter() + 0.5, good)
            rest = _line(f"{name}, no flood", server, base, 0, good)
            _line(f"{name}, {PACE} a second", server, base, PACE, good, rest)
            _line(f"{name}, as fast as they go", server, base, math.inf, good, rest)
        finally:
            server.terminate()
            server.wait(10)


def _line(name: str, server: Server, base: str, pace: float, good: int, rest: float = 0) -> float:
    """Two connections knock, at a pace or as fast as they are answered; a third brings fifty real ones a second.

    What share of a core it took; `rest` is the share without the forged ones, and is no cost of theirs.
    """
    until, counts = time.perf_counter() + FLOOD, [0, 0]
    before, started = cpu_seconds(server), time.perf_counter()
    threads = [threading.Thread(target=_knock, args=(base, pace / 2, until, counts, n)) for n in (0, 1)]
    for thread in threads if pace else []:
        thread.start()
    real = _real(base, until, good)
    for thread in threads if pace else []:
        thread.join()
    seconds, cpu = time.perf_counter() - started, cpu_seconds(server) - before
    cuts, number = statistics.quantiles(real, n=100), sum(counts)
    share, each = cpu / seconds, (cpu - rest * seconds) / number * 1e6 if number else 0
    told = f"{number / seconds:>7.0f} {each:>7.0f} {share:>9.1%}"
    print(f"{name:<34} {told}   {cuts[49] * 1000:>6.1f} {cuts[98] * 1000:>6.1f}", flush=True)
    return share


def _knock(base: str, pace: float, until: float, counts: list[int], mine: int) -> None:
    started, forged = time.perf_counter(), _forged(mine)
    with _opened(base) as connection:
        while time.perf_counter() < until:
            _asked(connection, forged, 400)
            counts[mine] += 1
            time.sleep(max(0, started + counts[mine] / pace - time.perf_counter()))


def _real(base: str, until: float, status: int) -> list[float]:
    """Seconds for each."""
    taken = []
    with _opened(base) as connection:
        while time.perf_counter() < until:
            taken.append(_asked(connection, _event(0), status))
            time.sleep(0.02)
    return taken


def _opened(base: str) -> socket.socket:
    parts = urlsplit(base)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _asked(connection: socket.socket, made: Made, status: int) -> float:
    """Seconds until the answer was there. Written by hand: a client of Python's costs more than what is measured."""
    headers, body = made
    lines = [f"POST {PATH} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    message = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
    started = time.perf_counter()
    connection.sendall(message)
    answer = b""
    while b"\r\n\r\n" not in answer or answer.endswith(b"\r\n\r\n"):
        answer += connection.recv(65536)
    assert answer.startswith(f"HTTP/1.1 {status}".encode()), answer[:200]
    return time.perf_counter() - started
