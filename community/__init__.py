"""The public face: the school's pages, the Community Spotlight and the coaches' directory."""
