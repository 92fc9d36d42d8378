import { expect, test } from "vitest";
import { parseTasks } from "./bench-task.ts";

const row = (id: string, outcomes: unknown, prompt: unknown = "Fix it") => JSON.stringify({ id, prompt, outcomes });
const parse = (...lines: readonly string[]) => parseTasks({ name: "f.jsonl", text: lines.join("\n") });

test("parseTasks() reads runs by model and passes over fields it does not know", () => {
  const line = JSON.stringify({ id: "a", prompt: "Fix it", twin100: true, outcomes: { m: [1, 0.5, 12], n: [0, 0] } });
  const parsed = parse("", line, "");
  expect(parsed).toEqual({
    ok: true,
    value: [
      {
        id: "a",
        prompt: "Fix it",
        runs: new Map([
          ["m", { solved: 1, costUsd: 0.5 }],
          ["n", { solved: 0, costUsd: 0 }],
        ]),
      },
    ],
  });
});

test("parseTasks() says the line, what stands there and what is wanted", () => {
  const good = row("a", { m: [1, 0.5, 1] });
  const bad: readonly (readonly [string, string])[] = [
    ["{", "is no JSON object"],
    [row("", { m: [1, 1] }), 'id is ""'],
    [row("b", { m: [1, 1] }, 7), "prompt is 7"],
    [row("b", null), "outcomes is null"],
    [row("b", { m: [2, 0.1] }), 'outcomes["m"] is [2,0.1]: expected [0 or 1, cost in USD'],
    [row("b", { m: [true, 0.1] }), "expected [0 or 1"],
    [row("b", { m: [1, -0.1] }), "expected [0 or 1"],
    [row("b", { m: [1] }), "expected [0 or 1"],
    [row("b", { m: { score: 1 } }), "expected [0 or 1"],
    [row("a", { m: [1, 0.1] }), "stands on an earlier line too"],
    [row("b", {}), 'outcomes lack "m"'],
    [row("b", { m: [1, 0.1], n: [1, 0.1] }), 'outcomes have "n"'],
  ];
  for (const [line, says] of bad) {
    expect(parse(good, "", line)).toMatchObject({
      ok: false,
      fault: { what: "f.jsonl line 3", detail: expect.stringContaining(says) },
    });
  }
  expect(parse("", " ")).toMatchObject({ ok: false, fault: { detail: "has no rows" } });
});
