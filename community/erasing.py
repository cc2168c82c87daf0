"""What this room says about erasing a person."""

from __future__ import annotations

from accounts.erasing.terms import Gone, Part

PART = Part(
    told=("Your profile in the directory of coaches, and your stories in the Spotlight.",),
    goes=(Gone("coach_profile"), Gone("story", "author_id")),
)
