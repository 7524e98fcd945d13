"""Chinese text at survey scale: masking aside, everything here is imported when it is used."""
