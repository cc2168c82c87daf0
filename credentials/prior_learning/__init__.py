"""Prior learning: hours of another provider, with a document; staff decide, and what is granted goes to the ledger."""
