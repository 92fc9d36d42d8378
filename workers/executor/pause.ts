/** Ends after `ms`, or when the signal says so; leaves no timer behind. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((go) => {
    const timer = setTimeout(go, ms);
    const stop = (): void => {
      clearTimeout(timer);
      go();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
