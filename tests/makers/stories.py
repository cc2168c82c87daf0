"""Stories and coach profiles."""

from __future__ import annotations

from typing import Any

from community.models import CoachProfile, Story
from community.publishing import approve, publish, show_profile, write_story
from foundation.db import db


def story(school: Any, author: Any, *, approved: bool = True, published: bool = True, **text: Any) -> Story:
    writer, at = db.session.merge(author), school.now()
    words = {"title": "A departure board", "dek": "What I do at night.", "body_md": "## Then\n\nI *listened*."}
    made = write_story(writer, slug=text.pop("slug", f"story-{next(school.number)}"), at=at, **(words | text))
    if approved:
        approve(made, by=writer, at=at)
    if published:
        publish(made, on=at, actor=writer, at=at)
    return made


def coach_profile(school: Any, person: Any, **text: Any) -> CoachProfile:
    words = {"headline": "For people who work at night", "bio_md": "I was a nurse.", "languages": ["English"]}
    return show_profile(
        db.session.merge(person),
        slug=text.pop("slug", f"coach-{next(school.number)}"),
        at=school.now(),
        **(words | text),
    )
