"""A first visit: how many bytes and requests until the page and its few assets are there."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import requests

LINKED = re.compile(r'<link[^>]+rel="(?:stylesheet|preload|modulepreload)"[^>]*>|<(?:script|img|source)[^>]+>')
ADDRESS = re.compile(r'(?:href|src)="([^"]+)"')
IMPORTED = re.compile(r"""from\s+["'](\./[^"']+)["']|import\s+["'](\./[^"']+)["']""")


def first_visit(base: str, path: str, cookie: str) -> tuple[int, int]:
    """Bytes over the wire (bodies as sent, compressed where the server does so) and requests."""
    session = requests.Session()
    headers = {"Accept-Encoding": "gzip", "Cookie": cookie}
    page = session.get(base + path, headers=headers, stream=True)
    raw = page.raw.read()
    text = page.raw._decode(raw, True, True).decode() if page.headers.get("Content-Encoding") else raw.decode()
    seen, waiting, total = {path}, _assets(text, base + path), len(raw)
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith(base):
            continue
        seen.add(address)
        answer = session.get(address, headers={"Accept-Encoding": "gzip"}, stream=True)
        total += len(answer.raw.read())
        if address.endswith(".mjs"):
            source = session.get(address).text
            waiting |= {urljoin(address, one or two) for one, two in IMPORTED.findall(source)}
    return total, len(seen)


def _assets(html: str, page: str) -> set[str]:
    tags = [tag for tag in LINKED.findall(html) if 'loading="lazy"' not in tag]
    return {urljoin(page, address) for tag in tags for address in ADDRESS.findall(tag)}
