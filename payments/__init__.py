"""What the school is paid: prices, orders, receipts, refunds, and the one gateway to Stripe.

A payment is believed only after Stripe has been asked, and every cent is a line that is added, never edited.
"""
