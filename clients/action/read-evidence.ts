import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import { cutMiddle } from "./cut-middle.ts";
import { maskSecrets } from "./mask-secrets.ts";
import type { Env } from "./parse-inputs.ts";
import { type Attempted, done, EXIT, stopWith } from "./stop.ts";
import { toPlainText } from "./to-plain-text.ts";

/** The API takes 65,536 characters; a test's failure stands at the end, what was run at the beginning. */
const MAX_CHARS = 48_000;
const HEAD_SHARE = 0.25;
/** Of a longer file this much is read from each end. */
const PART_BYTES = 1024 * 1024;

/** Real folders from which a log may come; what the checks wrote may be a link to somewhere else. */
const toFolders = (env: Env): readonly string[] =>
  [env.GITHUB_WORKSPACE, env.RUNNER_TEMP].flatMap((folder) => {
    if (folder === undefined || folder === "") return [];
    try {
      return [realpathSync(folder)];
    } catch {
      return [];
    }
  });

function readEnds(path: string): string | null {
  // A link put there since it was resolved is not followed, and a pipe keeps nobody waiting.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) return null;
    const read = (position: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, position));
    };
    if (status.size <= 2 * PART_BYTES) return read(0, status.size).toString("utf8");
    const [head, tail] = [read(0, PART_BYTES), read(status.size - PART_BYTES, PART_BYTES)];
    return `${head.toString("utf8")}\n[… ${status.size - 2 * PART_BYTES} bytes left out …]\n${tail.toString("utf8")}`;
  } finally {
    closeSync(file);
  }
}

/**
 * A log to hand on: without secrets, escapes and control characters, and of at most 48,000 characters. Stop: badInput
 * where it is no file inside the workspace or the runner's temporary folder (nor of `.git`, which holds the checkout's token).
 */
export function readEvidence(path: string, env: Env, secrets: readonly string[]): Attempted<string> {
  const shown = JSON.stringify(path.slice(0, 200));
  const refuse = (says: string) => stopWith(EXIT.badInput, `Cannot read the evidence-file ${shown}: ${says}`);
  try {
    const real = realpathSync(resolve(env.GITHUB_WORKSPACE ?? ".", path));
    const isInside = toFolders(env).some((folder) => real.startsWith(`${folder}${sep}`));
    if (!isInside || real.split(sep).some((step) => step.toLowerCase() === ".git"))
      return refuse("expected a file in the workspace (outside .git) or in the runner's temporary folder");
    const text = readEnds(real);
    if (text === null) return refuse("expected a plain file");
    return done(cutMiddle(maskSecrets(toPlainText(text), secrets), { most: MAX_CHARS, headShare: HEAD_SHARE }));
  } catch {
    return refuse("it is not there, or may not be read");
  }
}
