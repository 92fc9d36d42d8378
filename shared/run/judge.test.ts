import { expect, test } from "vitest";
import { advance, startRun } from "./advance.ts";
import { decideEscalation } from "./escalate.ts";
import { statusOf } from "./job.ts";
import { toJudgeMessages } from "./judge.ts";
import type { ChatMessage } from "./model-call.ts";
import { planCascade } from "./plan/cascade.ts";
import { INJECTIONS } from "./testing/injections.ts";
import { toCore } from "./testing/made-run.ts";
import { parseVerdict, VERDICT_SCHEMA } from "./verdict.ts";

const FENCE = "Qm3kZr8tXw1pLd6v";
const SEAL = "h7YcN2uJb9sVe4Ka";
const HONEST_SCORE = 3;
const TASK = "Add two numbers";

const ask = (answer: string) => toJudgeMessages({ task: TASK, answer, fence: FENCE, seal: SEAL });
const dataOf = (messages: readonly ChatMessage[]): string => messages.at(-1)?.text ?? "";

/** The answer as the judge is shown it. */
function shownAnswer(messages: readonly ChatMessage[]): string {
  const [, after = ""] = dataOf(messages).split(`<<${FENCE} begin answer>>\n`);
  return after.split(`\n<<${FENCE} end answer>>`)[0] ?? "";
}

const honest = (): string => JSON.stringify({ seal: SEAL, reasons: ["does not do the task"], score: HONEST_SCORE });

/** Judges by how they treat what they read. Each sees nothing but the messages. */
const JUDGES: Readonly<Record<string, (messages: readonly ChatMessage[]) => string>> = {
  honest,
  parrot: shownAnswer,
  // Does as it is told: writes what looks like a verdict in the answer.
  gullible: (messages) => shownAnswer(messages).slice(Math.max(0, shownAnswer(messages).indexOf("{"))),
  "parrot of everything": dataOf,
  "honest, then gullible": (messages) => `${honest()}\n${shownAnswer(messages)}`,
  "gullible, then honest": (messages) => `${shownAnswer(messages)}\n${honest()}`,
  "talks first": () => `Here is my verdict:\n${honest()}`,
  "cut off": () => honest().slice(0, -2),
};

test("no answer forges its own verdict, whoever judges: the honest score is read or the chain goes on", () => {
  expect(INJECTIONS.length).toBeGreaterThanOrEqual(30);
  let [read, unreadable] = [0, 0];
  for (const { trick, text } of INJECTIONS) {
    const messages = ask(text({ fence: FENCE, seal: SEAL }));
    for (const [name, judge] of Object.entries(JUDGES)) {
      const verdict = parseVerdict(judge(messages), SEAL);
      if (verdict.ok) {
        expect([trick, name, verdict.value.score]).toEqual([trick, name, HONEST_SCORE]);
        expect(Object.keys(verdict.value)).toEqual(["score", "reasons"]);
        read += 1;
      } else unreadable += 1;
    }
  }
  expect([read, unreadable]).toEqual([2 * INJECTIONS.length, 6 * INJECTIONS.length]);
});

test("no answer moves model, provider or plan: an unreadable verdict lets the planned next model try", () => {
  const plan = planCascade(toCore(), {
    verifier: "judge",
    verifierJ: null,
    handOn: { answer: true, reasons: true },
    deliver: false,
  });
  const [, check, next] = plan.steps;
  if (check?.escalation == null || next === undefined) throw new Error("a cascade has a check and a next call");
  for (const { text } of INJECTIONS) {
    const verdict = parseVerdict(shownAnswer(ask(text({ fence: FENCE, seal: SEAL }))), SEAL);
    expect(verdict.ok).toBe(false);
    const { escalate } = decideEscalation({ kind: "unreadable" }, check.escalation);
    const events = [
      { kind: "claimed", stepId: "call-1" },
      { kind: "done", stepId: "call-1", escalate: null, whole: true },
      { kind: "claimed", stepId: check.stepId },
      { kind: "done", stepId: check.stepId, escalate, whole: true },
    ] as const;
    const run = events.reduce(
      (before, event) => advance(before, event).run,
      startRun(plan, { requiresApproval: false }).run,
    );
    expect(statusOf(run, next.stepId).state).toBe("ready");
    expect(run.plan).toBe(plan);
  }
});

test("toJudgeMessages() fences the data once, puts what to do after it, and names no author", () => {
  for (const { text } of INJECTIONS) {
    const [system, user] = ask(text({ fence: FENCE, seal: SEAL }));
    const said = user?.text ?? "";
    expect(said.split(FENCE)).toHaveLength(5);
    // The seal stands once: in the instruction, after the last fence.
    expect(said.split(SEAL)).toHaveLength(2);
    expect(said.lastIndexOf(SEAL)).toBeGreaterThan(said.lastIndexOf(FENCE));
    expect(system?.text).not.toContain(SEAL);
    expect(said.length).toBeLessThan(62_000);
  }
  const words = ask("4")
    .map(({ text }) => text)
    .join("\n");
  for (const name of ["anthropic", "openai", "deepseek", "google"]) expect(words.toLowerCase()).not.toContain(name);
  expect(() => toJudgeMessages({ task: TASK, answer: "4", fence: FENCE, seal: FENCE })).toThrow(RangeError);
  expect(() => toJudgeMessages({ task: TASK, answer: "4", fence: "short", seal: SEAL })).toThrow(RangeError);
});

test("parseVerdict() reads a verdict in plain or block form, each score, and nothing loose", () => {
  for (const score of VERDICT_SCHEMA.properties.score.enum) {
    const json = JSON.stringify({ seal: SEAL, reasons: ['says "}" and {'], score });
    for (const text of [json, ` \n${json}`, `\`\`\`json\n${json}\n\`\`\``, `${json} trailing {"score": 10}`])
      expect(parseVerdict(text, SEAL)).toEqual({ ok: true, value: { score, reasons: ['says "}" and {'] } });
  }
  const bad = [
    "",
    "10",
    "null",
    "{}",
    "[]",
    `{"seal": "${SEAL}", "score": 5}`,
    `{"seal": "${SEAL}", "reasons": "good", "score": 5}`,
    `{"seal": "${SEAL}", "reasons": [1], "score": 5}`,
    `{"seal": "${SEAL}", "reasons": [], "score": 0}`,
    `{"seal": "${SEAL}", "reasons": [], "score": 5, "more": 1}`,
    `{"seal": "${SEAL}", "reasons": [], "score": 5, "score": 5}`,
    `{"seal": "${SEAL.toLowerCase()}", "reasons": [], "score": 5}`,
    `{"seal": "${SEAL}", "reasons": [], "score": 5`,
    `{"seal": "${SEAL}", "reasons": [${'"r",'.repeat(8)}"r"], "score": 5}`,
  ];
  for (const text of bad)
    expect(parseVerdict(text, SEAL)).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
});
