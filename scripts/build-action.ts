import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { ACTION_BUNDLE, bundleAction } from "./bundle-action.ts";
import { ROOT } from "./host/paths.ts";

/** `npm run build:action`: writes the bundle that action.yml names. It is committed; a test holds it against the sources. */
const code = await bundleAction();
mkdirSync(dirname(ACTION_BUNDLE), { recursive: true });
writeFileSync(ACTION_BUNDLE, code);
console.log(`${relative(ROOT, ACTION_BUNDLE)}: ${Buffer.byteLength(code)} bytes`);
