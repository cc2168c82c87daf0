"""ICF's requirements explained to anybody from the rule data, and a planner for the way there."""
