"""The books: what came in, what went back, what it cost, by day and month, and as a journal for the bookkeeper."""
