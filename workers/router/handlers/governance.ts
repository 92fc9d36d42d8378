import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { GovernancePreviewBody } from "../../../shared/contract/governance-answers.ts";
import { governanceQuerySchema } from "../../../shared/contract/governance-requests.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import type { CatalogCosts } from "../../../shared/policy/governance/catalog-costs.ts";
import {
  type AgentAtTier,
  diffGovernance,
  type GovernanceChange,
} from "../../../shared/policy/governance/diff-governance.ts";
import { findCapped } from "../../../shared/policy/governance/find-capped.ts";
import { modelsOf } from "../../../shared/policy/governance/follow-entry.ts";
import { AUTO_MODEL, type RoutingFile, type RoutingIssue } from "../../../shared/policy/governance/routing-file.ts";
import { parseRoutingFile, validateRouting } from "../../../shared/policy/governance/validate-routing.ts";
import { toStaleGovernance } from "../../platform/d1/governance-store.ts";
import type { RouterDeps } from "../deps.ts";
import type { Handler } from "../handler.ts";

/** A file may hold more faults than anybody reads at once. */
const ISSUES_SHOWN = 100;
const CAPPED_SHOWN = 500;

const toIssues = (issues: readonly RoutingIssue[]) =>
  issues.slice(0, ISSUES_SHOWN).map(({ path, code, message }) => ({ path: path === "" ? "/" : path, code, message }));

/** GET /api/governance: the tenant's current file; version 0 is the shipped default. */
export const getGovernance: Handler = async ({ principal }, deps) => {
  const current = await deps.readGovernance(principal.tenantId);
  return current.ok ? ok({ data: current.value.file, meta: { version: current.value.version } }) : current;
};

/** The body as a routing file. Fault: invalid_document with every place that is wrong. */
function parseFile(body: unknown): Result<RoutingFile> {
  const file = parseRoutingFile(body);
  if (file.ok) return file;
  const issues = validateRouting(body);
  const message = `Cannot use the routing file: ${issues.length} ${issues.length === 1 ? "place is" : "places are"} wrong`;
  return fail({ kind: "invalid_document", message, issues: toIssues(issues) });
}

async function readCosts(deps: RouterDeps): Promise<Result<CatalogCosts>> {
  const catalog = await deps.readCatalog();
  return catalog.ok ? deps.recallCatalogCosts(catalog.value) : catalog;
}

/** Every model that a file names, each once. */
const namesOf = ({ roles }: RoutingFile): readonly string[] => [
  ...new Set(
    Object.values(roles)
      .flatMap((role) => [role, ...Object.values(role.by_tier)])
      .flatMap((entry) => ("primary" in entry ? modelsOf(entry) : []))
      .filter((name) => name !== AUTO_MODEL),
  ),
];

/**
 * What of a valid file will not go as it is written, by each model's own price: a tier floor that does not hold, and every
 * dispatch that would be run on the orchestrator's model. Prices change, so none of it makes a file invalid.
 */
const toAdvice = (file: RoutingFile, { costOf, modelIdOf }: CatalogCosts) => ({
  unknown_models: namesOf(file)
    .filter((name) => modelIdOf(name) === null)
    .slice(0, ISSUES_SHOWN),
  warnings: toIssues(validateRouting(file, costOf)),
  capped: findCapped(file, costOf)
    .slice(0, CAPPED_SHOWN)
    .map(({ agent, tier, attempt, asked, effectiveModel, assumed }) => ({
      ...{ agent, tier, attempt, model: asked?.model ?? "", effective_model: effectiveModel, assumed },
    })),
});

/** POST /api/governance/validate: everything wrong with a file, and what of it would not go as written. */
export const validateGovernance: Handler = async ({ body }, deps) => {
  const issues = validateRouting(body);
  const file = parseRoutingFile(body);
  if (!file.ok)
    return ok({ data: { valid: false, issues: toIssues(issues), warnings: [], capped: [], unknown_models: [] } });
  const costs = await readCosts(deps);
  return costs.ok ? ok({ data: { valid: true, issues: [], ...toAdvice(file.value, costs.value) } }) : costs;
};

type Shown = GovernancePreviewBody["changed"][number]["before"];

const toShown = (one: AgentAtTier | null): Shown =>
  one === null
    ? null
    : {
        ...{ role: one.role, model: one.model, model_id: one.modelId, cost_tier: one.costTier },
        ...{ cost_assumed: one.assumed, fallbacks: [...one.fallbacks], capped_to: one.capped },
        ...{ latency_tier: one.latencyTier, reasoning_effort_hint: one.reasoningEffortHint },
      };

const toSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const toChange = ({ agent, tier, fields, before, after }: GovernanceChange) => ({
  ...{ agent, tier, fields: fields.map(toSnakeCase) },
  ...{ before: toShown(before), after: toShown(after) },
});

async function previewFile(before: RoutingFile, after: RoutingFile, deps: RouterDeps) {
  const costs = await readCosts(deps);
  if (!costs.ok) return costs;
  const changed = diffGovernance(before, after, costs.value.costOf).map(toChange);
  return ok({ dry_run: true, changed_count: changed.length, changed, ...toAdvice(after, costs.value) } as const);
}

/** PUT /api/governance: saves the whole file as the next version; `?dry_run=1` only shows what each agent would get. */
export const putGovernance: Handler = async ({ principal, query, body }, deps) => {
  const asked = parseWith(governanceQuerySchema, query);
  if (!asked.ok) return asked;
  const file = parseFile(body);
  if (!file.ok) return file;
  const current = await deps.readGovernance(principal.tenantId);
  if (!current.ok) return current;
  const { expected_version = current.value.version, dry_run } = asked.value;
  if (dry_run === true) {
    if (expected_version !== current.value.version)
      return fail({ kind: "conflict", message: toStaleGovernance(expected_version) });
    const preview = await previewFile(current.value.file, file.value, deps);
    return preview.ok ? ok({ data: preview.value }) : preview;
  }
  const costs = await readCosts(deps);
  if (!costs.ok) return costs;
  const saved = await deps.saveGovernance({
    tenantId: principal.tenantId,
    expectedVersion: expected_version,
    file: file.value,
    createdBy: principal.keyId ?? "anonymous",
  });
  if (!saved.ok) return saved;
  return ok({ data: saved.value.file, meta: { version: saved.value.version, ...toAdvice(file.value, costs.value) } });
};
