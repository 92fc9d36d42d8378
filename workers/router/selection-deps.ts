import type { Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import type { ModelBody } from "../../shared/contract/models.ts";
import type { DomainMix } from "../../shared/policy/domain-mix.ts";
import type { RankList } from "../../shared/policy/rank-list.ts";
import type { RankWorld } from "../platform/memo.ts";

/** What the doors that choose by score may do. */
export interface SelectionDeps {
  /** Catalogue, policy and feedback of a tenant, at most two seconds old. */
  readonly readRankWorld: (tenantId: string) => Promise<Result<RankWorld>>;
  /** The catalogue ranked by a mix; made once for a version. */
  readonly recallRankList: (catalog: Catalog, mix: DomainMix) => Promise<Result<RankList>>;
  /** Every row of the catalogue as it is shown; made once for a version. */
  readonly recallModelBodies: (catalog: Catalog) => Promise<Result<readonly ModelBody[]>>;
  /** What is held of this tenant is out of date. */
  readonly forgetTenant: (tenantId: string) => void;
}
