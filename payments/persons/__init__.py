"""One person's money, whole: every order, part, movement, paper, waiver and letter, and what they add up to."""
