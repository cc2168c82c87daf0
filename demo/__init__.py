"""The demo school: made through the same verbs that the pages use, once."""
