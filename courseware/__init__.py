"""What trainees study: modules, lessons, quizzes, live classes and attendance. Finished work earns hours."""
