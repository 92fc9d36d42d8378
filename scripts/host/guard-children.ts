import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/**
 * Sees to it that the children this process has now (the workers' runtime) end with it, also after `kill -9`: a runtime
 * left behind would keep the port and the database. A shell waits at the end of a pipe that closes when we are gone.
 */
export function guardChildren(): void {
  const children = listChildren();
  if (children.length === 0) return;
  const command = `cat >/dev/null; kill -9 ${children.join(" ")} 2>/dev/null`;
  // Detached, so that a Ctrl-C for the whole group does not end the guard before its time.
  const guard = spawn("sh", ["-c", command], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // Without the guard a hard kill leaves the runtime behind; nothing else is lost.
  guard.on("error", () => {});
  guard.unref();
}

function listChildren(): number[] {
  const path = `/proc/${process.pid}/task/${process.pid}/children`;
  const text = existsSync(path)
    ? readFileSync(path, "utf8")
    : spawnSync("pgrep", ["-P", String(process.pid)], { encoding: "utf8" }).stdout;
  return (text ?? "").split(/\s+/).filter(Boolean).map(Number);
}
