import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { nodeTestOptions } from "./vitest.node.config.ts";

/** No test reaches the outside: whatever a worker fetches that a test has not stubbed is refused. */
const refuseOutbound = () => new Response("tests have no network", { status: 599 });

interface WorkerProject {
  readonly environment: "router" | "enricher" | "executor";
  readonly include: readonly string[];
  readonly isolate: boolean;
}

/** Stands in for the enricher behind the router's binding: it is told, and does nothing. */
const QUIET_ENRICHER = {
  name: "spawnpoint-enricher",
  modules: true,
  compatibilityDate: "2026-10-15",
  script: `import { WorkerEntrypoint } from "cloudflare:workers";
    export class RefreshDoor extends WorkerEntrypoint { async pickUp() {} }
    export default {};`,
};

/** Stands in for the router behind the executor's binding; tests of planned parts bring their own. */
const ABSENT_ROUTER = {
  name: "spawnpoint-router",
  modules: true,
  compatibilityDate: "2026-10-15",
  script: `import { WorkerEntrypoint } from "cloudflare:workers";
    export class ExecutorDoor extends WorkerEntrypoint {
      async expandPlan() { return { ok: false, fault: { kind: "unavailable", what: "router", detail: "a stand-in" } }; }
    }
    export default {};`,
};

/** The tests of one worker, inside the runtime, with its own bindings and the schema in TEST_MIGRATIONS. */
const workerProject = ({ environment, include, isolate }: WorkerProject) => ({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: "./wrangler.toml", environment },
      miniflare: {
        bindings: { TEST_MIGRATIONS: await readD1Migrations("./migrations") },
        outboundService: refuseOutbound,
        ...(environment === "router" ? { workers: [QUIET_ENRICHER] } : {}),
        ...(environment === "executor" ? { workers: [ABSENT_ROUTER] } : {}),
      },
    })),
  ],
  test: { name: environment, include: [...include], isolate, testTimeout: 60_000, hookTimeout: 60_000 },
});

export default defineConfig({
  test: {
    coverage: {
      provider: "istanbul",
      include: ["shared/**/*.ts", "workers/**/*.ts", "clients/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.d.ts"],
    },
    projects: [
      { test: { ...nodeTestOptions, name: "node" } },
      workerProject({
        environment: "router",
        include: ["workers/router/**/*.test.ts"],
        // Loading the inference runtime takes seconds a file: one isolate for all, so storage is shared between files.
        isolate: false,
      }),
      workerProject({
        environment: "enricher",
        include: ["workers/enricher/**/*.test.ts"],
        isolate: true,
      }),
      workerProject({
        environment: "executor",
        // The platform is tested where it has a database, a bucket and a queue.
        include: ["workers/executor/**/*.test.ts", "workers/platform/**/*.test.ts"],
        isolate: true,
      }),
      {
        test: {
          name: "end-to-end",
          environment: "node",
          include: ["tests/end-to-end/**/*.test.ts"],
          // Each file runs a real host, and waits more than it works: two at once, after all others.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
