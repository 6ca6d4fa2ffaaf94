"""Nodes that make sound of nothing."""
