"""Publishing: a story with its subject's approval, a profile with its owner's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.models import User
from community.models import CoachProfile, Story
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused


def write_story(author: User, *, slug: str, at: datetime, **text: Any) -> Story:
    """A new draft. Raises Refused where the slug is taken."""
    if db.session.scalar(select(Story.id).where(Story.slug == slug)):
        raise Refused("Another story has this address already.", "slug")
    story = Story(slug=slug, author_id=author.id, created_at=at, **text)
    db.session.add(story)
    db.session.flush()
    record("story.written", subject=story, actor=author, at=at)
    return story


def approve(story: Story, *, by: User, at: datetime) -> None:
    """Its subject agrees to be shown. Raises Refused for anybody else."""
    if by.id != story.author_id:
        raise Refused("Only the person whom the story is about can approve it.")
    if story.approved_at is None:
        story.approved_at = at
        record("story.approved", subject=story, actor=by, at=at)


def publish(story: Story, *, on: datetime, actor: User, at: datetime) -> None:
    """Show it from a moment on. Raises Refused while its subject has not approved it."""
    if story.approved_at is None:
        raise Refused("The graduate has not approved this story yet.")
    if story.published_at is None:
        story.published_at = on
        record("story.published", subject=story, actor=actor, at=at)


def show_profile(user: User, *, slug: str, at: datetime, **text: Any) -> CoachProfile:
    """Make or change a person's own profile, and show it. Raises Refused where the slug is somebody else's."""
    profile = db.session.scalar(select(CoachProfile).where(CoachProfile.user_id == user.id))
    taken = db.session.scalar(select(CoachProfile.user_id).where(CoachProfile.slug == slug))
    if taken not in {None, user.id}:
        raise Refused("Another coach has this address already.", "slug")
    if profile is None:
        profile = CoachProfile(user_id=user.id, slug=slug, headline="", updated_at=at)
        db.session.add(profile)
    for name, value in text.items():
        setattr(profile, name, value)
    profile.slug, profile.is_public, profile.updated_at = slug, True, at
    db.session.flush()
    record("coach_profile.shown", subject=profile, actor=user, at=at)
    return profile
