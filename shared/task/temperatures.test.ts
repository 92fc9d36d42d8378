import { expect, it } from "vitest";
import { parseTemperatures } from "./temperatures.ts";

it("parseTemperatures() reads three positive numbers and refuses anything else", () => {
  const good = { complexity: 0.9, task_type: 0.7, risk: 1.1 };
  expect(parseTemperatures({ ...good, note: "x" })).toEqual({ ok: true, value: good });
  for (const bad of [null, 1, {}, { ...good, risk: 0 }, { ...good, risk: "1" }, { ...good, risk: Number.NaN }]) {
    expect(parseTemperatures(bad)).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  }
});
