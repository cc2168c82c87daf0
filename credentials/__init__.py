"""The hours room: what a person has done toward an ICF credential, its evidence, who checked it, what is missing.

It keeps the ledger of hours, the coaching log, the rulebook and the certificates, and decides nothing that ICF decides.
"""
