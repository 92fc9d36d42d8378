import * as z from "zod";

/** What signs the messages that tell of a run's end (Standard Webhooks). */
export const callbackSecretSchema = z.object({ secret: z.string() }).meta({ id: "CallbackSecret" });
