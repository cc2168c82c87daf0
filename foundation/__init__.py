"""What every room stands on: settings, database, clock, jobs, states, money, audit, forms, and the web's ground rules.

Nothing here knows what a coach, a course or a payment is.
"""
