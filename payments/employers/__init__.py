"""Employer pays: invoices with numbers and days, bank transfers that staff write down, reminders, and their end."""
