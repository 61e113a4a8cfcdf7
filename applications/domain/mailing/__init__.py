"""Mail in words of the program office: per round and kind, and to many at once."""
