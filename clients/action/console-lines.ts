import { MASK } from "./mask-secrets.ts";
import { toPlainText } from "./to-plain-text.ts";

/** The step's log. What it prints may hold words of the server or of an event, so each line is made harmless. */
export interface Log {
  /** Asks the runner to mask a value everywhere from now on. */
  mask(value: string): void;
  say(text: string): void;
  warn(text: string): void;
  fail(text: string): void;
  /** Without the secret. The runner knows it only as it is, so a text is cleaned before it is escaped. */
  clean(text: string): string;
}

/** The escapes of a workflow command's data. */
const toData = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");

/** One line that the runner cannot take for a command: those begin with `::`, or hold `##[` anywhere. */
const toLine = (text: string): string =>
  toPlainText(text)
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, " ")
    .replaceAll("##[", "# #[")
    .replace(/^\s*::/, ": :");

/** A log that writes by `print` and never prints `secret`. */
export function toLog(print: (line: string) => void, secret: string | null): Log {
  const clean = (text: string): string => (secret === null ? text : text.replaceAll(secret, MASK));
  return {
    clean,
    mask: (value) => print(`::add-mask::${toData(value)}`),
    say: (text) => print(toLine(clean(text))),
    warn: (text) => print(`::warning title=Spawnpoint::${toData(toLine(clean(text)))}`),
    fail: (text) => print(`::error title=Spawnpoint::${toData(toLine(clean(text)))}`),
  };
}
