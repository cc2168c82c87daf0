"""Privacy: everything the school holds of a person, for that person alone."""
