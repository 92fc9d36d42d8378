import { say, speak } from "./speech.ts";
import type { Script, SeenCall } from "./start-fake-provider.ts";

/** What a call of a run is for, read from what it was asked. */
export type CallRole = "judge" | "merge" | "work";

export function roleOf({ body }: SeenCall): CallRole {
  const asked = JSON.stringify(body);
  // Not by the schema: some models of one maker take none, and are asked in words alone.
  if (asked.includes("You judge one answer to one task.")) return "judge";
  return /You make one (?:answer|result) out of/.test(asked) ? "merge" : "work";
}

/** The part of a split task that a call does, in its own words; null = the whole task. */
export const partOf = ({ body }: SeenCall): string | null =>
  /Do this part of it, and no other:\\n((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(body))?.[1] ?? null;

/** The seal that a question asks to be repeated. */
const sealOf = ({ body }: SeenCall): string | undefined => /\{\\"seal\\": \\"(\w+)\\"/.exec(JSON.stringify(body))?.[1];

/** A verdict with the seal of this very question. */
export const toVerdict = (call: SeenCall, score: number): string =>
  JSON.stringify({ seal: sealOf(call), reasons: ["it leaves a case out"], score });

/** Whether a call asks for parts. */
export const isPlanner = ({ body }: SeenCall): boolean => JSON.stringify(body).includes("You plan how a task is split");

/** A plan with the seal of this very question. */
export const toPlan = (call: SeenCall, parts: unknown): string => JSON.stringify({ seal: sealOf(call), parts });

export interface Roles {
  readonly judge?: (call: SeenCall) => string;
  readonly merge?: string;
  readonly work?: (call: SeenCall) => string;
}

/** Answers each call of a run by what it is for. */
export function playRoles({ judge = (call) => toVerdict(call, 9), merge = "all together", work }: Roles): Script {
  return (call) => {
    const role = roleOf(call);
    const ownWords = work ?? (() => `work of ${partOf(call) ?? call.model}`);
    return speak(say(role === "judge" ? judge(call) : role === "merge" ? merge : ownWords(call)), call);
  };
}
