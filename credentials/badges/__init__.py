"""Open Badges 3.0: a certificate as a signed credential that any verifier reads without asking the school."""
