import { describe, expect, it } from "vitest";
import { toTask } from "./to-task.ts";

const ENV = { GITHUB_REPOSITORY: "acme/shop", GITHUB_RUN_ID: "77" };
const issue = (title: unknown, body: unknown, number: unknown = 12) => ({
  name: "issues",
  payload: { issue: { number, title, body } },
});
const ask = (event: Parameters<typeof toTask>[1], inputs = {}) =>
  toTask(ENV, event, { task: null, taskId: null, ...inputs });

describe("toTask()", () => {
  it("is title and body of the issue, without comments of its template, under the issue's own name", () => {
    expect(ask(issue("Fix it", "Now <!-- say what\nyou saw -->please<!-- open"))).toEqual({
      ok: true,
      value: { text: "Fix it\n\nNow please<!-- open", taskId: "acme/shop#12" },
    });
  });

  it("names the same task on every re-run, and other texts of one issue apart", () => {
    const [first, again, other] = ["Do A", "Do A", "Do B"].map((task) => ask(issue("T", null), { task }));
    expect(first).toEqual(again);
    expect(first).toMatchObject({ value: { taskId: expect.stringMatching(/^acme\/shop#12:[0-9a-f]{16}$/) } });
    expect(other).not.toEqual(first);
    expect(ask({ name: "schedule", payload: {} }, { task: "Do A" })).toMatchObject({
      value: { taskId: expect.stringMatching(/^acme\/shop\/run-77:[0-9a-f]{16}$/) },
    });
    expect(ask(issue("T", null), { taskId: "mine" })).toMatchObject({ value: { taskId: "mine" } });
  });

  it("takes the number of the pull request that a workflow run belongs to", () => {
    const payload = { workflow_run: { display_title: "Fix", pull_requests: [{ number: 9 }] } };
    expect(ask({ name: "workflow_run", payload })).toEqual({ ok: true, value: { text: "Fix", taskId: "acme/shop#9" } });
  });

  it.each([
    ["", ""],
    ["\u200b\u0000", "<!-- only this -->"],
    [5, { a: 1 }],
    [null, null],
  ])("finds no task in %j and %j", (title, body) =>
    expect(ask(issue(title, body))).toMatchObject({ ok: false, stop: { exit: 2 } }));

  it("does not read members that the payload inherits", () => {
    expect(ask({ name: "constructor", payload: {} })).toMatchObject({ ok: false });
  });

  it("keeps head and tail of a huge text, takes out escapes, and is not slowed by unclosed comments", () => {
    const timeMs = (count: number): number => {
      const before = process.cpuUsage();
      ask(issue("T", "<!--".repeat(count)));
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    // Eight times the text: 8 x where linear, 64 x where quadratic; 100 ms are the clock's and the collector's.
    expect(timeMs(500_000)).toBeLessThan(24 * Math.min(timeMs(62_500), timeMs(62_500)) + 100);
    const huge = ask(issue("T", `\u001b[31mstart\u001b[0m${"<!--".repeat(500_000)}end`));
    const text = huge.ok ? huge.value.text : "";
    expect(text.length).toBeLessThanOrEqual(80_000);
    expect([text.startsWith("T\n\nstart"), text.endsWith("end"), text.includes("characters left out")]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
