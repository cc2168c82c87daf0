"""What is stated about the Practitioner Program, and Maren's recordings: one to be changed, one that waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from credentials.performance.contents import RESUBMIT, Assessed
from credentials.performance.deciding import decide, sign_for, take
from credentials.performance.submitting import Handed, submit
from credentials.providing.stating import Stated, state
from demo.people import person
from enrollment.models import Cohort, Enrollment, Program
from foundation.db import db

FIRST = "I held the silence, and I offered two of my own ideas. I am working on asking one thing at a time."
SECOND = "I asked shorter questions and left the closing to her. I still reach for a summary when I am unsure."
WORDS = {
    3: "The topic is agreed on; how she will know that it was worth her while is not.",
    7: "Three of the questions held the answer already.",
}
CHANGES = "Ask one open question at a time, and agree on the measure before you go on."


def evaluate(at: datetime) -> None:
    program = db.session.scalars(select(Program).where(Program.slug == "practitioner")).one()
    stated = Stated(director="Ingrid Solheim-Achebe", credential="MCC", ethics_minutes=360, evaluation=True)
    state(program, stated, actor=person("beatriz-fonseca-lund"), at=at - timedelta(days=40))
    maren, keiko = person("maren-oyelaran"), person("keiko-shimabukuro")
    mine = select(Enrollment).join(Cohort).where(Enrollment.user_id == maren.id, Cohort.program_id == program.id)
    enrollment = db.session.scalars(mine).one()
    first = submit(maren, enrollment.public_id, _handed(at - timedelta(days=22), FIRST), at=at - timedelta(days=21))
    take(keiko, first.public_id, at=at - timedelta(days=19))
    grades = {n: "below" if n in WORDS else "at" for n in range(1, 9)}
    said = Assessed(grades, WORDS, "Calm, curious, close to it.", RESUBMIT, CHANGES)
    decide(keiko, first.public_id, said, at=at - timedelta(days=18))
    sign_for(maren, first.public_id, at=at - timedelta(days=17))
    submit(maren, enrollment.public_id, _handed(at - timedelta(days=3), SECOND), at=at - timedelta(days=2))


def _handed(on: datetime, reflection: str) -> Handed:
    return Handed(on.date(), 38, "https://recordings.example.com/maren", "", reflection, client_agrees=True)
