"""What make, pre-commit and the maintainers call; nothing here is part of the installed package."""
