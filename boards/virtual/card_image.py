"""Fills the image of an SD card with a folder, or takes out of it what it holds.

Run by the host's MicroPython:

    card_image.py fill IMAGE FOLDER         IMAGE is a file of the card's size, of zeros
    card_image.py take IMAGE FOLDER         FOLDER is empty

What cannot be done is said in a line on stdout, with exit code 1.
"""

import os
import sys

import vfs

_BLOCK = 512
_FOLDER = 0x4000
_buf = memoryview(bytearray(64 * 1024))


class Blocks:
    """The image as a block device."""

    def __init__(self, path):
        self._file = open(path, "r+b")
        self._count = self._file.seek(0, 2) // _BLOCK

    def readblocks(self, block, buf):
        self._file.seek(block * _BLOCK)
        self._file.readinto(buf)

    def writeblocks(self, block, buf):
        self._file.seek(block * _BLOCK)
        self._file.write(buf)

    def ioctl(self, op, arg):
        return {4: self._count, 5: _BLOCK}.get(op, 0)


def copy(source, target):
    for name in sorted(os.listdir(source)):
        if name[:8] == ".aether-":
            continue  # scratch of the host command
        here, there = source + "/" + name, target + "/" + name
        try:
            if os.stat(here)[0] & _FOLDER:
                os.mkdir(there)
                copy(here, there)
            else:
                copy_file(here, there)
        except OSError as error:
            print("'%s' cannot be copied: %s" % (name, error))
            sys.exit(1)


def copy_file(source, target):
    with open(source, "rb") as old, open(target, "wb") as new:
        while True:
            n = old.readinto(_buf)
            if not n:
                break
            if new.write(_buf[:n]) != n:
                raise OSError("the card is full")


def main(what, image, folder):
    blocks = Blocks(image)
    if what == "fill":
        vfs.VfsFat.mkfs(blocks)
    vfs.mount(vfs.VfsFat(blocks), "/card")
    if what == "fill":
        copy(folder, "/card")
    else:
        copy("/card", folder)
    vfs.umount("/card")


main(*sys.argv[1:])
