import { expect, test } from "vitest";
import { ok, type Result } from "../../shared/base/result.ts";
import { askDoor } from "./ask-door.ts";
import { pause } from "./pause.ts";

const unavailable = (detail: string) => ({ ok: false, fault: { kind: "unavailable", what: "router", detail } });
const never = () => new Promise<never>(() => undefined);

test("askDoor() gives what the door says and ends its wait", async () => {
  const signals: AbortSignal[] = [];
  const wait = (_ms: number, signal: AbortSignal) => {
    signals.push(signal);
    return never();
  };
  const fault: Result<never> = { ok: false, fault: { kind: "not_found", what: "decision", id: "dec_1" } };
  expect(await askDoor(async () => ok(7), { timeoutMs: 1, pause: wait })).toEqual(ok(7));
  expect(await askDoor(async () => fault, { timeoutMs: 1, pause: wait })).toEqual(fault);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("askDoor() is unavailable where the door fails or stays silent", async () => {
  const waited: number[] = [];
  const patience = { timeoutMs: 20, pause: async (ms: number) => void waited.push(ms) };
  const missing = () => {
    throw new TypeError("no binding");
  };
  expect(await askDoor(missing, { timeoutMs: 20, pause: never })).toEqual(unavailable("TypeError"));
  expect(await askDoor(never, patience)).toEqual(unavailable("silent"));
  expect(waited).toEqual([20]);
});

test("pause() ends at once when its signal was given before it began", async () => {
  expect(await pause(2 ** 30, AbortSignal.abort())).toBeUndefined();
});
