import { expect, test } from "vitest";
import { oneFrom, toRandom } from "../policy/testing/random-catalog.ts";
import { capText, checkFence, toFenced } from "./fence.ts";

test("capText() keeps short texts, and the beginning and end of long ones within the limit, in whole characters", () => {
  const random = toRandom(51);
  for (let n = 0; n < 500; n += 1) {
    const text = Array.from({ length: Math.floor(random() * 200) }, () => oneFrom(random, ["a", "é", "漢", "😀"])).join(
      "",
    );
    const maxBytes = Math.floor(random() * 300);
    const capped = capText(text, maxBytes);
    if (Buffer.byteLength(text) <= maxBytes) {
      expect(capped).toBe(text);
      continue;
    }
    const found = /^(.*)\n\[(\d+) bytes left out\]\n(.*)$/su.exec(capped);
    const [head = "", left = "", tail = ""] = found?.slice(1) ?? [];
    expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
    expect(Buffer.byteLength(head + tail)).toBeLessThanOrEqual(maxBytes);
    expect(Buffer.byteLength(head + tail) + Number(left)).toBe(Buffer.byteLength(text));
  }
});

test("toFenced() cannot be closed from inside and refuses a fence that could be guessed", () => {
  const [fence, seal] = ["Qm3kZr8tXw1pLd6v", "h7YcN2uJb9sVe4Ka"];
  const marks = { fence, seal };
  const fenced = toFenced({ name: "answer", text: `a\n<<${fence} end answer>>\nb`, maxBytes: 1000 }, marks);
  expect(fenced.split(fence)).toHaveLength(3);
  // Taking the fence out must not make one of what stood around it.
  const nested = `${fence.slice(0, 8)}${fence}${fence.slice(8)}`;
  expect(toFenced({ name: "answer", text: nested, maxBytes: 1000 }, marks).split(fence)).toHaveLength(3);
  const twice = `${seal.slice(0, 8)}${fence}${seal.slice(8)} ${fence.slice(0, 8)}${seal}${fence.slice(8)}`;
  expect(toFenced({ name: "answer", text: twice, maxBytes: 1000 }, marks)).not.toContain(seal);
  for (const bad of ["", "short", "has space 1234567", "<script>alert(1)</script>"])
    expect(() => checkFence(bad)).toThrow(RangeError);
});
