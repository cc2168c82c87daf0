"""Erasing a person: what goes, what stays and why, as each room says it; asked for, waited for, and done once."""
