"""Practicum as `make run` starts it: every process real, in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

ROOT = Path(__file__).resolve().parent.parent


def free_base_port() -> int:
    """A port whose neighbours for the mailbox and the local Stripe are free too."""
    for candidate in range(21000 + os.getpid() % 700 * 50, 64000, 50):
        if not any(_taken(candidate + n) for n in (0, 25, 42)):
            return candidate
    raise RuntimeError("no free port")


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Running:
    """One `make run`: `base` is its address; `stop()` is Ctrl-C."""

    def __init__(self, var: Path | None = None, port: int | None = None) -> None:
        self.var = var or Path(tempfile.mkdtemp(prefix="practicum run ü "))  # people's folders have such names
        self.var.chmod(0o755)
        self.port = port or free_base_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.output = self.var / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        named = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "STRIPE_API_BASE", "PRACTICUM_BASE_URL", "PRACTICUM_ENV")
        clean = {k: v for k, v in os.environ.items() if k not in named}
        return clean | {"PORT": str(self.port), "PRACTICUM_VAR": str(self.var), "BIND": "127.0.0.1"}

    def start(self, *, wait: float = 300) -> Running:
        before = len(self.said())
        with self.output.open("ab") as out:
            command = [sys.executable, "-W", "ignore", str(ROOT / "bin" / "run")]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=out, stderr=out, start_new_session=True
            )
        end = time.monotonic() + wait
        while "Ctrl-C stops all of it" not in self.said()[before:]:
            assert self.process.poll() is None, f"make run ended:\n{self.said()[-3000:]}"
            assert time.monotonic() < end, f"make run did not get ready:\n{self.said()[-3000:]}"
            time.sleep(0.1)
        return self

    def said(self) -> str:
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)

    def end(self) -> None:
        """For whoever lent it out: stop it, and its database where somebody was killed who should have let go of it."""
        self.stop()
        for left in self.processes():
            with suppress(psutil.NoSuchProcess):
                left.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """The power goes: only the run's own process is killed, and nobody can clean up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(60)

    def pid_of(self, name: str) -> int:
        import json

        note = self.var / "run" / f"{name}.json"
        while not note.exists():
            time.sleep(0.05)
        return int(json.loads(note.read_text())["pid"])

    def processes(self) -> list[psutil.Process]:
        """Everything alive that works for this folder."""
        found = []
        for process in psutil.process_iter():
            try:
                named = str(self.var) in " ".join(process.cmdline())
                if named or process.environ().get("PRACTICUM_VAR") == str(self.var):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return [p for p in found if p.pid != os.getpid()]

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return answer.status, answer.read().decode()

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """What the running school's database says."""
        from foundation.embedded import start_postgres

        with psycopg.connect(start_postgres(self.var)) as connection:
            return connection.execute(sql, values).fetchall()  # type: ignore[arg-type]
