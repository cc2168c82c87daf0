"""Chapter four: coaching logs, mentor coaching, what staff have checked, and certificates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from accounts.models import User
from credentials import certifying, reviewing
from credentials.awarding import reverse
from credentials.coaching_log.keeping_clients import add_client
from credentials.coaching_log.logging_sessions import Told, log_session
from credentials.coaching_log.merging import merge
from credentials.mentor_coaching.logging_mentoring import log_mentoring
from credentials.models import Client, Consent, Format, Kind, LedgerEntry, LedgerReview, Payment, ReviewState
from demo.people import mentor, person
from demo.reading import table
from enrollment.models import Cohort, Enrollment
from foundation.db import db

LENGTHS = (60, 45, 90, 60, 75, 60, 90, 50)
CONSENTS = {True: Consent.GIVEN, False: Consent.REFUSED}
MENTOR_PLAN = ((60, 1), (105, 8), (60, 1), (105, 8), (60, 1), (105, 8), (105, 8))
OVERLAP = "Two of your sessions overlap on this day. Look at your calendar, and mend the one that is wrong."


def make_logs(at: datetime) -> None:
    for told in table("people")["trainees"]:
        if "coaching" in told:
            _log(told, person(told["key"]), at)


def _log(told: dict[str, Any], user: User, at: datetime) -> None:
    """Paid and pro bono minutes exactly as the story has them, on believable days since the cohort began."""
    clients = _clients(told, user, at)
    begins = _cohort(told).starts_on + timedelta(days=21)
    wanted = [
        (told["coaching"]["paid_minutes"], Payment.PAID),
        (told["coaching"]["pro_bono_minutes"], Payment.PRO_BONO),
    ]
    sessions = [(length, payment) for total, payment in wanted for length in _lengths(total)]
    for n, ((length, payment), on) in enumerate(zip(sessions, _days(begins, at.date(), len(sessions)), strict=True)):
        client, heads = clients[n % len(clients)]
        shape = Format.GROUP if heads > 1 else Format.INDIVIDUAL
        said = Told(client=client, on=on, minutes=length, format=shape, participants=heads, payment=payment)
        log_session(user, said, at=_evening(on))


def _lengths(total: int) -> Iterator[int]:
    """Session lengths that add up to the total; none is shorter than half an hour where that can be."""
    number = 0
    while total > 0:
        length = LENGTHS[number % len(LENGTHS)]
        taken = total if total - length < 30 and total <= 120 else min(length, total)
        yield taken
        total, number = total - taken, number + 1


def _days(first: date, last: date, number: int) -> list[date]:
    span = max(1, (last - first).days - 2)
    return [first + timedelta(days=n * span // max(1, number)) for n in range(number)]


def _clients(told: dict[str, Any], user: User, at: datetime) -> list[tuple[Client, int]]:
    known, wanted = table("people")["clients"], told["coaching"]["clients"]
    named = [one for key in told.get("clients", []) for one in known if one["key"] == key]
    plain = [one for one in known if one["kind"] == "individual" and one["consent"]]
    listed = named or [plain[n % len(plain)] | {"key": str(n)} for n in range(wanted)]
    made = []
    for n, one in enumerate(listed):
        consent = Consent.LETTER if one["consent_how"] == "verification letter" else CONSENTS[one["consent"]]
        name = one["name"] if n < len(plain) or named else f"{one['name']} ({n + 1})"
        on = _cohort(told).starts_on + timedelta(days=18)
        client = add_client(user, name=name, contact=one["contact"], consent=consent, consent_on=on, at=_evening(on))
        made.append((client, int(one.get("heads", 1))))
    return made


def make_mentoring(at: datetime) -> None:
    """Ten hours over four months for graduates; what their stories say for the others."""
    names = {one["key"]: one["name"] for one in table("people")["mentors"]}
    for told in table("people")["trainees"]:
        user, starts = person(told["key"]), _cohort(told).starts_on
        if told.get("certificate"):
            for n, (minutes, mentees) in enumerate(MENTOR_PLAN):
                on = starts + timedelta(days=40 + 20 * n)
                _mentoring(user, names["keiko-shimabukuro"], on, minutes, mentees)
        elif "mentor_minutes" in told:
            plan, by = told["mentor_minutes"], names[told["mentor_minutes"]["mentor"]]
            _mentoring(user, by, starts + timedelta(days=35), plan["individual"], 1)
            _mentoring(user, by, starts + timedelta(days=63), plan["group"], 8)


def _mentoring(user: User, by: str, on: date, minutes: int, mentees: int) -> None:
    log_mentoring(user, mentor=mentor(by), on=on, minutes=minutes, mentees=mentees, observed=True, at=_evening(on))


def review(at: datetime) -> None:
    """Graduates' hours are all checked; the others' up to a fortnight ago. One line was returned, one reversed."""
    registrar = person("beatriz-fonseca-lund")
    for told in table("people")["trainees"]:
        user = person(told["key"])
        until = at if told.get("certificate") else at - timedelta(days=14)
        own = _entries(user, until, ReviewState.LOGGED)
        if own:
            reviewing.submit(user, own, at=until)
        sent = _entries(user, until, ReviewState.SENT)
        if told["story"] == "hours_returned" and sent:
            reviewing.send_back([sent.pop()], registrar, at=until, reason=OVERLAP)
        if told["story"] == "hours_waiting":
            sent = sent[: len(sent) // 2]
        if sent:
            reviewing.approve(sent, registrar, at=until)


def take_one_back(at: datetime) -> None:
    """A session that was logged twice, taken back with its reason."""
    user = person("tendai-mukwashi")
    client = db.session.query(Client).filter_by(user_id=user.id).order_by(Client.number).first()
    assert client is not None
    on = at.date() - timedelta(days=70)
    said = Told(client=client, on=on, minutes=60, format=Format.INDIVIDUAL, participants=1, payment=Payment.PAID)
    session = log_session(user, said, at=_evening(on))
    reverse(session.entry, "Logged twice: once on the phone, once from paper", user, _evening(on) + timedelta(days=2))


def write_twice(at: datetime) -> None:
    """Two clients whose names were written down a second time, the other way round: one pair merged, one to find."""
    user = person("maren-oyelaran")
    first, second = db.session.query(Client).filter_by(user_id=user.id).order_by(Client.number).limit(2)
    for known in (first, second):
        given, _, family = known.name.rpartition(" ")
        wishes: dict[str, Any] = {"consent": known.consent, "consent_on": known.consent_on, "at": at}
        again = add_client(user, name=f"{family}, {given}", **wishes)
        if known is first:
            merge(user, known, again, consent_of=known, at=at)


def certify(at: datetime) -> None:
    owner = person("ingrid-solheim-achebe")
    for told in table("people")["trainees"]:
        if told.get("certificate"):
            cohort = _cohort(told)
            enrollment = (
                db.session.query(Enrollment).filter_by(user_id=person(told["key"]).id, cohort_id=cohort.id).one()
            )
            certifying.issue(enrollment, owner, _evening(cohort.ends_on + timedelta(days=10)))


def _entries(user: User, until: datetime, state: ReviewState) -> list[str]:
    query = (
        select(LedgerEntry.public_id)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .where(LedgerEntry.user_id == user.id, LedgerEntry.on <= until.date(), LedgerReview.state == state)
        .where(LedgerEntry.kind.in_([Kind.EDUCATION, Kind.COACHING, Kind.MENTOR]))
        .order_by(LedgerEntry.on, LedgerEntry.id)
    )
    return list(db.session.scalars(query))


def _cohort(told: dict[str, Any]) -> Cohort:
    return db.session.query(Cohort).join(Cohort.program).filter(Cohort.code == told["cohort"]).one()


def _evening(on: date) -> datetime:
    from datetime import UTC

    return datetime(on.year, on.month, on.day, 20, tzinfo=UTC)
