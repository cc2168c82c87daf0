"""Reports: Zoom's or Meet's list of participants becomes an attendance sheet, once somebody has looked at it."""
