// What a pin reads: the level it drives itself, or what is connected, or else its pull.

/** rp2040js knows only what is connected. */
export function connectPins(mcu) {
  for (const pin of mcu.gpio) {
    let connected = null;
    Object.defineProperty(pin, 'rawInputValue', {
      get: () => (pin.outputEnable ? pin.outputValue : (connected ?? pin.pullupEnabled)),
      set: (level) => {
        connected = level;
      },
    });
    // It sets the pin to what it reads: that is no connection.
    const refresh = pin.refreshInput.bind(pin);
    pin.refreshInput = () => {
      const before = connected;
      refresh();
      connected = before;
    };
  }
}
