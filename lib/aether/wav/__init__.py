"""WAV files: their header, their bytes block by block, and these as floats."""
