"""Asking a server many times, and measuring what it costs it."""

from __future__ import annotations

import http.client
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil

Request = tuple[str, str, dict[str, str], bytes | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One run. Times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    failures: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(factory: str, environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    """A server of one worker, as `make run` runs it."""
    port = free_port()
    command = f"-W ignore -m granian --interface wsgi --host 127.0.0.1 --port {port} --workers 1 --blocking-threads 2"
    command += f" --no-access-log --log-level warning --factory {factory}"
    server = subprocess.Popen([sys.executable, *command.split()], env=environment)
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return server, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{factory} did not start")


def cpu_seconds(server: subprocess.Popen[bytes]) -> float:
    process = psutil.Process(server.pid)
    times = [one.cpu_times() for one in [process, *process.children(recursive=True)]]
    return sum(t.user + t.system for t in times)


def measure(
    server: subprocess.Popen[bytes], base: str, ask: Callable[[int], Request], *, number: int, good: set[int]
) -> Measure:
    """`number` requests over two connections kept open; `ask(i)` makes the i-th."""
    _ask_all(base, ask, range(20), good, [])
    taken: list[float] = []
    before, started = cpu_seconds(server), time.perf_counter()
    shares = [range(20 + start, 20 + number, 2) for start in range(2)]
    failed = [0, 0]
    threads = [
        threading.Thread(target=lambda n=n, s=s: failed.__setitem__(n, _ask_all(base, ask, s, good, taken)))
        for n, s in enumerate(shares)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - started, cpu_seconds(server) - before
    cuts = statistics.quantiles(taken, n=100)
    return Measure(number / seconds, cuts[49] * 1000, cuts[98] * 1000, cpu / number * 1000, sum(failed))


def _ask_all(base: str, ask: Callable[[int], Request], share: range, good: set[int], taken: list[float]) -> int:
    parts, failures = urlsplit(base), 0
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    for i in share:
        method, path, headers, body = ask(i)
        started = time.perf_counter()
        status = _ask(connection, method, path, body, {"Accept-Encoding": "gzip"} | headers)  # as browsers do
        taken.append(time.perf_counter() - started)
        failures += status not in good
    connection.close()
    return failures


def _ask(connection: http.client.HTTPConnection, *request: Any) -> int:
    """The answer's status. A connection that the server has closed in the meantime is opened anew, as browsers do."""
    for again in (True, False):
        try:
            connection.request(*request)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except ConnectionError:
            connection.close()
            if not again:
                raise
    raise AssertionError
