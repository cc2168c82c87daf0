"""Attendance in detail: times become whole minutes of a class, and a sheet is read as its instructor wrote it."""
