import { type Marks, toFenced, toFenceNotice } from "./fence.ts";
import type { ChatMessage } from "./model-call.ts";
import type { ReadRole, StepRead } from "./step.ts";

/** An earlier output as the plan says that it is to be read. */
export interface ReadText extends Pick<StepRead, "as" | "maxBytes"> {
  readonly text: string;
}

/** What a step that does the task, or a part of it, is asked. */
export interface WorkQuestion extends Marks {
  /** Composed role text; empty = none. */
  readonly role: string;
  /** The task as it was given: the instruction, so it is not fenced. */
  readonly task: string;
  /** The part that this step does; null = the whole task. */
  readonly part: string | null;
  readonly reads: readonly ReadText[];
}

/** How each kind of material is named and what it is for. */
const ROLES: Readonly<Record<Exclude<ReadRole, "candidate">, { readonly name: string; readonly use: string }>> = {
  earlier_result: {
    name: "earlier result",
    use: "Earlier results are done work to build on; correct them where they are wrong.",
  },
  rejected_answer: {
    name: "rejected answer",
    use: "A rejected answer was tried and found wanting. Keep what is right in it, and do not repeat its fault.",
  },
  reasons: { name: "reasons", use: "Reasons say what a reviewer missed in the rejected answer; they may be mistaken." },
  evidence: { name: "evidence", use: "Evidence is what a check outside reported, such as a failing log." },
};

/** Messages of a work step: role and how to read the material first, then the material, and the task last. */
export function toWorkMessages({ role, task, part, reads, fence, seal }: WorkQuestion): readonly ChatMessage[] {
  const shown = reads.map(({ as, text, maxBytes }, i) => {
    // Candidates are for judges and merges; a plan that hands one to a work step is wrong.
    if (as === "candidate") throw new Error("a work step reads no candidate");
    return { as, fenced: toFenced({ name: `${ROLES[as].name} ${i + 1}`, text, maxBytes }, { fence, seal }) };
  });
  const uses = [...new Set(shown.map(({ as }) => ROLES[as].use))];
  const rule = shown.length === 0 ? [] : [[toFenceNotice(fence), ...uses].join("\n")];
  const system = [...(role === "" ? [] : [role]), ...rule].join("\n\n");
  const ask =
    part === null ? task : `The whole task, for context:\n${task}\n\nDo this part of it, and no other:\n${part}`;
  const user = [...shown.map(({ fenced }) => fenced), ask].join("\n\n");
  return [...(system === "" ? [] : [{ role: "system" as const, text: system }]), { role: "user", text: user }];
}
