import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, ROOT, WRANGLER_ENV } from "./host/paths.ts";
import { countResults, type TestReport } from "./test-counts.ts";

/**
 * `npm test`: all projects once, arguments handed on to vitest, and `N passed, N failed` as the very last line. The
 * counts come from vitest's report file and not from its screen, so nothing that is printed late can follow them.
 */
const folder = mkdtempSync(join(tmpdir(), "spawnpoint-test-"));
const reportPath = join(folder, "report.json");
const args = [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${reportPath}`,
  ...process.argv.slice(2),
];
const child = spawn(bin("vitest"), args, { cwd: ROOT, env: WRANGLER_ENV, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
const status = await new Promise<number>((resolve) => {
  child.on("error", () => resolve(1)).on("close", (code) => resolve(code ?? 1));
});

const report: TestReport | undefined = existsSync(reportPath)
  ? JSON.parse(readFileSync(reportPath, "utf8"))
  : undefined;
rmSync(folder, { recursive: true, force: true });
const { passed, failed } = countResults(report, status);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
