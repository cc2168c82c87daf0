"""Thin Celery shells over the rooms' verbs, and the timetable. A task takes ids, calls the domain, commits."""
