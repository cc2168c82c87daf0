"""Forms that Keiko wrote about Maren's coaching: one that both have signed, one that waits for Maren, one begun."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from credentials.models import CoachingForm, Level, Mentor, MentorSession
from credentials.observing.contents import Evidence, Observation
from credentials.observing.drafting import begin_observation, mark_of, save, version_of
from credentials.observing.signing import offer, sign
from demo.people import person
from foundation.db import db

# Competency, second of the recording, what was said, the behaviour it shows.
MOMENTS = (
    (1, 62, "Before we begin: what you say here stays here, with the one exception we agreed on.", "Names the frame"),
    (2, 415, "I notice that I was about to advise you. Let me put that aside.", "Stays with the client as the expert"),
    (3, 118, "What would make these forty minutes worth your while?", "Partners on the topic and on the measure"),
    (4, 733, "That took courage to say out loud.", "Acknowledges the client's work"),
    (5, 1204, "", "Lets eleven seconds of silence stand after a strong answer"),
    (6, 1490, "You said 'should' three times just now.", "Reflects the client's own word"),
    (7, 1622, "Whose voice is that?", "Asks one short question that opens something"),
    (8, 2310, "What will you do by Friday, and who will know?", "Partners on a step and on accountability"),
)
OVERALL = "Calm, curious, exact. Next time: leave more of the closing to the client."


def observe(at: datetime) -> None:
    keiko, maren = person("keiko-shimabukuro"), person("maren-oyelaran")
    sessions = select(MentorSession).join(Mentor).where(Mentor.user_id == keiko.id, MentorSession.user_id == maren.id)
    first, second = db.session.scalars(sessions.order_by(MentorSession.on, MentorSession.id).limit(2))
    done = _filled(first, at - timedelta(days=12), MOMENTS)
    offer(done, actor=keiko, at=at - timedelta(days=12))
    sign(done, actor=maren, at=at - timedelta(days=11))
    offer(_filled(second, at - timedelta(days=2), MOMENTS), actor=keiko, at=at - timedelta(days=2))
    _filled(second, at, MOMENTS[:3])


def _filled(session: MentorSession, at: datetime, moments: tuple[tuple[int, int, str, str], ...]) -> CoachingForm:
    keiko = person("keiko-shimabukuro")
    on = min(session.on, at.date())
    form = begin_observation(keiko, session.public_id, level=Level.ACC, about_on=on, at=at)
    content = Observation(tuple(Evidence(*moment) for moment in moments), {}, OVERALL if len(moments) > 3 else "")
    save(form, content, based_on=mark_of(version_of(form)), actor=keiko, at=at)
    return form
