"""Mentor coaching received: with whom, how they stood on that day, and what of it counts."""
