import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const CHILDREN = `/proc/${process.pid}/task/${process.pid}/children`;
/** The simulator starts a runtime that died anew within three seconds; where asking takes a process, it is asked less often. */
const LOOK_MS = existsSync(CHILDREN) ? 1_000 : 10_000;

/**
 * Sees to it that the children of this process (the workers' runtime) end with it, also after `kill -9`: a runtime left
 * behind would keep the port and the database. A shell waits at the end of a pipe that closes when we are gone; it is
 * told anew whenever the children change.
 */
export function guardChildren(): void {
  const command = 'while read -r now; do pids=$now; done; [ -z "$pids" ] || kill -9 $pids 2>/dev/null';
  // Detached, so that a Ctrl-C for the whole group does not end the guard before its time.
  const guard = spawn("sh", ["-c", command], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // Without the guard a hard kill leaves the runtime behind; nothing else is lost.
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  guard.unref();
  let told = "";
  const tell = (): void => {
    const children = listChildren()
      .filter((pid) => pid !== guard.pid)
      .join(" ");
    if (children !== told) guard.stdin.write(`${children}\n`);
    told = children;
  };
  tell();
  setInterval(tell, LOOK_MS).unref();
}

function listChildren(): number[] {
  const text = existsSync(CHILDREN)
    ? readFileSync(CHILDREN, "utf8")
    : spawnSync("pgrep", ["-P", String(process.pid)], { encoding: "utf8" }).stdout;
  return (text ?? "").split(/\s+/).filter(Boolean).map(Number);
}
