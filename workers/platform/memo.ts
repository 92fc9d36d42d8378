import type { Result } from "../../shared/base/result.ts";
import { ok } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";

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
