import { toCanonicalJson } from "../../shared/base/canonical-json.ts";
import type { AbilityLines } from "../../shared/catalog/ability.ts";
import type { Alias } from "../../shared/catalog/aliases.ts";
import { type DatedOverride, type IdleOverride, sortOverrides } from "../../shared/catalog/apply-overrides.ts";
import { toAttribution } from "../../shared/catalog/attribution.ts";
import { buildCatalog } from "../../shared/catalog/build.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import linesJson from "../../shared/data/ability-lines.json" with { type: "json" };
import aliasesJson from "../../shared/data/aliases.json" with { type: "json" };
import overridesJson from "../../shared/data/catalogue-overrides.json" with { type: "json" };
import parametersJson from "../../shared/data/parameters.json" with { type: "json" };
import { sha256Hex } from "../platform/crypto.ts";
import type { Gathered } from "./gather-inputs.ts";

export interface BuiltSnapshot {
  readonly catalog: Catalog;
  readonly unresolvedCount: number;
  readonly idleOverrides: readonly IdleOverride[];
}

const VERSION_DIGITS = 12;
const LINES: AbilityLines = linesJson;
const ALIASES = aliasesJson.aliases as readonly Alias[];
const OVERRIDES = overridesJson.overrides as readonly DatedOverride[];

/** What was gathered as one catalogue of `generatedAt` (ISO time); its version is a digest of its content. */
export async function buildSnapshot(gathered: Gathered, generatedAt: string): Promise<BuiltSnapshot> {
  const { facts, rows, speeds, rejected, basis } = gathered;
  const { live, idle } = sortOverrides(OVERRIDES, { today: generatedAt.slice(0, 10), facts });
  const input = {
    facts,
    rows,
    speeds,
    rejected,
    aliases: ALIASES,
    lines: LINES,
    parameters: parametersJson,
    overrides: live,
    generatedAt,
    attribution: toAttribution(basis.sources),
    // The platform's digest is asynchronous, so the text is handed out and digested here.
    digest: (text: string) => text,
  };
  const { catalog, report } = buildCatalog(input);
  const version = (await sha256Hex(catalog.version)).slice(0, VERSION_DIGITS);
  return { catalog: { ...catalog, version }, unresolvedCount: report.unresolved.length, idleOverrides: idle };
}

const toContent = ({ models, priors, attribution }: Catalog): string =>
  toCanonicalJson({ models, priors, attribution });

/** Whether two catalogues say the same, whenever they were made: a new version would make every kept decision stale. */
export const hasSameContent = (a: Catalog, b: Catalog): boolean => toContent(a) === toContent(b);
