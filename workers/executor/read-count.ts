import { log } from "../platform/log.ts";
import { toldSettings } from "../platform/memo.ts";

const COUNT = /^[1-9]\d{0,5}$/;

/** A count of the configuration, 1 to 999,999; one that cannot be read is told once an isolate and taken for `otherwise`. */
export function readCount(what: string, text: string, otherwise: number): number {
  if (COUNT.test(text)) return Number(text);
  if (toldSettings.isNew(`${what}=${text}`)) {
    const detail = `expected 1 to 999999, taken for ${otherwise}`;
    log({ level: "warn", event: "setting_unreadable", what, detail });
  }
  return otherwise;
}
