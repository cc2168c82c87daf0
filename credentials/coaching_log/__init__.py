"""The coaching log: a trainee's clients, known to the trainee alone, and the sessions coached with them."""
