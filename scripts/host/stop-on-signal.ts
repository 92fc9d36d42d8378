import type { RunningHost } from "./start-host.ts";

/** Below the ten seconds that a container is given: a slow machine takes some of them to stop as it should. */
const STOP_TIMEOUT_MS = 9_000;

/**
 * Keeps the process up until SIGTERM or SIGINT, then stops the host. Repeats are ignored, since Ctrl-C under npm
 * arrives twice; a stop that hangs ends the process after nine seconds.
 */
export function stopOnSignal(host: RunningHost): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    await host.stop();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // The simulator's own handler ends the process in the middle of ours.
    process.removeAllListeners(signal);
    process.on(signal, () => void stop());
  }
}
