"""Which amounts Stripe charges, by its own documents and not by what the product believes of them.

Source: https://docs.stripe.com/currencies#special-cases and #minimum-and-maximum-charge-amounts, read in November 2026.
"""

LEAST = {"usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250}
LEAST |= {"eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300}
LEAST |= {"nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000}
STEPS = dict.fromkeys(["isk", "ugx"], 100) | dict.fromkeys(["bhd", "jod", "kwd", "omr", "tnd"], 10)


def least(currency: str) -> int:
    return LEAST.get(currency, max(50, step(currency)))


def step(currency: str) -> int:
    return STEPS.get(currency, 1)
