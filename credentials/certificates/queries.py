"""Finding certificates: by number for anybody, by owner for the graduate, and who could graduate for staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.certifying import Need, completions_of, named_elsewhere, needs_of
from credentials.models import Assessment, Certificate, CertificateHold, CertificateKind, CertificateRevocation
from credentials.performance.passing import has_passed, reasons_of
from credentials.ruling.living import keep_digests, told_live_digests
from credentials.summing import totals_of_many
from enrollment.models import Cohort, Enrollment, EnrollmentState
from foundation.asking import rows
from foundation.db import db
from foundation.errors import NotFound


def by_number(number: str, owner: User | None = None) -> Certificate:
    """A certificate; with an `owner`, theirs only. Raises NotFound."""
    query = select(Certificate).where(Certificate.number == number).options(joinedload(Certificate.enrollment))
    if owner is not None:
        query = query.where(Certificate.user_id == owner.id)
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


class Paper(NamedTuple):
    """A certificate as its holder's page lists it."""

    number: str
    program: str
    revoked_at: datetime | None
    kind: CertificateKind

    @property
    def is_partial(self) -> bool:
        return self.kind == CertificateKind.PARTIAL

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None


class Kept(NamedTuple):
    """An assessment that was kept, as the page of hours names it."""

    public_id: str
    verdict: str
    apply_on: date
    rule_set: str
    version_number: int | None
    made_at: datetime


class Papers(NamedTuple):
    """A person's certificates, the newest first, why one is held back, and the last assessment that was kept."""

    certificates: tuple[Paper, ...]
    holds: tuple[str, ...]
    assessment: Kept | None


def papers_of(user_id: int) -> Papers:
    """What lies in a person's file; one statement, which also says which rules are live."""
    found = rows(_papers(), {"user_id": user_id})
    if found:
        keep_digests(found[0][-1])
    certificates = dict.fromkeys(Paper._make(row[:4]) for row in found if row[0])
    holds = dict.fromkeys((row[4], row[5]) for row in found if row[4])
    kept = Kept._make(found[0][6:-1]) if found and found[0][6] else None
    return Papers(tuple(certificates), tuple(reason for _, reason in holds), kept)


@cache
def _papers() -> Select[*tuple[Any, ...]]:
    last = select(Assessment.id).where(Assessment.user_id == bindparam("user_id"))
    last = last.order_by(Assessment.made_at.desc(), Assessment.id.desc()).limit(1)
    is_open = and_(CertificateHold.enrollment_id == Enrollment.id, CertificateHold.lifted_at.is_(None))
    one, revoked = Assessment, CertificateRevocation
    kept = (one.public_id, one.verdict, one.apply_on, one.rule_set, one.version_number, one.made_at)
    paper = (Certificate.number, Certificate.facts["program"].astext, revoked.at, Certificate.kind)
    return (
        select(*paper, CertificateHold.id, CertificateHold.reason, *kept, told_live_digests())
        .select_from(User)
        .outerjoin(Enrollment, Enrollment.user_id == User.id)
        .outerjoin(Certificate, Certificate.enrollment_id == Enrollment.id)
        .outerjoin(revoked, revoked.certificate_id == Certificate.id)
        .outerjoin(CertificateHold, is_open)
        .outerjoin(one, one.id == last.scalar_subquery())
        .where(User.id == bindparam("user_id"))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc(), CertificateHold.id)
    )


def valid_of(user_id: int) -> list[Certificate]:
    """A person's certificates that stand, the newest first."""
    query = select(Certificate).where(Certificate.user_id == user_id)
    newest = query.order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    return [one for one in db.session.scalars(newest).unique() if one.is_valid]


def find(number: str) -> Certificate | None:
    return db.session.scalars(select(Certificate).where(Certificate.number == number)).unique().one_or_none()


def issued(words: str = "", state: str = "") -> Select[*tuple[Any, ...]]:
    """What was issued, the newest first, by number, name on the certificate or address."""
    query = (
        select(Certificate)
        .join(User, User.id == Certificate.user_id)
        .outerjoin(CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id)
        .options(joinedload(Certificate.user))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    if words:
        like = f"%{words}%"
        query = query.where(
            or_(Certificate.number.ilike(like), Certificate.facts["name"].astext.ilike(like), User.email.ilike(like))
        )
    if state == "valid":
        return query.where(CertificateRevocation.id.is_(None))
    return query.where(CertificateRevocation.id.is_not(None)) if state == "revoked" else query


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could graduate, or is close to it. `besides`: what is lacking that no hours are counted of."""

    enrollment: Enrollment
    needs: list[Need]
    besides: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return all(need.is_met for need in self.needs) and not self.besides

    @property
    def share(self) -> int:
        """Checked minutes in percent of what the program asks for."""
        required = sum(need.required for need in self.needs)
        return 100 * sum(min(need.have, need.required) for need in self.needs) // required if required else 0


def candidates(limit: int = 200) -> list[Candidate]:
    """Enrollments without a valid certificate that have at least nine tenths of what they need.

    Three statements, and one more where a program asks for mentor hours.
    """
    valid = (
        select(Certificate.id)
        .outerjoin(CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id)
        .where(Certificate.enrollment_id == Enrollment.id, CertificateRevocation.id.is_(None))
        .where(Certificate.kind == CertificateKind.COMPLETION)
        .exists()
    )
    alive = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED, EnrollmentState.COMPLETED)
    query = (
        select(Enrollment, has_passed())
        .where(Enrollment.state.in_(alive), ~valid)
        .options(
            joinedload(Enrollment.user).noload(User.roles), joinedload(Enrollment.cohort).joinedload(Cohort.program)
        )
        .order_by(Enrollment.started_at, Enrollment.id)
        .limit(limit)
    )
    found = db.session.execute(query).all()
    enrollments, passed = [one for one, _ in found], {one.id for one, is_passed in found if is_passed}
    totals = totals_of_many(one.user_id for one in enrollments)
    asked = {one.user_id for one in enrollments if one.cohort.program.facts.get("mentor_minutes")}
    papers = completions_of(asked) if asked else []
    needs = {one.id: needs_of(one, totals[one.user_id], elsewhere=named_elsewhere(one, papers)) for one in enrollments}
    made = [Candidate(one, needs[one.id], reasons_of(one, passed)) for one in enrollments]
    return sorted((one for one in made if one.share >= 90), key=lambda one: (not one.is_complete, -one.share))
