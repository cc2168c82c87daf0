"""The waitlist of a full cohort: who wants a seat, in what order, and to whom the next free one is offered."""
