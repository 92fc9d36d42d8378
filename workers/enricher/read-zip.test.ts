import { expect, test } from "vitest";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { readZip } from "./read-zip.ts";
import { toZip } from "./testing/to-zip.ts";

const FILES = { "data/a.csv": "x,y\n1,2\n".repeat(50), "data/b.csv": "stored as it is", "c.txt": "not wanted" };
const isWanted = (name: string): boolean => name.endsWith(".csv");
const read = (bytes: Uint8Array<ArrayBuffer>, limitBytes = 1_000) =>
  readZip(new Uint8Array(bytes), { isWanted, limitBytes });

test("readZip() unpacks the wanted files, packed or stored, by their name without folders", async () => {
  const files = unwrap(await read(await toZip(FILES)));
  const texts = [...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
  expect(texts).toEqual([
    ["a.csv", FILES["data/a.csv"]],
    ["b.csv", FILES["data/b.csv"]],
  ]);
});

test("readZip() refuses an archive that is cut anywhere, or anything else", async () => {
  const whole = await toZip(FILES);
  for (let length = 0; length < whole.length; length += 7) {
    expect(faultOf(await read(whole.subarray(0, length))).kind).toBe("malformed_data");
  }
  expect(faultOf(await read(new Uint8Array(new TextEncoder().encode("<html></html>".repeat(9))))).kind).toBe(
    "malformed_data",
  );
});

test("readZip() answers or refuses, and never throws, when any byte is another", async () => {
  const whole = await toZip(FILES);
  for (let at = 0; at < whole.length; at++) {
    const changed = new Uint8Array(whole);
    changed[at] = 255 - (changed[at] ?? 0);
    const result = await read(changed);
    expect(result.ok || result.fault.kind === "malformed_data").toBe(true);
  }
});

test("readZip() refuses what is over the limit unpacked, also where the directory lies", async () => {
  expect(faultOf(await read(await toZip(FILES), 100)).kind).toBe("malformed_data");
  const lying = await toZip({ "a.csv": "0".repeat(100_000) });
  // The directory entry stands before the end record, and states the size in its bytes 24..27.
  new DataView(lying.buffer).setUint32(lying.length - 22 - 46 - "a.csv".length + 24, 10, true);
  expect(faultOf(await read(lying)).kind).toBe("malformed_data");
});
