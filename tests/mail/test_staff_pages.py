import json

from foundation.db import db
from foundation.escalating import open_tasks
from mail.models import Letter, LetterState

TO = "reader@example.com"


def registrar(client, school):
    return client.sign_in(school.user("Rosa Registrar", "registrar"))


def failed(school, mailbox, to=TO):
    mailbox.refuse_recipient = lambda _: "550 5.1.1 no such user"
    letter = school.letter(to)
    mailbox.deliver()
    mailbox.refuse_recipient = None
    return letter


def test_only_staff_see_letters(client, school):
    assert client.get("/staff/letters").status_code == 303
    client.sign_in(school.user("Tia Trainee"))
    assert client.get("/staff/letters").status_code == 403


def test_an_empty_list_says_that_everything_arrived(client, school):
    assert "Everything arrived" in registrar(client, school).get("/staff/letters").get_data(as_text=True)


def test_staff_find_what_did_not_arrive_and_send_it_again(client, school, mailbox, app):
    letter = failed(school, mailbox)
    registrar(client, school)
    page = client.get("/staff/letters").get_data(as_text=True)
    assert TO in page and "no such address" in page
    here = f"/staff/letters/{letter.public_id}"
    for _ in range(2):
        assert client.submit(f"{here}/again", on="/guide").status_code == 303
    with app.app_context():
        assert open_tasks() == [], "the decision is made"
    mailbox.deliver()
    assert len(mailbox.to(TO)) == 1
    assert "Sent again" in client.get(here).get_data(as_text=True)
    client.submit(f"{here}/again", on="/guide")
    mailbox.deliver()
    assert len(mailbox.to(TO)) == 1, "a letter that was sent is not sent twice"


def test_letters_are_searched_by_address_and_state(client, school, mailbox):
    failed(school, mailbox, "gone@example.com")
    school.letter("fine@example.com")
    mailbox.deliver()
    registrar(client, school)
    everything = client.get("/staff/letters?state=all").get_data(as_text=True)
    assert "gone@example.com" in everything and "fine@example.com" in everything
    assert "fine@example.com" not in client.get("/staff/letters").get_data(as_text=True)
    assert "gone@example.com" not in client.get("/staff/letters?state=all&q=fine%40").get_data(as_text=True)
    assert "No letter fits" in client.get("/staff/letters?state=all&q=100%25_").get_data(as_text=True)
    assert client.get("/staff/letters?state=rubbish&page=-3").status_code == 200


def test_a_letter_that_is_not_written_yet_is_called_by_what_it_is_about(client, school):
    letter = school.letter(TO, kind="account.reset_instructions", facts={"name": "Mona"})
    registrar(client, school)
    for page in ("/staff/letters?state=all", f"/staff/letters/{letter.public_id}"):
        assert "Account: reset instructions" in client.get(page).text


def test_staff_see_the_letter_but_not_the_private_link_in_it(client, school, mailbox):
    secret = "http://127.0.0.1:5000/reset/WyIxMjM0NTY3ODkwIl0.aSFabc.abcdefghijklmnopqrstuvwxyz12"
    facts = {"name": "Mona", "reset_link": secret, "within": ""}
    letter = school.letter(TO, kind="account.reset_instructions", facts=facts)
    mailbox.deliver()
    assert secret in mailbox.letters[0].get_body(("plain",)).get_content()
    registrar(client, school)
    for address in (f"/staff/letters/{letter.public_id}", f"/staff/letters/{letter.public_id}/html"):
        page = client.get(address).get_data(as_text=True)
        assert "/reset/…" in page and "abcdefghij" not in page


def test_the_letter_s_html_stands_in_a_frame_that_can_run_nothing(client, school, mailbox):
    letter = school.letter(TO)
    mailbox.deliver()
    registrar(client, school)
    answer = client.get(f"/staff/letters/{letter.public_id}/html", buffered=True)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ") and "script" not in policy and "default-src 'none'" in policy


def test_a_standstill_is_said_on_the_page(client, school, mailbox):
    mailbox.answer = lambda _: "530 5.7.0 authentication required"
    school.letter(TO)
    mailbox.deliver()
    assert "All letters wait" in registrar(client, school).get("/staff/letters").get_data(as_text=True)


def test_the_pages_send_few_statements(client, school, mailbox, queries):
    letters = [failed(school, mailbox, f"r{n}@example.com") for n in range(12)]
    registrar(client, school)
    client.get("/staff/letters")
    for address in ("/staff/letters?state=all", f"/staff/letters/{letters[0].public_id}"):
        with queries() as seen:
            client.get(address)
        assert seen.count <= 8, seen.sent


def test_the_command_line_sweeps_and_counts(app, school, mailbox):
    letter = school.letter(TO)
    runner = app.test_cli_runner()
    before = json.loads(runner.invoke(args=["mail", "status"]).output)
    assert before == {"queued": 1, "sending": 0, "sent": 0, "failed": 0, "suppressed": 0, "dead": 0}
    assert json.loads(runner.invoke(args=["mail", "sweep"]).output)["sent"] == 1
    assert len(mailbox.letters) == 1
    with app.app_context():
        assert db.session.get(Letter, letter.id).state == LetterState.SENT
