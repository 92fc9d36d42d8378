import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runAction } from "./run-action.ts";

const home = mkdtempSync(join(tmpdir(), "spawnpoint-run-action-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const LABEL = { confidence: 0.9 };
const DECISION = {
  ...{ id: "dec_1", task_id: "acme/shop#1", attempt: 0, state: "open", flags: [], fallbacks: [], alternatives: [] },
  ...{
    model: "anthropic/claude-haiku-4.5",
    effort: "low",
    provider: "openrouter",
    driverKind: "claude",
    mode: "single",
  },
  ...{ rationale: "Because.", chain: [], max_usd: null },
  expected: { success: 0.8, cost_usd: 0.2, minutes: 2, utility_usd: 1 },
  gate: { requires_approval: false, reason: "none", approval_id: null },
  mode_comparison: { reason: "r", single_utility_usd: 1, cascade_utility_usd: null as number | null },
  classification: {
    task_type: { label: "bugfix", ...LABEL },
    complexity: { label: "easy", ...LABEL },
    risk: { label: "low", ...LABEL },
    abstained_heads: [],
  },
};
const HEAD = { id: "run_1", mode: "single", decision_id: "dec_1" };
const GATE = { requires_approval: false, reason: "none", approval_id: null };
const CREATED = { ...HEAD, status: "queued", cap_usd: 1, gate: GATE, plan: { steps: [] } };
const RUN = { ...HEAD, status: "failed", gate: GATE, steps: [], cost: { spent_usd: 0.1, cap_usd: 1 } };

type Doors = Readonly<Record<string, readonly [status: number, body: unknown]>>;

const data = (value: unknown, meta = {}): readonly [number, unknown] => [200, { data: value, meta }];
const FORBIDDEN = [403, { error: { code: "FORBIDDEN", message: "The key lacks the scope read" } }] as const;
const doors = (over: Doors = {}): Doors => ({
  "POST /runs": [202, { data: CREATED }],
  "GET /runs/run_1": data(RUN),
  "GET /decisions/dec_1": data(DECISION),
  "POST /route": data(DECISION),
  ...over,
});

let steps = 0;

/** One step whose API answers by `method path`. */
async function step(inputs: Readonly<Record<string, string>>, answers: Doors) {
  steps += 1;
  const at = (name: string): string => join(home, `${steps}-${name}`);
  writeFileSync(at("event"), JSON.stringify({ repository: { full_name: "acme/shop" } }));
  const named = { "api-url": "https://x.test", "api-key": "sp_canary0123456789", task: "Fix the pager", ...inputs };
  const lines: string[] = [];
  const status = await runAction({
    env: {
      ...{ GITHUB_EVENT_NAME: "workflow_dispatch", GITHUB_EVENT_PATH: at("event"), GITHUB_OUTPUT: at("output") },
      ...{ GITHUB_STEP_SUMMARY: at("summary"), GITHUB_REPOSITORY: "acme/shop", GITHUB_RUN_ID: "7", RUNNER_TEMP: home },
      ...Object.fromEntries(Object.entries(named).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    },
    print: (line) => lines.push(line),
    transport: {
      fetch: async (url, { method = "GET" }) => {
        const asked = `${method} ${new URL(url).pathname.replace(/^\/api/, "")}`;
        const [code, body] = answers[asked] ?? [404, { error: { code: "NOT_FOUND", message: asked } }];
        return new Response(JSON.stringify(body), { status: code });
      },
      sleep: async () => undefined,
      nowMs: () => 0,
      random: () => 0.5,
    },
  });
  const written = [...readFileSync(at("output"), "utf8").matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)];
  const outputs = Object.fromEntries(written.map(([, name = "", , value = ""]) => [name, value]));
  return { status, outputs, log: lines.join("\n"), summary: readFileSync(at("summary"), "utf8") };
}

describe("mode run", () => {
  const DECIDED = {
    "task-type": "bugfix",
    complexity: "easy",
    risk: "low",
    labels: "type:bugfix,complexity:easy,risk:low",
  };
  const NAMED = { model: "anthropic/claude-haiku-4.5", effort: "low", provider: "openrouter", driver: "claude" };

  it("writes who was decided and what the task is, also in the summary", async () => {
    const { status, outputs, log, summary } = await step({ mode: "run" }, doors());
    expect([status, outputs.result]).toEqual([1, "failed"]);
    expect(outputs).toMatchObject({ ...DECIDED, ...NAMED, "decision-id": "dec_1", "run-id": "run_1" });
    expect(summary).toContain(
      "| **Decided** | anthropic/claude-haiku-4.5 at low effort on openrouter, driver claude (dec\\_1) |",
    );
    expect(summary).toContain("| **Task** | easy bugfix, risk low |");
    expect(log).not.toContain("::warning");
  });

  it("warns and leaves them empty where the decision cannot be read", async () => {
    const { outputs, log } = await step({ mode: "run" }, doors({ "GET /decisions/dec_1": FORBIDDEN }));
    const empty = Object.fromEntries(Object.keys({ ...DECIDED, ...NAMED }).map((name) => [name, ""]));
    expect(outputs).toMatchObject({ ...empty, result: "failed", "run-id": "run_1" });
    expect(log).toContain("::warning title=Spawnpoint::The decision's outputs stay empty");
  });

  it("tells of the run that it started where the key may not read it, and fails nothing", async () => {
    const blind = doors({ "GET /decisions/dec_1": FORBIDDEN, "GET /runs/run_1": FORBIDDEN });
    const { status, outputs, log } = await step({ mode: "run" }, blind);
    expect([status, outputs.result, outputs["run-id"], outputs["decision-id"]]).toEqual([
      0,
      "queued",
      "run_1",
      "dec_1",
    ]);
    expect([outputs.model, outputs.risk, outputs["spent-usd"]]).toEqual(["", "", ""]);
    expect(log).toContain("::warning title=Spawnpoint::The run is started");
  });

  it("fails where the run cannot be reached any more", async () => {
    const { status, outputs } = await step(
      { mode: "run" },
      doors({ "GET /runs/run_1": [404, { error: { code: "NOT_FOUND", message: "no" } }] }),
    );
    expect([status, outputs]).toEqual([1, { result: "error" }]);
  });
});

describe("mode route", () => {
  const VOID = "::warning title=Spawnpoint::This task keeps a decision that weighed no second attempt";
  const weighed = { ...DECISION, mode_comparison: { ...DECISION.mode_comparison, cascade_utility_usd: 2 } };

  it.each([
    ["a kept decision that weighed none", { cached: true }, DECISION, "external", true],
    ["a kept decision that weighed a chain", { cached: true }, weighed, "external", false],
    ["a new decision", { cached: false }, DECISION, "external", false],
    ["no verifier", { cached: true }, DECISION, "none", false],
  ])("warns that verifier external is void where another door decided first: %s", async (_, meta, decision, verifier, warns) => {
    const { status, log } = await step({ mode: "route", verifier }, doors({ "POST /route": data(decision, meta) }));
    expect([status, log.includes(VOID)]).toEqual([0, warns]);
  });
});
