"""What the school offers and who takes part: leads and the free guide, programs and cohorts, seats and enrollments."""
