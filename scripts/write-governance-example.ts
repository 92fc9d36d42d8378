import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startRunHost } from "../tests/end-to-end/start-run-host.ts";
import { JSON_HEAD } from "../tests/fake-provider/speech.ts";
import { type Script, startFakeProvider } from "../tests/fake-provider/start-fake-provider.ts";
import { END, head, write } from "../tests/fake-provider/timeline.ts";
import { EXAMPLE_FILE } from "./demo/governance-example-file.ts";
import { scriptedAnswer } from "./demo/scripted-answer.ts";
import { DEFAULT_TENANT } from "./host/development-key.ts";
import { findOwner, sendToOwner } from "./host/host-lock.ts";
import type { KeyAnswer } from "./host/key-commands.ts";

/** Plays one story of roles on the real local host and writes each request with its answer to docs/governance-example.md. */

const TASK = "Rotate the JWT signing keys of the production login service and drop the old sessions table";
const OPENING = [
  "# Roles instead of models: one story, with real answers",
  "",
  "Written by `node scripts/write-governance-example.ts`: a local host as `npm start` makes it, whose only provider is a script",
  "that answers for every model, or says 404 for those that are switched off. Everything else is real: classification, risk,",
  "roles, costs, the run, the ledger. Ids and times differ on your machine. Long answers are cut to the fields that matter here.",
  "",
];
const POLL_MS = 200;
const WAIT_MS = 60_000;

/** Models that the provider does not know for now. */
const down = new Set<string>();
const script: Script = (call) =>
  down.has(call.model)
    ? [head(404, JSON_HEAD), write(JSON.stringify({ error: { code: 404, message: "No such model" } })), END]
    : scriptedAnswer(call);

const stateDir = mkdtempSync(join(tmpdir(), "spawnpoint-governance-"));
const provider = await startFakeProvider(script);
const host = await startRunHost({ providerUrl: provider.url, stateDir });
const page: string[] = [
  ...OPENING,
  "In short: a file of five roles; its reviewer gets a middle model for a SMALL task and, while a HIGH risk is open, the LARGE entry's; the",
  "primary of that entry is lost, and its first fallback answers; all three are lost, and the run awaits approval instead of asking a fourth; the models",
  "come back, and the run goes on.",
  "",
];

async function makeKey(name: string, scopes: readonly string[]): Promise<string> {
  const owner = await findOwner(stateDir);
  if (owner === undefined) throw new Error("a started host owns its state");
  // Our own host answers with what answerKeyCommand() returned.
  const made = (await sendToOwner(owner, {
    op: "create",
    tenantId: DEFAULT_TENANT,
    name,
    scopes: [...scopes],
  })) as KeyAnswer;
  if (made.key === undefined) throw new Error("a made key is answered with its text");
  return made.key;
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly key: string;
}

async function ask({ method, path, body, key }: Asked): Promise<{ readonly status: number; readonly text: string }> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${host.url}${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers,
    ...sent,
  });
  return { status: response.status, text: await response.text() };
}

const dataOf = (text: string): Readonly<Record<string, unknown>> => {
  const { data, error, meta }: { data?: object; error?: object; meta?: object } = JSON.parse(text);
  return error === undefined ? { ...data, ...(meta === undefined ? {} : { meta }) } : { error };
};

const fence = (text: string): readonly string[] => ["```json", text, "```", ""];

/** As JSON, with objects and lists of one member on one line each: a file of roles is mostly those. */
const toCompact = (document: object): string =>
  JSON.stringify(document, null, 1)
    .replaceAll(/\[\n\s+([^\n[{]+)\n\s+\]/g, "[$1]")
    .replaceAll(/\{\n\s+([^\n[{]+)\n\s+\}/g, "{ $1 }");

/** Asks, and writes down the request and those fields of the answer. */
async function tell(says: string, asked: Asked, fields: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await ask(asked);
  const data = dataOf(text);
  const shown = Object.fromEntries(Object.entries(data).filter(([key]) => key === "error" || fields.includes(key)));
  const method = asked.method ?? (asked.body === undefined ? "GET" : "POST");
  page.push(says, "", `\`${method} ${asked.path}\``, "");
  if (asked.body !== undefined && asked.body !== EXAMPLE_FILE) page.push(...fence(JSON.stringify(asked.body)));
  page.push(`${status}`, "", ...fence(JSON.stringify(shown, null, 1)));
  return data;
}

async function settle(id: unknown, key: string): Promise<void> {
  const untilMs = Date.now() + WAIT_MS;
  for (;;) {
    const { status } = dataOf((await ask({ path: `/api/runs/${id}`, key })).text);
    if (status !== "running") return;
    if (Date.now() > untilMs) throw new Error(`run ${id} does not settle`);
    await delay(POLL_MS);
  }
}

const RUN_FIELDS = ["status", "gate", "plan", "waits_until"];
const SEEN_FIELDS = ["status", "gate", "steps", "waits_until"];
const GOVERNED_FIELDS = [
  ...["role", "tier", "effective_tier", "override_reason", "model", "fallbacks", "used_fallback", "capped", "state"],
  ...["says", "classified", "review"],
];

try {
  const [asker, approver] = [
    await makeKey("team", ["read", "run", "feedback", "admin"]),
    await makeKey("lead", ["read", "approve"]),
  ];
  const ofReviewer = { agent: "code-reviewer", tier: "SMALL" };
  page.push("## The file", "", ...fence(toCompact(EXAMPLE_FILE)));
  const put = { method: "PUT", path: "/api/governance?dry_run=1", body: EXAMPLE_FILE, key: asker };
  await tell(
    "What would change, before anything is saved (the body is the file above; the changes themselves are left out here):",
    put,
    ["dry_run", "changed_count", "warnings", "capped"],
  );
  await tell("Saved as version 1:", { ...put, path: "/api/governance" }, ["version", "meta"]);

  page.push("## A HIGH-risk task lifts its reviewer to LARGE", "");
  const plain = { path: "/api/governance/resolve", body: ofReviewer, key: asker };
  await tell("The reviewer of a SMALL task:", plain, GOVERNED_FIELDS);
  const risky = { ...plain, body: { ...ofReviewer, task: TASK } };
  await tell(
    "The same for a task that the classifier reads as high risk: nobody has resolved that risk, so the review is held at LARGE.",
    risky,
    GOVERNED_FIELDS,
  );

  page.push("## The primary is gone: the fallback of the same tier, and no other", "");
  down.add("anthropic/claude-opus-4.8");
  const body = { task: TASK, mode: "single", governance: ofReviewer };
  const first = await tell(
    "The provider has lost Claude Opus 4.8. The run of a high-risk task awaits a person first:",
    { path: "/api/runs", body, key: asker },
    RUN_FIELDS,
  );
  await tell("Another key approves:", { path: `/api/runs/${first.id}/approve`, body: {}, key: approver }, [
    "status",
    "changed",
  ]);
  await settle(first.id, asker);
  await tell(
    "The primary could not be reached, so the first fallback answered:",
    { path: `/api/runs/${first.id}`, key: asker },
    SEEN_FIELDS,
  );

  page.push("## All are gone: it waits for a person, and asks nobody else", "");
  for (const model of ["openai/gpt-5.5", "google/gemini-3.1-pro-preview"]) down.add(model);
  const accepted =
    "The provider has lost the whole list. The same task again: its decision was approved already, and that approval lets this run start at once.";
  const second = await tell(accepted, { path: "/api/runs", body, key: asker }, ["status", "gate", "decision_id"]);
  await settle(second.id, asker);
  await tell(
    "All three were tried, in order; the run awaits approval again, for seven days, and keeps what it has:",
    { path: `/api/runs/${second.id}`, key: asker },
    SEEN_FIELDS,
  );
  down.clear();
  await tell(
    "Once the models are back, a person lets it go on; the list is tried anew:",
    { path: `/api/runs/${second.id}/approve`, body: {}, key: approver },
    ["status", "changed"],
  );
  await settle(second.id, asker);
  await tell("And it ends:", { path: `/api/runs/${second.id}`, key: asker }, SEEN_FIELDS);

  page.push("## What is kept of it", "");
  await tell("The report:", { path: "/api/governance/report", key: asker }, [
    "events",
    "outcomes",
    "roles",
    "suggestions",
  ]);
  const { text } = await ask({ path: "/api/governance/telemetry", key: asker });
  page.push(
    "The export, one event a line:",
    "",
    "`GET /api/governance/telemetry`",
    "",
    "```",
    text.trimEnd(),
    "```",
    "",
  );
  writeFileSync(new URL("../docs/governance-example.md", import.meta.url), page.join("\n"));
  console.log(`docs/governance-example.md: ${page.length} lines`);
} finally {
  await host.remove();
  await provider.close();
  rmSync(stateDir, { recursive: true, force: true });
}
