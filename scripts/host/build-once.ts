import { mkdirSync } from "node:fs";
import { acquireHostLock } from "./host-lock.ts";

/** Against hanging: a build takes 15 s on two busy cores. */
const BUILD_WAIT_MS = 600_000;

export interface Build {
  /** Whether what stands in the folder is made of the sources as they are. */
  readonly isFresh: () => boolean;
  readonly build: () => Promise<void>;
}

/**
 * Builds into a folder unless it is fresh; whether it did. Of several processes that come at once one builds and the
 * others wait for it: they would take each other's files away, and do all of it again.
 */
export async function buildOnce(folder: string, { isFresh, build }: Build): Promise<boolean> {
  if (isFresh()) return false;
  // Before the lock, which would make it private.
  mkdirSync(folder, { recursive: true });
  const lock = await acquireHostLock(folder, "command", BUILD_WAIT_MS);
  try {
    if (isFresh()) return false;
    await build();
    return true;
  } finally {
    lock.release();
  }
}
