"""Stories of graduates, and the profiles of coaches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from foundation.db import Model, pk


class Story(Model):
    """A story in the Community Spotlight. It is public once it has been published and its subject has approved it."""

    __tablename__ = "story"
    __table_args__ = (Index("ix_story_published", "published_at", "id"),)

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    dek: Mapped[str]
    body_md: Mapped[str]
    pull_quote: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)
    picture: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    author_bio: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    author: Mapped[User] = relationship()


class CoachProfile(Model):
    """A graduate's public profile; hers to show or to hide."""

    __tablename__ = "coach_profile"
    __table_args__ = (Index("ix_coach_profile_public", "is_public", "id"),)

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    headline: Mapped[str]
    bio_md: Mapped[str] = mapped_column(default="")
    specialties: Mapped[list[Any]] = mapped_column(default=list)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    location: Mapped[str] = mapped_column(default="")
    picture: Mapped[str] = mapped_column(default="", server_default="")
    is_accepting: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]

    user: Mapped[User] = relationship()
