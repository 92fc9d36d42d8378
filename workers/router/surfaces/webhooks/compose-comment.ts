import type { DecisionRecord } from "../../../platform/d1/decisions-store.ts";
import { toDecisionBody } from "../../present-decision.ts";
import { describeRefusal } from "./describe-refusal.ts";
import type { HookRunStart } from "./start-hook-run.ts";

const percent = (part: number): string => `${Math.round(part * 100)} %`;

const usd = (amount: number): string => `about ${amount < 0.1 ? amount.toFixed(3) : amount.toFixed(2)} USD`;

/** What stands in the way of a run, for a person to read; empty = nothing. */
export function describeStart(start: HookRunStart | null): string {
  switch (start?.kind) {
    case "day_is_full":
      return "No run: this repository's cap for the day is used up.";
    case "refused":
      return `No run: ${describeRefusal(start.faultKind)}.`;
    default:
      return "";
  }
}

/**
 * The comment on a decision: figures and words of our own alone. Nothing that anybody wrote in the issue is repeated, so
 * that a comment cannot be made to say something. The executor adds its marker and how the run stands.
 */
export function composeComment(
  record: DecisionRecord,
  { approvalId, note }: { readonly approvalId: string | null; readonly note: string },
): string {
  const body = toDecisionBody(record, approvalId);
  const { classification: seen, expected, gate } = body;
  const isUnsure = (head: "complexity" | "task_type" | "risk"): string =>
    seen.abstained_heads.includes(head) ? ", too unsure to tell" : "";
  const row = (name: string, head: "complexity" | "task_type" | "risk"): string =>
    `| ${name} | ${seen[head].label} (${percent(seen[head].confidence)}${isUnsure(head)}) |`;
  const gated = gate.requires_approval
    ? gate.approval_id === null
      ? `**Needs an approval:** ${gate.reason} Somebody else than who asked comments \`/spawnpoint approve\`.`
      : "Approved."
    : "";
  const lines = [
    `**Spawnpoint** would give this to \`${body.model}\` (effort ${body.effort}, driver ${body.driverKind}, provider ${body.provider}, mode ${body.mode}).`,
    "",
    "| | |",
    "|---|---|",
    row("type", "task_type"),
    row("complexity", "complexity"),
    row("risk", "risk"),
    `| expected | ${percent(expected.success)} chance, ${usd(expected.cost_usd)} |`,
    "",
    body.rationale,
    ...[gated, note].filter((line) => line !== "").flatMap((line) => ["", line]),
    "",
    `Decision \`${body.id}\`. Commands: \`/spawnpoint approve\`, \`/spawnpoint cancel\`, \`/spawnpoint route\`.`,
  ];
  return lines.join("\n");
}
