"""The base of every form: CSRF, refusals beside the field, what was typed kept."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import flask_wtf.csrf
from flask_wtf import CSRFProtect, FlaskForm
from wtforms.csrf.core import CSRFTokenField

from foundation.errors import Refused
from foundation.tokens import Seal

csrf = CSRFProtect()
flask_wtf.csrf.URLSafeTimedSerializer = lru_cache(4)(Seal)  # which the library builds anew for each token


def stripped(value: str | None) -> str | None:
    """A WTForms filter: no space at either end, no control characters (they could break a mail header).

    The two joiners of Unicode stay: they spell Persian, Sinhala and Malayalam names, and hold emoji together.
    """
    if value is None:
        return None
    return "".join(c for c in value if c.isprintable() or c in "\n\t\u200c\u200d").strip()


class LateToken(CSRFTokenField):
    """The form's token, sealed where a page shows it: a form that is sent and taken shows none."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        super(CSRFTokenField, self).process(*args, **kwargs)

    def _value(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))


class LateTokens(FlaskForm.Meta.csrf_class):  # type: ignore[misc]
    field_class = LateToken


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose domain refusals appear beside the input they name."""

    class Meta:
        csrf_class = LateTokens

    def refuse(self, refused: Refused) -> None:
        """Show a refusal beside its field, or above the form where it names none."""
        if refused.field and refused.field in self._fields:
            named = self._fields[refused.field]
            named.errors = [*named.errors, refused.message]
        else:
            self.form_errors.append(refused.message)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors)

    def typed(self) -> dict[str, Any]:
        """What was typed, without the token."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}
