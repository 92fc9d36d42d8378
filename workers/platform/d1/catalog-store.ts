import { and, eq, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { Json } from "../../../shared/base/canonical-json.ts";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Catalog, CatalogModel } from "../../../shared/catalog/model.ts";
import { parseCatalog } from "../../../shared/catalog/parse-catalog.ts";
import { catalogCurrent, catalogModels, catalogSnapshots } from "./catalog-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStoredJson } from "./parse-stored.ts";
import { catalogRefreshes } from "./refresh-tables.ts";
import { type CatalogRefresh, toRefreshRow } from "./refreshes-store.ts";
import { selectRow } from "./select-row.ts";
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

/** What a new snapshot does to what is served. */
export type Serving =
  /** Takes its place, whatever it is. */
  | "serve"
  /** Is stored and waits. */
  | "hold"
  /** Takes its place only if this version (null = none) still is served. */
  | { readonly over: string | null };

interface NewCatalog {
  readonly catalog: Catalog;
  readonly report: Json;
  readonly createdAtMs: number;
  readonly serving?: Serving;
  /** Saved with it; where the snapshot does not come to be served although it should, so is this not. */
  readonly heartbeat?: CatalogRefresh;
}

function toSnapshotRow({ catalog, report, createdAtMs }: NewCatalog): typeof catalogSnapshots.$inferInsert {
  return {
    version: catalog.version,
    generatedAt: catalog.generatedAt,
    createdAtMs,
    rowCount: catalog.models.length,
    priors: JSON.stringify(catalog.priors),
    attribution: JSON.stringify(catalog.attribution),
    report: JSON.stringify(report),
  };
}

const insertModels = (db: Db, { version, models }: Catalog) =>
  toChunks(models).map((chunk) =>
    db
      .insert(catalogModels)
      .select(
        sql`select ${version}, value ->> 1, value ->> 2, value ->> 0, value ->> 3 from json_each(${chunk}) where true`,
      )
      .onConflictDoNothing(),
  );

/** The statement that makes a version the current one. */
function serveStatement(
  db: Db,
  { version, nowMs, serving }: { readonly version: string; readonly nowMs: number; readonly serving: Serving },
) {
  const current = { version, changedAtMs: nowMs };
  const insert = db.insert(catalogCurrent).values({ slot: CURRENT_SLOT, ...current });
  if (typeof serving === "object" && serving.over === null) return insert.onConflictDoNothing();
  const only = typeof serving === "object" ? { setWhere: eq(catalogCurrent.version, serving.over ?? "") } : {};
  return insert.onConflictDoUpdate({ target: catalogCurrent.slot, set: current, ...only });
}

const isServed = (version: string): SQL =>
  sql`exists (select 1 from ${catalogCurrent} where ${catalogCurrent.version} = ${version})`;

const heartbeatStatement = (db: Db, heartbeat: CatalogRefresh, condition: SQL) =>
  db.insert(catalogRefreshes).select(selectRow(catalogRefreshes, toRefreshRow(heartbeat), condition));

/**
 * Saves a whole snapshot and, unless it is held, makes it the current one, in one transaction: a reader sees the old
 * catalogue or the new one. A version that is stored already is not written again, since its name is drawn from its
 * content. `isServed` is false for one that is held or came too late.
 */
export async function saveCatalog(db: Db, input: NewCatalog): Promise<Result<{ readonly isServed: boolean }>> {
  const { catalog, createdAtMs, serving = "serve", heartbeat } = input;
  const { version } = catalog;
  const beat = heartbeat === undefined ? [] : [heartbeat];
  const saved = await tryQuery("save catalogue", () =>
    db.batch([
      db.insert(catalogSnapshots).values(toSnapshotRow(input)).onConflictDoNothing(),
      ...insertModels(db, catalog),
      ...(serving === "hold" ? [] : [serveStatement(db, { version, nowMs: createdAtMs, serving })]),
      ...beat.map((row) => heartbeatStatement(db, row, serving === "hold" ? sql`1` : isServed(version))),
    ]),
  );
  if (!saved.ok) return saved;
  const current = await readCurrentCatalogVersion(db);
  return current.ok ? ok({ isServed: current.value === version }) : current;
}

/** Makes a stored snapshot the current one in the place of `over`. False when it is not stored, or another is served by now. */
export async function serveStoredCatalog(
  db: Db,
  input: {
    readonly version: string;
    readonly over: string;
    readonly nowMs: number;
    readonly heartbeat: CatalogRefresh;
  },
): Promise<Result<boolean>> {
  const { version, over, nowMs, heartbeat } = input;
  const isStored = sql`exists (select 1 from ${catalogSnapshots} where ${catalogSnapshots.version} = ${version})`;
  const answers = await tryQuery("serve catalogue", () =>
    db.batch([
      db
        .update(catalogCurrent)
        .set({ version, changedAtMs: nowMs })
        .where(and(eq(catalogCurrent.slot, CURRENT_SLOT), eq(catalogCurrent.version, over), isStored))
        .returning({ version: catalogCurrent.version }),
      heartbeatStatement(db, heartbeat, isServed(version)),
    ]),
  );
  return answers.ok ? ok(answers.value[0].length === 1) : answers;
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
