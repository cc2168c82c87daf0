"""What YAML, TOML and JSON say beside a course's texts, as plain values that a text of ours can hold."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import yaml

from foundation.text import storable

BROKEN = (yaml.YAMLError, ValueError, RecursionError)  # tomllib's and json's own are ValueErrors


class PlainLoader(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


class LenientLoader(PlainLoader):
    """A site's settings: a tag that only its own program knows (`!ENV`, `!!python/name:`) says nothing to us."""


LenientLoader.add_multi_constructor("", lambda _loader, _tag, _node: None)
"""Asked last: a tag that YAML itself knows is read as ever."""


def from_yaml(raw: str) -> Any:
    return storable(yaml.load(raw, Loader=PlainLoader))  # noqa: S506


def from_settings(raw: str) -> Any:
    return storable(yaml.load(raw, Loader=LenientLoader))  # noqa: S506


def from_toml(raw: str) -> Any:
    return storable(tomllib.loads(raw))


def from_json(raw: str) -> Any:
    return storable(json.loads(raw))
