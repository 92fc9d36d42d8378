/**
 * How well the catalogue's abilities stand up: against an index left out of them, against weak rows, against a rebase
 * of the index, and against success measured on tasks; beside the usual average of z-scores in the same run.
 * Run: npm run bench -- ability [--data FOLDER]. Reads saved payloads that stand beside the repository.
 */

import { dataFolderOf } from "../scripts/read-catalogue-sources.ts";
import { hasSavedPayloads } from "../scripts/read-saved-payloads.ts";
import { toKnown } from "../shared/catalog/expectation.ts";
import { printComposites } from "./ability/composite.ts";
import { printIndexRebase } from "./ability/index-rebase.ts";
import { readHfRows, readLiveSources } from "./ability/live-sources.ts";
import { printMeasuredTheta } from "./ability/measured-theta.ts";
import { printRunCosts } from "./ability/run-cost.ts";
import { readScoreMatrix } from "./ability/score-matrix.ts";
import { printVision } from "./ability/vision.ts";
import { printWeakRows } from "./ability/weak-rows.ts";

function main(argv: readonly string[]): void {
  const folder = dataFolderOf(argv);
  if (!hasSavedPayloads(folder)) {
    console.log(`No saved payloads under ${folder}: nothing to measure`);
    return;
  }
  const live = readLiveSources(folder);
  const matrix = readScoreMatrix(folder);
  const knownOf = toKnown(live.facts);
  const rating = { lines: live.lines, extrapolatedSdFactor: live.extrapolatedSdFactor, knownOf };
  printComposites({ matrix, anchors: live.lines.anchors, knownOf });
  printWeakRows(matrix, { live, hf: readHfRows(folder), rating });
  printIndexRebase(live, matrix, rating);
  printMeasuredTheta(folder, live, rating);
  printVision(folder, live, rating);
  printRunCosts(folder, live);
}

main(process.argv.slice(2));
