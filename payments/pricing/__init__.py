"""What a seat costs today: the ways to pay on offer, what a code takes off, and which part is due on which day."""
