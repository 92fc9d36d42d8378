import { expect, it } from "vitest";
import { dueCrons } from "./due-crons.ts";
import { readHostSettings } from "./settings.ts";

const CONFIGS = {
  router: { crons: [] },
  enricher: { crons: ["0 */6 * * *", "2-57/5 * * * *"] },
  executor: { crons: ["* * * * *"] },
};
const dueAt = (iso: string, CRONS: string): readonly string[] =>
  dueCrons(CONFIGS, { crons: readHostSettings({ CRONS }).crons, minute: new Date(iso) }).map(({ cron }) => cron);

it("dueCrons() names what the minute starts, of the workers that CRONS lets run by the clock", () => {
  const [turn, later] = ["2026-11-21T18:00:00Z", "2026-11-21T18:02:00Z"];
  expect(dueAt(turn, "")).toEqual(["0 */6 * * *", "* * * * *"]);
  expect(dueAt(later, "")).toEqual(["2-57/5 * * * *", "* * * * *"]);
  expect([dueAt(turn, "executor"), dueAt(later, "executor")]).toEqual([["* * * * *"], ["* * * * *"]]);
  expect([dueAt(turn, "enricher"), dueAt(later, "off")]).toEqual([["0 */6 * * *"], []]);
});
