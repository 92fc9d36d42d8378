import { anthropic } from "./anthropic.ts";
import type { Dialect } from "./endpoint.ts";
import { google } from "./google.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import type { WireFormat } from "./wire.ts";

/** The wire format of each dialect. */
export const WIRE_FORMATS: Readonly<Record<Dialect, WireFormat>> = {
  openrouter: openAiCompatible,
  openai: openAiCompatible,
  plain: openAiCompatible,
  anthropic,
  google,
};
