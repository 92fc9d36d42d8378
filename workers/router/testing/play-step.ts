import { env } from "cloudflare:workers";
import type { RunEvent } from "../../../shared/run/advance.ts";
import { claimRunStep } from "../../platform/d1/run-claim-store.ts";
import { reserveCall } from "../../platform/d1/run-money-store.ts";
import type { StepFinding } from "../../platform/d1/run-row.ts";
import { settleTurn } from "../../platform/d1/run-settle-store.ts";
import { artifactKey, saveArtifact } from "../../platform/run-artifacts.ts";
import { makeSealer } from "../../platform/seal.ts";
import { openTestDb } from "../../platform/testing/test-database.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";
import { RUN_ENV } from "./run-caller.ts";

interface Played {
  readonly runId: string;
  readonly stepId: string;
  /** What the model answered; null = it failed for good. */
  readonly text: string | null;
  readonly microUsd?: number;
  readonly finding?: StepFinding;
  /** Of a merge: what it wrote beside its answer, as JSON. */
  readonly notes?: string;
}

let turns = 0;

/** Does what the executor does of a step, with an answer at hand: claim, reserve, settle. */
export async function playStep({ runId, stepId, text, microUsd = 1_000, finding, notes }: Played): Promise<void> {
  const [db, nowMs] = [await openTestDb(), Date.now()];
  turns += 1;
  const leaseToken = `lease_${turns}`;
  const places = { leaseMs: 30_000, runsPerTenant: 100, stepsPerTenant: 100, nowMs };
  const claimed = unwrap(await claimRunStep(db, { runId, stepId, leaseToken, ...places }));
  if (claimed.kind !== "claimed") throw new Error(`${runId}/${stepId} could not be claimed: ${claimed.kind}`);
  const { row, steps: rows } = claimed.loaded;
  const pick = row.plan.steps.find((step) => step.stepId === stepId)?.pick;
  const attempt = rows.find((step) => step.stepId === stepId)?.attempts ?? 1;
  if (pick === undefined || pick === null) throw new Error(`${stepId} calls nobody`);
  const { model, provider, effort } = pick;
  const call = { run: row, stepId, attempt, leaseToken, pick: 0, provider, model, effort, microUsd, nowMs };
  const reserved = unwrap(await reserveCall(db, call));
  if (reserved.kind !== "reserved") {
    const refused: RunEvent = { kind: "budget_refused", stepId };
    const nothing = { booking: null, output: null, finding: null, failure: null, lastError: null, notBeforeMs: null };
    unwrap(await settleTurn(db, { runId, stepId, leaseToken, event: refused, ...nothing, events: [], nowMs }));
    return;
  }
  const key = artifactKey({ runId, stepId, name: "1" });
  const kept =
    text === null ? null : unwrap(await saveArtifact(env.BLOBS, makeSealer(RUN_ENV.MASTER_SECRET), { key, text }));
  if (notes !== undefined) {
    const notesKey = artifactKey({ runId, stepId, name: "notes" });
    unwrap(await saveArtifact(env.BLOBS, makeSealer(RUN_ENV.MASTER_SECRET), { key: notesKey, text: notes }));
  }
  const failure = text === null ? "server_error" : null;
  const usage = { promptTokens: 100, cachedPromptTokens: 0, completionTokens: 50 };
  const booked = { state: "settled", settledMicroUsd: microUsd, overrunMicroUsd: 0, failure, usage, nowMs } as const;
  const event =
    text === null
      ? ({ kind: "failed", stepId } as const)
      : ({ kind: "done", stepId, escalate: finding?.decision.escalate ?? null, whole: true } as const);
  unwrap(
    await settleTurn(db, {
      ...{ runId, stepId, leaseToken, event, finding: finding ?? null, failure, lastError: null, notBeforeMs: null },
      booking: { callId: reserved.callId, model, provider, ...booked },
      output: kept === null ? null : { key, bytes: kept.bytes },
      events: [],
      nowMs,
    }),
  );
}
