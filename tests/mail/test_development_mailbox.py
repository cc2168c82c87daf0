import smtplib
import socket
import subprocess
import sys
from dataclasses import replace
from email.message import EmailMessage

import pytest


@pytest.fixture
def kept(tmp_path, app, monkeypatch):
    """The mailbox process, really running, and the pages looking into its folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "mailbox"
    command = [sys.executable, "-m", "mail.mailbox", "--port", str(port), "--folder", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert "keeps letters" in process.stdout.readline()
    settings = replace(app.config["SETTINGS"], var=str(tmp_path), smtp_url=f"smtp://127.0.0.1:{port}")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    yield port
    process.terminate()
    assert process.wait(timeout=60) == 0


def test_every_letter_of_development_can_be_read_as_html_and_text(client, school, mailbox, kept):
    school.letter("mona@example.com", kind="account.change_notice")
    mailbox.deliver()
    page = client.get("/dev/mail").get_data(as_text=True)
    assert "Your password was changed" in page and "mona@example.com" in page
    name = page.split('href="/dev/mail/')[1].split('"')[0]
    letter = client.get(f"/dev/mail/{name}").get_data(as_text=True)
    assert "auto-generated" in letter
    assert 'href="http://127.0.0.1:5000/reset"' in letter, "links can be pressed"
    framed = client.get(f"/dev/mail/{name}/html")
    assert framed.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "Choose a new password" in framed.get_data(as_text=True)


def test_the_newest_letter_is_the_first(client, kept):
    for subject in ("The first", "The second"):
        message = EmailMessage()
        message["Subject"], message["To"], message["From"] = subject, "a@example.com", "b@example.com"
        message.set_content("Hello <script>alert(1)</script>")
        with smtplib.SMTP("127.0.0.1", kept) as server:
            server.send_message(message)
    page = client.get("/dev/mail").get_data(as_text=True)
    assert page.index("The second") < page.index("The first")
    name = page.split('href="/dev/mail/')[1].split('"')[0]
    letter = client.get(f"/dev/mail/{name}").get_data(as_text=True)
    assert "&lt;script&gt;" in letter and "no HTML part" in letter


def test_an_empty_mailbox_says_how_to_fill_it(client, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], var=str(tmp_path)))
    assert "No letter has been sent yet" in client.get("/dev/mail").get_data(as_text=True)


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fpyproject", "00000000000000000001-1-1"])
def test_a_letter_that_is_not_there_is_404(client, name):
    assert client.get(f"/dev/mail/{name}").status_code == 404


def test_the_mailbox_is_not_there_in_production(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], env="production"))
    assert client.get("/dev/mail").status_code == 404
