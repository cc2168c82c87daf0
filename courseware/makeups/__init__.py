"""Make-ups: whoever missed a class, or a part of it, makes it up by the cohort's rule, and a person decides."""
