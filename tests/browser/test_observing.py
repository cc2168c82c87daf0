"""A mentor plays a recording from their own machine, notes moments as it plays, and the form saves itself."""

import io
import wave

from playwright.sync_api import expect

from demo.logins import LOGINS


def recording(seconds=120):
    """Silence, as a WAV file."""
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return {"name": "session.wav", "mimeType": "audio/wav", "buffer": held.getvalue()}


def test_a_moment_is_noted_while_the_recording_plays_and_the_form_saves_itself(visit, sign_in):
    sent, page = [], visit()
    sign_in(page, dict(LOGINS)["mentor"])
    page.goto("/staff/mentoring/forms?state=draft")
    page.locator("table a").first.click()
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    page.set_input_files("[data-recording-file]", recording())
    player = page.locator("[data-recording-player]")
    player.evaluate("p => new Promise(done => p.readyState ? done() : p.addEventListener('loadedmetadata', done))")
    player.evaluate("p => { p.currentTime = 75 }")
    expect(page.locator("[data-recording-now]")).to_have_text("1:15")
    page.click("[data-now='4']")
    row = page.locator("[data-moments='4'] .moments__row").first
    assert row.locator("input").input_value() == "1:15"
    assert page.evaluate("document.activeElement.name") == "c4-0-quote", "the cursor waits where one types next"
    row.locator("textarea").nth(1).fill("Acknowledges the client's courage")
    expect(page.locator("[data-observing-hint]")).to_have_text("Saved")
    assert page.locator("[data-moments='4'] .moments__row").count() == 2, "there is a blank row for the next moment"
    page.reload()
    assert page.locator("#c4-0-at").input_value() == "1:15"
    assert page.locator("#c4-0-behaviour").input_value() == "Acknowledges the client's courage"
    assert max(map(len, sent)) < 100_000, "the recording stays where it is"
    assert page.complaints == []
