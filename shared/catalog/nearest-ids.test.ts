import { expect, test } from "vitest";
import { createNearest } from "./nearest-ids.ts";

const IDS = [
  { id: "openai/gpt-4o" },
  { id: "openai/gpt-4o-2024-08-06" },
  { id: "openai/gpt-4o-mini" },
  { id: "anthropic/claude-opus-4.5" },
  { id: "qwen/qwen3-max" },
  { id: "qwen/qwen3-coder-30b-a3b-instruct" },
  { id: "qwen/qwen3-max-thinking" },
];

test("nearest() lists ids of the family by what differs, fewest parts first", () => {
  const nearest = createNearest(IDS);
  expect(nearest("gpt-4o-2024-05-13")).toEqual([
    { id: "openai/gpt-4o", differs: ["date 2024-05-13 / none"] },
    { id: "openai/gpt-4o-2024-08-06", differs: ["date 2024-05-13 / 2024-08-06"] },
    { id: "openai/gpt-4o-mini", differs: ['id has "mini"', "date 2024-05-13 / none"] },
  ]);
  expect(nearest("Qwen3 Max (Preview)", 2)).toEqual([
    { id: "qwen/qwen3-max", differs: ["stage preview / ga"] },
    { id: "qwen/qwen3-max-thinking", differs: ["stage preview / ga", "id is the thinking one"] },
  ]);
});

test("nearest() leaves out another version, member or size, and families the catalogue has not", () => {
  const nearest = createNearest(IDS);
  expect(nearest("Claude Opus 3")).toEqual([]);
  expect(nearest("qwen3-coder-480b-a35b")).toEqual([]);
  expect(nearest("Yi-Lightning")).toEqual([]);
  expect(nearest("")).toEqual([]);
});
