import * as z from "zod";

const ageField = z.int();

/** One source of the catalogue, under the peer's names where it has one. */
const sourceStatusSchema = z.object({
  /** ok: read at the last refresh. stale: rows of an earlier one. failed: nothing in hand. off: not asked. */
  status: z.enum(["ok", "stale", "failed", "off"]),
  /** When its rows were last known to hold; null = never. */
  lastPull: z.string().nullable(),
  age_s: ageField.nullable(),
  /** Models and scores that were read. */
  count: z.int(),
  rejected: z.int(),
  release: z.string(),
  /** What went wrong, or why it is not asked. */
  error: z.string().optional(),
});
export type SourceStatus = z.output<typeof sourceStatusSchema>;

const catalogStatusSchema = z.object({
  version: z.string(),
  generated_at: z.string(),
  age_s: ageField,
  /** embedded: what ships with the worker. live: made from the sources. */
  origin: z.enum(["embedded", "live"]),
  /** Distinct models; one that is served at several efforts counts once. */
  models: z.int(),
  /** Those of them that a benchmark speaks of. */
  linked_models: z.int(),
  attribution: z.array(z.string()),
});

/** Fields of the peer's status. */
const peerFields = {
  lastRefresh: z.string().nullable(),
  modelCount: z.int(),
  modelsWithScores: z.int(),
  modelsWithBenchmarks: z.int(),
  aliases: z.object({ modelCount: z.int(), nameCount: z.int() }),
  sources: z.record(z.string(), sourceStatusSchema),
};

/** GET /api/status: what is loaded, how fresh it is and which engine answers. */
export const statusSchema = z
  .object({
    status: z.enum(["ok", "degraded"]),
    /** What is amiss, in plain words; null when nothing is. */
    message: z.string().nullable(),
    version: z.string(),
    engine: z.enum(["onnx", "fallback"]),
    model: z.object({ name: z.string(), version: z.string(), sha256: z.string(), source: z.string() }).nullable(),
    engine_error: z.string().nullable(),
    catalog: catalogStatusSchema.nullable(),
    /** Why no catalogue is served; null when one is. */
    catalog_error: z.string().nullable(),
    last_refresh: z.object({ at: z.string(), age_s: ageField, outcome: z.string(), detail: z.string() }).nullable(),
    refreshing: z.boolean(),
    /** A catalogue that waits to be accepted: POST /api/refresh {"accept_held": true}. */
    held_back: z.object({ version: z.string(), at: z.string(), reasons: z.array(z.string()) }).nullable(),
    /** Corrections by hand that had no effect. */
    idle_overrides: z.array(
      z.object({ id: z.string(), reason: z.string(), why: z.string(), expires: z.string().nullable() }),
    ),
    ...peerFields,
  })
  .meta({ id: "Status" });
export type StatusBody = z.output<typeof statusSchema>;

export const probeStartedSchema = z.object({ probe_id: z.string() });

/** `state` leaves "ready" when the queue consumer has answered; `fault` says how. */
export const probeSchema = z.object({ state: z.string(), fault: z.string().nullable() });

export const healthSchema = z.object({ status: z.literal("ok") });
