"""Importing: a course that was made elsewhere becomes a program, by its content and not by its file's name."""
