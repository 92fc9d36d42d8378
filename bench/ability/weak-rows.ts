import { type RatingInput, rateAbilities } from "../../shared/catalog/ability.ts";
import { prepareMatrix } from "../../shared/catalog/build.ts";
import { toKnown } from "../../shared/catalog/expectation.ts";
import { buildMatrix, type ResolvedRow, type ScoreMatrix } from "../../shared/catalog/matrix.ts";
import type { BenchmarkRow } from "../../shared/catalog/sources/source.ts";
import type { Scores } from "./agreement.ts";
import type { LiveSources } from "./live-sources.ts";
import { averageZ } from "./rivals.ts";
import { COLUMNS, type DerivedMatrix, toResolvedRow, toResolvedRows } from "./score-matrix.ts";

const COUNT = 200;
const HF_SCORES = 6;

/** Runs of the closed leaderboard by model, the weakest first; only whole ones. */
function byModel(rows: readonly BenchmarkRow[]): readonly (readonly BenchmarkRow[])[] {
  const runs = new Map<string, BenchmarkRow[]>();
  for (const row of rows) runs.set(row.name, [...(runs.get(row.name) ?? []), row]);
  const sum = (run: readonly BenchmarkRow[]): number => run.reduce((total, { value }) => total + value, 0);
  return [...runs.values()].filter((run) => run.length === HF_SCORES).sort((a, b) => sum(a) - sum(b));
}

/** Greatest move of any score that stood before, over all models, efforts and domains. */
function greatestMove(before: ScoreMatrix, after: ScoreMatrix, rating: RatingInput): string {
  const [one, two] = [rateAbilities(before, rating).abilities, rateAbilities(after, rating).abilities];
  const moves = [...one].flatMap(([key, domains]) =>
    Object.entries(domains).map(([domain, { score }]) => ({
      move: Math.abs(score - (two.get(key)?.[domain as keyof typeof domains]?.score ?? Number.POSITIVE_INFINITY)),
      where: `${key.replace("\n", " ")} ${domain}`,
    })),
  );
  const most = moves.reduce((a, b) => (b.move > a.move ? b : a));
  return `${most.move.toFixed(2)} points over ${moves.length} scores${most.move > 0 ? ` (${most.where})` : ""}, ${two.size - one.size} rows joined`;
}

/** Prints what the weakest runs of the closed leaderboard do to scores that stood before, beside the peer's scores. */
export function printWeakRows(
  matrix: DerivedMatrix,
  {
    live,
    hf,
    rating,
  }: { readonly live: LiveSources; readonly hf: readonly BenchmarkRow[]; readonly rating: RatingInput },
): void {
  const names = Object.keys(COLUMNS);
  const base = toResolvedRows(matrix, names);
  const runs = byModel(hf).filter(([first]) => !matrix.ids.includes(first?.name.toLowerCase() ?? ""));
  console.log(
    `\n${COUNT} lowest linked rows of the Open LLM Leaderboard (of ${runs.length}): greatest move of a score`,
  );
  for (const count of [COUNT, 2000]) {
    const joined: readonly ResolvedRow[] = runs
      .slice(0, count)
      .flatMap((run) =>
        run.map(({ source, release, benchmark, name, value }) =>
          toResolvedRow({ source, release, benchmark, id: `unlisted/${name.toLowerCase()}`, value }),
        ),
      );
    const after = buildMatrix([...base, ...joined]).matrix;
    const label = count === COUNT ? "score matrix" : `score matrix, ${count} rows`;
    console.log(`  ${label}, ours: ${greatestMove(buildMatrix(base).matrix, after, rating)}`);
    console.log(`  ${label}, z averaged (peer): ${peerMove(matrix, joined)}`);
  }
  const listed = hf.filter(({ name }) => runs.slice(0, COUNT).some(([first]) => first?.name === name));
  const input = { facts: live.facts, overrides: [], aliases: live.aliases, lines: live.lines };
  const known = toKnown(live.facts);
  const linking = [...live.rows, ...knownHf(live, hf)];
  const standing = prepareMatrix({ ...input, rows: linking }).matrix;
  const grown = prepareMatrix({ ...input, rows: [...linking, ...listed] }).matrix;
  console.log(`  live sources, ours: ${greatestMove(standing, grown, { ...rating, knownOf: known })}`);
}

/** The leaderboard's rows of models in the live list, which link the board to the others. */
function knownHf(live: LiveSources, hf: readonly BenchmarkRow[]): readonly BenchmarkRow[] {
  const { unresolved } = prepareMatrix({
    facts: live.facts,
    overrides: [],
    aliases: live.aliases,
    lines: live.lines,
    rows: hf,
  });
  const out = new Set(unresolved.map(({ name }) => name));
  return hf.filter(({ name }) => !out.has(name));
}

function peerMove(matrix: DerivedMatrix, joined: readonly ResolvedRow[]): string {
  const columns = Object.entries(COLUMNS).map(([name, { benchmark, times }]) => {
    const held = matrix.columns.get(name) ?? new Map<string, number>();
    const added = joined.filter(({ row }) => row.benchmark === benchmark);
    const more: Scores = new Map([...held, ...added.map(({ row }) => [row.name, row.value / times] as const)]);
    return { held, more };
  });
  const [before, after] = [averageZ(columns.map(({ held }) => held)), averageZ(columns.map(({ more }) => more))];
  const moves = [...before].map(([id, score]) => ({ id, move: Math.abs(score - (after.get(id) ?? 0)) }));
  const most = moves.reduce((a, b) => (b.move > a.move ? b : a));
  return `${most.move.toFixed(2)} points (${most.id})`;
}
