"""Nodes at the rim of a patch: files, and what is measured."""
