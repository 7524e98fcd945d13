"""Rows to estimates: the only room where answers are counted."""
