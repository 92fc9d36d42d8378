import { onTestFinished, vi } from "vitest";

/** Stops the clock at noon for one test: what is counted by the day must not begin anew in the middle of it. */
export function stopAtNoon(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date().setUTCHours(12, 0, 0, 0) });
  onTestFinished(() => void vi.useRealTimers());
}
