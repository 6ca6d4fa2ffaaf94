"""Nodes whose output moves other nodes: envelopes and slow waves."""
