import type { VerifierBody } from "../../shared/contract/verifiers.ts";
import type { Inputs } from "./parse-inputs.ts";
import { showPercent } from "./summary-table.ts";

const NAMES: Readonly<Record<Inputs["source"], string>> = { ci: "Checks", person: "People", judge: "Judge" };

const show = (share: number | null): string => (share === null ? "not known" : showPercent(share));

/** What the verdicts were worth, with how many that rests on, and whether they may gate. */
function describe({ n, unlabelled, tpr, tnr, j, j_lower, may_gate }: VerifierBody): string {
  const counts = `n = ${n} followed up, ${unlabelled} not`;
  if (n === 0) return `not measured yet (${counts})`;
  const rates = `TPR ${show(tpr)}, TNR ${show(tnr)}`;
  const known = j === null || j_lower === null ? "J not known" : `J ${j.toFixed(2)}, at least ${j_lower.toFixed(2)}`;
  return `${rates}, ${known}; ${counts}; ${may_gate ? "may gate" : "may not gate yet"}`;
}

/** A row of the summary that says how good the source of this verdict has been in its repository; none where nobody may read it. */
export function describeVerifier(
  verifiers: readonly VerifierBody[] | null,
  { source, repository }: Pick<Inputs, "source" | "repository">,
): readonly (readonly [string, string])[] {
  if (verifiers === null || repository === null) return [];
  const [measured] = verifiers;
  return [[`${NAMES[source]} of ${repository}`, measured === undefined ? "not measured yet" : describe(measured)]];
}
