import { expect, test } from "vitest";
import { toVerdict } from "./print-report.ts";

const setting = (name: string, gain: readonly [number, number, number], controlAtLeast: number) => ({
  name,
  gain: { value: gain[1], interval: { low: gain[0], high: gain[2] } },
  controlAtLeast,
});

test("toVerdict() claims a gain only beyond the interval, the dealt plans and the number of settings", () => {
  const none = setting("a", [-0.01, 0.002, 0.01], 0.4);
  const lucky = setting("b", [0.01, 0.04, 0.06], 0.03);
  const real = setting("c", [0.01, 0.04, 0.06], 0.001);
  const worse = setting("d", [-0.05, -0.03, -0.01], 1);
  expect(toVerdict([none, lucky])).toBe("Text alone, 2 settings: +0.2 to +4.0 points above the mix; no gain is shown.");
  expect(toVerdict([none, real])).toContain("; better than dealing by chance: c.");
  expect(toVerdict([real, worse])).toContain("-3.0 to +4.0 points above the mix; better");
  expect(toVerdict([worse])).toContain("; worse than the mix: d.");
});
