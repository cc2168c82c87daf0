"""The log on a phone: a page that opens without a network, and sessions that wait on the phone until it is back."""
