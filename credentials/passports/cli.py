"""`flask --app app credentials passport ...`: checking a passport where no page is at hand, also without a network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, ScriptInfo

from credentials.passports.checking import Checked, check
from credentials.passports.reading import Unreadable, thumbprint
from foundation.errors import Refused

passport = AppGroup("passport", help="Passports: every hour of a person in one signed file.")
INTACT_BUT_UNKNOWN = 3


@passport.command("verify", with_appcontext=False)
@click.argument("file", metavar="FILE")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEYFILE",
    help="A school's public key (JWK, key set, DID document, PEM); no database is asked then.",
)
def verify(file: str, keys: tuple[str, ...]) -> None:
    """Check a passport (- reads standard input) and print JSON.

    Exit 0: intact, by a known school. 2: changed or unreadable, with one line that says where.
    Exit 3: intact, but the signer is not known.
    """
    try:
        looked = check(_bytes(file), _known(keys))
    except Unreadable as wrong:
        _refuse(f"passport: {wrong}")
    click.echo(json.dumps(_told(looked), ensure_ascii=False, indent=1))
    if looked.faults:
        _refuse(f"passport: {looked.faults[0].words}")
    sys.exit(0 if looked.is_valid else INTACT_BUT_UNKNOWN)


def _told(looked: Checked) -> dict[str, Any]:
    told: dict[str, Any] = {
        "verdict": looked.verdict,
        "signer": looked.signer,
        "key": {"name": looked.key_name, "thumbprint": looked.thumbprint},
        "faults": [{"line": one.line, "where": one.where, "what": one.words} for one in looked.faults],
    }
    if looked.is_intact:
        kept = ("number", "issued_at", "holder", "issuer", "minutes")
        told |= {name: looked.content[name] for name in kept} | {"lines": len(looked.content["lines"])}
    return told


def _known(files: tuple[str, ...]) -> dict[str, str]:
    from credentials.passports.trusting import known_keys, read_keys

    if files:
        try:
            read = [(name, jwk) for name in files for jwk, _ in read_keys(_bytes(name).decode("utf-8", "replace"))]
        except Refused as refused:
            _refuse(f"key: {refused.message}")
        return {thumbprint(jwk): Path(name).name for name, jwk in read}
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    with app.app_context():
        return known_keys()


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "no such name"
        _refuse(f"{name} cannot be read: {reason}")


def _refuse(line: str) -> NoReturn:
    click.echo(" ".join(line.split()), err=True)
    sys.exit(2)
