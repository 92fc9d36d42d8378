import { type AbilitiesByRow, type RatingInput, rateAbilities } from "../../shared/catalog/ability.ts";
import { prepareMatrix } from "../../shared/catalog/build.ts";
import { toKnown } from "../../shared/catalog/expectation.ts";
import { buildMatrix, type ResolvedRow } from "../../shared/catalog/matrix.ts";
import { DOMAINS, type Domain } from "../../shared/catalog/model.ts";
import type { BenchmarkRow } from "../../shared/catalog/sources/source.ts";
import { type Agreement, agreementOf, type Scores } from "./agreement.ts";
import type { LiveSources } from "./live-sources.ts";
import { averageZ } from "./rivals.ts";
import { COLUMNS, type DerivedMatrix, toResolvedRow, toResolvedRows } from "./score-matrix.ts";

/** The rebase that was seen moved the mean by -6.85 and single rows by up to 15.6 points. */
const SCALE = 0.8;
const SHIFT = 2;
/** Every fifth coding value stays; 414 became 83 in the rebase that was seen. */
const KEPT_EVERY = 5;

const isIndex = ({ benchmark }: BenchmarkRow): boolean => benchmark.startsWith("aa_");

function rebase(rows: readonly BenchmarkRow[]): readonly BenchmarkRow[] {
  let coding = 0;
  return rows.flatMap((row) => {
    if (!isIndex(row)) return [row];
    if (row.benchmark === "aa_coding_index" && coding++ % KEPT_EVERY !== 0) return [];
    return [{ ...row, release: `${row.release} rebased`, value: SCALE * row.value + SHIFT }];
  });
}

interface Sides {
  readonly before: AbilitiesByRow;
  readonly after: AbilitiesByRow;
}

const scoresIn = (abilities: AbilitiesByRow, domain: Domain): Scores =>
  new Map([...abilities].flatMap(([key, held]) => (held[domain] === undefined ? [] : [[key, held[domain].theta]])));

const show = ({ n, rho }: Agreement): string => `${n} rows, rho ${rho.toFixed(4)}`;

/** Prints the rows that a rebase drops and the rank correlation of what stays, per domain. */
export function printIndexRebase(live: LiveSources, matrix: DerivedMatrix, rating: RatingInput): void {
  const { lines, extrapolatedSdFactor } = rating;
  console.log(
    `\nindex rebase: every AA value x ${SCALE} + ${SHIFT} under a new release, 80 % of coding values dropped`,
  );
  const knownOf = toKnown(live.facts);
  const rate = (rows: readonly BenchmarkRow[]): AbilitiesByRow => {
    const { matrix } = prepareMatrix({
      facts: live.facts,
      overrides: [],
      aliases: live.aliases,
      lines: live.lines,
      rows,
    });
    return rateAbilities(matrix, { lines, extrapolatedSdFactor, knownOf }).abilities;
  };
  const rebased = rebase(live.rows);
  const sides: Sides = { before: rate(live.rows), after: rate(rebased) };
  printMatrixRebase(matrix, rating);
  for (const domain of DOMAINS) printSides(`live sources, ${domain}`, sides, domain);
  const [one, two] = [averageZ(toColumns(live.rows)), averageZ(toColumns(rebased))];
  const gone = [...one.keys()].filter((name) => !two.has(name)).length;
  console.log(
    `  live sources, z averaged (peer), one key per benchmark: ${gone} names dropped, ${show(agreementOf(two, one))}`,
  );
}

/** The score matrix with the index among its columns: the index rebased, four of five values of its coding column gone. */
function printMatrixRebase(matrix: DerivedMatrix, rating: RatingInput): void {
  const at = (release: string, scale: number, shift: number): readonly ResolvedRow[] =>
    [...matrix.index].map(([id, value]) =>
      toResolvedRow({
        source: "artificial_analysis",
        release,
        benchmark: "aa_intelligence_index",
        id,
        value: scale * value + shift,
      }),
    );
  const rows = toResolvedRows(matrix, Object.keys(COLUMNS));
  let coding = 0;
  const thinned = rows.filter(({ row }) => row.benchmark !== "livebench_coding" || coding++ % KEPT_EVERY === 0);
  const rate = (resolved: readonly ResolvedRow[]): AbilitiesByRow =>
    rateAbilities(buildMatrix(resolved).matrix, rating).abilities;
  const sides = [rate([...rows, ...at("v1", 1, 0)]), rate([...thinned, ...at("v2", SCALE, SHIFT)])] as const;
  for (const domain of ["agentic_coding", "coding", "general"] as const)
    printSides(`score matrix, ${domain}`, { before: sides[0], after: sides[1] }, domain);
}

function printSides(label: string, { before, after }: Sides, domain: Domain): void {
  const [one, two] = [scoresIn(before, domain), scoresIn(after, domain)];
  const gone = [...one.keys()].filter((key) => !two.has(key)).length;
  console.log(`  ${label}, ours: ${gone} rows dropped, ${show(agreementOf(two, one))}`);
}

/** As the peer keeps them: one column per benchmark, whatever its edition. */
function toColumns(rows: readonly BenchmarkRow[]): readonly Scores[] {
  const columns = new Map<string, Map<string, number>>();
  for (const { benchmark, name, value } of rows) {
    const column = columns.get(benchmark) ?? new Map<string, number>();
    columns.set(benchmark, column.set(name, value));
  }
  return [...columns.values()];
}
