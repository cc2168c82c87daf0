"""The completion clock: until when everything can be completed, what stops it, and what adds to it."""
