"""The development mailbox: a real SMTP server that keeps every letter as a file. `python -m mail.mailbox`."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_numbers = itertools.count(1)


class Keeper:
    """Takes every letter, and writes it down before it says so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers)}.eml"
        to = ", ".join(envelope.rcpt_tos).encode()
        staging = self.folder / f".{name}"
        staging.write_bytes(b"X-Envelope-To: " + to + b"\r\n" + raw)
        staging.rename(self.folder / name)
        return "250 2.0.0 kept"


async def serve(host: str, port: int, folder: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    folder.mkdir(parents=True, exist_ok=True)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = await loop.create_server(lambda: SMTP(Keeper(folder), loop=loop, data_size_limit=30_000_000), host, port)
    print(f"mailbox: smtp://{host}:{port} keeps letters in {folder}", flush=True)
    async with server:
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mail.mailbox", description="The development mailbox.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5025)
    parser.add_argument("--folder", type=Path, default=Path("var/mailbox"))
    given = parser.parse_args()
    asyncio.run(serve(given.host, given.port, given.folder))


if __name__ == "__main__":
    main()
