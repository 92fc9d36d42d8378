import { expect, test } from "vitest";
import { parseModels } from "./bench-models.ts";

const parse = (json: unknown) =>
  parseModels({ name: "m.json", text: typeof json === "string" ? json : JSON.stringify(json) });
const good = { model: "m", theta: 0.1, se: 0.07, mean_cost: 0.5 };

test("parseModels() keeps what is rated and sets apart what is flagged or without ability", () => {
  const flagged = { ...good, model: "n", flag: "broken column" };
  const unrated = { model: "o", theta: null, mean_cost: 1 };
  expect(parse({ scale: "any", models: [good, flagged, unrated] })).toEqual({
    ok: true,
    value: {
      models: [{ name: "m", theta: 0.1, se: 0.07, meanCostUsd: 0.5 }],
      flagged: [
        { name: "n", reason: "broken column" },
        { name: "o", reason: "the file gives no ability" },
      ],
    },
  });
});

test("parseModels() says the entry and what is wanted", () => {
  const bad: readonly (readonly [unknown, string])[] = [
    [{ ...good, model: "" }, "expected a name"],
    [{ ...good, model: "n", theta: "0.1" }, 'theta of "n" is "0.1": expected a number, or null'],
    [{ model: "n", theta: 0.1, mean_cost: 1 }, "expected its standard error"],
    [{ ...good, model: "n", mean_cost: 0 }, "expected USD of a run, above 0"],
    [good, 'names "m" again'],
    [7, "expected {model, theta, se, mean_cost}"],
  ];
  for (const [entry, says] of bad)
    expect(parse({ models: [good, entry] })).toMatchObject({
      ok: false,
      fault: { what: "m.json entry 2", detail: expect.stringContaining(says) },
    });
  for (const text of ["{", "[]", '{"models":{}}'])
    expect(parse(text)).toMatchObject({ ok: false, fault: { detail: expect.stringContaining("expected {models:") } });
});
