"""The school's own versions of the rules: drafted, checked, compared, published, taken back; and the live rulebook."""
