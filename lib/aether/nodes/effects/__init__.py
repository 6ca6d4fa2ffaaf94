"""Nodes that change the sound that comes in: echoes, rooms, distortion."""
