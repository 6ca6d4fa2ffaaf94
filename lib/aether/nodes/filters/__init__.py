"""Nodes that filter."""
