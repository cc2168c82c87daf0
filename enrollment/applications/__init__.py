"""The application step of a program that wants one: questions, answers, a review, a seat for whoever is accepted."""
