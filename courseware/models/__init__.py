"""The tables of the courseware room: what is taught, what was studied, what was attended."""

from courseware.models.check_ins import CheckIn
from courseware.models.classes import Attendance, LiveClass
from courseware.models.course import Choice, Lesson, LessonKind, Module, Question, QuestionKind
from courseware.models.makeups import MAKE_UP_MOVES, MakeUp, MakeUpRule, MakeUpState, Way
from courseware.models.reports import REPORT_MOVES, AttendanceReport, ReportState
from courseware.models.studies import PROGRESS_MOVES, LessonProgress, Note, ProgressState, QuizAttempt

__all__ = [
    "MAKE_UP_MOVES",
    "PROGRESS_MOVES",
    "REPORT_MOVES",
    "Attendance",
    "AttendanceReport",
    "CheckIn",
    "Choice",
    "Lesson",
    "LessonKind",
    "LessonProgress",
    "LiveClass",
    "MakeUp",
    "MakeUpRule",
    "MakeUpState",
    "Module",
    "Note",
    "ProgressState",
    "Question",
    "QuestionKind",
    "QuizAttempt",
    "ReportState",
    "Way",
]
