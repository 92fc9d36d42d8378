import type { Classification } from "../../../../shared/task/classification.ts";

const HEADS = [
  ["type", "task_type"],
  ["complexity", "complexity"],
  ["risk", "risk"],
] as const;

/** A label for each head that was sure enough to have one. */
export const toLabels = (seen: Classification, prefix: string): readonly string[] =>
  HEADS.filter(([, head]) => !seen.abstained_heads.includes(head)).map(
    ([name, head]) => `${prefix}${name}:${seen[head].label}`,
  );
