import { defineConfig } from "vitest/config";

/** Pure code, scripts and structure checks, in plain Node. */
export default defineConfig({
  test: {
    name: "node",
    environment: "node",
    include: ["shared/**/*.test.ts", "scripts/**/*.test.ts", "tests/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 60_000,
  },
});
