"""A cohort does not take place: nobody buys it any more, and whoever paid chooses another one or their money back."""
