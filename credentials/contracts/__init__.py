"""The public shapes of the eligibility engine, a profile and an assessment, as JSON Schemas with a fast validator."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from credentials.contracts.validating import Check, Invalid, compile_schema

__all__ = ["Invalid", "assessment_schema", "check_profile", "profile_schema"]


def profile_schema() -> dict[str, Any]:
    """The JSON Schema of a credential profile."""
    return _schema("credential_profile.schema.json")


def assessment_schema() -> dict[str, Any]:
    """The JSON Schema of a credential assessment."""
    return _schema("credential_assessment.schema.json")


def check_profile(profile: object) -> None:
    """Raises Invalid, naming the field, where the profile is not what its schema asks for."""
    _profile_check()(profile)


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return found


@cache
def _profile_check() -> Check:
    return compile_schema(profile_schema())
