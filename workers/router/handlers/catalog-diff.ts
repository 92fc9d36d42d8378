import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { diffCatalogs } from "../../../shared/catalog/diff.ts";
import type { Catalog } from "../../../shared/catalog/model.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { catalogDiffQuerySchema, toDiffBody } from "../../../shared/contract/refresh.ts";
import type { CatalogVersion } from "../../platform/d1/catalog-history-store.ts";
import type { RouterDeps } from "../deps.ts";
import type { Handler } from "../handler.ts";

const nameOf = ({ version, generatedAt }: Catalog) => ({ version, generated_at: generatedAt });

/** GET /api/catalog/diff: `to` is the current snapshot unless named, `from` the one that `to` followed. */
export const diffCatalogue: Handler = async ({ query }, deps) => {
  const asked = parseWith(catalogDiffQuerySchema, query);
  if (!asked.ok) return asked;
  const [current, versions] = await Promise.all([deps.readCatalog(), deps.listCatalogVersions()]);
  if (!current.ok) return current;
  if (!versions.ok) return versions;
  const toVersion = asked.value.to ?? current.value.version;
  const from = await readFrom({ named: asked.value.from, toVersion, versions: versions.value }, deps);
  if (!from.ok) return from;
  const to = await deps.readSnapshot(toVersion);
  if (!to.ok) return to;
  return ok({
    data: { from: nameOf(from.value), to: nameOf(to.value), ...toDiffBody(diffCatalogs(from.value, to.value)) },
    meta: { versions: versions.value.map((one) => toVersionBody(one, current.value.version)) },
  });
};

interface Wanted {
  readonly named: string | undefined;
  readonly toVersion: string;
  readonly versions: readonly CatalogVersion[];
}

async function readFrom({ named, toVersion, versions }: Wanted, deps: RouterDeps): Promise<Result<Catalog>> {
  const before = named ?? versions.find(({ version }) => version === toVersion)?.report.replaced ?? null;
  return before === null
    ? fail({ kind: "not_found", what: "catalogue before", id: toVersion })
    : deps.readSnapshot(before);
}

const toVersionBody = ({ version, generatedAt, createdAtMs, rowCount, report }: CatalogVersion, served: string) => ({
  version,
  generated_at: generatedAt,
  saved_at: new Date(createdAtMs).toISOString(),
  rows: rowCount,
  origin: report.origin,
  after: report.replaced,
  served: version === served,
});
