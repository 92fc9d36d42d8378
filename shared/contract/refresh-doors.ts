import { type Door, none, optionalJson } from "./door.ts";
import { catalogDiffQuerySchema, catalogDiffSchema, refreshAnswerSchema, refreshRequestSchema } from "./refresh.ts";

/** Reading the benchmark sources anew, and what changed between two catalogues. */
export const REFRESH_DOORS = {
  startRefresh: {
    ...optionalJson,
    method: "POST",
    path: "/api/refresh",
    auth: "admin",
    summary: "Read the benchmark sources anew, in the background; or serve the catalogue that was held back",
    request: refreshRequestSchema,
    response: refreshAnswerSchema,
  },
  diffCatalogue: {
    ...none,
    method: "GET",
    path: "/api/catalog/diff",
    auth: "read",
    summary: "What changed between two catalogues, by default the one before and the current one",
    query: catalogDiffQuerySchema,
    response: catalogDiffSchema,
  },
} as const satisfies Record<string, Door>;
