import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fileBytes, folderBytes } from "./model-size.ts";

const folder = mkdtempSync(join(tmpdir(), "model-size-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "below"));
writeFileSync(join(folder, "a"), "12345");
writeFileSync(join(folder, "below", "b"), "123");

describe("folderBytes()", () => {
  it("sums files, those in folders below too", () => {
    expect(folderBytes(folder)).toBe(8);
  });
});

describe("fileBytes()", () => {
  it("sums the named files", () => {
    expect(fileBytes(folder, ["a"])).toBe(5);
  });
});
