"""The school's rules for leaving, moving and coming late, as data.

They are versioned, worked out by one engine for buyer and staff alike, and told in plain words made from the data.
"""
