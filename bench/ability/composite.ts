import type { ExpectationInput } from "../../shared/catalog/expectation.ts";
import { fitFactor } from "../../shared/catalog/factor.ts";
import type { Anchors } from "../../shared/catalog/linked-part.ts";
import { buildMatrix } from "../../shared/catalog/matrix.ts";
import { type Agreement, agreementOf, type Scores } from "./agreement.ts";
import { averageZ, bradleyTerry } from "./rivals.ts";
import { COLUMNS, type DerivedMatrix, toResolvedRows } from "./score-matrix.ts";

export interface CompositeInput {
  readonly matrix: DerivedMatrix;
  readonly anchors: Anchors;
  /** Release and price of the ids; known without any benchmark, and not from the index's makers. */
  readonly knownOf: ReadonlyMap<string, ExpectationInput>;
}

/** The catalogue's factor for the general domain over the named columns. */
export function factorOf({ matrix, anchors, knownOf }: CompositeInput, names: readonly string[]): Scores {
  const { matrix: rows } = buildMatrix(toResolvedRows(matrix, names));
  const fit = fitFactor(rows, { domain: "general", anchors, knownOf });
  if (fit === null) throw new Error("the anchors are not linked");
  return new Map(fit.scores.map(({ id, g }) => [id, g]));
}

interface Compared {
  readonly factor: Scores;
  readonly bradleyTerry: Scores;
  readonly peer: Scores;
}

function compare(input: CompositeInput, names: readonly string[]): Compared {
  const columns = names.map((name) => input.matrix.columns.get(name) ?? new Map<string, number>());
  return { factor: factorOf(input, names), bradleyTerry: bradleyTerry(columns), peer: averageZ(columns) };
}

const show = ({ n, rho, grossInversions }: Agreement): string =>
  `n ${String(n).padStart(3)} rho ${rho.toFixed(3)} inv ${(100 * grossInversions).toFixed(2).padStart(5)} %`;

const HEAD = `${"".padEnd(34)}${"rank-1 factor (ours)".padEnd(32)}${"Bradley-Terry".padEnd(32)}z averaged (peer)`;

const toLine = (label: string, compared: Compared, truth: Scores): string =>
  label.padEnd(34) +
  [compared.factor, compared.bradleyTerry, compared.peer]
    .map((scores) => show(agreementOf(scores, truth)).padEnd(32))
    .join("");

/** Prints every composite without inputs of Artificial Analysis against its index, then with each column left out. */
export function printComposites(input: CompositeInput): void {
  const all = Object.keys(COLUMNS);
  const { index } = input.matrix;
  console.log("composite without AA inputs against the AA intelligence index (inv = gross inversions)");
  console.log(HEAD);
  console.log(toLine("all 18 columns", compare(input, all), index));
  console.log(
    toLine(
      "without the Epoch index",
      compare(
        input,
        all.filter((name) => name !== "eci"),
      ),
      index,
    ),
  );
  const bare = { ...input, knownOf: new Map<string, ExpectationInput>() };
  console.log(toLine("all, no release date and price", compare(bare, all), index));
  const rotated = all.map((name) => ({
    name,
    compared: compare(
      input,
      all.filter((other) => other !== name),
    ),
  }));
  console.log("\neach column left out in turn, against the AA index");
  for (const { name, compared } of rotated) console.log(toLine(`  without ${name}`, compared, index));
  console.log("\neach column left out in turn, against that column itself");
  for (const { name, compared } of rotated)
    console.log(toLine(`  ${name}`, compared, input.matrix.columns.get(name) ?? new Map()));
  const worst = rotated.map(({ compared }) => agreementOf(compared.factor, index));
  const least = Math.min(...worst.map(({ rho }) => rho));
  const most = Math.max(...worst.map(({ grossInversions }) => grossInversions));
  console.log(`\nours, worst of ${worst.length} rotations: rho ${least.toFixed(3)}, inv ${(100 * most).toFixed(2)} %`);
}
