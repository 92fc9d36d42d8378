import type { Result } from "../../shared/base/result.ts";
import type { NewAttemptEvent } from "../platform/d1/attempt-events-store.ts";
import type { MovedTask } from "../platform/d1/task-locks-store.ts";
import type { PullKey, PullRow } from "../platform/d1/tracker-pulls-store.ts";
import type { NamedRepository } from "../platform/d1/tracker-repositories-store.ts";
import type { IssueKey, ThreadRow, WantedThread } from "../platform/d1/tracker-threads-store.ts";
import type { DeliveryCounts, DeliveryKey, Taken } from "../platform/d1/webhook-deliveries-store.ts";
import type { HookKind, HookRow } from "../platform/d1/webhook-hooks-store.ts";
import type { RunSlot } from "../platform/d1/webhook-runs-store.ts";
import type { DeliveryEnd } from "../platform/d1/webhook-work-store.ts";
import type { GithubHook, HookSecrets, OpenHook } from "../platform/webhook-hook.ts";

/** A delivery that is to be carried out, opened. */
export interface KeptDelivery {
  readonly hook: GithubHook;
  /** As toKeptEvent() wrote it. */
  readonly event: string;
  readonly receivedAtMs: number;
}

/** What the doors of webhooks may do. */
export interface WebhookDeps {
  /** A hook by the id in its address, opened; null = none. Faults: unavailable, also without a master secret. */
  readonly findHook: (id: string) => Promise<Result<OpenHook | null>>;
  readonly readHookOfTenant: (
    tenantId: string,
    kind: HookKind,
  ) => Promise<Result<{ readonly row: HookRow; readonly hook: OpenHook } | null>>;
  readonly saveHook: (hook: {
    readonly id: string;
    readonly tenantId: string;
    readonly kind: HookKind;
    readonly settings: unknown;
    readonly secrets: HookSecrets;
    readonly savedBy: string;
  }) => Promise<Result<void>>;
  readonly deleteHook: (id: string) => Promise<Result<void>>;
  /** Whether this request is the one that works on it. */
  readonly takeDelivery: (key: DeliveryKey) => Promise<Result<Taken>>;
  readonly endDelivery: (
    key: Pick<DeliveryKey, "hookId" | "token"> & { readonly isDone: boolean },
  ) => Promise<Result<void>>;
  /** Keeps what a delivery asks for, sealed, and puts it in the queue; false = it came before. */
  readonly keepDelivery: (delivery: DeliveryKey & { readonly event: string }) => Promise<Result<boolean>>;
  /** null = nothing is to be done, or somebody does it, or its hook is gone. */
  readonly claimDelivery: (token: string) => Promise<Result<KeptDelivery | null>>;
  readonly settleDelivery: (settled: { readonly token: string; readonly end: DeliveryEnd }) => Promise<Result<void>>;
  /** Whether what came before it through the same hook is still to be done. */
  readonly hasEarlierDelivery: (token: string) => Promise<Result<boolean>>;
  readonly countDeliveries: (hookId: string) => Promise<Result<DeliveryCounts>>;
  readonly reserveRunSlot: (
    slot: RunSlot & { readonly askedBy: string; readonly runsCap: number; readonly microUsdCap: number },
  ) => Promise<Result<"reserved" | "exists" | "refused">>;
  readonly releaseRunSlot: (slot: RunSlot) => Promise<Result<void>>;
  /** Saves what is wanted of an issue and, where that is not so yet, puts it in the queue. */
  readonly wantThread: (wanted: Omit<WantedThread, "nowMs">) => Promise<Result<ThreadRow>>;
  readonly readThread: (key: IssueKey) => Promise<Result<ThreadRow | null>>;
  readonly savePull: (pull: Omit<PullRow, "createdAtMs">) => Promise<Result<void>>;
  readonly readPulls: (key: PullKey) => Promise<Result<readonly PullRow[]>>;
  readonly hasMergedPull: (decisionId: string) => Promise<Result<boolean>>;
  readonly listOpenThreads: (hookId: string) => Promise<Result<readonly ThreadRow[]>>;
  /** Holds what goes by a repository's name to the repository, whatever it is called by now. */
  readonly nameRepository: (named: Omit<NamedRepository, "nowMs">) => Promise<Result<void>>;
  /** Holds an open decision under another id of its task. */
  readonly moveTask: (moved: MovedTask) => Promise<Result<void>>;
  readonly noteRepositoryEvent: (event: Omit<NewAttemptEvent, "id" | "createdAtMs">) => Promise<Result<unknown>>;
}
