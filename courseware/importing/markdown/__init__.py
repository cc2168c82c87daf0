"""Courses written as Markdown: a folder a module, a file a lesson."""
