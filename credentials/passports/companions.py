"""Companions: the clients and mentors of whom a passport speaks, as they are known here; each is written down once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from credentials.models import Client, Consent, FactKind, Kind, Level, Mentor, MentorFact, PriorLearning
from credentials.passports.recording import Coached, Mentored, Piece, Taught
from credentials.passports.sealing import Json
from foundation.db import db
from foundation.errors import Refused
from foundation.secrets import encrypt

Known = tuple[FactKind, Level, date | None]


def strangers_in(lines: Iterable[Json], content: Json, clients: Iterable[Client]) -> list[str]:
    """The codes of clients there who are none of these yet, those with the most lines first."""
    number = Counter(line["details"]["client"] for line in lines if line["kind"] == Kind.COACHING)
    known = {one.origin for one in clients}
    return [code for code, _ in number.most_common() if _origin(content, code) not in known]


def recognise(user_id: int, content: Json, known: Mapping[str, str]) -> None:
    """Say who of one's own clients (by public id) a code there is: a person is counted once. Raises Refused."""
    if len(set(known.values())) < len(known):
        raise Refused("Two codes of one school are two people. Choose each client once.", field="clients")
    mine = (
        Client.user_id == user_id,
        Client.origin == "",
        Client.forgotten_at.is_(None),
        Client.merged_into_id.is_(None),
    )
    for code, name in known.items():
        found = db.session.scalar(select(Client).where(Client.public_id == name, *mine).with_for_update(key_share=True))
        if found is None:
            raise Refused("That client is known under another code, or is gone.", field="clients")
        found.origin = _origin(content, code)
    db.session.flush()


def _origin(content: Json, code: str) -> str:
    return f"{content['issuer']['id']} {code}"


def pieces_of(made: PriorLearning, content: Json, lines: Iterable[Json], at: datetime) -> list[Piece]:
    """Each line with whom it speaks of. The caller holds the lock on the person's row."""
    lines = list(lines)
    clients = _clients(made, content, [one for one in lines if one["kind"] == Kind.COACHING], at)
    told = [one["details"] for one in lines if one["kind"] == Kind.MENTOR]
    mentors = _mentors(made, content["number"], told, at)
    return [_piece(line, clients, mentors, made.provider) for line in lines]


def _piece(line: Json, clients: dict[str, Client], mentors: dict[str, Mentor], school: str) -> Piece:
    told = line["details"]
    if line["kind"] == Kind.COACHING:
        return Coached(line, clients[told["client"]])
    if line["kind"] == Kind.MENTOR:
        return Mentored(line, mentors[_named(told["mentor"])])
    return Taught(line, school)


def _clients(made: PriorLearning, content: Json, lines: list[Json], at: datetime) -> dict[str, Client]:
    """By their code there. Who is new gets the next code here; their name stayed at the other school."""
    if not lines:
        return {}
    clients = db.session.scalars(select(Client).where(Client.user_id == made.user_id)).all()
    known = {one.origin: one.standing for one in clients if one.origin}
    number = max((one.number for one in clients), default=0)
    found: dict[str, Client] = {}
    for line in lines:
        code, origin = line["details"]["client"], _origin(content, line["details"]["client"])
        if code not in found and origin in known:
            found[code] = known[origin]
        elif code not in found:
            number += 1
            consent = Consent(line["details"]["consent"])
            name = encrypt(f"{code}, {made.provider}")
            values = {"user_id": made.user_id, "number": number, "sealed_name": name, "origin": origin}
            found[code] = Client(**values, consent=consent, consent_on=None, created_at=at)
    db.session.add_all(found.values())
    db.session.flush()
    return found


def mentors_in(made: PriorLearning, number: str, told: list[Json], at: datetime) -> list[Mentor]:
    """For each that names a `mentor` and what they `held`: who that is here."""
    known = _mentors(made, number, told, at)
    return [known[_named(one["mentor"])] for one in told]


def _mentors(made: PriorLearning, number: str, told: list[Json], at: datetime) -> dict[str, Mentor]:
    """By their names. They are this person's own, as if she had brought them; what is known of them is added."""
    if not told:
        return {}
    own = select(Mentor).where(Mentor.owner_id == made.user_id).options(selectinload(Mentor.facts))
    found = {_named(one.name): one for one in db.session.scalars(own.order_by(Mentor.id.desc()))}
    for name in dict.fromkeys(one["mentor"] for one in told):
        if _named(name) not in found:
            found[_named(name)] = Mentor(owner_id=made.user_id, name=" ".join(name.split()), created_at=at)
    db.session.add_all(found.values())
    db.session.flush()
    for key, mentor in found.items():
        facts = [fact for one in told if _named(one["mentor"]) == key for fact in one["held"]]
        _note(mentor, facts, f"From the passport {number}", at)
    db.session.flush()
    return found


def _note(mentor: Mentor, facts: Iterable[Json], why: str, at: datetime) -> None:
    """What stands in the file, also withdrawn, is not written anew: staff have decided about it."""
    known: set[Known] = {(one.kind, one.level, one.held_from) for one in mentor.facts}
    for told in facts:
        kind, level, first, last = FactKind(told["kind"]), Level(told["level"]), _day(told["from"]), _day(told["until"])
        if (kind, level, first) not in known:
            known.add((kind, level, first))
            days = {"held_from": first, "held_until": last}
            db.session.add(MentorFact(mentor_id=mentor.id, kind=kind, level=level, **days, note=why, added_at=at))
    db.session.flush()
    db.session.expire(mentor, ["facts"])


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _named(name: str) -> str:
    return " ".join(name.split()).casefold()
