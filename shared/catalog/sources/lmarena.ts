import { type BenchmarkRow, type Reject, rejectAll, type SourceOrigin, type SourceParse } from "./source.ts";

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads the rating history script: constants of the form `const NAME = {maker: [{date, model_name, rating}]};`.
 * The script is data and is never run: each literal is cut out by matching braces and read as JSON. Several
 * constants are pooled; of each model the newest rating counts, so a model that left the board keeps its last one.
 */
export function parseLmarenaHistory(payload: string, origin: SourceOrigin): SourceParse<BenchmarkRow> {
  const literals = [...payload.matchAll(/(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?=[{[])/g)];
  if (literals.length === 0) return rejectAll(origin, "no constant that holds an object");
  const entries: { readonly place: string; readonly value: unknown }[] = [];
  const rejected: Reject[] = [];
  for (const match of literals) {
    const name = match[1] ?? "?";
    const data = readLiteral(payload, match.index + match[0].length);
    if (!isFields(data)) rejected.push({ place: name, reason: "literal is not JSON" });
    else
      for (const [maker, list] of Object.entries(data)) {
        if (!Array.isArray(list)) rejected.push({ place: `${name}.${maker}`, reason: "not a list of ratings" });
        else list.forEach((value: unknown, i) => void entries.push({ place: `${name}.${maker}[${i}]`, value }));
      }
  }
  return newestPerModel(entries, { ...origin, category: "text" }, rejected);
}

/**
 * Reads rows of the official dataset as its rows/filter JSON gives them: `{rows: [{row: {...}}]}` or a bare list.
 * Fields: model_name, rating, rating_lower|null, rating_upper|null, vote_count, category, leaderboard_publish_date.
 * `config` names the board (text, vision, webdev ...), `category` the slice that is wanted.
 */
export function parseLmarenaRows(
  payload: string,
  origin: SourceOrigin,
  board: { readonly config: string; readonly category: string },
): SourceParse<BenchmarkRow> {
  let data: unknown;
  try {
    data = JSON.parse(payload);
  } catch {
    return rejectAll(origin, "not JSON");
  }
  const list = isFields(data) ? data.rows : data;
  if (!Array.isArray(list)) return rejectAll(origin, "no list of rows");
  const rejected: Reject[] = [];
  const entries: { readonly place: string; readonly value: unknown }[] = [];
  list.forEach((item: unknown, i) => {
    const row = isFields(item) && isFields(item.row) ? item.row : item;
    const category = isFields(row) ? row.category : undefined;
    if (category === undefined || category === board.category) entries.push({ place: `[${i}]`, value: row });
    else rejected.push({ place: `[${i}]`, reason: `other category: ${String(category)}` });
  });
  return newestPerModel(entries, { ...origin, category: board.config }, rejected);
}

/** Cuts the JSON literal that starts at `start` by counting braces outside strings; null when it does not close or parse. */
function readLiteral(text: string, start: number): unknown {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === "\\") i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === "{" || c === "[") depth++;
    else if ((c === "}" || c === "]") && --depth === 0) {
      try {
        return JSON.parse(text.slice(start, i + 1));
      } catch {
        return null;
      }
    }
  }
  return null;
}

function newestPerModel(
  entries: readonly { readonly place: string; readonly value: unknown }[],
  origin: SourceOrigin & { readonly category: string },
  earlier: readonly Reject[],
): SourceParse<BenchmarkRow> {
  const newest = new Map<string, BenchmarkRow>();
  const rejected = [...earlier];
  for (const { place, value } of entries) {
    const row = toRow(value, origin);
    if (typeof row === "string") rejected.push({ place, reason: row });
    else if ((newest.get(row.name)?.date ?? "") <= (row.date ?? "")) newest.set(row.name, row);
  }
  return { rows: [...newest.values()], rejected };
}

function toRow(value: unknown, origin: SourceOrigin & { readonly category: string }): BenchmarkRow | string {
  if (!isFields(value)) return "not an object";
  const name = value.model_name;
  if (typeof name !== "string" || name === "") return "no model_name";
  const rating = value.rating;
  if (typeof rating !== "number" || !Number.isFinite(rating)) return "no rating";
  const date = value.date ?? value.leaderboard_publish_date;
  const { rating_lower: lower, rating_upper: upper } = value;
  // The dataset's interval is 95 %: 3.92 standard errors wide.
  const stderr = typeof lower === "number" && typeof upper === "number" ? (upper - lower) / 3.92 : null;
  return {
    source: "lmarena",
    benchmark: `lmarena_${origin.category}`,
    release: origin.release,
    name,
    value: rating,
    higherIsBetter: true,
    date: typeof date === "string" && date !== "" ? date.slice(0, 10) : null,
    stderr,
    costUsdPerTask: null,
  };
}
