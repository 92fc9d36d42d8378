import { describe, expect, test } from "vitest";
import { toRandom } from "../policy/testing/random-catalog.ts";
import {
  PLANNED_PART_LIMITS,
  type PlanDraft,
  parsePlannedParts,
  readPlanDraft,
  toPlanDraft,
  writePlanDraft,
} from "./planned-parts.ts";

const SEAL = "k3mzk3mzk3mzk3mzk3mz";
const part = (id: string, depends_on: readonly unknown[] = [], text: unknown = `do ${id}`) => ({
  id,
  text,
  depends_on,
});
const write = (parts: unknown, seal = SEAL, more = {}): string => JSON.stringify({ seal, parts, ...more });
const read = (parts: unknown, seal = SEAL) => parsePlannedParts(write(parts, seal), SEAL);
const DIAMOND = [part("ship", ["left", "right"]), part("root"), part("left", ["root"]), part("right", ["root"])];

describe("parsePlannedParts()", () => {
  test("reads parts in an order that can be gone through, in a code block too, and nothing after the object", () => {
    const parts = read(DIAMOND);
    expect(parts.ok && parts.value.map(({ id }) => id)).toEqual(["root", "left", "right", "ship"]);
    const fenced = parsePlannedParts(`\`\`\`json\n${write(DIAMOND)}\n\`\`\`\nand {"seal": "x"}`, SEAL);
    expect(fenced).toEqual(parts);
    expect(read([part("all")])).toMatchObject({ ok: true, value: [{ id: "all" }] });
  });

  const many = (count: number) => Array.from({ length: count }, (_, i) => part(`p${i}`));
  test.each<[string, string]>([
    ["no JSON", "Here is the plan: do it"],
    ["text before it", `Sure! ${write(DIAMOND)}`],
    ["half an object", write(DIAMOND).slice(0, -3)],
    ["another seal", write(DIAMOND, "another")],
    ["no seal", JSON.stringify({ parts: DIAMOND })],
    ["a member more", write(DIAMOND, SEAL, { model: "openai/dearest" })],
    ["no part", write([])],
    ["parts that are no list", write({ a: 1 })],
    ["too many parts", write(many(PLANNED_PART_LIMITS.most + 1))],
    ["thirty parts", write(many(30))],
    ["a part with a model", write([{ ...part("a"), model: "openai/dearest" }, part("b")])],
    ["a part without depends_on", write([{ id: "a", text: "do a" }, part("b")])],
    ["an id with blanks", write([part("a b"), part("c")])],
    ["an id too long", write([part("a".repeat(33)), part("c")])],
    ["an empty id", write([part(""), part("c")])],
    ["two parts of one id", write([part("a"), part("a", [], "do more")])],
    ["the same words twice", write([part("a", [], "do it"), part("b", [], "do it")])],
    ["empty words", write([part("a", [], "  "), part("b")])],
    ["words that are no text", write([part("a", [], 7), part("b")])],
    ["words too long", write([part("a", [], "x".repeat(PLANNED_PART_LIMITS.textChars + 1)), part("b")])],
    ["a dependence on nobody", write([part("a", ["z"]), part("b")])],
    ["a dependence on itself", write([part("a", ["a"]), part("b")])],
    ["a dependence named twice", write([part("a"), part("b", ["a", "a"])])],
    ["a dependence that is no text", write([part("a"), part("b", [1])])],
    ["a circle", write([part("a", ["b"]), part("b", ["c"]), part("c", ["a"])])],
    ["a member that stands twice", write(DIAMOND).replace('"id":"root"', '"id":"root","id":"root"')],
    ["the seal twice", write(DIAMOND).replace('{"seal"', `{"seal":"${SEAL}","seal"`)],
  ])("refuses %s", (_, text) => {
    expect(parsePlannedParts(text, SEAL)).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });

  test("never throws, whatever a model answers", () => {
    const random = toRandom(11);
    const source = write(DIAMOND);
    for (let i = 0; i < 2_000; i += 1) {
      const at = Math.floor(random() * source.length);
      const odd = '{}[]":,\\x0'.charAt(Math.floor(random() * 10));
      const parts = parsePlannedParts(source.slice(0, at) + odd + source.slice(at + (i % 3)), SEAL);
      if (parts.ok) expect(parts.value.length).toBeLessThanOrEqual(PLANNED_PART_LIMITS.most);
    }
  });
});

test("a draft is read as it was written, and one part is left to the splitter", () => {
  const parts = read(DIAMOND);
  if (!parts.ok) throw new Error("the diamond is a plan");
  const drafts: readonly PlanDraft[] = [toPlanDraft(parts.value), { by: "splitter", reason: "unreadable" }];
  for (const draft of drafts) expect(readPlanDraft(writePlanDraft(draft))).toEqual({ ok: true, value: draft });
  expect(toPlanDraft(parts.value.slice(0, 1))).toEqual({ by: "splitter", reason: "one_part" });
  for (const text of ["", "[]", "{}", '{"planned_by":"llm","parts":[]}', '{"planned_by":"splitter","reason":"x"}'])
    expect(readPlanDraft(text).ok).toBe(false);
});
