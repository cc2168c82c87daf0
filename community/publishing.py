"""Publishing: a story with its subject's approval, a profile with its owner's."""

from __future__ import annotations

import re
import unicodedata
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
    """Show a person's own profile under an address of her choice. Raises Refused where that is somebody else's."""
    if not _is_free(slug, user):
        raise Refused("Another coach has this address already.", "slug")
    return _keep(user, slug, is_public=True, at=at, **text)


def keep_profile(user: User, *, is_public: bool, at: datetime, **text: Any) -> CoachProfile:
    """Write a person's own profile, shown or hidden. Its address comes from her name, once, and then stays."""
    db.session.execute(
        select(User.id).where(User.id == user.id).with_for_update(key_share=True)
    )  # pressed twice is written twice
    known = db.session.scalar(select(CoachProfile.slug).where(CoachProfile.user_id == user.id))
    return _keep(user, known or _slug(user), is_public=is_public, at=at, **text)


def _keep(user: User, slug: str, *, is_public: bool, at: datetime, **text: Any) -> CoachProfile:
    profile = db.session.scalar(select(CoachProfile).where(CoachProfile.user_id == user.id))
    if profile is None:
        profile = CoachProfile(user_id=user.id, headline="")
        db.session.add(profile)
    for name, value in text.items():
        setattr(profile, name, value)
    profile.slug, profile.is_public, profile.updated_at = slug, is_public, at
    db.session.flush()
    record(f"coach_profile.{'shown' if is_public else 'hidden'}", subject=profile, actor=user, at=at)
    return profile


def _slug(user: User) -> str:
    """The name in plain letters; where a script leaves none, or the address is taken, a number sees to it."""
    plain = unicodedata.normalize("NFKD", user.name).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "coach"
    return wanted if wanted != "coach" and _is_free(wanted, user) else f"{wanted}-{user.id}"


def _is_free(slug: str, user: User) -> bool:
    return db.session.scalar(select(CoachProfile.user_id).where(CoachProfile.slug == slug)) in {None, user.id}
