/** Ends after `ms`, or when the signal says so; leaves no timer behind. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((go) => {
    // A signal that was given before is not given again.
    if (signal.aborted) return go();
    const timer = setTimeout(go, ms);
    const stop = (): void => {
      clearTimeout(timer);
      go();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
