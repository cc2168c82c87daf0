"""Changing: a trainee stops, moves to another cohort or comes later, within the rules and by the staff's own engine."""
