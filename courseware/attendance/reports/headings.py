"""Finding the list of participants in a report: its head may stand under a block about the meeting, in any order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from credentials.coaching_log.importing.grids import Grid, Line, text_of
from credentials.coaching_log.importing.headings import plain
from foundation.errors import Refused

SEARCHED = 60

# By column, the words that head it in Zoom's and Meet's reports, as `plain` leaves them.
WORDS = {
    "name": (
        "name original name|name|participant|participants name|participant name|user name|full name|display name|"
        "attendee|attendee name|nombre nombre original|nom nom d origine|nom original|nome nome originale|"
        "nome nome original|name ursprunglicher name|name originalname|naam oorspronkelijke naam"
    ),
    "first_name": "first name|given name|vorname|nombre|prenom",
    "last_name": "last name|surname|family name|nachname|apellido|apellidos|cognome",
    "email": (
        "user email|email|e mail|email address|e mail address|user e mail|participant email|e mail adresse|"
        "correo electronico|correo electronico del usuario|adresse e mail|e mail de l utilisateur|indirizzo email|"
        "e mail des benutzers|e mail utente|e mail do usuario"
    ),
    "joined": (
        "join time|time joined|joined|joined at|join|first join|first joined|first join time|first seen|first seen at|"
        "beitrittszeit|hora para unirse|hora de conexion|hora de entrada|"
        "hora de ingreso|hora de union|heure d arrivee|heure d entree|ora di accesso|"
        "orario di accesso|ora di ingresso|teilnahmebeginn|teilnahmezeit"
    ),
    "left": (
        "leave time|time exited|time left|left|left at|leave|last leave|last leave time|exit time|exited|exited at|"
        "last seen|last seen at|austrittszeit|verlassenszeit|hora para salir|hora de salida|"
        "hora de saida|heure de depart|"
        "heure de sortie|ora di uscita|orario di uscita|teilnahmeende"
    ),
    "duration": (
        "duration minutes|total duration minutes|duration|total duration|time in call|time in meeting|minutes|"
        "duration seconds|total duration seconds|attended duration|in meeting duration|dauer minuten|"
        "gesamtdauer minuten|duracion minutos|duracion total minutos|duree minutes|duree totale minutes|"
        "durata minuti|durata totale minuti|duracao minutos"
    ),
    "waiting": "in waiting room|waiting room|im warteraum|en sala de espera|en salle d attente|in sala d attesa",
}
FIELDS = {word: name for name, words in WORDS.items() for word in words.split("|")}
NO_LIST = (
    "This file holds no list of participants. From Zoom take “Participants” of the meeting’s report, from Google Meet "
    "the attendance report: it needs a name, and times of joining and leaving or a duration."
)


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the list begins, and which column holds what. `in_seconds`: durations are no minutes."""

    line: Line
    columns: dict[str, int]
    in_seconds: bool = False


def find_heading(grid: Grid) -> Heading | None:
    """The first row that heads a list of participants. The block about the meeting names nobody who took part."""
    lines = [line for line in grid.lines[: SEARCHED * 2] if not line.is_blank][:SEARCHED]
    return next((found for line in lines if (found := _heading(line))), None)


def _heading(line: Line) -> Heading | None:
    words = [plain(text_of(cell)) for cell in line.cells]
    columns = {FIELDS[word]: place for place, word in enumerate(words) if word in FIELDS}
    names_somebody = {"name", "first_name"} & set(columns) or {"email", "joined"} <= set(columns)
    if not names_somebody or not {"joined", "duration"} & set(columns):
        return None
    unit = words[columns["duration"]] if "duration" in columns else ""
    return Heading(line, columns, in_seconds="second" in unit)


def heading_of(grids: Iterable[Grid]) -> tuple[Grid, Heading]:
    """The list of participants of a file. Raises Refused where there is none."""
    for grid in grids:
        if heading := find_heading(grid):
            return grid, heading
    raise Refused(NO_LIST, field="file")
