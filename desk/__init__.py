"""The staff's desk: what needs a decision, one person's whole page, and what machines ask about our health."""
