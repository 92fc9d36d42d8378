import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import defaultGovernance from "../../shared/data/default-governance.json" with { type: "json" };
import { parseRoutingFile } from "../../shared/policy/governance/validate-routing.ts";
import { RUN_LIMITS } from "../../shared/run/run-limits.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import type { RouterDeps } from "./deps.ts";
import { toDeps } from "./env.ts";
import { prepareRun } from "./prepare-run.ts";
import { catalog, serveCatalog } from "./testing/caller.ts";
import { RUN_ENV } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const APP =
  "Build a todo app:\n1. Write tests for the API\n2. Build the API on the tasks table\n3. Design the tasks table";

/** Saves another policy behind each reading of one, and another routing file behind each reading of one. */
function withHaste(deps: RouterDeps, tenantId: string): RouterDeps {
  let [policies, files] = [0, 0];
  const file = unwrap(parseRoutingFile(defaultGovernance));
  const changePolicy = async (): Promise<void> => {
    const { policy } = unwrap(await deps.readPolicy(tenantId));
    const runs = { capMicroUsd: (policies + 1) * 1_000_000, keyCapMicroUsd: null, dayCapMicroUsd: null };
    const changed = { ...policy, runs: { ...runs, retentionDays: 7 } };
    unwrap(await deps.savePolicy({ tenantId, expectedVersion: policies, policy: changed, createdBy: "key_1" }));
    policies += 1;
  };
  const changeFile = async (): Promise<void> => {
    unwrap(await deps.saveGovernance({ tenantId, expectedVersion: files, file, createdBy: "key_1" }));
    files += 1;
  };
  const first = async <T>(value: Promise<T>, then: () => Promise<void>): Promise<T> => {
    const read = await value;
    await then();
    return read;
  };
  return {
    ...deps,
    readPolicy: (tenant) => first(deps.readPolicy(tenant), changePolicy),
    readWorld: (tenant) => first(deps.readWorld(tenant), changePolicy),
    readRouteState: async (tenant, lock) => {
      const state = await deps.readRouteState(tenant, lock);
      const readWorld = (read: typeof state & { ok: true }) => () => first(read.value.readWorld(), changePolicy);
      return state.ok ? ok({ ...state.value, readWorld: readWorld(state) }) : state;
    },
    readGovernance: (tenant) => first(deps.readGovernance(tenant), changeFile),
  };
}

describe("prepareRun()", () => {
  it.each<[string, CreateRunBody]>([
    ["single", { task: "Fix the typo in README.md", mode: "single" }],
    ["swarm", { task: APP, mode: "swarm" }],
    ["governed", { task: APP, mode: "swarm", governance: { agent: "implementer", tier: "SMALL" } }],
  ])("makes all of a %s run by one policy and one file, whatever is saved meanwhile", async (name, body) => {
    const tenantId = `prepare-${name}`;
    const deps = toDeps({ ...env, ...RUN_ENV }, () => undefined);
    const run = unwrap(
      await prepareRun({ tenantId, keyId: "key_1", body, isPreview: false }, withHaste(deps, tenantId)),
    );
    expect([run.record.policyVersion, run.capMicroUsd]).toEqual([0, RUN_LIMITS.capMicroUsd]);
    expect(new Set(run.governedSteps.map(({ governed }) => governed.version))).toEqual(
      new Set(name === "governed" ? [0] : []),
    );
    // One reading of each: what a second one would have seen was never decided by.
    expect(unwrap(await deps.readPolicy(tenantId)).version).toBe(1);
    expect(unwrap(await deps.readGovernance(tenantId)).version).toBe(name === "governed" ? 1 : 0);
  });
});
