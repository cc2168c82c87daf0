"""What the school shows ICF as a provider: what is asked, what is there, what is missing, and all of it in one file."""
