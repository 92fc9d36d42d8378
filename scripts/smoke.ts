import { runChecks } from "./host/smoke-checks.ts";
import { runMain, UsageError } from "./host/usage-error.ts";

/** `npm run smoke -- URL [--key sp_...]`: checks a deployment or a local host, a line a check; status 1 when one fails. */
await runMain(async () => {
  const { url, key } = readArguments(process.argv.slice(2));
  const results = await runChecks({ url, key, say: console.log });
  const failed = results.filter((result) => !result.ok).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});

function readArguments(args: readonly string[]): { readonly url: string; readonly key: string | undefined } {
  const at = args.indexOf("--key");
  const key = at === -1 ? process.env.SPAWNPOINT_KEY : args[at + 1];
  const [url] = args.filter((_, i) => at === -1 || (i !== at && i !== at + 1));
  if (at !== -1 && key === undefined) throw new UsageError("Cannot read --key: expected a key after it.");
  if (url === undefined || !/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    throw new UsageError(`Cannot check "${url ?? ""}": expected npm run smoke -- https://host [--key sp_...]`);
  }
  return { url: url.replace(/\/+$/, ""), key };
}
