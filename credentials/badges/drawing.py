"""The badge's picture, drawn by Typst, with the signed credential baked in."""

from __future__ import annotations

import json
from typing import Any

import typst
from openbadgeslib import baking

from credentials.models import Badge
from credentials.wording import LEVELS
from foundation.documents import ROOT


def picture(badge: Badge, kind: str) -> bytes:
    """The bare picture as `png` or `svg`."""
    facts = badge.certificate.facts
    told = {
        "school": facts["school"],
        "program": facts["program"],
        "level": LEVELS.get(facts["level"], ""),
        "year": facts["issued_on"][:4],
    }
    wished: dict[str, Any] = {"format": kind} | ({"ppi": 144.0} if kind == "png" else {})
    drawn = typst.compile(
        str(ROOT / "templates" / "documents" / "badge.typ"),
        root=str(ROOT),
        font_paths=[str(ROOT / "static" / "fonts" / "pdf")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        **wished,
    )
    assert isinstance(drawn, bytes)
    return drawn


def baked(badge: Badge, token: str, kind: str) -> bytes:
    """The picture that carries its own proof (Open Badges 3.0, section 5.3)."""
    bare = picture(badge, kind)
    if kind == "png":
        return baking.bake_png(bare, token, keyword=baking.ITXT_KEYWORD_OB3)
    return baking.bake_svg(bare, token, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3)
