"""Two who learned elsewhere before: one whose hours were granted, one whose certificate waits on the desk."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from credentials.models import Accreditation
from credentials.prior_learning.claiming import Claim, hand_in
from credentials.prior_learning.deciding import approve
from demo.people import person
from foundation.uploads import Document, checked_document

PROVIDER = "Tidewater Coaching School"


def claim_some(at: datetime) -> None:
    granted_to, waiting = person("amelie-ndiaye-grunwald"), person("devaki-rao")
    listening = Claim(
        provider=PROVIDER,
        title="Listening, Level 1",
        accreditation=Accreditation.LEVEL1,
        completed=True,
        first_on=(at - timedelta(days=420)).date(),
        last_on=(at - timedelta(days=330)).date(),
        live_core=2400,
        live_resource=300,
        own_core=600,
        own_resource=0,
    )
    made = hand_in(granted_to, listening, _certificate("Listening, Level 1", "55 hours"), at=at - timedelta(days=30))
    words = "The transcript shows 45 live hours; of the reading it shows 8 of the 10."
    granted = made.claimed | {"own_core": 480}
    registrar = person("beatriz-fonseca-lund")
    approve(made, granted, words, enrollment=None, actor=registrar, at=at - timedelta(days=27))
    ethics = Claim(
        provider=PROVIDER,
        title="Ethics in coaching, one weekend",
        accreditation=Accreditation.CCE,
        completed=True,
        first_on=(at - timedelta(days=200)).date(),
        last_on=(at - timedelta(days=199)).date(),
        live_core=720,
        live_resource=0,
        own_core=0,
        own_resource=90,
        note="The certificate names both days; I can send the programme as well.",
    )
    hand_in(waiting, ethics, _certificate("Ethics in coaching", "13.5 hours"), at=at - timedelta(days=2))


def _certificate(title: str, length: str) -> Document:
    """A sheet as a scanner makes it."""
    sheet = Image.new("RGB", (620, 440), "#fbfaf5")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((20, 20, 600, 420), outline="#1d4438", width=3)
    for line, text in enumerate((PROVIDER, "Certificate of completion", title, length)):
        pen.text((60, 80 + 70 * line), text, fill="#13241e", font_size=30)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return checked_document(f"{title}.png", out.getvalue(), field="document")
