"""What the school shows as a provider: a cohort's hours beside what ICF asks of a program of its level."""
