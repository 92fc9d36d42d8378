import { killMidWrite } from "../tests/end-to-end/kill-mid-write.ts";

/** Kills the local host's runtime mid-refresh, 50 times or as often as told: node bench/kill-refresh.ts [COUNT] */
const count = Number(process.argv[2] ?? 50);
if (!Number.isInteger(count) || count < 1) {
  console.error(`Cannot read the count "${process.argv[2]}": expected a whole number from 1.`);
  process.exit(2);
}
const { before, after, broken, writes } = await killMidWrite(count, Math.random);
console.log(
  `${count} kills at random writes (of ${writes} in one refresh): ${before} left the old catalogue, ${after} the new`,
);
console.log(`whole after every kill: ${broken.length === 0 ? "yes" : broken.join("; ")}`);
process.exitCode = broken.length === 0 ? 0 : 1;
