"""An owner, and a version of the rules as she writes and publishes it."""

import pytest

LEVEL = "acc-level-2025"


@pytest.fixture
def owner(school):
    return school.user("Ingrid Solheim", "owner")


def begun(client, name=LEVEL, first_day="2030-01-01"):
    """The address of a new draft."""
    told = {"first_day": first_day} if first_day else {"correct": "yes"}
    answer = client.submit(f"/staff/rules/sets/{name}/begin", told, on=f"/staff/rules/sets/{name}")
    assert answer.status_code == 303, answer.text
    return answer.location


def fields_of(client, address):
    """What the form of figures says, as a browser would send it."""
    return shown(client.get(address).text) | {"kind": "official"}


def shown(page):
    """What stands in the first form of a page."""
    import html5lib

    form = html5lib.parse(page, namespaceHTMLElements=False).find(".//main//form")
    return {node.get("name"): node.get("value", "") for node in form.iter("input") if node.get("name")}


def field_of(client, address, label):
    import html5lib

    root = html5lib.parse(client.get(address).text, namespaceHTMLElements=False)
    return next(n.get("for") for n in root.iter("label") if "".join(n.itertext()).strip() == label)


def with_coaching(client, draft, hours, **more):
    """The form of figures, with another number for coaching experience."""
    name = field_of(client, draft, "Coaching experience")
    return client.post(draft, data=fields_of(client, draft) | {name: str(hours)} | more)


def published(client, hours=120, first_day="2030-01-01", **more):
    """A version: ACC on the level path asks for `hours` from that day on."""
    draft = begun(client, first_day=first_day)
    assert with_coaching(client, draft, hours, **more).status_code == 303
    answer = client.submit(f"{draft}/review", {"why": "Read on ICF's page."}, on=f"{draft}/review")
    assert answer.status_code == 303, answer.text
    return answer.location
