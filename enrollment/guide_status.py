"""Where an asking for the guide stands, in words that are true: waiting, sent, came back, confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment.leads import AskState, GuideRequest
from mail.models import Letter, LetterState
from mail.permitting import OUTSIDE_PRODUCTION
from mail.settling import CAME_BACK, NO_ADDRESS


@dataclass(frozen=True, slots=True)
class Standing:
    """`may_change`: whether waiting can end by itself, so that the page looks again."""

    word: str
    tone: str
    title: str
    text: str
    may_change: bool


HELD = Standing(
    "waiting", "wait", "A person looks at this first",
    "Something about the form looked like a machine had filled it in. A person at the school looks at it before the"
    " letter goes out, usually within a working day.", True,
)  # fmt: skip
WAITING = Standing(
    "waiting", "wait", "Your letter is on its way out",
    "It is in our outbox and leaves within seconds. This page follows it.", True,
)  # fmt: skip
DELAYED = Standing(
    "waiting", "wait", "Your letter is delayed",
    "The mail server asked us to come back later. We keep trying for two days; you need not do anything.", True,
)  # fmt: skip
SENT = Standing(
    "sent", "good", "Your letter has been sent",
    "The mail server took it. Open the letter and press its button; if you don't see it within a few minutes,"
    " look into the spam folder.", True,
)  # fmt: skip
BOUNCED = Standing(
    "came back", "bad", "The letter came back",
    "The mail server says that there is no such address. Is it spelled right? You can mend it below.", False,
)  # fmt: skip
FAILED = Standing(
    "not sent", "bad", "We could not send the letter",
    "The fault is on our side, and a person at the school has been told. You can also ask for another letter below.",
    False,
)  # fmt: skip
STOPPED = Standing(
    "not sent", "bad", "We may not write to this address",
    "Mail to it has been stopped, because an earlier letter came back or somebody asked us to. Use another address"
    " below, or write to us.", False,
)  # fmt: skip
NOT_HERE = Standing(
    "not sent", "bad", "This installation sends no real mail",
    "It is a development installation, which only writes to example addresses (such as name@example.com).", False,
)  # fmt: skip
CONFIRMED = Standing(
    "confirmed", "good", "Confirmed. The guide is yours", "Enjoy reading. The link in the letter works for 48 hours.",
    False,
)  # fmt: skip


def standing(ask: GuideRequest) -> Standing:
    """What is true of an asking now."""
    if ask.state == AskState.CONFIRMED:
        return CONFIRMED
    if ask.state == AskState.HELD:
        return HELD
    return _of_letter(ask.letter) if ask.letter else WAITING


def trail(ask: GuideRequest) -> list[dict[str, str]]:
    """Asked, sent, confirmed: what is done, what is under way, where it stopped."""
    now = standing(ask)
    sent = "done" if now in {SENT, CONFIRMED} else ("now" if now.may_change else "stopped")
    confirmed = "done" if now == CONFIRMED else ("now" if now == SENT else "todo")
    states = (("You asked", "done"), ("We sent the letter", sent), ("You confirmed", confirmed))
    return [{"label": label, "state": state} for label, state in states]


def _of_letter(letter: Letter) -> Standing:
    if letter.state in {LetterState.QUEUED, LetterState.SENDING}:
        return DELAYED if letter.smtp_text else WAITING
    if letter.state == LetterState.SUPPRESSED:
        return NOT_HERE if letter.reason == OUTSIDE_PRODUCTION else STOPPED
    if letter.state == LetterState.FAILED and letter.reason in {NO_ADDRESS, CAME_BACK}:
        return BOUNCED
    return SENT if letter.state == LetterState.SENT else FAILED
