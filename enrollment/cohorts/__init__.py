"""Cohorts as staff write them: made, copied, changed, published, called off."""
