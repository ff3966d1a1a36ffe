/**
 * Requests to stop: the first is noted for whoever asks, the second ends the process at once. Two that come in the middle of
 * an iteration are only seen after it, together: they count as one, so that the iteration is saved.
 */
export interface Signals {
  /** The exit code for the signal that came; null while none did. */
  received(): number | null;
  release(): void;
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

export function catchSignals(): Signals {
  let code: number | null = null;
  let isNoted = false;
  const handle = (signal: keyof typeof codes) => {
    if (code !== null && isNoted) process.exit(code);
    code = codes[signal];
    setImmediate(() => {
      isNoted = true;
    });
  };
  for (const signal of Object.keys(codes)) process.on(signal, handle);
  return {
    received: () => code,
    release() {
      for (const signal of Object.keys(codes)) process.removeListener(signal, handle);
    },
  };
}
