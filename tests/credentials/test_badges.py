import base64
import gzip
import io
import json
import re
import urllib.request

import pytest
from jwcrypto import jwk, jws
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from PIL import Image
from sqlalchemy import select, text

from credentials import certifying
from credentials.badges.identity import school_did
from credentials.badges.keeping_keys import change_key
from credentials.badges.minting import badge_by, minted
from credentials.certificates.holding import hold_back, release
from credentials.models import Badge, Certificate, HoldSource, SigningKey
from enrollment.models import Enrollment
from foundation.config import settings
from foundation.db import db


@pytest.fixture
def rosa(school):
    return school.user("Rosa Whitlock", "registrar")


@pytest.fixture
def badge(school, rosa):
    enrollment = school.graduate_to_be("Amara Okafor")
    with school.app.app_context():
        made = certifying.issue(db.session.get(Enrollment, enrollment.id), db.session.merge(rosa), school.now())
        db.session.commit()
        return db.session.scalars(select(Badge.public_id).where(Badge.certificate_id == made.id)).one()


@pytest.fixture
def fetch(website, app):
    """What stands at a public address, over HTTP from the running application."""

    def get(address):
        path = re.sub(r"^https?://[^/]+", "", address)
        with urllib.request.urlopen(website + path, timeout=60) as answer:
            return answer.read()

    return get


def revoke(school, rosa):
    with school.app.app_context():
        certificate = db.session.scalars(select(Certificate)).unique().one()
        certifying.revoke(certificate, db.session.merge(rosa), school.now(), reason="Issued to the wrong person")
        db.session.commit()


def verified(app, token, fetch):
    with app.app_context():
        verifier = OB3Verifier.for_issuer_did(school_did(), download=fetch)
    return verifier.verify(token, check_status=True, download=fetch)


def test_the_library_accepts_a_badge_with_keys_and_status_fetched_from_the_running_school(app, badge, fetch):
    token = fetch(f"/badges/{badge}").decode()
    found = verified(app, token, fetch)
    assert found.achievement.name == "The Practitioner Program"
    assert found.identifiers[0].identity_hash == "Amara Okafor"


def test_a_revoked_badge_is_refused(app, school, rosa, badge, fetch):
    token = fetch(f"/badges/{badge}").decode()
    revoke(school, rosa)
    with pytest.raises(OB3VerificationError, match="revocation"):
        verified(app, token, fetch)


def test_a_changed_sign_anywhere_is_refused(app, badge, fetch):
    token = fetch(f"/badges/{badge}").decode()
    with app.app_context():
        verifier = OB3Verifier.for_issuer_did(school_did(), download=fetch)
    for place in range(token.index(".") + 1, len(token) - 1, 41):
        wrong = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(OB3VerificationError):
            verifier.verify(wrong)


def independent(token, fetch):
    """A reader of our own: keys from the JWKS, the shape of OB 3.0 and VCDM 2.0, and the bit in the status list."""
    keys = jwk.JWKSet.from_json(fetch("/.well-known/jwks.json").decode())

    def opened(signed):
        got = jws.JWS()
        got.allowed_algs = ["EdDSA"]
        got.deserialize(signed)
        got.verify(keys.get_key(json.loads(got.objects["protected"])["kid"]))
        return json.loads(got.payload)

    told = opened(token)
    assert told["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert {"VerifiableCredential", "OpenBadgeCredential"} <= set(told["type"])
    assert told["iss"] == told["issuer"]["id"] and told["jti"] == told["id"]
    subject = told["credentialSubject"]
    assert subject["type"] == ["AchievementSubject"] and (subject.get("id") or subject["identifier"])
    assert {"id", "type", "name", "description", "criteria"} <= set(subject["achievement"])
    entry = told["credentialStatus"]
    listed = opened(fetch(entry["statusListCredential"]).decode())
    assert listed["id"] == entry["statusListCredential"] and listed["iss"] == told["iss"]
    bits = gzip.decompress(base64.urlsafe_b64decode(listed["credentialSubject"]["encodedList"][1:] + "=="))
    place = int(entry["statusListIndex"])
    return told, bool(bits[place // 8] & (0x80 >> place % 8))


def test_an_independent_reader_accepts_it_and_sees_the_revocation(school, rosa, badge, fetch):
    token = fetch(f"/badges/{badge}.jwt").decode()
    told, is_revoked = independent(token, fetch)
    assert not is_revoked
    assert json.loads(fetch(told["credentialSubject"]["achievement"]["id"]))["type"] == ["Achievement"]
    revoke(school, rosa)
    assert independent(token, fetch)[1]


def test_an_independent_reader_refuses_one_changed_sign(badge, fetch):
    head, body, proof = fetch(f"/badges/{badge}.jwt").decode().split(".")
    with pytest.raises(jws.InvalidJWSSignature):
        independent(f"{head}.{body[:60]}{'A' if body[60] != 'A' else 'B'}{body[61:]}.{proof}", fetch)


def test_a_badge_signed_with_an_older_key_stays_good(app, school, badge, fetch):
    token = fetch(f"/badges/{badge}").decode()
    with app.app_context():
        change_key(school.now())
        db.session.commit()
    assert independent(token, fetch)[0]["jti"].endswith(badge)
    with app.app_context():
        assert minted(badge_by(badge), school.now()) != token


def test_the_private_key_lies_sealed_in_its_row(app, badge, client):
    client.get("/.well-known/did.json")
    with app.app_context():
        key = db.session.scalars(select(SigningKey)).one()
        assert "PRIVATE" not in key.sealed_private
        assert set(key.public_jwk) == {"kty", "crv", "x"}


def test_the_issuer_follows_the_public_address(app, client):
    document = client.get("/.well-known/did.json").get_json(force=True)
    host = app.config["SETTINGS"].base_url.split("//")[1].replace(":", "%3A")
    assert document["id"] == f"did:web:{host}"
    assert client.get("/badges/issuer").get_json(force=True)["id"] == document["id"]
    assert settings().base_url


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_picture_carries_its_proof(app, badge, client, fetch, kind):
    picture = client.get(f"/badges/{badge}.{kind}").data
    extract = {"png": OB3Verifier.extract_token_from_png, "svg": OB3Verifier.extract_token_from_svg}[kind]
    assert verified(app, extract(picture), fetch).id.endswith(badge)
    if kind == "png":
        assert Image.open(io.BytesIO(picture)).size == (600, 600)


def test_content_types_are_those_that_verifiers_expect(badge, client):
    assert client.get(f"/badges/{badge}").mimetype == "application/vc+jwt"
    assert client.get("/badges/status/revocation").mimetype == "application/vc+jwt"
    assert client.get("/.well-known/did.json").mimetype == "application/did+json"
    assert client.get("/badges/nobody-knows-this.json").status_code == 404


def test_a_badges_page_asks_few_questions_of_the_database(badge, client, queries):
    client.get(f"/badges/{badge}")
    with queries() as asked:
        client.get(f"/badges/{badge}")
    assert asked.count <= 4


def test_a_certificate_waits_while_tuition_is_owed_and_says_so(school, rosa, client):
    enrollment = school.graduate_to_be()
    with school.app.app_context():
        owed = db.session.get(Enrollment, enrollment.id)
        hold_back(owed, reason="$400 of tuition is open.", source=HoldSource.TUITION, at=school.now())
        db.session.commit()
    refused = client.sign_in(rosa).submit(f"/staff/certificates/issue/{enrollment.public_id}", on="/staff/certificates")
    assert refused.status_code == 409
    assert "Held back: $400 of tuition is open." in refused.get_data(as_text=True)
    with school.app.app_context():
        release(db.session.get(Enrollment, enrollment.id), source=HoldSource.TUITION, at=school.now())
        db.session.commit()
    issued = client.submit(f"/staff/certificates/issue/{enrollment.public_id}", on="/staff/certificates")
    assert issued.status_code == 303


def test_the_registrar_holds_a_certificate_back_and_the_trainee_reads_why(school, rosa, client):
    enrollment = school.graduate_to_be("Ana Lima")
    url = f"/staff/certificates/hold/{enrollment.public_id}"
    client.sign_in(rosa)
    for wrong, words in ((" ", "Say why the certificate is held back"), ("y" * 301, "longer than 300")):
        refused = client.submit(url, {"reason": wrong}, on="/staff/certificates")
        assert refused.status_code == 422
        assert words in refused.text
        assert wrong in refused.text
    assert client.submit(url, {"reason": "Agreement not signed yet."}, on="/staff/certificates").status_code == 303
    assert "Agreement not signed yet." in client.get("/staff/certificates").get_data(as_text=True)
    with school.app.app_context():
        trainee = db.session.get(Enrollment, enrollment.id).user
        _ = trainee.roles
        db.session.expunge_all()
    client.sign_in(trainee)
    assert "Agreement not signed yet." in client.get("/hours").get_data(as_text=True)
    client.sign_in(rosa)
    assert client.submit(f"{url}/lift", on="/staff/certificates").status_code == 303
    assert "Agreement not signed yet." not in client.get("/staff/certificates").get_data(as_text=True)


def test_the_graduates_page_leads_to_badge_picture_and_linkedin(school, badge, client):
    with school.app.app_context():
        owner = db.session.scalars(select(Certificate)).unique().one().user
        number = db.session.scalar(text("SELECT number FROM certificate"))
        _ = owner.roles
        db.session.expunge_all()
    page = client.sign_in(owner).get(f"/hours/certificates/{number}").get_data(as_text=True)
    assert "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME" in page
    assert f"certId={number}" in page
    assert f"/badges/{badge}.png" in page
    assert client.sign_in(school.user()).get(f"/hours/certificates/{number}").status_code == 404


def test_the_public_page_of_a_certificate_shows_its_picture_when_shared(school, badge, client):
    with school.app.app_context():
        number = db.session.scalar(text("SELECT number FROM certificate"))
    page = client.get(f"/verify/{number}").get_data(as_text=True)
    assert f'property="og:image" content="{school.app.config["SETTINGS"].base_url}/badges/{badge}.png"' in page
