import type { Random } from "../../shared/policy/testing/random-catalog.ts";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { hashIds } from "../../shared/task/features.ts";
import { addFiller } from "./perturb/filler.ts";
import { changeCase } from "./perturb/letter-case.ts";
import { addMarkdown } from "./perturb/markdown.ts";
import { changeOrder } from "./perturb/order.ts";
import { protectCode } from "./perturb/protect.ts";
import { addQuotes } from "./perturb/quoting.ts";
import { changeSpaces } from "./perturb/spaces.ts";
import { addTypos } from "./perturb/typos.ts";

/** Ways to rewrite a prompt that leave what it asks for as it is, in the order in which they are reported. */
export const PERTURBATIONS = [
  "typos",
  "case",
  "spaces",
  "filler",
  "paraphrase",
  "quoting",
  "markdown",
  "order",
] as const;
export type Perturbation = (typeof PERTURBATIONS)[number];

export interface PerturbInput {
  /** With the kind it seeds all chance: the same id and text always give the same variant. */
  readonly id: string;
  readonly text: string;
  /** By prompt id; the one kind that is not made here. */
  readonly paraphrases: ReadonlyMap<string, string>;
}

type Change = (text: string, random: Random) => string | null;

/** These see code, names and numbers as single characters that they cannot change. */
const PROSE_CHANGES: Readonly<Record<Exclude<Perturbation, "paraphrase" | "quoting">, Change>> = {
  typos: addTypos,
  case: changeCase,
  spaces: changeSpaces,
  filler: addFiller,
  markdown: addMarkdown,
  order: changeOrder,
};

const seedOf = (text: string): number => hashIds([...text].map((character) => character.codePointAt(0) ?? 0));

function change(kind: Perturbation, { id, text, paraphrases }: PerturbInput): string | null {
  if (kind === "paraphrase") return paraphrases.get(id) ?? null;
  const random = toRandom(seedOf(`${kind}:${id}`));
  // Quotation marks wrap the text and must see its own.
  if (kind === "quoting") return addQuotes(text, random);
  const { text: prose, restore } = protectCode(text);
  const changed = PROSE_CHANGES[kind](prose, random);
  return changed === null ? null : restore(changed);
}

/** The prompt changed in one way, or null where that way has nothing to change in it (or no paraphrase is given). */
export function perturb(kind: Perturbation, input: PerturbInput): string | null {
  const changed = change(kind, input);
  return changed === input.text ? null : changed;
}
