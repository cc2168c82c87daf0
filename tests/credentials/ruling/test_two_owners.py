"""Two owners at once, a figure that only the draft knows, and what was assessed under a version that is taken back."""

from datetime import date

from credentials import assessing
from credentials.models import Occasion
from credentials.ruling import drafting, publishing
from foundation.db import db
from tests.credentials.ruling.conftest import begun, fields_of, published, shown, with_coaching

KEY = {"label": "Hours of joy", "use": "information", "unit": "count", "op": ">=", "holds": "number"}


def test_nobody_publishes_a_difference_that_she_has_not_read(client, school, owner):
    mine = begun(client.sign_in(owner), first_day="")
    with_coaching(client, mine, 101)
    read = client.hidden(f"{mine}/review", f"{mine}/review")
    other = begun(client.sign_in(school.user("Mairead Quinn", "owner")), first_day="")
    with_coaching(client, other, 110)
    assert client.submit(f"{other}/review", {"why": "ICF's page."}, on=f"{other}/review").status_code == 303
    client.sign_in(owner)
    page = client.post(f"{mine}/review", data=read | {"why": "A misprint."}).text
    assert "have changed since this page was shown. Read the difference again." in page
    assert "at least 101 hours; before, at least 110 hours" in page
    assert "A misprint." in page
    assert client.submit(f"{mine}/review", {"why": "A misprint."}, on=f"{mine}/review").status_code == 303


def test_what_another_changed_in_a_draft_is_not_written_over_unseen(client, owner):
    address = begun(client.sign_in(owner))
    mine = fields_of(client, address)
    assert with_coaching(client, address, 110).status_code == 303
    answer = client.post(address, data=mine | {"what": "ACC asks for more."})
    assert "Somebody has changed this draft since you opened it." in answer.text
    again = client.post(address, data=shown(answer.text) | {"kind": "official"})
    assert again.status_code == 303
    page = client.get(address).text
    assert "ACC asks for more." in page and 'value="110"' not in page


def test_a_version_of_how_hours_are_counted_stands_on_what_is_read_under_it(context, school, owner):
    actor, trainee = db.session.merge(owner), school.user("Tomás Ferreira")
    draft = drafting.begin("hours-accounting-current", actor, school.now(), first_day=None)
    document = drafting.document_json(draft.text)
    next(rule for rule in document["rule_sets"][0]["rules"] if rule["key"] == "group.participants_max")["value"] = 12
    drafting.keep(draft, document, actor, school.now())
    number = publishing.publish(draft, actor, school.now(), why="Read.").number
    asked = {"credential": "ACC", "on": date(2026, 11, 25), "occasion": Occasion.ASKED}
    read = [assessing.keep(trainee, school.now(), path=path, **asked) for path in ("level", "portfolio", "renewal")]
    assert [one.version_number for one in read] == [number, number, None]


def test_a_draft_with_a_figure_of_its_own_is_a_form_even_where_its_version_was_taken_back(client, app, school, owner):
    first = begun(client.sign_in(owner))
    with app.app_context():
        actor, draft = db.session.merge(owner), drafting.open_draft(first.rsplit("/", 1)[1])
        document = drafting.document_json(draft.text)
        joy = document["rule_sets"][0]["rules"][0] | {"key": "experience.joy_min", "value": 5}
        document["rule_sets"][0]["rules"].append(joy)
        drafting.keep(draft, document | {"keys": {"experience.joy_min": KEY}}, actor, school.now())
        db.session.commit()
    assert "Hours of joy" in client.get(first).text
    with app.app_context():
        actor, draft = db.session.merge(owner), drafting.open_draft(first.rsplit("/", 1)[1])
        version = publishing.publish(draft, actor, school.now(), why="A trial.")
        later = drafting.begin("acc-level-2030", actor, school.now(), first_day=None)
        publishing.withdraw(version, actor, school.now(), reason="Over.")
        db.session.commit()
        address = f"/staff/rules/drafts/{later.public_id}"
    assert "experience.joy_min" in client.get(address).text
    assert "experience.joy_min: unknown key" in client.get(f"{address}/review").text


def test_what_was_kept_under_a_version_says_that_it_was_taken_back(client, school, owner):
    version = published(client.sign_in(owner), first_day="2026-01-01")
    trainee = school.user("Tomás Ferreira")
    client.sign_in(trainee)
    asked = {"credential": "ACC", "path": "level", "on": "2030-01-01"}
    kept = client.submit("/hours/assessments", asked, on="/hours?credential=ACC&path=level&on=2030-01-01").location
    assert "taken back" not in client.get(kept).text
    client.sign_in(owner).submit(f"{version}/withdraw", {"reason": "ICF has put it off."}, on=version)
    page = client.sign_in(trainee).get(kept).text
    assert "These rules were taken back on" in page and "ICF has put it off." in page
    assert "120 h" in page
    assert "of 100 h" in client.get("/hours?credential=ACC&path=level&on=2030-01-01").text
