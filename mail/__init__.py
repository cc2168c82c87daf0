"""The outbox: every letter the school owes is a row, and its delivery is followed to the end."""
