"""Filling in: sections and lists, what is complete, the text a sent application is frozen as."""
