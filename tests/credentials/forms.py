"""Session Observation Forms for the tests that fill and sign them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from credentials.models import Level
from credentials.observing import drafting, signing
from credentials.observing.contents import Evidence, Observation
from foundation.db import db

SAID = "What would your grandmother say to that?"
WHOLE = Observation(
    tuple(Evidence(n, 60 * n + 5, SAID, f"Behaviour {n}") for n in range(1, 8)),
    {8: "Not seen in this session: it ended before the closing."},
    "A strong session.",
)


def begun(school: Any, keiko: Any, session: Any, content: Observation | None = None) -> str:
    """The form's public id; with a content, saved."""
    with school.app.app_context():
        by = db.session.merge(keiko)
        on = (school.now() - timedelta(days=3)).date()
        form = drafting.begin_observation(by, session.public_id, level=Level.ACC, about_on=on, at=school.now())
        if content:
            mark = drafting.mark_of(drafting.version_of(form))
            drafting.save(form, content, based_on=mark, actor=by, at=school.now())
        db.session.commit()
        return form.public_id


def signed(school: Any, keiko: Any, maren: Any, session: Any) -> str:
    """The public id of a form that both have signed."""
    name = begun(school, keiko, session, WHOLE)
    with school.app.app_context():
        form, at = signing.form_of(name, author=db.session.merge(keiko)), school.now()
        signing.offer(form, actor=form.author, at=at)
        signing.sign(form, actor=form.user, at=at)
        db.session.commit()
    return name


def fields(page: str) -> dict[str, str]:
    """What a form's page sends back about where it stood."""
    return {"based_on": re.search(r'name="based_on"[^>]*value="([^"]+)"', page).group(1)}
