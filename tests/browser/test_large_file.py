"""In a real browser: a file that is too large is named beside its field, and nothing that was typed is lost."""

from playwright.sync_api import expect


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(visit, sign_in):
    page = visit(width=390)
    sign_in(page, "maren.oyelaran@example.com")
    page.goto("/hours/prior-learning")
    typed = page.locator("form[data-most] textarea[name=note]")
    typed.fill("Twelve evenings in Lisbon")
    document = page.locator("form[data-most] input[type=file]")
    document.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF" * 5_300_000})
    expect(page.get_by_text("This file is larger than 20 MB.")).to_be_visible()
    page.locator("form[data-most] button[type=submit]").click()
    expect(document).to_be_focused()
    expect(typed).to_have_value("Twelve evenings in Lisbon")
    document.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(page.get_by_text("This file is larger than 20 MB.")).to_have_count(0)
