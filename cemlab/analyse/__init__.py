"""Estimates to meaning: one method a file, named as the field names it."""
