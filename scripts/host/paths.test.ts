import { dirname } from "node:path";
import { expect, it } from "vitest";
import { WRANGLER_ENV } from "./paths.ts";

it("WRANGLER_ENV lets wrangler run on the Node of this process, whatever the system's is", () => {
  expect(WRANGLER_ENV.PATH?.startsWith(dirname(process.execPath))).toBe(true);
});
