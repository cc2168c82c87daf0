"""Addresses that look mistyped: `ana@gmial.con` was probably meant as `ana@gmail.com`. A hint, never a refusal."""

from __future__ import annotations

from difflib import get_close_matches

KNOWN = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
    "aol.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "fastmail.com", "comcast.net",
    "hotmail.co.uk", "yahoo.co.uk", "example.com",
)  # fmt: skip


def likely_domain(address: str) -> str | None:
    """The whole address as it was probably meant, or None where nothing looks wrong."""
    local, _, domain = address.rpartition("@")
    domain = domain.lower()
    if not local or domain in KNOWN:
        return None
    close = get_close_matches(domain, KNOWN, n=1, cutoff=0.85)
    return f"{local}@{close[0]}" if close else None
