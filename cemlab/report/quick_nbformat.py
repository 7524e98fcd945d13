"""Import this before nbformat: what it drags in otherwise takes longer than many a notebook.

nbformat imports jsonschema, which imports rfc3987_syntax where it is installed, which builds a grammar for
internationalised addresses: 2.3 of 2.5 seconds, in every process of a report. Notebooks are not checked for such
addresses, and jsonschema does without the package where it is absent; here it is absent on purpose.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402

__all__ = ["nbformat"]
