"""Session Observation Forms and the Competency Review Form: filled while a recording plays, signed by both."""
