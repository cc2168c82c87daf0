"""What was brought and never handed in goes after a day; what a claim stands on never does."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from credentials.prior_learning import sweeping
from credentials.prior_learning.keeping import content_of, folder, keep
from foundation.errors import NotFound
from foundation.uploads import Document
from tests.credentials.test_transferring import PASSPORT, bring, handed_in
from tests.makers.passports import written

DAYS = 86_400


@pytest.fixture(autouse=True)
def own_folder(app, monkeypatch, tmp_path):
    """Other tests keep their documents elsewhere, so that none of them is swept here."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], var=str(tmp_path)))


def files(app):
    with app.app_context():
        return sorted(path.name for path in folder().glob("*/*"))


def age(app, days):
    with app.app_context():
        for path in folder().glob("*/*"):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - days * DAYS))


def sweep(app):
    from tasks.credentials import sweep_documents

    with app.app_context():
        return sweep_documents.run()


def test_a_passport_that_was_looked_through_and_never_handed_in_is_gone_after_a_day(client, app, school, ana):
    before = set(files(app))
    page = bring(client.sign_in(ana), PASSPORT).location
    (name,) = set(files(app)) - before
    sweep(app)
    assert client.get(page).status_code == 200, "for a day it may be handed in"
    age(app, 2)
    sweep(app)
    assert name not in files(app)
    assert client.get(page).status_code == 404
    assert client.get(bring(client, PASSPORT).location).status_code == 200, "brought anew it is there again"


def test_the_document_of_a_claim_stays_however_old_it_is(app, school, ana):
    made = handed_in(school, ana, PASSPORT)
    age(app, 400)
    sweep(app)
    with app.app_context():
        assert content_of(made.sha256) == written(PASSPORT)


def test_what_is_brought_once_more_in_that_moment_is_not_taken_away(app):
    document = Document("passport.json", "application/json", b"brought twice")
    with app.app_context():
        keep(document)
        age(app, 2)
        keep(document)
        sweep(app)
        assert content_of(document.sha256) == b"brought twice"


def test_what_became_young_between_the_look_and_the_removal_is_laid_back(app, school):
    document = Document("passport.json", "application/json", b"young again")
    with app.app_context():
        keep(document)
        (path,) = folder().glob(f"*/{document.sha256}")
        oldest = (school.now() - timedelta(days=1)).timestamp()
        assert sweeping._remove(path, oldest) is False
        assert content_of(document.sha256) == b"young again"


def test_what_a_crash_left_half_written_goes_too_and_twice_is_once(app):
    with app.app_context():
        half = folder() / "ab" / ".abcd.12.34"
        half.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(b"half")
    age(app, 2)
    assert sweep(app) >= 1
    assert sweep(app) == 0 and not half.exists()
    with app.app_context(), pytest.raises(NotFound):
        content_of("ab" * 32)
