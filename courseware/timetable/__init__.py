"""A cohort's timetable: a weekly pattern laid over its days, then classes moved, called off and added one by one."""
