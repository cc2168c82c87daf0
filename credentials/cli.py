"""The room's commands: `flask --app app credentials ...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, ScriptInfo

from credentials.coaching_log.cli import export_log, import_log, reseal
from credentials.evaluating import ProfileError
from credentials.evaluating import evaluate as assess
from credentials.passports.cli import passport
from credentials.rules import RuleBook, RulesError, rule_book

credentials = AppGroup("credentials", help="Credential hours: the eligibility engine and its rules.")

credentials.add_command(import_log)
credentials.add_command(export_log)
credentials.add_command(reseal)
credentials.add_command(passport)

_RULES = click.Path(exists=True, file_okay=False, path_type=Path)


@credentials.command("evaluate", with_appcontext=False)
@click.argument("profile", metavar="PROFILE.json")
@click.option("--rules", type=_RULES, multiple=True, help="A folder of further rule files, laid over the shipped ones.")
@click.option(
    "--school", is_flag=True, help="Read the school's live rules: the shipped ones with its own versions on top."
)
def evaluate(profile: str, rules: tuple[Path, ...], school: bool) -> None:
    """Print what ICF's published minimums say of a credential profile (- reads standard input)."""
    if school and rules:
        raise click.UsageError("--school reads the school's own versions; --rules a folder. Choose one.")
    try:
        asked = _json(_bytes(profile))
        click.echo(_printed(asked, _school_book() if school else rule_book(*rules)))
    except (ProfileError, RulesError) as wrong:
        _refuse(str(wrong))


@credentials.command("check-rules", with_appcontext=False)
@click.argument("folder", nargs=-1, type=_RULES)
def check_rules(folder: tuple[Path, ...]) -> None:
    """Check the shipped rules, with those of FOLDER laid over them: no day without rules, no two for one day."""
    try:
        book = rule_book(*folder)
    except RulesError as wrong:
        _refuse(str(wrong))
    click.echo(f"{len(book.rule_sets)} rule sets, compiled on {book.compiled_on}: in order.")


def _school_book() -> RuleBook:
    """The live book of the school whose database the settings name."""
    from credentials.ruling.living import live_book

    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    with app.app_context():
        return live_book()


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "no such name"
        raise ProfileError(f"profile: {name} cannot be read: {reason}") from wrong


def _json(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=_each_key_once)
    except ProfileError:
        raise
    except UnicodeDecodeError as wrong:
        raise ProfileError(f"profile: is not UTF-8 text (byte {wrong.start})") from wrong
    except json.JSONDecodeError as wrong:
        raise ProfileError(f"profile: is not JSON: {wrong.msg} at line {wrong.lineno}, column {wrong.colno}") from wrong
    except (ValueError, RecursionError) as wrong:
        raise ProfileError("profile: is not JSON that can be read: too deep, or a number too long") from wrong


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys all differ: of two figures under one name nobody can say which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ProfileError(f"{twice if twice.isprintable() else ascii(twice)}: stands twice in one object")
    return found


def _printed(profile: Any, book: RuleBook) -> str:
    """The assessment as text; minutes times count, in a row or a notice, can be longer than a number Python prints."""
    try:
        return json.dumps(assess(profile, book), indent=1)
    except ProfileError:
        raise
    except ValueError as wrong:
        raise ProfileError("sessions: minutes add up to a number too long to be printed") from wrong


def _refuse(line: str) -> NoReturn:
    click.echo(" ".join(line.split()), err=True)
    sys.exit(2)
