import { fail, ok, type Result } from "../../shared/base/result.ts";
import { noteRepositoryEvent } from "../platform/d1/attempt-events-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { moveTask } from "../platform/d1/task-locks-store.ts";
import { hasMergedPull, readPulls, savePull } from "../platform/d1/tracker-pulls-store.ts";
import { nameRepository } from "../platform/d1/tracker-repositories-store.ts";
import { listOpenThreads, readThread, saveThread } from "../platform/d1/tracker-threads-store.ts";
import { countDeliveries, endDelivery, takeDelivery } from "../platform/d1/webhook-deliveries-store.ts";
import { deleteHook, readHook, readHookOfTenant, saveHook } from "../platform/d1/webhook-hooks-store.ts";
import { releaseRunSlot, reserveRunSlot } from "../platform/d1/webhook-runs-store.ts";
import {
  claimDelivery,
  type DeliveryWork,
  hasEarlierDelivery,
  keepDelivery,
  settleDelivery,
} from "../platform/d1/webhook-work-store.ts";
import { DELIVERY_STEP, type StepBatchQueue, sendSteps, TRACKER_STEP } from "../platform/queue.ts";
import { MASTER_SECRET_CHARS, makeSealer, type Sealer } from "../platform/seal.ts";
import { type HookSecrets, openHook, sealHook } from "../platform/webhook-hook.ts";
import type { KeptDelivery, WebhookDeps } from "./webhook-deps.ts";

export interface WebhookBinding {
  readonly db: Db;
  readonly queue: StepBatchQueue;
  readonly masterSecret: string;
  readonly nowMs: () => number;
  readonly newId: (prefix: string) => string;
}

const DAY_MS = 86_400_000;
const SHOWN_CHARS = 4;
/** The platform's limit for one batch. */
const BATCH_MESSAGES = 100;

function toSealer(masterSecret: string): Result<Sealer> {
  if (masterSecret.length >= MASTER_SECRET_CHARS) return ok(makeSealer(masterSecret));
  const detail = `MASTER_SECRET has ${masterSecret.length} characters of ${MASTER_SECRET_CHARS}`;
  return fail({ kind: "unavailable", what: "webhooks: this deployment has no master secret", detail });
}

const last4 = (secret: string): string => secret.trimEnd().slice(-SHOWN_CHARS);

/** Enough to tell secrets apart. Of an app's key the end is the same in all of them, so its number stands for it. */
function toShown({ secrets, credential }: HookSecrets): string {
  const shown = { secrets: secrets.map((secret) => ({ last4: last4(secret) })) };
  if (credential === null) return JSON.stringify({ ...shown, credential: null });
  const of = credential.kind === "token" ? last4(credential.token) : last4(String(credential.appId));
  return JSON.stringify({ ...shown, credential: { kind: credential.kind, last4: of } });
}

const hookDeps = ({ db, queue, masterSecret, nowMs }: WebhookBinding) =>
  ({
    findHook: async (id) => {
      const sealer = toSealer(masterSecret);
      if (!sealer.ok) return sealer;
      const row = await readHook(db, { id });
      if (!row.ok || row.value === null) return row.ok ? ok(null) : row;
      return openHook(sealer.value, row.value);
    },
    readHookOfTenant: async (tenantId, kind) => {
      const sealer = toSealer(masterSecret);
      if (!sealer.ok) return sealer;
      const row = await readHookOfTenant(db, { tenantId, kind });
      if (!row.ok || row.value === null) return row.ok ? ok(null) : row;
      const hook = await openHook(sealer.value, row.value);
      return hook.ok ? ok({ row: row.value, hook: hook.value }) : hook;
    },
    saveHook: async ({ settings, secrets, ...hook }) => {
      const sealer = toSealer(masterSecret);
      if (!sealer.ok) return sealer;
      const sealed = await sealHook(sealer.value, hook.id, secrets);
      const row = { ...hook, sealed, settings: JSON.stringify(settings), shown: toShown(secrets), savedAtMs: nowMs() };
      const saved = await saveHook(db, row);
      if (!saved.ok) return saved;
      const due = saved.value.slice(0, BATCH_MESSAGES).map((id) => ({ run_id: id, step_id: TRACKER_STEP }));
      // The sweeper sends the rest, and what is lost here.
      if (due.length > 0) await sendSteps(queue, due);
      return ok(undefined);
    },
    deleteHook: (id) => deleteHook(db, { id }),
  }) satisfies Partial<WebhookDeps>;

/** What was kept, opened; null where its hook was deleted meanwhile. */
async function openDelivery(
  token: string,
  { hookId, work, receivedAtMs }: DeliveryWork,
  { db, masterSecret }: WebhookBinding,
): Promise<Result<KeptDelivery | null>> {
  const sealer = toSealer(masterSecret);
  if (!sealer.ok) return sealer;
  const row = await readHook(db, { id: hookId });
  if (!row.ok || row.value === null) return row.ok ? ok(null) : row;
  const hook = await openHook(sealer.value, row.value);
  if (!hook.ok) return hook;
  const event = await sealer.value.open({ purpose: "delivery", id: token, sealed: work });
  if (!event.ok) return event;
  return ok(hook.value.kind === "github" ? { hook: hook.value, event: event.value, receivedAtMs } : null);
}

const deliveryDeps = (binding: WebhookBinding) =>
  ({
    keepDelivery: async ({ event, ...key }) => {
      const { db, queue, nowMs } = binding;
      const sealer = toSealer(binding.masterSecret);
      if (!sealer.ok) return sealer;
      const work = await sealer.value.seal({ purpose: "delivery", id: key.token, text: event });
      const kept = await keepDelivery(db, { ...key, work, nowMs: nowMs() });
      // A message that is lost is sent again by the sweeper: the row says what is to be done.
      if (kept.ok && kept.value) await sendSteps(queue, [{ run_id: key.token, step_id: DELIVERY_STEP }]);
      return kept;
    },
    claimDelivery: async (token) => {
      const claimed = await claimDelivery(binding.db, { token, nowMs: binding.nowMs() });
      if (!claimed.ok || claimed.value === null) return claimed.ok ? ok(null) : claimed;
      return openDelivery(token, claimed.value, binding);
    },
    hasEarlierDelivery: (token) => hasEarlierDelivery(binding.db, { token }),
    settleDelivery: (settled) => settleDelivery(binding.db, settled),
  }) satisfies Partial<WebhookDeps>;

/** Binds what the doors of webhooks may do to the database and the queue. */
export const bindWebhooks = (binding: WebhookBinding): WebhookDeps => {
  const { db, queue, nowMs, newId } = binding;
  return {
    ...hookDeps(binding),
    ...deliveryDeps(binding),
    takeDelivery: (key) => takeDelivery(db, { ...key, nowMs: nowMs() }),
    endDelivery: (key) => endDelivery(db, key),
    countDeliveries: (hookId) => countDeliveries(db, { hookId, sinceMs: nowMs() - DAY_MS }),
    reserveRunSlot: (slot) => reserveRunSlot(db, { ...slot, nowMs: nowMs() }),
    releaseRunSlot: (slot) => releaseRunSlot(db, slot),
    wantThread: async (wanted) => {
      const saved = await saveThread(db, { ...wanted, nowMs: nowMs() });
      // A message that is lost is sent again by the sweeper: the row says what is wanted.
      if (saved.ok && saved.value.wantedVersion > saved.value.appliedVersion)
        await sendSteps(queue, [{ run_id: saved.value.id, step_id: TRACKER_STEP }]);
      return saved;
    },
    readThread: (key) => readThread(db, key),
    savePull: (pull) => savePull(db, { ...pull, createdAtMs: nowMs() }),
    readPulls: (key) => readPulls(db, key),
    hasMergedPull: (decisionId) => hasMergedPull(db, { decisionId }),
    listOpenThreads: (hookId) => listOpenThreads(db, { hookId }),
    nameRepository: (named) => nameRepository(db, { ...named, nowMs: nowMs() }),
    moveTask: (moved) => moveTask(db, moved),
    noteRepositoryEvent: (event) => noteRepositoryEvent(db, { ...event, id: newId("evt"), createdAtMs: nowMs() }),
  };
};
