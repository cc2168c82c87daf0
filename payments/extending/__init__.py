"""More time to complete a course: bought once by the rules of the order, or given by staff with a reason."""
