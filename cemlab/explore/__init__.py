"""Panels for people at work in JupyterLab, over the functions of the other rooms; no figure of their own."""
