import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

from hypothesis import given, settings
from hypothesis import strategies as st

from mail.composing import compose
from mail.models import Category, Letter

HOSTS = st.from_regex(r"[a-z]{1,40}(\.[a-z]{2,30}){1,4}", fullmatch=True)
LOCALS = st.from_regex(r"[a-z0-9.+_-]{1,60}", fullmatch=True).filter(lambda x: ".." not in x and x.strip(".") == x)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


def letter(**wishes):
    values = {
        "to_address": "a@example.com",
        "message_id": "<1@mail.example.com>",
        "promised_at": datetime(2026, 11, 22, tzinfo=UTC),
        "category": Category.MARKETING,
        "subject": "Hello",
        "text": "Hello\n",
        "html": "<p>Hello</p>",
        "public_id": "x",
    }
    return Letter(**(values | wishes))


@settings(max_examples=60)
@given(host=HOSTS, local=LOCALS)
def test_the_unsubscribe_address_is_never_folded_or_encoded_on_the_wire(app, host, local):
    chosen = replace(app.config["SETTINGS"], base_url=f"https://{host}")
    before, app.config["SETTINGS"] = app.config["SETTINGS"], chosen
    try:
        with app.app_context():
            address = f"{local}@{host[:60].strip('.')}.example.com"
            wire = compose(letter(to_address=address), chosen).as_bytes()
    finally:
        app.config["SETTINGS"] = before
    (line,) = [x for x in wire.split(b"\r\n") if x.startswith(b"List-Unsubscribe:")]
    assert re.fullmatch(rb"List-Unsubscribe: <https://[a-z.]+/unsubscribe/[\w.-]+>, <mailto:\S+>", line)
    assert max(len(x) for x in wire.split(b"\r\n")) <= 998


@settings(max_examples=60)
@given(subject=WORDS, text=WORDS)
def test_any_words_come_out_as_they_went_in_and_make_no_header(app, subject, text):
    subject = " ".join(subject.split()) or "x"
    with app.app_context():
        made = compose(letter(subject=subject, text=text + "\n"), app.config["SETTINGS"])
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert set(read.keys()) == set(made.keys())
    assert " ".join(str(read["Subject"]).split()) == subject
    assert read.get_body(("plain",)).get_content().splitlines() == (text + "\n").splitlines()


def test_every_try_is_the_same_letter_byte_for_byte(app):
    with app.app_context():
        one, two = (compose(letter(category=Category.TRANSACTIONAL), app.config["SETTINGS"]) for _ in range(2))
    assert one.as_bytes() == two.as_bytes()
