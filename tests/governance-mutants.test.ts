import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import mutants from "./governance/mutants.json" with { type: "json" };

interface Tried {
  readonly breaks: string;
  readonly file: string;
  readonly failed: readonly string[];
}

/** In a process of its own, where a copy of the sources is loaded as Node loads it. */
function runMutants(): readonly Tried[] {
  const script = join(import.meta.dirname, "governance/run-mutants.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe("the vectors of governance", () => {
  let untouched: Tried | undefined;
  let tried: readonly Tried[] = [];
  beforeAll(() => {
    [untouched, ...tried] = runMutants();
  }, 600_000);

  it("pass on a copy of the rules that nothing was done to", () => {
    expect(untouched).toMatchObject({ breaks: "nothing", failed: [] });
  });

  it("fail for every rule that is broken", () => {
    expect(tried).toHaveLength(mutants.length);
    expect(tried.filter(({ failed }) => failed.length === 0)).toEqual([]);
  });
});
