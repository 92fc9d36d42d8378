import type { RunningHost } from "./start-host.ts";

/** Keeps the process up until SIGTERM or SIGINT, then stops the host; a second signal ends the process at once. */
export function stopOnSignal(host: RunningHost): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    await host.stop();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
}
