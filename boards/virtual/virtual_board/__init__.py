"""The virtual board: its clock, its peripherals and the modules a program sees."""
