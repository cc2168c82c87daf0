"""A mentor offers free hours, trainees book them, and the mentor says afterwards who was there and how long."""
