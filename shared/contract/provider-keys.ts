import * as z from "zod";

/** A key is sent as it is in a header, so it holds what a header may. */
const KEY_PATTERN = /^[\x21-\x7e]{8,1000}$/;

/** PUT /api/providers/:name/key. Never answered back. */
export const providerKeySchema = z.strictObject({
  key: z.string().regex(KEY_PATTERN, { error: "expected 8 to 1000 visible ASCII characters" }),
});

/** A provider's key as anybody ever sees it. */
export const providerKeyShownSchema = z
  .object({
    provider: z.string(),
    configured: z.boolean(),
    last4: z.string().nullable(),
    updated_at: z.string().nullable(),
  })
  .meta({ id: "ProviderKey" });
export type ProviderKeyBody = z.output<typeof providerKeyShownSchema>;
