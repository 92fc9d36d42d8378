import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BUNDLED_MODEL_SOURCE, toBundledFolder } from "./bundled-folder.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("toBundledFolder()", () => {
  it("finds the folder of the router's bundle, and its config is there", () => {
    const folder = toBundledFolder(readFileSync(join(ROOT, BUNDLED_MODEL_SOURCE), "utf8"));
    expect(folder.ok && existsSync(join(ROOT, folder.value, "model_config.json"))).toBe(true);
  });

  it("passes over the config of the weights below the model's folder", () => {
    const source = ["fallback/model_config.json", "model_config.json"].map(
      (f) => `import x from "../../models/a/${f}";`,
    );
    expect(toBundledFolder(source.join("\n"))).toEqual({ ok: true, value: "models/a" });
  });

  it("is a fault when no config is imported", () => {
    expect(toBundledFolder('import x from "../models/a/model.ort";')).toMatchObject({ ok: false });
  });
});
