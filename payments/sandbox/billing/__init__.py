"""Stripe's billing: subscriptions, their schedules, invoices and retries, on a clock that tests can move."""
