import { toTask } from "../../../shared/policy/testing/made-input.ts";
import type { Classification } from "../../../shared/task/classification.ts";
import type { Labels, ScoredRow } from "../eval-row.ts";

/** What a test says of one scored row; the rest is plain and right. */
export interface MadeScored {
  readonly labels?: Partial<Labels>;
  readonly row?: Partial<ScoredRow["row"]>;
  /** Shares in label order, as toTask() takes them. */
  readonly task?: Parameters<typeof toTask>[0];
  readonly answer?: Partial<Classification>;
}

/** An easy bugfix of low risk, answered as such unless `task` says otherwise. */
export function toScored({ labels = {}, row = {}, task = {}, answer = {} }: MadeScored): ScoredRow {
  const made = toTask({ type: "bugfix", complexity: [0.7, 0.2, 0.1], risk: [0.8, 0.15, 0.05], ...task });
  return {
    row: {
      text: "a prompt",
      labels: { complexity: "easy", task_type: "bugfix", risk: "low", ...labels },
      scores: {},
      outOfScope: null,
      category: null,
      kind: null,
      source: null,
      firstTurn: false,
      ...row,
    },
    answer: { ...made, ...answer },
    cpuMs: 1,
  };
}
