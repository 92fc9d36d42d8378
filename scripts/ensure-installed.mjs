// Runs before every npm script, on whatever Node npm itself runs on (20 or newer), and needs no package.
// Installs when the lock file differs from the one that node_modules was made from, else returns in milliseconds.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const lockPath = join(root, "package-lock.json");
const stampPath = join(root, "node_modules", ".spawnpoint-lock-sha256");

const digest = createHash("sha256").update(readFileSync(lockPath)).digest("hex");
const installed = existsSync(stampPath) && readFileSync(stampPath, "utf8").trim() === digest;

if (!installed) install();
checkNode();

function install() {
  // `npm ci` empties the folder first; through a link it would empty somebody else's.
  if (lstatSync(join(root, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error("Cannot install: node_modules is a symbolic link. Remove the link and start again.");
    process.exit(1);
  }
  console.error("Installing the pinned packages (npm ci): once, and again only when package-lock.json changes.");
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const done = spawnSync("npm", flags, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (done.status !== 0) {
    const cause = done.error ? done.error.message : `npm ci ended with status ${done.status}`;
    console.error(`Cannot install the packages: ${cause}.`);
    console.error("Check the connection to the package registry and run `npm ci` by hand; its output says more.");
    process.exit(1);
  }
  writeFileSync(stampPath, `${digest}\n`);
}

// The packages bring Node 24 for Linux on x64 and arm64; elsewhere the scripts run on the Node of the system,
// which must run TypeScript files by itself (22.18 or newer).
function checkNode() {
  if (existsSync(join(root, "node_modules", ".bin", "node"))) return;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return;
  console.error(`No packaged Node for ${process.platform} ${process.arch}; install Node 22.18 or newer (this is`);
  console.error(`${process.versions.node}).`);
  process.exit(1);
}
