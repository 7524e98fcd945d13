"""From results to deeds: what must be done, by when, and whether it was."""
