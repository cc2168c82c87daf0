"""A version of the rules that an owner published and took back: its page has something to show, and nothing changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from credentials.ruling import drafting, publishing
from credentials.ruling.figures import figures_of, with_figures
from credentials.ruling.living import live_book
from demo.people import person

KEY = "mentor.group_size_max"
WHY = "A colleague read on another school's page that ICF allows twelve mentees in a group."
BACK = "The page spoke of group coaching, not of mentor coaching."


def try_a_version(at: datetime) -> None:
    owner, then = person("ingrid-solheim-achebe"), at - timedelta(days=40)
    draft = drafting.begin("acc-level-2025", owner, then, first_day=None)
    document = drafting.document_json(draft.text)
    (size,) = [one for one in figures_of(document, live_book()) if one.key == KEY]
    drafting.keep(draft, with_figures(document, {size.name: 12}, None, live_book()), owner, then)
    version = publishing.publish(draft, owner, then, why=WHY)
    publishing.withdraw(version, owner, then + timedelta(days=1), reason=BACK)
