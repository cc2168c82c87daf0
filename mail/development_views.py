"""The mailbox of development: every letter that was really sent, as its reader would see it."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

from foundation.access import development
from foundation.paging import Page
from mail.received import Received, load, names
from mail.showing import framed, linked

dev_mail = Blueprint("dev_mail", __name__, url_prefix="/dev/mail")
PER = 25


def _folder() -> Path:
    return Path(current_app.config["SETTINGS"].var_path) / "mailbox"


@dev_mail.get("")
@development
def mailbox() -> str:
    wanted, everything = request.args.get("page", 1, type=int), names(_folder())
    number = max(1, min(wanted, -(-len(everything) // PER) or 1))
    shown = [load(_folder(), name) for name in everything[(number - 1) * PER : number * PER]]
    page = Page([letter for letter in shown if letter], len(everything), number, PER)
    return render_template("dev_mail/mailbox.html", page=page, page_url=lambda n: url_for("dev_mail.mailbox", page=n))


@dev_mail.get("/<name>")
@development
def letter(name: str) -> str:
    found = _found(name)
    return render_template("dev_mail/letter.html", letter=found, text=linked(found.text))


@dev_mail.get("/<name>/html")
@development
def letter_html(name: str) -> Response:
    return framed(_found(name).html)


def _found(name: str) -> Received:
    found = load(_folder(), name)
    if found is None:
        abort(404)
    return found
