"""Measurements of the portal as it is deployed; see README.md beside this file."""
