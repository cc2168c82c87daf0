"""Documents: Typst makes PDFs from `templates/documents/`, with the fonts the project ships."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst

ROOT = Path(__file__).resolve().parent.parent


@cache
def _fonts() -> typst.Fonts:
    """Ours and Typst's own; what none of them can write (a Japanese or a Thai name) is taken from the machine's."""
    ours = str(ROOT / "static" / "fonts" / "pdf")
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[ours])


def typeset(name: str, data: dict[str, Any]) -> bytes:
    """The PDF of `templates/documents/<name>.typ`. The template reads `json(bytes(sys.inputs.data))`.

    Raises typst.TypstError where the template is wrong.
    """
    source = ROOT / "templates" / "documents" / f"{name}.typ"
    compiled = typst.compile(
        str(source),
        root=str(ROOT),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    assert isinstance(compiled, bytes)
    return compiled


@lru_cache(maxsize=512)
def unwritable(text: str) -> str:
    """The signs of a text that no font here has: a PDF would show boxes in their place.

    PDF/A forbids such boxes, so Typst refuses the text; only then it is looked at sign by sign.
    """
    if _is_writable(text):
        return ""
    return "".join(sign for sign in dict.fromkeys(text) if not _is_writable(sign))


def _is_writable(text: str) -> bool:
    source = b'#set document(title: "-")\n#sys.inputs.text'
    try:
        typst.compile(source, font_paths=_fonts(), sys_inputs={"text": text}, pdf_standards="a-2b")
    except typst.TypstError:
        return False
    return True
