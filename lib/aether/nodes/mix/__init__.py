"""Nodes that weigh, add and multiply."""
