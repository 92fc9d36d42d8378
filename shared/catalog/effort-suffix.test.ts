import { expect, test } from "vitest";
import { withoutEffortSuffix } from "./effort-suffix.ts";

test("withoutEffortSuffix() drops one effort or budget at the end and nothing else", () => {
  const names = ["gpt-5_high", "claude_16K", "m_thinking", "m_unknown", "mistral-medium", "m_high_2", "m_low_high"];
  expect(names.map(withoutEffortSuffix)).toEqual(["gpt-5", "claude", "m", "m", "mistral-medium", "m_high_2", "m_low"]);
});
