import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const POLICY = join(import.meta.dirname, "..");

it("no other file of the policy imports governance: decide() sees its constraints and nothing else", () => {
  const importing = readdirSync(POLICY, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.startsWith("governance"))
    .filter((path) => /from "(\.\.?\/)+(policy\/)?governance\//.test(readFileSync(join(POLICY, path), "utf8")));
  expect(importing).toEqual([]);
});
