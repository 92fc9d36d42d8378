import { desc, eq, sql } from "drizzle-orm";
import * as z from "zod";
import type { Json } from "../../../shared/base/canonical-json.ts";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Catalog, CatalogModel } from "../../../shared/catalog/model.ts";
import { parseCatalog } from "../../../shared/catalog/parse-catalog.ts";
import { catalogCurrent, catalogModels, catalogRefreshes, catalogSnapshots } from "./catalog-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStored, parseStoredJson } from "./parse-stored.ts";
import { tryQuery } from "./try-query.ts";

/** catalog_current has one row, this one. */
const CURRENT_SLOT = 1;

/** One bound parameter stays far under D1's limit of 1 MB, also when every character takes three bytes. */
const CHUNK_CHARS = 256_000;

/** Rows as JSON arrays of `[position, id, effort, body]`, each text of at most CHUNK_CHARS unless a row is longer. */
function toChunks(models: readonly CatalogModel[]): string[] {
  const chunks: string[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  models.forEach((model, position) => {
    const row = JSON.stringify([position, model.id, model.effort, JSON.stringify(model)]);
    if (chars + row.length > CHUNK_CHARS) {
      chunks.push([]);
      chars = 0;
    }
    chunks.at(-1)?.push(row);
    chars += row.length;
  });
  return chunks.map((rows) => `[${rows.join(",")}]`);
}

/**
 * Saves a whole snapshot and makes it the current one, in one transaction: a reader sees the old catalogue or the new
 * one. A version that is stored already is not written again, since its name is drawn from its content.
 */
export async function saveCatalog(
  db: Db,
  input: { readonly catalog: Catalog; readonly report: Json; readonly createdAtMs: number },
): Promise<Result<void>> {
  const { catalog, report, createdAtMs } = input;
  const { version } = catalog;
  const snapshot = {
    version,
    generatedAt: catalog.generatedAt,
    createdAtMs,
    rowCount: catalog.models.length,
    priors: JSON.stringify(catalog.priors),
    attribution: JSON.stringify(catalog.attribution),
    report: JSON.stringify(report),
  };
  const rows = toChunks(catalog.models).map((chunk) =>
    db
      .insert(catalogModels)
      .select(
        sql`select ${version}, value ->> 1, value ->> 2, value ->> 0, value ->> 3 from json_each(${chunk}) where true`,
      )
      .onConflictDoNothing(),
  );
  const current = { version, changedAtMs: createdAtMs };
  const saved = await tryQuery("save catalogue", () =>
    db.batch([
      db.insert(catalogSnapshots).values(snapshot).onConflictDoNothing(),
      db
        .insert(catalogCurrent)
        .values({ slot: CURRENT_SLOT, ...current })
        .onConflictDoUpdate({ target: catalogCurrent.slot, set: current }),
      ...rows,
    ]),
  );
  return saved.ok ? ok(undefined) : saved;
}

/** The query of the version that is served now, for a batch. */
export const catalogVersionQuery = (db: Db) =>
  db.select({ version: catalogCurrent.version }).from(catalogCurrent).where(eq(catalogCurrent.slot, CURRENT_SLOT));

/** The version that is served now; null before the first load. */
export async function readCurrentCatalogVersion(db: Db): Promise<Result<string | null>> {
  const rows = await tryQuery("read catalogue version", () => catalogVersionQuery(db));
  return rows.ok ? ok(rows.value[0]?.version ?? null) : rows;
}

function toModelValues(bodies: readonly { readonly body: string }[]): Result<unknown[]> {
  const models: unknown[] = [];
  for (const { body } of bodies) {
    const model = parseStoredJson(z.unknown(), "catalogue row", body);
    if (!model.ok) return model;
    models.push(model.value);
  }
  return ok(models);
}

/** One whole snapshot, equal to what was saved. Faults: not_found; malformed_data when rows are missing or broken. */
export async function readCatalog(db: Db, { version }: { readonly version: string }): Promise<Result<Catalog>> {
  const answers = await tryQuery("read catalogue", () =>
    db.batch([
      db.select().from(catalogSnapshots).where(eq(catalogSnapshots.version, version)),
      db
        .select({ body: catalogModels.body })
        .from(catalogModels)
        .where(eq(catalogModels.version, version))
        .orderBy(catalogModels.position),
    ]),
  );
  if (!answers.ok) return answers;
  const [[snapshot], bodies] = answers.value;
  if (snapshot === undefined) return fail({ kind: "not_found", what: "catalogue", id: version });
  if (bodies.length !== snapshot.rowCount) {
    const detail = `${version}: ${bodies.length} rows of ${snapshot.rowCount}`;
    return fail({ kind: "malformed_data", what: "catalogue", detail });
  }
  const models = toModelValues(bodies);
  if (!models.ok) return models;
  const priors = parseStoredJson(z.unknown(), "catalogue priors", snapshot.priors);
  if (!priors.ok) return priors;
  const attribution = parseStoredJson(z.unknown(), "catalogue attribution", snapshot.attribution);
  if (!attribution.ok) return attribution;
  return parseCatalog({
    version,
    generatedAt: snapshot.generatedAt,
    priors: priors.value,
    attribution: attribution.value,
    models: models.value,
  });
}

const REFRESH_OUTCOMES = ["loaded", "unchanged", "failed"] as const;

/** One heartbeat: when a refresh ran and what came of it. */
export interface CatalogRefresh {
  readonly id: string;
  readonly atMs: number;
  readonly outcome: (typeof REFRESH_OUTCOMES)[number];
  /** The version that is served after it; null when none is. */
  readonly version: string | null;
  readonly detail: string;
}

export async function saveRefresh(db: Db, refresh: CatalogRefresh): Promise<Result<void>> {
  const saved = await tryQuery("save refresh", () => db.insert(catalogRefreshes).values(refresh));
  return saved.ok ? ok(undefined) : saved;
}

/** The newest heartbeat; null before the first. */
export async function readLastRefresh(db: Db): Promise<Result<CatalogRefresh | null>> {
  const rows = await tryQuery("read refresh", () =>
    db.select().from(catalogRefreshes).orderBy(desc(catalogRefreshes.atMs), desc(catalogRefreshes.id)).limit(1),
  );
  if (!rows.ok) return rows;
  const [row] = rows.value;
  if (row === undefined) return ok(null);
  const outcome = parseStored(z.enum(REFRESH_OUTCOMES), "refresh outcome", row.outcome);
  return outcome.ok ? ok({ ...row, outcome: outcome.value }) : outcome;
}
