// A pin reads what it drives itself, else what is connected, else its pull.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectPins } from '../../tools/emulator/pins.mjs';

function made(state) {
  const pin = { outputEnable: false, outputValue: false, pullupEnabled: false, ...state };
  pin.refreshInput = () => {
    pin.rawInputValue = pin.rawInputValue;
  };
  connectPins({ gpio: [pin] });
  return pin;
}

test('a driven pin reads the level that it drives', () => {
  const pin = made({ outputEnable: true, outputValue: true });
  assert.equal(pin.rawInputValue, true);
  pin.outputValue = false;
  assert.equal(pin.rawInputValue, false);
});

test('a pin that nothing drives reads its pull', () => {
  assert.equal(made({ pullupEnabled: true }).rawInputValue, true);
  assert.equal(made({}).rawInputValue, false);
});

test('what is connected counts more than a pull, less than what is driven', () => {
  const pin = made({ pullupEnabled: true });
  pin.rawInputValue = false;
  assert.equal(pin.rawInputValue, false);
  pin.outputEnable = pin.outputValue = true;
  assert.equal(pin.rawInputValue, true);
});

test('looking at a pin anew connects nothing to it', () => {
  const pin = made({ outputEnable: true, outputValue: true });
  pin.refreshInput();
  pin.outputEnable = false;
  assert.equal(pin.rawInputValue, false);
});
