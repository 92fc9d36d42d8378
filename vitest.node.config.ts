import { defineConfig } from "vitest/config";

/** Pure code, scripts and structure checks, in plain Node. */
export const nodeTestOptions = {
  environment: "node",
  include: [
    "shared/**/*.test.ts",
    "scripts/**/*.test.ts",
    "tests/*.test.ts",
    "tests/layers/**/*.test.ts",
    "bench/**/*.test.ts",
    "models/**/*.test.ts",
    "clients/**/*.test.ts",
  ],
  testTimeout: 60_000,
};

/** These alone, for a quick run: `vitest run --config vitest.node.config.ts`. */
export default defineConfig({ test: { name: "node", ...nodeTestOptions } });
