"""People and their roles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Index, Table, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.db import Base, Model, pk


class RoleName(StrEnum):
    TRAINEE = "trainee"
    GRADUATE = "graduate"
    INSTRUCTOR = "instructor"
    MENTOR = "mentor"
    ADMISSIONS = "admissions"
    REGISTRAR = "registrar"
    FINANCE = "finance"
    EDITOR = "editor"
    OWNER = "owner"


STAFF_ROLES = frozenset({"instructor", "mentor", "admissions", "registrar", "finance", "editor", "owner"})

user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
    info={"room": "accounts"},
)


class Role(Model, RoleMixin):
    """A role: what a person may do at the school."""

    __tablename__ = "role"

    id: Mapped[pk]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    permissions: Mapped[list[Any] | None]


class User(Model, UserMixin):
    """A person with an account. `name` is what certificates carry; `time_zone` is where the person reads the clock.

    `erasure_due_at`: when the account goes, where that was asked for; `erased_at`: since when nobody is behind it.
    """

    __tablename__ = "user"

    id: Mapped[pk]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="America/New_York")
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    mf_recovery_codes: Mapped[list[Any] | None]
    erasure_due_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    roles: Mapped[list[Role]] = relationship(secondary=user_role, lazy="selectin", order_by=Role.id)  # type: ignore[assignment]

    __table_args__ = (
        Index("uq_user_email_lower", func.lower(email), unique=True),
        Index("ix_user_erased", "id", postgresql_where=text("erased_at IS NOT NULL")),
    )

    @property
    def role_names(self) -> frozenset[str]:
        """Read with the person where a page begins (`accounts.recognizing`), else of the roles themselves."""
        told: frozenset[str] | None = self.__dict__.get("told_roles")
        return told if told is not None and "roles" not in self.__dict__ else frozenset(one.name for one in self.roles)

    def has_role(self, role: str | RoleMixin) -> bool:
        return role in self.role_names if isinstance(role, str) else role in self.roles

    @property
    def is_staff(self) -> bool:
        return not STAFF_ROLES.isdisjoint(self.role_names)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name
