"""The sounds of `polysynth`: the waves of its bank, and a patch for each of eight programs."""

# Amplitudes of harmonics, as few as do: a Pico has 22 KB for their tables.
SAW = [1 / h for h in range(1, 22)]
TRIANGLE = (1, 0, -1 / 9, 0, 1 / 25, 0, -1 / 49, 0, 1 / 81)
REED = (1, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05)
BELL = (1, 0.1, 0.05, 0.3, 0, 0, 0.05, 0.05)
WAVES = (SAW, TRIANGLE, REED, BELL)
_SAW, _TRIANGLE, _REED, _BELL = range(4)

# wave, attack, decay, sustain, release, level, see Bank.patch(); in the order of the programs.
PATCHES = (
    (_SAW, 0.35, 1.5, 0.75, 1.0, 0.42),  # pad
    (_TRIANGLE, 0.004, 0.5, 0.15, 0.35, 0.6),  # pluck
    (_TRIANGLE, 0.006, 0.6, 0.65, 0.12, 0.9),  # bass
    (_REED, 0.025, 0.4, 0.75, 0.25, 0.6),  # lead
    (_BELL, 0.003, 2.5, 0.0, 1.6, 0.55),  # bell
    (_REED, 0.008, 0.1, 1.0, 0.06, 0.45),  # organ
    (_SAW, 0.008, 0.5, 0.4, 0.2, 0.5),  # brass
    (_BELL, 0.004, 1.2, 0.05, 0.3, 0.7),  # piano, of a kind
)


def fill(bank):
    """Set the bank's patches: as many programs, over and over. Main program only; allocates."""
    for index in range(16):
        wave, attack, decay, sustain, release, level = PATCHES[index % len(PATCHES)]
        bank.patch(
            index,
            wave=wave,
            attack=attack,
            decay=decay,
            sustain=sustain,
            release=release,
            level=level,
        )
