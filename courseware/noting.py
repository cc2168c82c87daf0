"""Noting: the note beside a lesson, as its page remembers it."""

from __future__ import annotations

from courseware.forms import NoteForm
from foundation.remembering import WorkedOut


class KeptNote(WorkedOut):
    """The note as it is kept: the page remembers its field by the words alone."""

    @property
    def form(self) -> NoteForm:
        return NoteForm(formdata=None, body=self.known_by[0])
