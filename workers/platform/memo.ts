import type { Result } from "../../shared/base/result.ts";
import { ok } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import type { ModelBody } from "../../shared/contract/models.ts";
import type { FeedbackObservation } from "../../shared/policy/feedback.ts";
import type { CatalogCosts } from "../../shared/policy/governance/catalog-costs.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import type { RankList } from "../../shared/policy/rank-list.ts";
import type { ApiKeyRow } from "./d1/api-keys-store.ts";

/** Values that never change under their key, kept for the life of the isolate; the least recently used one goes. */
export interface Memo<T> {
  /** The value under `key`, loaded if it is not held; a fault is not kept. */
  readonly recall: (key: string, load: () => Promise<Result<T>>) => Promise<Result<T>>;
}

/**
 * Holds finished values only, never a promise: on Workers one request may not wait for another's I/O, so two first
 * readers each load.
 */
export function makeMemo<T>(capacity: number): Memo<T> {
  const held = new Map<string, { readonly value: T }>();
  const keep = (key: string, entry: { readonly value: T }): void => {
    held.delete(key);
    held.set(key, entry);
    const [oldest] = held.keys();
    if (held.size > capacity && oldest !== undefined) held.delete(oldest);
  };
  return {
    recall: async (key, load) => {
      const entry = held.get(key);
      if (entry !== undefined) {
        keep(key, entry);
        return ok(entry.value);
      }
      const loaded = await load();
      if (loaded.ok) keep(key, { value: loaded.value });
      return loaded;
    },
  };
}

/** By catalogue version: the current one, and a few that old decisions are recomputed with. */
export const catalogMemo: Memo<Catalog> = makeMemo(3);

/** By catalogue version and mix: what pick and recommend walk. Tags can ask for many mixes, so the least used go. */
export const rankListMemo: Memo<RankList> = makeMemo(48);

/** Names and costs as governance reads them, by catalogue version. */
export const catalogCostsMemo: Memo<CatalogCosts> = makeMemo(2);

/** Every row as it is shown, by catalogue version; in catalogue order. */
export const modelBodiesMemo: Memo<readonly ModelBody[]> = makeMemo(2);

/** What was true a moment ago. Held for `ttlMs` at most, and only until somebody here says that it changed. */
export interface RecentMemo<T> {
  /** The value under `key` if it was read less than `ttlMs` ago, else loaded; a fault is not kept. */
  readonly recall: (key: string, nowMs: number, load: () => Promise<Result<T>>) => Promise<Result<T>>;
  /** Forgets one key, or everything. */
  readonly forget: (key?: string) => void;
}

/** As makeMemo(), for values that go out of date. A load that began before a forget() is answered, but not kept. */
export function makeRecentMemo<T>({
  capacity,
  ttlMs,
}: {
  readonly capacity: number;
  readonly ttlMs: number;
}): RecentMemo<T> {
  const held = new Map<string, { readonly value: T; readonly readAtMs: number }>();
  let changes = 0;
  return {
    recall: async (key, nowMs, load) => {
      const entry = held.get(key);
      if (entry !== undefined && nowMs - entry.readAtMs < ttlMs && nowMs >= entry.readAtMs) return ok(entry.value);
      const before = changes;
      const loaded = await load();
      if (!loaded.ok || changes !== before) return loaded;
      held.delete(key);
      held.set(key, { value: loaded.value, readAtMs: nowMs });
      const [oldest] = held.keys();
      if (held.size > capacity && oldest !== undefined) held.delete(oldest);
      return loaded;
    },
    forget: (key) => {
      changes += 1;
      if (key === undefined) held.clear();
      else held.delete(key);
    },
  };
}

/** What a tenant's rankings rest on beside the request. */
export interface RankWorld {
  readonly catalog: Catalog;
  readonly policy: { readonly version: number; readonly policy: Policy };
  readonly feedback: readonly FeedbackObservation[];
}

/**
 * By tenant. A change that goes through this isolate is seen at once (the door forgets the tenant), one from elsewhere
 * after two seconds: a pick is advice, and reading the database for each would cost a hundred times the pick itself.
 */
export const rankWorldMemo: RecentMemo<RankWorld> = makeRecentMemo({ capacity: 100, ttlMs: 2_000 });

/** By the digest of a key, for quick doors alone: a revoked key can ask for advice for a second more, and for nothing else. */
export const keyMemo: RecentMemo<ApiKeyRow | null> = makeRecentMemo({ capacity: 1_000, ttlMs: 1_000 });

/** What was told of already, so that it is not told with every request; past `capacity` everything counts as told. */
export interface Told {
  readonly isNew: (key: string) => boolean;
}

export function makeTold(capacity: number): Told {
  const seen = new Set<string>();
  return {
    isNew: (key) => {
      if (seen.has(key) || seen.size >= capacity) return false;
      seen.add(key);
      return true;
    },
  };
}

/** Settings of the deployment that cannot be read, by name and text. */
export const toldSettings: Told = makeTold(100);
