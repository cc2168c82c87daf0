"""What an assessor says: a grade and a comment for each competency, and pass or what to change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from credentials.competencies import NUMBERS
from credentials.performance.rubrics import Rubric

PASS, RESUBMIT = "pass", "resubmit"
RESULTS = {PASS: "Passed", RESUBMIT: "Resubmit"}


@dataclass(frozen=True, slots=True)
class Assessed:
    """`changes`: what a trainee who is to resubmit should change, in words they can act on."""

    grades: Mapping[int, str] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    overall: str = ""
    result: str = ""
    changes: str = ""

    @classmethod
    def read(cls, text: str) -> Assessed:
        """From its sealed words; nothing written yet is an empty one."""
        raw = json.loads(text) if text else {}
        return cls(
            {int(n): grade for n, grade in raw.get("grades", {}).items()},
            {int(n): words for n, words in raw.get("comments", {}).items()},
            raw.get("overall", ""),
            raw.get("result", ""),
            raw.get("changes", ""),
        )

    def written(self) -> str:
        """The words as they are sealed and signed: the same content is always the same text."""
        told: dict[str, Any] = {
            "grades": {str(n): grade for n, grade in sorted(self.grades.items()) if grade},
            "comments": {str(n): words for n, words in sorted(self.comments.items()) if words},
            "overall": self.overall,
            "result": self.result,
            "changes": self.changes,
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True)

    def missing(self, rubric: Rubric) -> list[tuple[str, str]]:
        """Why it can't be decided yet: each with the field it belongs to."""
        below = [n for n in NUMBERS if self.grades.get(n) and not rubric.passes(self.grades[n])]
        found = [(f"grade_{n}", "Choose a grade.") for n in NUMBERS if self.grades.get(n) not in rubric.grade_words]
        found += [(f"comment_{n}", "Say what is below the level.") for n in below if not self.comments.get(n)]
        if self.result not in RESULTS:
            found.append(("result", "Pass or resubmit?"))
        if self.result == PASS and below:
            named = ", ".join(map(str, below))
            found.append(("result", f"A pass needs every competency at the level. Look again at {named}."))
        if self.result == RESUBMIT and not self.changes:
            found.append(("changes", "Say what to change before the next recording."))
        return found


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
