"""The guide's Markdown as plain data that the typesetter can walk: blocks, and runs of text inside them."""

from __future__ import annotations

import re
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.S)
STYLES = {"strong": "strong", "em": "em", "s": "strike", "code_inline": "code"}
_parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def outline(markdown: str) -> dict[str, Any]:
    """`{"title", "subtitle", "blocks"}`. The title is the front matter's, or the first heading of level 1."""
    front, body = _front(markdown)
    blocks = [made for node in SyntaxTreeNode(_parser.parse(body)).children if (made := _block(node))]
    title = front.get("title") or ""
    if blocks and blocks[0]["kind"] == "heading" and blocks[0]["level"] == 1:
        first = blocks.pop(0)
        title = title or words(first["runs"])
    return {"title": title or "The free guide", "subtitle": str(front.get("subtitle") or ""), "blocks": blocks}


def _front(markdown: str) -> tuple[dict[str, Any], str]:
    found = FRONT.match(markdown.replace("\r\n", "\n"))
    if not found:
        return {}, markdown
    loaded = yaml.safe_load(found.group(1))
    return (loaded if isinstance(loaded, dict) else {}), markdown.replace("\r\n", "\n")[found.end() :]


def _block(node: SyntaxTreeNode) -> dict[str, Any] | None:
    kind = node.type
    if kind == "heading":
        return {"kind": "heading", "level": int(node.tag[1]), "runs": _runs(node)}
    if kind == "paragraph":
        return {"kind": "paragraph", "runs": _runs(node)}
    if kind in {"bullet_list", "ordered_list"}:
        items = [[made for child in item.children if (made := _block(child))] for item in node.children]
        return {"kind": "list", "ordered": kind == "ordered_list", "start": node.attrs.get("start", 1), "items": items}
    if kind == "blockquote":
        return {"kind": "quote", "blocks": [made for child in node.children if (made := _block(child))]}
    if kind == "table":
        return {"kind": "table", "rows": [_row(row) for part in node.children for row in part.children]}
    if kind == "hr":
        return {"kind": "rule"}
    if kind in {"fence", "code_block"}:
        return {"kind": "code", "text": node.content.rstrip()}
    return None


def _row(row: SyntaxTreeNode) -> dict[str, Any]:
    cells = [
        {"runs": _runs(cell), "align": "right" if "right" in str(cell.attrs.get("style", "")) else "left"}
        for cell in row.children
    ]
    return {"head": row.children[0].type == "th", "cells": cells}


def _runs(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for child in node.children:
        _gather(child, {}, found)
    return found


def _gather(node: SyntaxTreeNode, style: dict[str, Any], found: list[dict[str, Any]]) -> None:
    if node.type == "inline":
        for child in node.children:
            _gather(child, style, found)
    elif node.type in {"text", "code_inline"}:
        found.append({"text": node.content, **style, **({"code": True} if node.type == "code_inline" else {})})
    elif node.type in {"softbreak", "hardbreak"}:
        found.append({"text": " " if node.type == "softbreak" else "\n", **style})
    elif node.type in {"strong", "em", "s", "link"}:
        own = {"link": str(node.attrs["href"])} if node.type == "link" else {STYLES[node.type]: True}
        for child in node.children:
            _gather(child, style | own, found)


def words(runs: list[dict[str, Any]]) -> str:
    """The text of runs, without their looks."""
    return "".join(run["text"] for run in runs)
