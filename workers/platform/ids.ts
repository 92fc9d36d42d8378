/** Digits in ASCII order, without i, l, o, u: ids sort as their times do and survive being read aloud. */
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_DIGITS = 10;

/** Bytes of chance in an id: 80 bits, so two ids of one millisecond do not meet. */
export const ID_RANDOM_BYTES = 10;

/**
 * `prefix_` + 10 digits of time + 16 of chance (5 bits each); newer ids sort after older ones. `random` holds
 * ID_RANDOM_BYTES bytes.
 */
export function newId(
  prefix: string,
  { nowMs, random }: { readonly nowMs: number; readonly random: Uint8Array },
): string {
  let time = "";
  let rest = nowMs;
  for (let i = 0; i < TIME_DIGITS; i++) {
    time = DIGITS.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let chance = "";
  let bits = 0;
  let held = 0;
  for (const byte of random.subarray(0, ID_RANDOM_BYTES)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      chance += DIGITS.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return `${prefix}_${time}${chance}`;
}
