import type { Result } from "../../base/result.ts";
import { type Fields, isFields } from "./json-fields.ts";
import { toArenaRow } from "./lmarena-row.ts";
import {
  type BenchmarkRow,
  malformedSource,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

/**
 * Reads the rating history script: constants of the form `const NAME = {maker: [{date, model_name, rating}]};`.
 * The script is data and is never run: each literal is cut out by matching braces and read as JSON. Several
 * constants are pooled; of each model the newest rating counts, so a model that left the board keeps its last one.
 * Fault: malformed_data.
 */
export function parseLmarenaHistory(payload: string, origin: SourceOrigin): Result<SourceParse<BenchmarkRow>> {
  const literals = [...payload.matchAll(/(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?=[{[])/g)];
  if (literals.length === 0) return malformedSource(origin, "$: no constant that holds an object");
  const parts = literals.map((match) => {
    const data = readLiteral(payload, match.index + match[0].length);
    const name = match[1] ?? "?";
    return isFields(data)
      ? readRatings(name, data, origin)
      : { rows: [], rejected: [{ place: name, reason: "literal is not JSON" }] };
  });
  const newest = new Map<string, BenchmarkRow>();
  for (const row of parts.flatMap(({ rows }) => rows))
    if ((newest.get(row.name)?.date ?? "") <= (row.date ?? "")) newest.set(row.name, row);
  return refuseBarren(origin, { rows: [...newest.values()], rejected: parts.flatMap(({ rejected }) => rejected) });
}

/** Every rating of one constant, old ones too. */
function readRatings(name: string, data: Fields, origin: SourceOrigin): SourceParse<BenchmarkRow> {
  const rows: BenchmarkRow[] = [];
  const rejected: Reject[] = [];
  for (const [maker, list] of Object.entries(data)) {
    const place = `${name}.${maker.slice(0, 40)}`;
    if (!Array.isArray(list)) {
      rejected.push({ place, reason: "not a list of ratings" });
      continue;
    }
    list.forEach((value: unknown, i) => {
      const row = isFields(value) ? toArenaRow(value, { origin, benchmark: "lmarena_text" }) : "not an object";
      if (typeof row === "string") rejected.push({ place: `${place}[${i}]`, reason: row });
      else rows.push(row);
    });
  }
  return { rows, rejected };
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
