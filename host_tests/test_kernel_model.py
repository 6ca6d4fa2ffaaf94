"""The judge of the kernels takes what is right, and refuses a single wrong bit."""

import kernel_model as model
import numpy as np
import pytest
from kernel_cases import audio, pcm16_samples, words_of

# How many operands each takes; among them samples beyond -1 to 1.
_OPERANDS = {"clear": 1, "copy": 1, "clip": 1, "add": 2, "multiply": 2, "scale": 2}
_OPERANDS["add_scaled"] = 3


def _words(seed):
    return words_of(audio(64, seed).view(np.float32) * 3)


@pytest.mark.parametrize("name", _OPERANDS)
def test_one_wrong_bit_is_refused(name):
    operands = [_words(seed) for seed in range(_OPERANDS[name])]
    function = model.multiply if name == "scale" else getattr(model, name)
    right = function(*operands)
    model.check(name, right, *operands)
    for k in range(len(right)):
        wrong = right.copy()
        wrong[k] ^= 1
        with pytest.raises(AssertionError, match=f"{name}: 1 wrong"):
            model.check(name, wrong, *operands)


def test_what_should_have_been_clipped_is_refused():
    beyond = words_of([2, -2, 1.5, np.inf])
    with pytest.raises(AssertionError, match="clip: 4 wrong"):
        model.check("clip", beyond, beyond)


@pytest.mark.parametrize("where", ["products", "end"])
def test_one_wrong_bit_of_a_ramp_is_refused(where):
    src, cell = _words(1)[None], words_of([[0.3, 0.01]])
    products, end = (words.copy() for words in model.ramp(src, cell))
    model.check_ramp(products, end, src, cell)
    {"products": products, "end": end}[where][0, 0] ^= 1
    with pytest.raises(AssertionError, match="ramp: 1 wrong"):
        model.check_ramp(products, end, src, cell)


def test_every_16_bit_sample_survives_the_way_to_float_and_back():
    samples = pcm16_samples()
    np.testing.assert_array_equal(model.to_pcm(model.from_pcm(samples, 16), 16), samples)
