"""The voice bank: `bank` is the node, `places` its memory, `portable` what its kernels compute."""
