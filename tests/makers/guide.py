"""Leads and letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from enrollment import inquiring
from enrollment.leads import GuideRequest
from mail import consenting
from mail.models import Category, Letter
from mail.promising import promise_letter

SCHOOL = "Fernhollow School of Coaching"


def guide_request(
    school: Any, name: str = "Mona", email: str | None = None, at: datetime | None = None, **wishes: Any
) -> GuideRequest:
    values = {"name": name, "email": email or f"reader{next(school.number)}@example.com", "news": False}
    made = inquiring.ask(inquiring.Asking(**(values | wishes)), school=SCHOOL, at=at or school.now())
    return inquiring.by_public_id(made)


def letter(
    school: Any,
    to: str = "reader@example.com",
    kind: str = "account.reset_notice",
    at: datetime | None = None,
    **wishes: Any,
) -> Letter:
    values = {"facts": {"name": "Mona"}, "dedupe": f"letter:{next(school.number)}", "at": at or school.now()}
    return promise_letter(kind, to=to, **(values | wishes))


def news(school: Any, to: str = "reader@example.com", *, consented: bool = True) -> Letter:
    if consented:
        consenting.give(to, consenting.NEWS, school=SCHOOL, source="test", at=school.now())
        consenting.confirm(to, consenting.NEWS, source="test", at=school.now())
    return letter(school, to, category=Category.MARKETING)
