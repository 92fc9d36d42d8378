import * as z from "zod";

/** GET /api/status: what is loaded, how fresh it is and which engine answers. */
export const statusSchema = z
  .object({
    status: z.enum(["ok", "degraded"]),
    version: z.string(),
    engine: z.enum(["onnx", "fallback"]),
    model: z.object({ name: z.string(), version: z.string(), sha256: z.string(), source: z.string() }).nullable(),
    engine_error: z.string().nullable(),
    catalog: z
      .object({
        version: z.string(),
        generated_at: z.string(),
        /** Distinct models; one that is served at several efforts counts once. */
        models: z.int(),
        /** Those of them that a benchmark speaks of. */
        linked_models: z.int(),
        attribution: z.array(z.string()),
      })
      .nullable(),
    /** Why no catalogue is served; null when one is. */
    catalog_error: z.string().nullable(),
    last_refresh: z.object({ at: z.string(), age_s: z.int(), outcome: z.string() }).nullable(),
  })
  .meta({ id: "Status" });

export const probeStartedSchema = z.object({ probe_id: z.string() });

/** `state` leaves "ready" when the queue consumer has answered; `fault` says how. */
export const probeSchema = z.object({ state: z.string(), fault: z.string().nullable() });

export const healthSchema = z.object({ status: z.literal("ok") });
