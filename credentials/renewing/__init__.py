"""Renewal: the wallet of somebody who holds a credential, the clock that runs on it, and the letters that remind."""
