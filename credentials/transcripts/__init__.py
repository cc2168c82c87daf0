"""Transcripts: checked hours by kind and line by line with their evidence, numbered and open to anybody's check."""
