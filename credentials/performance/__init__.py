"""The performance evaluation at the end of a Level 1 or 2 program: a recording, a rubric, pass or resubmit."""
