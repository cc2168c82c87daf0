"""What somebody may do at the school: an owner gives rights, takes them, and asks new people in.

There is always an owner; a new school gets its first one by a command.
"""
