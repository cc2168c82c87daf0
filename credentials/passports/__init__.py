"""Passports: every hour of a person in one signed file, which another school checks without asking anybody."""
