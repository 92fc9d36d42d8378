import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A model folder's size, bytes. */
export interface ModelSize {
  /** Graph (or weights) and the JSON files that the engine reads. */
  readonly servedBytes: number;
  readonly folderBytes: number;
}

/** Sum of the files below `folder`. */
export function folderBytes(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true });
  const sizes = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? folderBytes(path) : statSync(path).size;
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

export const fileBytes = (folder: string, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
